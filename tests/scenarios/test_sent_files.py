"""Files that prospects send to a question: kept sealed, given to who takes the lead, refused with a reason."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.demo.emulator import Refusal, ServerError
from storage.tables import FileRow
from tests.scenarios import kept
from tests.scenarios.conftest import Opening
from tests.scenarios.inquiry import CONTENT, FILE_NAME, answers, comes_to, inquiry
from tests.scenarios.on_engine import MONDAY_NOON
from tests.scenarios.over_http import ANNA, MAX, Guest, House
from tests.storage.test_sealing import found_in


@pytest.fixture
async def house(opening: Opening, tmp_path: Path) -> AsyncIterator[House]:
    quiz = inquiry(tmp_path, "full_name", "wish", "email")
    async with opening(House(tmp_path, MONDAY_NOON), quiz=(str(quiz),), managers=(MAX,)) as opened:
        manager = opened.guest(MAX, "Max")
        await manager.starts()
        manager.skims()
        yield opened


@pytest.fixture
async def anna(house: House) -> Guest:
    guest = house.guest(ANNA, "Anna")
    await comes_to(guest, "agree")
    return guest


async def _files(house: House) -> list[tuple[object, ...]]:
    async with house.view() as view:
        person = await view.prospects.by_telegram_id(ANNA)
        assert person is not None
        found = [await view.files.by_id(file.id) for file in await view.files.sent_by(person.id)]
    return [(file.question, file.name, file.content) for file in found if file]


async def _becomes_a_lead(anna: Guest, max_: Guest) -> None:
    for step in ("phone", "when", "letters"):
        await answers(anna, step)
    anna.skims()
    max_.sees("Hot lead")
    await max_.taps("✋ Take")
    anna.sees("Max has your answers now")


async def test_a_file_is_kept_sealed_and_the_manager_who_takes_the_lead_gets_it(
    house: House, anna: Guest, max_: Guest, tmp_path: Path
) -> None:
    await answers(anna, "plan")
    anna.skims_changes()
    anna.sees("Your phone?")
    assert await _files(house) == [("plan", FILE_NAME, CONTENT)]
    assert found_in(tmp_path, FILE_NAME, CONTENT[9:29].decode()) == []
    await _becomes_a_lead(anna, max_)
    max_.skims_changes()
    max_.sees("Send us your plan.")
    max_.skims()
    document = max_.person.messages[-1].document
    assert document is not None
    assert (document.name, document.content) == (FILE_NAME, CONTENT)


async def test_a_photo_is_kept_and_handed_over_too(house: House, anna: Guest, max_: Guest) -> None:
    await anna.sends_photo()
    anna.skims_changes()
    anna.sees("Your phone?")
    ((question, _, content),) = await _files(house)
    assert (question, bool(content)) == ("plan", True)
    await _becomes_a_lead(anna, max_)
    max_.skims_changes()
    assert max_.sees("Send us your plan.").picture is not None
    max_.skims()


async def test_a_file_that_is_too_large_is_refused_with_the_limit_and_not_kept(house: House, anna: Guest) -> None:
    await anna.sends_file("plan.pdf", b"%PDF" + bytes(1024 * 1024))
    anna.sees("1 MB", "Send us your plan.")
    assert await _files(house) == []
    await answers(anna, "plan")
    anna.skims_changes()
    anna.sees("Your phone?")


async def test_a_file_of_another_kind_is_refused_with_what_is_welcome(house: House, anna: Guest) -> None:
    await anna.sends_file("plan.exe", b"MZ")
    anna.sees("Send us your plan.")
    await anna.does("sends a voice message", lambda phone: phone.sends_voice())
    anna.sees("Send us your plan.")
    assert await _files(house) == []


@pytest.mark.parametrize("fault", [Refusal(400, "Bad Request: file is too big"), ServerError()])
async def test_a_download_that_fails_does_not_disturb_the_chat_and_the_manager_still_gets_the_file(
    fault: Refusal | ServerError, house: House, anna: Guest, max_: Guest
) -> None:
    house.emulator.fail(fault, method="getFile", times=1000)
    await answers(anna, "plan")
    anna.skims_changes()
    anna.sees("Your phone?")
    for _ in range(10):
        await house.later(minutes=2)
    assert await _files(house) == [("plan", FILE_NAME, None)]
    await _becomes_a_lead(anna, max_)
    max_.skims_changes()
    max_.sees("Send us your plan.")
    max_.skims()
    document = max_.person.messages[-1].document
    assert document is not None
    assert document.content == CONTENT


async def test_a_file_goes_with_its_person(house: House, anna: Guest) -> None:
    await answers(anna, "plan")
    anna.skims()
    await anna.says("/privacy")
    anna.skims()
    await anna.taps("🗑 Delete everything")
    await anna.taps("Yes, delete everything")
    anna.skims()
    assert await kept.rows(house, FileRow.__table__.select()) == []
    assert await kept.rows(house, "SELECT id FROM outbox WHERE kind IN ('file', 'mail')") == []
