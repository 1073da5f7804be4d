"""The picture in docs/team.md is the machine: it is drawn by walking all ways that the code allows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from pathlib import Path

from dialogs.values import Duration
from qualification.assignment import Manager, Team, Wanted
from qualification.handoff import HandOff, Outcome, Phase, Reach, close, contact, take, withdraw
from qualification.offering import offer, offer_anew, offer_next
from qualification.quiz import HotRoute
from qualification.working_time import Calendar, Shift
from tests.qualification.samples import NOON

PAGE = Path(__file__).parents[2] / "docs/team.md"
ME, HEAD = 1, 9
OFFICE = Calendar(shifts=tuple(Shift(day=day, begin=9 * 60, end=18 * 60) for day in range(5)))
NIGHT = NOON.replace(hour=23)
TEAMS = (
    Team((), (HEAD,)),
    Team((Manager(ME), Manager(2)), (HEAD,), joined=True),
    Team((Manager(ME, calendar=OFFICE),), (HEAD,), joined=True),
    Team((Manager(ME), Manager(2)), (HEAD,)),
    Team((Manager(ME, calendar=OFFICE),), (HEAD,)),
)
ROUTES = (HotRoute(), HotRoute(next_after=Duration(minutes=1), head_after=Duration(minutes=1)))
ANY = Wanted("en")
Edge = tuple[str, str, str]
OFFERED = tuple(reach.value for reach in Reach)
WORDS = {
    "waiting": "waits for working hours",
    "one": "offered to one",
    "team": "offered to the team",
    "head": "offered to the head too",
    "taken": "taken",
    "contacted": "contacted",
    "closed": "closed",
}


def name(state: HandOff) -> str:
    return state.reach.value if state.phase is Phase.OFFERED else state.phase.value


def moves(state: HandOff, route: HotRoute, team: Team) -> Iterator[tuple[str, HandOff]]:
    """Return everything that can happen to a hand-off next, and what becomes of it."""
    moment = state.due_at or state.taken_at or NOON
    tries = {
        "take": take(state, ME, moment),
        "first contact": contact(state, ME, moment),
        "won, lost, not now": close(state, ME, Outcome.WON, moment),
    }
    yield from ((why, after) for why, after in tries.items() if isinstance(after, HandOff))
    match state.phase:
        case Phase.OFFERED:
            # Somebody works again, the time is over, or who has the offer cannot take it.
            yield (
                "somebody is at work" if name(state) == "waiting" else "nobody took it",
                offer_next(route, ANY, team, state, moment),
            )
            yield "consent withdrawn", withdraw(state, moment)
        case Phase.TAKEN | Phase.CONTACTED:
            yield "the owner is gone", offer_anew(route, ANY, team, state, moment)
            yield "the owner is gone", offer_anew(route, ANY, team, state, NIGHT)
            yield "consent withdrawn", withdraw(state, moment)
        case Phase.CLOSED:
            pass


def drawn() -> str:
    """Walk every way, whoever comes and goes meanwhile, and write it down as a picture."""
    inside: set[Edge] = set()
    outside: set[Edge] = set()

    def note(begin: str, end: str, why: str) -> None:
        if begin in OFFERED and end in OFFERED:
            inside.add((begin, end, why))
        else:
            outside.add((_outer(begin), _outer(end), why))

    for route in ROUTES:
        left = [offer(route, ANY, team, start) for team, start in product(TEAMS, (NOON, NIGHT))]
        for first in left:
            note("[*]", name(first), "becomes hot")
            inside.add(("[*]", name(first), "first"))
        seen: set[tuple[str, int, int | None, int]] = set()
        while left:
            state = left.pop()
            key = (name(state), min(state.round, 3), state.offered_to, len(state.tried))
            if key not in seen:
                seen.add(key)
                for why, following in (move for team in TEAMS for move in moves(state, route, team)):
                    note(name(state), name(following), why)
                    left.append(following)
    lines = [f"    {state}: {words}" for state, words in WORDS.items()]
    lines += ["    state offered {", *(f"        {line}" for line in _lines(inside)), "    }"]
    lines += [f"    {line}" for line in _lines(outside)]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "    closed --> [*]", "```"])


def _outer(state: str) -> str:
    return "offered" if state in OFFERED else state


def _lines(edges: set[Edge]) -> list[str]:
    order = ["[*]", "offered", *WORDS]
    edges = {(begin, end, why if begin != "[*]" or end not in OFFERED else "") for begin, end, why in edges}
    drawn = sorted(edges, key=lambda edge: (order.index(edge[0]), order.index(edge[1]), edge[2]))
    return [f"{begin} --> {end}: {why}" if why else f"{begin} --> {end}" for begin, end, why in drawn]


def test_the_picture_in_the_docs_is_the_machine() -> None:
    picture = drawn()
    assert picture in PAGE.read_text(encoding="utf-8"), f"put this into {PAGE.name}:\n\n{picture}"


def test_every_wait_is_left_by_itself() -> None:
    for route, team in product(ROUTES, TEAMS):
        state, moment = offer(route, ANY, team, NIGHT), NIGHT
        for _ in range(10):
            assert state.due_at is not None
            assert state.due_at - moment < timedelta(days=4)
            moment = state.due_at
            state = offer_next(route, ANY, team, state, moment)
        assert name(state) == "head"
