"""Sequences that are edited while people are inside: how many they are, and what becomes of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from bot.texts import Html, count, escaped, say
from bot.work import Library
from qualification.follow_ups import FollowUp, Sequence
from qualification.quiz import Quiz
from qualification.sequences import carried_over
from storage.enrolments import EndReason
from storage.records import Inside
from storage.unit import Unit


class Way(StrEnum):
    """What becomes of the people inside a sequence that was edited."""

    AS_THEY_WERE = "as_they_were"
    """they get the rest of what they began"""
    NEXT_STEP = "next_step"
    """they go on with the new one at their next step"""
    NEW_PEOPLE = "new_people"
    """the new one is for new people only: those inside get no more of it"""


class PeopleInsideError(Exception):
    """People are inside follow-ups that change, and nobody said what becomes of them."""


async def concerned(unit: Unit, library: Library, edited: Quiz) -> dict[Inside, int]:
    """Count the people inside sequences that read differently in another document."""
    found = await unit.enrolments.inside(edited.quiz)
    sequences = {each: (await library.quiz(unit, edited.quiz, each.revision)).sequences for each in found}
    return {
        inside: people
        for inside, people in found.items()
        if sequences[inside].get(inside.sequence) != edited.sequences.get(inside.sequence)
    }


def by_sequence(people: Mapping[Inside, int]) -> dict[str, int]:
    """Add up people by their sequence."""
    found: Counter[str] = Counter()
    for inside, number in people.items():
        found[inside.sequence] += number
    return dict(sorted(found.items()))


def told(people: Mapping[Inside, int], language: str) -> Html:
    """Say who is inside what: «warm-up · 12 people»."""
    each = by_sequence(people).items()
    return Html(", ".join(f"<code>{escaped(name)}</code> · {count(language, 'people', n)}" for name, n in each))


def done(people: Mapping[Inside, int], way: Way, language: str) -> Iterable[Html]:
    """Say what became of the people inside, if there were any."""
    if people:
        yield say(language, f"inside.done.{way}", people=count(language, "people", sum(people.values())))


async def settle(unit: Unit, edited: Quiz, revision: int, way: Way | None, now: datetime) -> dict[Inside, int]:
    """Do with the people inside what an operator said; return them. Raises PeopleInsideError for nothing said."""
    library = Library()
    people = await concerned(unit, library, edited)
    if people and way is None:
        counts = ", ".join(f"{number} in `{name}`" for name, number in by_sequence(people).items())
        raise PeopleInsideError(
            f"{edited.quiz}: the follow-ups changed, and people are inside them: {counts}. "
            "Say what becomes of them: --inside as-they-were, next-step or new-people. Nothing was published"
        )
    await decide(unit, library, edited, revision, people, way or Way.AS_THEY_WERE, now)
    return people


async def decide(
    unit: Unit,
    library: Library,
    edited: Quiz,
    revision: int,
    people: Mapping[Inside, int],
    way: Way,
    now: datetime,
) -> None:
    """Let those inside go on, or not, as the publishing admin decided: all at once, whatever their number."""
    if way is Way.AS_THEY_WERE:
        return
    for inside in people:
        if way is Way.NEW_PEOPLE:
            await unit.enrolments.end_all(edited.quiz, inside, EndReason.EDITED, now)
            continue
        before = (await library.quiz(unit, edited.quiz, inside.revision)).sequences.get(inside.sequence)
        after = edited.sequences.get(inside.sequence)
        if before is not None and after is not None:  # one that was taken out is gone on with as it was
            await _carry_over(unit, edited, revision, inside, before, after, now)


async def _carry_over(
    unit: Unit, edited: Quiz, revision: int, inside: Inside, before: Sequence, after: Sequence, now: datetime
) -> None:
    """Let people who stand somewhere go on with the edited sequence; a step that was taken out strands nobody."""
    place = carried_over(before.ids, after, inside.last_step)
    step = after.after(place)
    if step is None and not _still_asks(before, inside):
        await unit.enrolments.end_all(edited.quiz, inside, EndReason.FINISHED, now)
        return
    wait = _new_wait(before.after(inside.last_step), step)
    await unit.enrolments.carry_over(edited.quiz, inside, revision, place, wait)


def _still_asks(before: Sequence, inside: Inside) -> bool:
    """Tell whether people may be at a question, which has to be let go when its time is over."""
    last = before.step(inside.last_step) if inside.last_step else None
    return last is not None and last.question is not None


def _new_wait(old: FollowUp | None, new: FollowUp | None) -> timedelta | None:
    """Return how long the next step waits now, if that is another time than before."""
    if new is None or (old is not None and old.after == new.after):
        return None
    return new.after
