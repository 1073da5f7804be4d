"""Cohorts: lets a whole segment begin a sequence, a batch at a time, while the bot goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.revisions import history_of
from bot.work import Library
from dialogs.problems import did_you_mean
from qualification.quiz import Quiz
from qualification.segments import Segment
from qualification.sequences import due_at, zone_of
from storage.cohorts import Cohort, Newcomer, Obstacle
from storage.database import Database
from storage.records import Action
from storage.unit import Unit

AT_ONCE, FEWEST = 1_000, 50
"""Leads in one transaction: on a fast disk, and on the slowest one."""
PATIENCE = timedelta(milliseconds=500)
"""How long one transaction may take: on SQLite everybody else waits for it."""


class CohortError(Exception):
    """Nobody can be let into a sequence by what was said."""


@dataclass
class Enrolling:
    """One sequence that a segment is to begin."""

    database: Database
    bot_id: int
    clock: Clock
    cohort: Cohort
    quiz: Quiz
    revision: int
    at_once: int = AT_ONCE
    enrolled: int = 0
    left: list[Newcomer] = field(default_factory=list)
    """whom another process had in hand when their turn came"""

    @classmethod
    async def of(
        cls, database: Database, bot_id: int, clock: Clock, quiz: str, sequence: str, segment: Segment
    ) -> Enrolling:
        """Return what is to be begun, as it is now. Raises NoSuchQuizError, CohortError."""
        async with database.view(bot_id) as view:
            await history_of(view, quiz)
            document, number = await _newest(view, quiz, sequence)
        return cls(database, bot_id, clock, Cohort(quiz, sequence, segment), document, number)

    async def counted(self) -> Counter[Obstacle | None]:
        """Count the leads of the segment by what is in their way; None is nothing."""
        found: Counter[Obstacle | None] = Counter()
        after: int | None = 0
        while after is not None:
            async with self.database.view(self.bot_id) as view:
                some, after = await view.cohorts.count(self.cohort, self.clock.now(), after)
            found += some
        return found

    async def run(self) -> AsyncGenerator[int, None]:
        """Enrol everybody who can be; tell after each batch how many more it were.

        What was committed stays, whatever ends this; who runs it again goes on with the others. Raises CohortError
        when the sequence was taken out meanwhile.
        """
        after: int | None = 0
        while after is not None:
            async with self.database.view(self.bot_id) as view:
                found, after = await view.cohorts.find(self.cohort, self.clock.now(), after, self.at_once)
            if found:
                yield await self._enrol(found)
        waiting, self.left = self.left, []
        for each in waiting:
            await self.database.wait_for_turn(self.bot_id, each.telegram_id)
            yield await self._enrol([each])

    async def _enrol(self, found: Sequence[Newcomer]) -> int:
        began = self.clock.now()
        async with self.database.unit(self.bot_id) as unit:
            if await unit.quizzes.newest_number(self.cohort.quiz) != self.revision:
                self.quiz, self.revision = await _newest(unit, self.cohort.quiz, self.cohort.sequence)
            ours = await unit.turns.take(each.telegram_id for each in found)
            mine = [each for each in found if each.telegram_id in ours]
            people = await _enrol_some(unit, self.cohort, self.quiz, self.revision, mine, began)
            if people and not self.enrolled:
                await unit.audit.note(None, Action.ENROL, self.cohort.quiz, began, sequence=self.cohort.sequence)
        self.enrolled += people
        self.left += [each for each in found if each.telegram_id not in ours]
        self.at_once = next_size(self.at_once, self.clock.now() - began)
        return people


async def _newest(unit: Unit, quiz: str, sequence: str) -> tuple[Quiz, int]:
    """Return the newest revision of a quiz. Raises CohortError when it has no such sequence."""
    number = await unit.quizzes.newest_number(quiz)
    if number is None:
        raise CohortError(f"quiz `{quiz}` has only drafts; publish one first")
    document = await Library().quiz(unit, quiz, number)
    if sequence not in document.sequences:
        like = did_you_mean(sequence, document.sequences) if document.sequences else "It has none at all"
        raise CohortError(f"quiz `{quiz}` has no sequence `{sequence}`. {like}")
    return document, number


async def _enrol_some(
    unit: Unit, cohort: Cohort, quiz: Quiz, revision: int, found: Sequence[Newcomer], now: datetime
) -> int:
    """Let those of some leads begin who can still; each at the time that the first step has where they live."""
    sequence = quiz.sequences[cohort.sequence]
    first = sequence.messages[0]
    zones = {None, *(each.timezone for each in found)}
    due = {zone: due_at(sequence, first, now, zone_of(quiz.timezone, zone)) for zone in zones}
    return await unit.cohorts.enrol(cohort, revision, [each.lead_id for each in found], due, now)


def next_size(size: int, took: timedelta) -> int:
    """Return how many to enrol at once after a batch took so long."""
    if took > PATIENCE:
        return max(size // 2, FEWEST)
    return min(size * 2, AT_ONCE) if took < PATIENCE / 4 else size
