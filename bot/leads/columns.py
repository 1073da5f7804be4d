"""The columns of the table: what is told of every lead, and one for each question of its quiz."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import get_args
from zoneinfo import ZoneInfo

from bot.entry.sources import source_name
from bot.hand_off.reasons import reason
from bot.leads.cells import Cell
from bot.stages.reasons import lost_text
from bot.texts import plain
from dialogs.answers import Answer, Day, Number
from dialogs.rendering import answer_text, question_name
from dialogs.steps import ContactRequest, NumberQuestion, Question
from qualification.handoff import Outcome
from qualification.quiz import Quiz
from qualification.score import Entry, is_unfit, score
from storage.records import StoredHandOff
from storage.roll import Listed

FACTS = (
    *("lead", "opened", "changed", "quiz", "revision", "name", "username", "phone", "email", "consent"),
    *("language", "source", "stage", "band", "score", "why", "owner", "won", "currency", "lost", "due"),
)
"""The columns that every table has, in their order."""
REASONS = 3
"""Reasons of a score that are told: the strongest."""
_ASKED = tuple(kind for kind in get_args(Question) if kind is not ContactRequest)
"""Contacts have columns of their own."""


@dataclass(frozen=True)
class Columns:
    """The columns of one table, in one language."""

    quizzes: Mapping[tuple[str, int], Quiz]
    """the revisions that its leads walked, each quiz's newest first; what only others ask has no column"""
    language: str
    timezone: str
    now: datetime

    @property
    def titles(self) -> list[str]:
        """What stands above the columns; no two are the same."""
        facts = [plain(self.language, f"table.{fact}", zone=self.timezone) for fact in FACTS]
        names = [" ".join(self._title(quiz, step).split()) for (_, step), quiz in self._questions.items()]
        times = Counter([*facts, *names])
        told = zip(names, self._questions, strict=True)
        return [*facts, *(name if times[name] == 1 else f"{name} ({quiz}/{step})" for name, (quiz, step) in told)]

    def row(self, listed: Listed, quiz: Quiz, names: Mapping[int, str]) -> list[Cell]:
        """Return the cells of a lead that walked this quiz; `names` are those of managers, by Telegram id."""
        return [*self._facts(listed, quiz, names), *self._answers(listed, quiz)]

    @cached_property
    def _questions(self) -> dict[tuple[str, str], Quiz]:
        """The questions of all revisions, each once, with the newest quiz that asks it."""
        found: dict[tuple[str, str], Quiz] = {}
        for (name, _), quiz in self.quizzes.items():
            for step in quiz.questions:
                if isinstance(step, _ASKED):
                    found.setdefault((name, step.id), quiz)
        order = list(dict.fromkeys(name for name, _ in self.quizzes))
        return dict(sorted(found.items(), key=lambda each: order.index(each[0][0])))

    def _title(self, quiz: Quiz, step: str) -> str:
        name = question_name(quiz, step, self.language)
        asked = quiz.by_id[step]
        if isinstance(asked, NumberQuestion) and asked.number.unit is not None:
            name = f"{name} ({quiz.read(asked.number.unit, self.language)})"
        several = len({each for each, _ in self.quizzes}) > 1
        return f"{quiz.read(quiz.title, self.language)}: {name}" if several else name

    def _facts(self, listed: Listed, quiz: Quiz, names: Mapping[int, str]) -> Iterator[Cell]:
        lead, language = listed.lead, self.language
        contacts = {contact.kind: contact.value for contact in listed.contacts}
        found = score(quiz, listed.entries, self.now, unfit=is_unfit(quiz, listed.session.answers))
        yield lead.id
        yield self._moment(lead.opened_at)
        yield self._moment(listed.changed_at)
        yield quiz.read(quiz.title, language)
        yield listed.session.revision
        yield listed.first_name
        yield listed.username
        yield contacts.get("phone")
        yield contacts.get("email")
        yield plain(language, "table.yes" if listed.may_be_contacted else "table.no")
        yield listed.language or listed.session.language
        yield source_name(quiz, listed.source, language) if listed.source else None
        yield plain(language, f"stage.{lead.stage}")
        yield plain(language, f"band.{lead.band}") if lead.band else None
        yield found.total
        yield self._why(quiz, found.reasons)
        yield from self._handed_off(quiz, listed.hand_off, names)
        yield self._moment(listed.due_at)

    def _handed_off(self, quiz: Quiz, hand_off: StoredHandOff | None, names: Mapping[int, str]) -> Sequence[Cell]:
        """Say who has the lead, what was won, and why it was lost."""
        if hand_off is None:
            return (None, None, None, None)
        state = hand_off.state
        owner = None if state.taken_by is None else names.get(state.taken_by, str(state.taken_by))
        match state.outcome:
            case Outcome.WON if state.amount is not None:
                return (owner, Decimal(state.amount), state.currency, None)
            case Outcome.LOST:
                return (owner, None, None, lost_text(quiz, state.lost_reason, self.language))
            case _:
                return (owner, None, None, None)

    def _why(self, quiz: Quiz, reasons: Iterable[Entry]) -> str:
        """Name what gave or took the most points."""
        alike: dict[object, list[Entry]] = {}
        for entry in reasons:
            if not entry.product:
                alike.setdefault((entry.origin, entry.rule, entry.detail), []).append(entry)
        given = [(sum(entry.points for entry in entries), entries) for entries in alike.values()]
        strongest = sorted(given, key=lambda each: -abs(each[0]))[:REASONS]
        told = [(reason(quiz, entries[0], self.language, len(entries)), points) for points, entries in strongest]
        return ", ".join(f"{' '.join(html.unescape(name).split())} {points:+d}" for name, points in told)

    def _answers(self, listed: Listed, quiz: Quiz) -> Iterator[Cell]:
        for name, step in self._questions:
            answer = listed.session.answers.get(step) if name == listed.session.quiz else None
            yield None if answer is None else self._answer(quiz, step, answer)

    def _answer(self, quiz: Quiz, step: str, answer: Answer) -> Cell:
        """Say an answer so that a person reads it; what can be added up or sorted stays that."""
        match answer:
            case Number(number=number, said=None):
                return int(number) if number.is_integer() else number
            case Day(day=day, at=at):
                return f"{day} {at:%H:%M}" if at else str(day)
            case _:
                return answer_text(quiz, step, answer, self.language)

    def _moment(self, moment: datetime | None) -> str | None:
        """Say a moment in the company's zone; with a T in the middle no spreadsheet knows it for one."""
        return f"{moment.astimezone(ZoneInfo(self.timezone)):%Y-%m-%d %H:%M:%S}" if moment else None
