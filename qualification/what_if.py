"""What if: one lead's score under changed rules, from the same answers and deeds, beside the present one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from dialogs.answers import Answer
from qualification.activity import replayed
from qualification.quiz import Quiz
from qualification.score import Entry, Score, fit_entries, is_unfit, remaining, score


@dataclass(frozen=True)
class Difference:
    """What one reason gives now, and under the changed rules."""

    reason: str
    before: int
    after: int


@dataclass(frozen=True)
class Comparison:
    """A lead's two scores, and the reasons that differ."""

    before: Score
    after: Score
    differences: tuple[Difference, ...]

    @property
    def moves(self) -> bool:
        """Whether the lead would be in another band."""
        return self.before.band is not self.after.band


def compared(
    quiz: Quiz, draft: Quiz, answers: Mapping[str, Answer], history: Iterable[Entry], now: datetime
) -> Comparison:
    """Score a lead by the ledger it has, and by a draft from the same answers and deeds, at one moment."""
    ledger = tuple(history)
    again = (*fit_entries(draft, answers, now), *replayed((draft, entry) for entry in ledger))
    before = score(quiz, ledger, now, unfit=is_unfit(quiz, answers))
    after = score(draft, again, now, unfit=is_unfit(draft, answers))
    worth, other = _worth(quiz, ledger, now), _worth(draft, again, now)
    differences = tuple(
        Difference(reason, round(worth.get(reason, 0)), round(other.get(reason, 0)))
        for reason in dict.fromkeys((*worth, *other))
        if round(worth.get(reason, 0)) != round(other.get(reason, 0))
    )
    return Comparison(before, after, differences)


def _worth(quiz: Quiz, entries: Iterable[Entry], now: datetime) -> dict[str, float]:
    worth: dict[str, float] = {}
    for entry in entries:
        if not entry.product:
            reason = f"{entry.origin} {entry.rule}" if entry.origin != entry.rule else entry.rule
            worth[reason] = worth.get(reason, 0) + remaining(quiz, entry, now)
    return worth
