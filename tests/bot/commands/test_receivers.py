"""`hotlead receivers`: what an operator types, what is printed, and what is refused."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from storage.database import Database
from storage.receivers import NoticeState
from storage.records import Action, AuditEntry
from storage.unit import Unit
from tests.bot.bench import NOON
from tests.bot.commands.typing import hotlead
from tests.keys import the_keys

TOKEN = "123456:AAH-secret_secret_secret_secret_sec"
URL = "https://hooks.acme.example/leads?key=of-its-own"
T = TypeVar("T")


@pytest.fixture
def inside(tmp_path: Path) -> Callable[[Callable[[Unit], Awaitable[T]]], T]:
    """Do something in the bot's database."""

    def done(work: Callable[[Unit], Awaitable[T]]) -> T:
        async def opened() -> T:
            database = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'data/hotlead.db'}", the_keys())
            try:
                async with database.unit(123456) as unit:
                    return await work(unit)
            finally:
                await database.close()

        return asyncio.run(opened())

    return done


def receivers(*words: str, **settings: str) -> str:
    result = hotlead("receivers", *words, **{"bot_token": TOKEN, **settings})
    assert result.exit_code == 0, result.output
    return result.output.strip()


def refused(*words: str, **settings: str) -> str:
    result = hotlead("receivers", *words, **{"bot_token": TOKEN, **settings})
    assert result.exit_code == 2
    assert len(result.output.strip().splitlines()) == 1
    return result.output.strip()


def secret_in(told: str) -> str:
    (secret,) = re.findall(r"whsec_[A-Za-z0-9+/]{43}=", told)
    return str(secret)


def moment_in(told: str) -> str:
    (moment,) = re.findall(r"before (\S+ \S+) UTC", told)
    return str(moment)


def test_without_receivers_the_way_to_the_first_is_told() -> None:
    assert receivers("list") == "There are no receivers yet: hotlead receivers add URL"


def test_a_receiver_is_added_with_a_secret_that_is_shown_this_once() -> None:
    told = receivers("add", URL, "--kinds", "lead.hot, lead.won,lead.hot")
    assert "hooks.acme.example is receiver 1, and is told lead.hot, lead.won." in told
    assert re.search(r"Its secret, shown only now: whsec_[A-Za-z0-9+/]{43}=\n", told)
    listed = receivers("list")
    assert listed.splitlines() == [
        "1  hooks.acme.example  lead.hot, lead.won  new",
        "    0 wait · 0 given up · never tried",
    ]
    assert "of-its-own" not in told + listed


def test_it_is_tested_paused_resumed_and_removed() -> None:
    receivers("add", URL)
    tested = receivers("test", "1")
    assert re.match(r"msg_\w+ waits for receiver 1, and goes out; a process that runs", tested)
    assert receivers("pause", "1") == "receiver 1 is paused"
    assert receivers("pause", "1") == "receiver 1 is paused already"
    assert "once it is not paused: hotlead receivers resume 1" in receivers("test", "1")
    assert re.search(r"everything  paused since .* UTC\n    2 wait · 0 given up", receivers("list"))
    assert re.search(
        r"msg_\w+  receiver.test  of .* UTC\n    waiting, tried 0 ×, again at ", receivers("notices", "1")
    )
    assert receivers("resume", "1").startswith("receiver 1 is told again")
    assert receivers("resume", "1").startswith("receiver 1 was not paused")
    assert receivers("remove", "1") == "receiver 1 is removed, and so is what waited for it"
    assert receivers("list").startswith("There are no receivers yet")


def test_a_new_secret_is_shown_this_once_and_the_list_tells_until_when_the_old_one_signs() -> None:
    first = secret_in(receivers("add", URL))
    told = receivers("rotate", "1")
    new = secret_in(told)
    assert new != first
    assert re.fullmatch(
        r"receiver 1 has a new secret, shown only now: whsec_\S+\n"
        r"Enter it at hooks\.acme\.example before (\S+ \S+) UTC: until then the old one signs, too\.",
        told,
    )
    listed = receivers("list")
    assert listed.splitlines()[2] == f"    its old secret signs, too, until {moment_in(told)} UTC"
    for secret in (first, new):
        assert secret.removeprefix("whsec_") not in listed


def test_the_old_secret_signs_for_a_day_or_as_long_as_the_operator_says(
    inside: Callable[[Callable[[Unit], Awaitable[datetime | None]]], datetime | None],
) -> None:
    async def until(unit: Unit) -> datetime | None:
        (found,) = await unit.receivers.all()
        return found.old_secret_until

    receivers("add", URL)
    for words, span in (((), timedelta(hours=24)), (("--keep", "7d"), timedelta(days=7))):
        before = datetime.now(UTC)
        receivers("rotate", "1", *words)
        assert before + span <= (inside(until) or NOON) <= datetime.now(UTC) + span


def test_who_rotates_again_is_told_that_the_oldest_secret_is_over() -> None:
    receivers("add", URL)
    assert "is over" not in receivers("rotate", "1", "--keep", "7d")
    assert receivers("rotate", "1").endswith(
        "\nThe one before the old one is over: if hooks.acme.example still has that, enter the new one now."
    )


def test_a_secret_that_leaked_is_over_at_once(
    inside: Callable[[Callable[[Unit], Awaitable[list[str]]]], list[str]],
) -> None:
    async def signing(unit: Unit) -> list[str]:
        notice = await unit.notices.claim(1, NOON.replace(year=2100))
        assert notice is not None
        await unit.notices.take_back()
        return list(notice.secrets(NOON))

    old = secret_in(receivers("add", URL))
    receivers("test", "1")
    second = secret_in(receivers("rotate", "1"))
    assert inside(signing) == [second, old]
    told = receivers("rotate", "1", "--now")
    assert told.splitlines()[1].startswith("Enter it at hooks.acme.example at once: only this one signs now;")
    assert inside(signing) == [secret_in(told)]
    assert "old secret" not in receivers("list")


def test_a_rotation_is_written_into_the_audit_log_without_the_secret(
    inside: Callable[[Callable[[Unit], Awaitable[list[AuditEntry]]]], list[AuditEntry]],
) -> None:
    async def done(unit: Unit) -> list[AuditEntry]:
        return await unit.audit.newest(5)

    receivers("add", URL)
    receivers("rotate", "1", "--keep", "90m")
    receivers("rotate", "1", "--now")
    noted = [(each.admin, each.action, each.subject, each.facts) for each in inside(done)]
    assert noted == [
        (None, Action.ROTATE, "1", {}),
        (None, Action.ROTATE, "1", {}),
    ]


def test_a_rotation_that_is_refused_changes_nothing(
    inside: Callable[[Callable[[Unit], Awaitable[tuple[str, ...]]]], tuple[str, ...]],
) -> None:
    async def signing(unit: Unit) -> tuple[str, ...]:
        notice = await unit.notices.claim(1, NOON.replace(year=2100))
        assert notice is not None
        return notice.secrets(NOON)

    secret = secret_in(receivers("add", URL))
    receivers("test", "1")
    assert "exclude each other" in refused("rotate", "1", "--keep", "7d", "--now")
    assert "no length of time" in refused("rotate", "1", "--keep", "soon")
    assert inside(signing) == (secret,)


def test_what_was_given_up_is_listed_with_its_reason_and_sent_again(
    inside: Callable[[Callable[[Unit], Awaitable[str]]], str],
) -> None:
    receivers("add", URL)
    receivers("test", "1")

    async def gives_up(unit: Unit) -> str:
        ((number, _),) = (await unit.notices.outlook()).items()
        notice = await unit.notices.claim(number, NOON.replace(year=2100))
        assert notice is not None
        await unit.notices.settle(notice, NoticeState.GIVEN_UP, "HTTP 500", NOON)
        await unit.receivers.failed(number, "HTTP 500", NOON, None)
        return notice.public_id

    name = inside(gives_up)
    assert "failing since 2026-03-02 12:00 UTC\n    0 wait · 1 given up · last HTTP 500 at" in receivers("list")
    assert "given up, tried 1 ×: HTTP 500" in receivers("notices", "1")
    assert receivers("replay", "1").startswith("1 notice is sent again")
    assert receivers("replay", "1") == "there is nothing to send again"
    assert "is on its way already" in refused("replay", name)
    inside(gives_up)
    assert receivers("replay", name).startswith(f"{name} is sent again")
    inside(gives_up)
    assert receivers("replay", "1", "--since", "2100-01-01") == "there is nothing to send again"
    assert receivers("replay", "1", "--since", "2026-01-01T12:00").startswith("1 notice is")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("add", "http://n8n:5678/hook"), "HOTLEAD_PRIVATE_RECEIVERS=true"),
        (("add", "https://169.254.169.254/"), "leads into a private network"),
        (("add", URL, "--kinds", "lead.hott"), "there is no `lead.hott`. Did you mean `lead.hot`?"),
        (("add", URL, "--kinds", "receiver.test"), "there is no `receiver.test`"),
        (("pause", "7"), "there is no receiver 7; see `hotlead receivers list`"),
        (("resume", "7"), "there is no receiver 7"),
        (("remove", "7"), "there is no receiver 7"),
        (("test", "7"), "there is no receiver 7"),
        (("notices", "7"), "there is no receiver 7"),
        (("rotate", "7"), "there is no receiver 7; see `hotlead receivers list`"),
        (("rotate", "7", "--now"), "there is no receiver 7"),
        (("rotate", "1", "--keep", "tomorrow"), "--keep: `tomorrow` is no length of time; write 30s, 5m, 2h, 3d"),
        (("rotate", "1", "--keep", "11y"), "--keep: `11y` is no length of time"),
        (("rotate", "1", "--keep", "9999d"), "--keep: `9999d` is too long"),
        (("rotate", "1", "--keep", "0h"), "to be rid of the old secret at once write --now"),
        (("rotate", "1", "--keep", "7d", "--now"), "--keep and --now exclude each other"),
        (("replay", "7"), "there is no receiver 7"),
        (("replay", "msg_unknown"), "there is no notice msg_unknown"),
        (("replay", "hot"), "neither a receiver's number nor a notice's msg_"),
        (("replay", "1", "--since", "yesterday"), "write 2026-03-01"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(words: tuple[str, ...], why: str) -> None:
    assert why in refused(*words)


def test_a_private_address_is_taken_where_the_operator_allows_it() -> None:
    assert "n8n:5678 is receiver 1" in receivers("add", "http://n8n:5678/hook", private_receivers="true")
