"""Roles: each process of a fleet runs its parts, and is asked about nothing else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import make_url

from bot.clock import StandingClock
from bot.leadership import Election, Led, name_of
from bot.main import Hotlead, build
from bot.roles import ALL_ROLES, Role, Roles
from bot.settings import Settings
from bot.watching.health import SILENT_AFTER, STANDS_AFTER, Nurse
from storage.database import Database
from storage.leadership import Duty, Leadership, Seat
from storage.messages import Kind
from tests.bot.bench import NOON, a_bench
from tests.bot.fakes import BOT, FakeCourier, FakeMessenger

PARTS = {
    Role.RECEIVE: {"Intake"},
    Role.WORK: {"Worker", "Timers"},
    Role.SEND: {"Delivery", "Post", "Dispatch"},
}
MORE_THAN_ONE_MAY = {"Worker", "WebServer", "Ringing"}
SECOND = timedelta(seconds=1)


async def _build(database: Database, folder: Path, roles: Roles = ALL_ROLES, **settings: Any) -> Hotlead:
    async with database.unit(BOT) as unit:
        await unit.quizzes.publish("sample", "never read here", {}, NOON)
    election = Election(Leadership(make_url("postgresql+asyncpg://nobody@/nowhere")))
    given = Settings(_env_file=None, quiz=("sample",), data=folder, **settings)
    return await build(
        given,
        StandingClock(NOON),
        FakeMessenger(),
        database,
        courier=FakeCourier(),
        roles=roles,
        election=election,
    )


@pytest.mark.parametrize("roles", [{role} for role in Role] + [{Role.RECEIVE, Role.WORK}, set(Role)], ids=sorted)
async def test_a_process_runs_the_parts_of_its_roles(database: Database, tmp_path: Path, roles: set[Role]) -> None:
    built = await _build(database, tmp_path, frozenset(roles))
    assert {name_of(part) for part in built.parts()} == {"Ringing"}.union(*(PARTS[role] for role in roles))


async def test_what_only_one_process_may_do_is_led(database: Database, tmp_path: Path) -> None:
    built = await _build(database, tmp_path, listen="127.0.0.1:0")
    assert {name_of(part) for part in built.parts() if not isinstance(part, Led)} == MORE_THAN_ONE_MAY


async def test_without_others_nothing_is_led(database: Database) -> None:
    built = (await a_bench(database)).hotlead
    assert not [part for part in built.parts() if isinstance(part, Led)]
    assert built.roles == ALL_ROLES


@pytest.mark.parametrize(
    ("role", "settings", "serves"),
    [
        (Role.RECEIVE, {"public_url": "https://go.acme.example"}, True),
        (Role.WORK, {"public_url": "https://go.acme.example"}, False),
        (Role.SEND, {"public_url": "https://go.acme.example", "listen": "127.0.0.1:8081"}, True),
        (Role.RECEIVE, {}, False),
    ],
)
async def test_the_web_is_served_where_people_come_in_and_where_it_is_named(
    database: Database, tmp_path: Path, role: Role, settings: dict[str, str], serves: bool
) -> None:
    built = await _build(database, tmp_path, frozenset({role}), **settings)
    assert (built.web is not None) is serves


async def _problems(built: Hotlead) -> tuple[str, ...]:
    return (await Nurse(built.workshop, built.pulse).health()).problems


@pytest.mark.parametrize("role", Role)
async def test_who_stands_by_is_well_whatever_the_others_leave_undone(
    database: Database, tmp_path: Path, role: Role
) -> None:
    built = await _build(database, tmp_path, frozenset({role}))
    bench = await a_bench(database, folder=tmp_path)
    await bench.put(Kind.DIALOG)
    async with database.unit(BOT) as unit:
        await unit.inbox.keep([(1, "{}")], NOON)
    clock = built.workshop.clock
    assert isinstance(clock, StandingClock)
    clock.move(max(SILENT_AFTER, STANDS_AFTER) + SECOND)
    assert await _problems(built) == (("updates are not handled",) if role is Role.WORK else ())


async def test_who_leads_is_asked_about_it_from_then_on(database: Database, tmp_path: Path) -> None:
    built = await _build(database, tmp_path)
    clock, election = built.workshop.clock, built.election
    assert isinstance(clock, StandingClock)
    assert election is not None
    nurse = Nurse(built.workshop, built.pulse)
    clock.move(SILENT_AFTER * 2)
    assert (await nurse.health()).problems == ()
    election._has = {Seat(Duty.RECEIVING, BOT): None}  # type: ignore[dict-item]  # won just now
    election._certain_until = float("inf")
    clock.move(SILENT_AFTER)
    assert (await nurse.health()).problems == ()
    clock.move(SILENT_AFTER)
    assert (await nurse.health()).problems == ("Telegram is not heard",)
