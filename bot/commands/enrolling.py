"""`hotlead enrol`: people who are there already begin a sequence; how many is said first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

import typer

from bot.clock import Clock
from bot.commands.choosing import bot_database
from bot.commands.progress import ProgressLine
from bot.follow_ups.cohorts import CohortError, Enrolling
from dialogs.problems import did_you_mean
from qualification.score import Band
from qualification.segments import Segment
from qualification.stages import Stage
from storage.cohorts import Obstacle

BANDS = (Band.HOT, Band.WARM, Band.COLD)
STAGES = (Stage.LEAD, Stage.MQL, Stage.SQL)
"""Of those that are open, who is not resting."""
WORDS: Mapping[Obstacle, str] = {
    Obstacle.UNFIT: "not a fit",
    Obstacle.BLOCKED: "blocked the bot",
    Obstacle.NOT_AGREED: "no consent to follow-ups, or one that is over",
    Obstacle.BUSY: "not to be disturbed now: with a manager, frozen, or in a quiz",
    Obstacle.INSIDE: "inside a sequence already",
    Obstacle.HAD_IT: "had this one before",
    Obstacle.ELSEWHERE: "written to at another account of theirs",
}

Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True)
class Chosen:
    """Whom an operator means, as it was typed."""

    bands: Iterable[str] = ()
    stages: Iterable[str] = ()
    sources: Iterable[str] = ()
    languages: Iterable[str] = ()
    active: int | None = None
    silent: int | None = None

    @property
    def segment(self) -> Segment:
        """The segment that is meant. Raises CohortError."""
        return Segment(
            bands=tuple(_read("--band", each, BANDS) for each in self.bands),
            stages=tuple(_read("--stage", each, STAGES) for each in self.stages),
            sources=tuple(self.sources),
            languages=tuple(each.lower() for each in self.languages),
            active_for=self.active,
            silent_for=self.silent,
        )


async def enrol_leads(
    quiz: str, sequence: str, chosen: Chosen, clock: Clock, *, without_asking: bool, bot: str | None = None
) -> None:
    """Say who would begin a sequence, ask, and let them. Raises NoSuchQuizError, CohortError."""
    segment = chosen.segment
    async with bot_database(bot) as (database, bot_id):
        enrolling = await Enrolling.of(database, bot_id, clock, quiz, sequence, segment)
        counts = await enrolling.counted()
        typer.echo("\n".join(_counted(counts)))
        people = counts[None]
        if not people or not (without_asking or _sure(people, sequence)):
            return
        line = ProgressLine()
        try:
            async for _ in enrolling.run():
                line.show(sequence, enrolling.enrolled, people)
        finally:
            line.clear()
            if enrolling.enrolled:
                typer.echo(f"{_people(enrolling.enrolled)} began `{sequence}`")
        if enrolling.left:
            typer.echo(
                f"{_people(len(enrolling.left))} wrote just then; the same command once more takes them too"
            )
        async with database.view(bot_id) as view:
            if await view.states.held():
                typer.echo("follow-ups are held since a restore: `hotlead release` lets them go")


def _sure(people: int, sequence: str) -> bool:
    """Ask. Raises CohortError where nobody can answer."""
    try:
        return typer.confirm(f"Let {_people(people)} begin `{sequence}` now?")
    except typer.Abort:
        typer.echo()
        raise CohortError("nobody was enrolled; without a terminal, say --yes") from None


def _counted(counts: Mapping[Obstacle | None, int]) -> Iterator[str]:
    """One line for who would get it, and one for each reason why others do not."""
    width = max(len(str(number)) for number in (0, *counts.values()))
    yield f"{counts.get(None, 0):>{width}} would get it"
    yield from (f"{counts[each]:>{width}} {WORDS[each]}" for each in Obstacle if counts.get(each))


def _people(number: int) -> str:
    return "1 person" if number == 1 else f"{number} people"


def _read(option: str, written: str, known: Collection[Word]) -> Word:
    found = next((each for each in known if each == written.strip().lower()), None)
    if found is None:
        raise CohortError(f"{option} {written}: {did_you_mean(written, known)}")
    return found
