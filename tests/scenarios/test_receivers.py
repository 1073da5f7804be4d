"""The owner's CRM is told what happens to leads, by a web server that listens as theirs does."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from random import SystemRandom

import pytest
from aiohttp import web

from bot.receivers.signing import new_secret
from bot.receivers.with_aiohttp import AiohttpCourier
from storage.receivers import NoticeKind
from tests.bot.receivers.listening import PAGE, Listening, is_genuine, listening, proven_by
from tests.scenarios import kept
from tests.scenarios.actor import PHONE
from tests.scenarios.conftest import Opening
from tests.scenarios.on_engine import MONDAY_NOON
from tests.scenarios.over_http import ADA, ANNA, BORIS, MAX, VERA, Guest, House
from tests.scenarios.quick import QUICK, quick_quiz
from tests.scenarios.stories import HOT_LEAD, WARM_LEAD
from tests.scenarios.together import together

SECRET = new_secret(SystemRandom())
CLARA = 7_000_000_003


@pytest.fixture
async def crm() -> AsyncIterator[Listening]:
    """The owner's own web server."""
    async with listening() as there:
        yield there


@pytest.fixture
async def house(opening: Opening, tmp_path: Path) -> AsyncIterator[House]:
    """The furniture maker's bot, which may tell what listens on the same machine."""
    house = House(tmp_path, MONDAY_NOON)
    house.courier = AiohttpCourier(house.clock, private=True)
    settings = {"quiz": (str(quick_quiz()), "office-furniture"), "managers": (MAX, VERA), "admins": (ADA,)}
    async with opening(house, **settings) as opened:
        for number, name in ((MAX, "Max"), (VERA, "Vera"), (ADA, "Ada")):
            await opened.guest(number, name).starts()
            opened.guests[number].skims()
        yield opened


async def tells(house: House, crm: Listening, *kinds: NoticeKind) -> int:
    """Let the bot tell the CRM."""
    async with house.work() as work:
        return await work.unit.receivers.add(crm.url, SECRET, kinds, work.now)


async def test_the_crm_hears_of_a_lead_from_the_first_contact_until_it_is_won(
    house: House, crm: Listening, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await tells(
        house,
        crm,
        NoticeKind.CREATED,
        NoticeKind.HOT,
        NoticeKind.TAKEN,
        NoticeKind.WON,
        NoticeKind.AMOUNT,
    )
    await anna.goes_through(HOT_LEAD)
    assert crm.types == ["lead.created", "lead.hot"]
    created, hot = crm.heard
    assert created.data["contacts"] == [{"kind": "phone", "value": PHONE, "verified": True}]
    assert hot.data["person"] == {"name": "Anna", "username": "anna", "telegram_id": anna.person.id}
    assert (hot.data["quiz"], hot.data["band"], hot.data["stage"]) == (QUICK, "hot", "mql")
    assert (hot.data["id"], hot.data["owner"]) == (1, None)
    assert hot.data["score"]["total"] == sum(reason["points"] for reason in hot.data["score"]["reasons"])
    answers = {each["question"]: each for each in hot.data["answers"]}
    assert (answers["role"]["text"], answers["role"]["value"]["choice"]) == ("For a company", "company")

    (example,) = re.findall(r"^```json\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    shown = json.loads(example)
    assert (list(shown), list(shown["data"])) == (list(json.loads(hot.body)), list(hot.data))

    await max_.taps("✋ Take")
    assert crm.types[2:] == ["lead.taken"]
    assert crm.heard[2].data["owner"] == {"telegram_id": MAX, "name": "Max"}

    await max_.taps("🏆 Won")
    await max_.says("1500")
    assert crm.types[3:] == ["lead.won", "lead.amount"]
    assert [each.data["stage"] for each in crm.heard[3:]] == ["customer", "customer"]
    assert crm.heard[3].data["deal"] is None
    assert crm.heard[4].data["deal"]["amount"] == "1500"
    assert all(is_genuine(each, SECRET, house.clock.now()) for each in crm.heard)
    assert json.loads(crm.heard[0].body)["timestamp"] == "2026-03-02T10:00:00.000Z"
    for guest in (anna, max_, vera, ada):
        guest.skims()


async def test_who_wants_to_know_everything_hears_each_move_with_its_reason(
    house: House, crm: Listening, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await tells(house, crm)
    await anna.goes_through(HOT_LEAD)
    assert crm.types == ["lead.created", "lead.qualified", "lead.stage_changed", "lead.hot"]
    assert crm.heard[2].data["change"]["before"] == "lead"
    assert crm.heard[2].data["change"]["now"] == "mql"

    await max_.taps("✋ Take")
    await max_.taps("✖️ Lost")
    await max_.taps("Too expensive")
    assert crm.types[4:] == ["lead.taken", "lead.stage_changed", "lead.lost"]
    assert crm.heard[-2].data["change"]["now"] == "lost"
    assert crm.heard[-1].data["change"]["reason"] == crm.heard[-2].data["change"]["reason"] != ""
    for guest in (anna, max_, vera, ada):
        guest.skims()


async def test_a_warm_lead_is_told_with_its_band_and_no_manager_is(
    house: House, crm: Listening, anna: Guest
) -> None:
    await tells(house, crm, NoticeKind.QUALIFIED, NoticeKind.HOT)
    await anna.goes_through(WARM_LEAD)
    assert [(each.type, each.data["band"]) for each in crm.heard] == [("lead.qualified", "warm")]


async def test_without_a_receiver_nothing_is_kept(
    house: House, crm: Listening, anna: Guest, max_: Guest, vera: Guest
) -> None:
    await anna.goes_through(HOT_LEAD)
    assert await kept.rows(house, "SELECT id FROM notices") == []
    assert crm.heard == []
    for guest in (max_, vera):
        guest.skims()


async def test_a_crm_that_is_down_gets_the_same_notices_when_it_is_back_and_nobody_in_the_chat_notices(
    house: House, crm: Listening, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await tells(house, crm, NoticeKind.HOT)
    crm.sayings = [web.Response(status=500), web.Response(status=302, headers={"Location": crm.url})]
    await anna.goes_through(HOT_LEAD)
    for manager in (max_, vera):
        manager.sees("Hot lead")
    await house.later(seconds=7)
    await house.restarts()
    await house.later(minutes=7)
    assert crm.types == ["lead.hot"] * 3
    assert len({each.id for each in crm.heard}) == 1
    assert len({each.body for each in crm.heard}) == 1
    for guest in (anna, max_, vera, ada):
        guest.skims()


async def test_a_crm_that_changes_over_to_a_new_secret_misses_nothing(
    house: House, crm: Listening, anna: Guest, boris: Guest, ada: Guest
) -> None:
    receiver, new = await tells(house, crm, NoticeKind.CREATED), new_secret(SystemRandom())
    crm.sayings = [web.Response(status=500)]
    await anna.goes_through(WARM_LEAD)
    async with house.work() as work:
        await work.unit.receivers.rotate(receiver, new, work.now + timedelta(days=1))
    await house.later(seconds=7)  # what the CRM did not take is sent again
    await boris.goes_through(WARM_LEAD)
    await house.later(days=1)
    for guest in (anna, boris):
        guest.skims()
    await house.guest(CLARA, "Clara").goes_through(WARM_LEAD)
    told = [(each.data["person"]["name"], proven_by(each, new, SECRET)) for each in crm.heard]
    assert told == [("Anna", [SECRET]), ("Anna", [new, SECRET]), ("Boris", [new, SECRET]), ("Clara", [new])]
    ada.skims()  # all three left the same phone


async def test_who_unsubscribes_is_told_of_without_their_name(house: House, crm: Listening, anna: Guest) -> None:
    await tells(house, crm, NoticeKind.UNSUBSCRIBED)
    await anna.goes_through(WARM_LEAD)
    await anna.says("/stop")
    anna.skims()
    (heard,) = crm.heard
    assert heard.data == {"id": 1, "bot": house.app.identity.username, "quiz": QUICK, "purpose": "follow_ups"}
    await anna.says("/stop")
    anna.skims()
    assert len(crm.heard) == 1


async def test_who_walks_again_and_says_no_this_time_is_told_of_too(
    house: House, crm: Listening, anna: Guest
) -> None:
    await tells(house, crm, NoticeKind.UNSUBSCRIBED)
    await anna.goes_through(WARM_LEAD.but(letters="no"))
    assert crm.heard == []  # nothing was given that could be over
    await anna.goes_through(WARM_LEAD)
    await anna.goes_through(WARM_LEAD.but(letters="no"))
    assert [each.data["purpose"] for each in crm.heard] == ["follow_ups"]


async def test_who_takes_back_the_consent_to_be_contacted_is_lost_and_nothing_personal_is_told_with_it(
    house: House, crm: Listening, anna: Guest
) -> None:
    await tells(house, crm)
    await anna.goes_through(WARM_LEAD)
    told = len(crm.heard)
    await anna.says("/privacy")
    anna.skims()
    await anna.taps(next(label for label in anna.labels_on_screen() if "contact" in label.lower()))
    anna.skims()
    after = crm.heard[told:]
    assert [each.type for each in after] == ["lead.unsubscribed", "lead.stage_changed", "lead.lost"]
    assert after[0].data["purpose"] == "contact"
    for each in after:
        assert "Anna" not in each.body.decode()
        assert PHONE not in each.body.decode()
    assert (after[2].data["person"], after[2].data["contacts"], after[2].data["answers"]) == (None, [], [])


async def test_who_is_erased_leaves_no_notice_but_the_word_that_a_number_is_no_more(
    house: House, crm: Listening, anna: Guest
) -> None:
    await tells(house, crm)
    crm.sayings = [web.Response(status=500) for _ in range(3)]
    await anna.goes_through(WARM_LEAD)
    before = await kept.rows(house, "SELECT state FROM notices")
    assert before
    told = len(crm.heard)
    await anna.says("/privacy")
    anna.skims()
    await anna.taps("🗑 Delete everything")
    anna.skims()
    await anna.taps("Yes, delete everything")
    anna.skims()
    assert await kept.rows(house, "SELECT kind, lead_id, state FROM notices") == [("lead.erased", None, "waiting")]
    await house.later(seconds=20)
    (heard,) = crm.heard[told:]
    assert heard.data == {"id": 1, "bot": house.app.identity.username, "quiz": QUICK}
    await house.later(days=3)
    assert len(crm.heard) == told + 1  # what failed before is not tried again


async def test_of_two_bots_in_one_process_each_tells_its_own_receivers(
    migrated: Path, tmp_path: Path, crm: Listening
) -> None:
    shutil.copy(migrated, tmp_path / "hotlead.db")
    async with together(tmp_path, roofs_bot=71, dances_bot=72) as company, listening() as other:
        roofs, dances = company.rooms[71], company.rooms[72]
        company.courier = AiohttpCourier(company.clock, private=True)
        await company.adds(dances, str(quick_quiz()))
        await company.starts(bot_token=roofs.token, quiz=(str(quick_quiz()),))
        await company.all_play()
        await tells(roofs, crm, NoticeKind.CREATED)
        await tells(dances, other, NoticeKind.CREATED)
        await roofs.guest(ANNA, "Anna").goes_through(WARM_LEAD)
        await dances.guest(BORIS, "Boris").goes_through(WARM_LEAD)
        told = [(each.data["bot"], each.data["person"]["name"]) for each in (*crm.heard, *other.heard)]
        assert told == [("roofs_bot", "Anna"), ("dances_bot", "Boris")]


async def test_the_export_tells_what_was_told_elsewhere(house: House, crm: Listening, anna: Guest) -> None:
    await tells(house, crm, NoticeKind.CREATED)
    await anna.goes_through(WARM_LEAD)
    async with house.view() as view:
        person = await view.prospects.by_telegram_id(anna.person.id)
        assert person is not None
        held = await view.holdings.of(person)
    (notice,) = held["notices"]
    assert json.loads(notice["body"])["data"]["person"]["name"] == "Anna"
    assert "receiver_id" not in notice
