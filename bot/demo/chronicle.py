"""The chronicle: the bot's journal as it grows, with all that a sentence about an event needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.demo.emulator import Person
from bot.demo.stage import Stage
from dialogs.answers import Answer
from qualification.quiz import Quiz
from qualification.score import Entry, fit_entries
from storage.records import JournalEntry
from storage.unit import Unit

KEPT = 120
"""Events that the page can still show."""
POINTS_IN = frozenset({"scored", "finished_without_contact"})


@dataclass(frozen=True)
class Happening:
    """Something that happened, as much of it as a reader may want to know."""

    id: str
    at: datetime
    event: str
    facts: Mapping[str, str | int | None] = field(default_factory=dict)
    who: Person | None = None
    """whom it happened to"""
    quiz: Quiz | None = None
    answers: Mapping[str, Answer] = field(default_factory=dict)
    points: tuple[Entry, ...] = ()
    """the ledger at that moment, where the event is about points"""


class Chronicle:
    """Everything that happened, in order: from the journal, and what the page itself did."""

    def __init__(self, stage: Stage) -> None:
        self.happenings: list[Happening] = []
        self._stage = stage
        self._last = 0
        self._notes = 0

    async def read(self, view: Unit) -> bool:
        """Read what is new in the journal, and then add it at once; tell whether there was anything."""
        news: list[Happening] = []
        while entries := await view.journal.after(self._last):
            news += [await self._told(view, entry) for entry in entries]
            self._last = entries[-1].id
        self.happenings += news
        del self.happenings[:-KEPT]
        return bool(news)

    def note(self, event: str, at: datetime, who: Person | None = None) -> None:
        """Add something that the bot knows nothing of, such as a moved clock."""
        self._notes += 1
        self.happenings.append(Happening(f"n{self._notes}", at, event, who=who))

    async def _told(self, view: Unit, entry: JournalEntry) -> Happening:
        who, stored = None, None
        if entry.prospect_id is not None:
            prospect = await view.prospects.by_id(entry.prospect_id)
            who = self._stage.emulator.people.get(prospect.telegram_id)
            stored = await view.sessions.latest(entry.prospect_id)
        # Nobody publishes while the demo runs: a quiz has one revision only.
        quiz = self._stage.quizzes.get(stored.session.quiz) if stored else None
        answers = stored.session.answers if stored else {}
        points: tuple[Entry, ...] = ()
        if entry.event in POINTS_IN and quiz is not None:
            points = fit_entries(quiz, answers, entry.at)
            if isinstance(lead_id := entry.facts.get("lead"), int):
                ledger = await view.ledger.entries(await view.leads.by_id(lead_id))
                points = tuple(each for each in ledger if each.at <= entry.at)
        return Happening(f"j{entry.id}", entry.at, entry.event, entry.facts, who, quiz, answers, points)
