"""/export: an admin gets the leads as a table; nobody else does, and no prospect can turn it into an attack."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.members import Role
from tests.scenarios import kept
from tests.scenarios.actor import PHONE as HER_PHONE
from tests.scenarios.conftest import Opening
from tests.scenarios.over_http import ADA, ANNA, Guest, House
from tests.scenarios.small import AGREE, PHONE, Step, small_quiz
from tests.scenarios.stories import HOT_LEAD, WARM_LEAD
from tests.scenarios.teams import hires

EVIL = '=HYPERLINK("http://evil","x")'
WISH: Step = {"id": "wish", "ask": "Anything else?", "label": "Wish", "text": {}}
PLACES: Step = {"id": "places", "ask": "How many?", "label": "Places", "number": {"unit": "chairs"}}
DANGEROUS = tuple("=+-@\t\r\0＝＋－＠")


@pytest.fixture
async def shop(opening: Opening, tmp_path: Path) -> AsyncIterator[House]:
    """A small shop with an admin, who is its only manager too."""
    quiz = small_quiz(tmp_path, WISH, PLACES, AGREE, PHONE)
    async with opening(quiz=(str(quiz),), admins=(ADA,)) as house:
        await house.guest(ADA, "Ada").starts()
        house.guests[ADA].skims()
        yield house


def table_of(guest: Guest, separator: str = ",") -> list[dict[str, str]]:
    """Return the newest table that somebody got, as a spreadsheet reads it."""
    document = guest.person.messages[-1].document
    assert document is not None
    content = document.content or b""
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=separator))


def tables(house: House) -> list[str]:
    """Name the tables that anybody got."""
    messages = (message for guest in house.guests.values() for message in guest.person.messages)
    return [message.document.name for message in messages if message.document is not None]


async def becomes_a_lead(guest: Guest, wish: str) -> None:
    await guest.starts()
    await guest.taps("A company")
    await guest.says(wish)
    await guest.says("12")
    await guest.taps("✅ I agree")
    await guest.shares_her_phone()
    guest.skims()


async def test_a_formula_for_a_name_is_a_name_in_the_table(shop: House) -> None:
    anna, ada = shop.guest(ANNA, EVIL, username="anna"), shop.guests[ADA]
    await becomes_a_lead(anna, "@SUM(1+1)*cmd|' /C calc'!A0;=1+1\n-2+3")
    ada.skims()
    await ada.says("/export")
    ada.sees("1 lead, as of Mon, 2 Mar", "personal data")
    assert tables(shop) == ["leads-2026-03-02.csv"]
    (row,) = table_of(ada)
    assert row["Name"] == f"'{EVIL}"
    assert row["Wish"] == "'@SUM(1+1)*cmd|' /C calc'!A0;'=1+1\n'-2+3"
    assert row["Phone"] == f"'{HER_PHONE}"
    assert row["Telegram"] == "anna"
    assert row["Places (chairs)"] == "12"
    assert (row["May be contacted"], row["Band"], row["Score"]) == ("yes", "hot", "10")
    assert not [cell for cell in row.values() if cell.startswith(DANGEROUS)]


async def test_nothing_of_the_table_is_kept_once_it_is_sent(shop: House) -> None:
    await becomes_a_lead(shop.guest(ANNA, "Anna"), "no")
    shop.guests[ADA].skims()
    await shop.guests[ADA].says("/export")
    shop.guests[ADA].sees("1 lead")
    assert await kept.rows(shop, "SELECT id FROM files") == []
    assert await kept.rows(shop, "SELECT id FROM outbox WHERE forget") == []


async def test_the_table_is_in_the_admins_language_and_parted_as_their_excel_expects(shop: House) -> None:
    anna, ada = shop.guest(ANNA, "Anna"), shop.guests[ADA]
    await becomes_a_lead(anna, "a desk; =1+1")
    ada.skims()
    ada.person.language = "uk"
    await ada.says("/export")
    ada.sees("1 лід, станом на", "персональні дані")
    (row,) = table_of(ada, ";")
    assert (row["Ім’я"], row["Згода на зв’язок"], row["Готовність"]) == ("Anna", "так", "гарячий")
    assert row["Wish"] == "a desk;' =1+1"


async def test_it_tells_who_has_each_lead_and_what_became_of_it(
    house: House, anna: Guest, boris: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await anna.goes_through(HOT_LEAD)
    await boris.goes_through(WARM_LEAD)
    await max_.taps("✋ Take")
    await max_.taps("🏆 Won")
    max_.skims()
    await max_.says("12 500 EUR")
    for person in (anna, boris, max_, vera, ada):
        person.skims()
    await ada.says("/export")
    ada.sees("2 leads")
    first, second = table_of(ada)
    assert (first["Lead"], first["Stage"], first["Manager"]) == ("1", "customer", "Max")
    assert (first["Won"], first["Currency"]) == ("12500", "EUR")
    assert (second["Lead"], second["Band"], second["Manager"], second["Won"]) == ("2", "warm", "", "")
    assert second["Next due (Europe/Kyiv)"] > "2026-03-02"


async def test_who_was_erased_has_no_row(house: House, anna: Guest, boris: Guest, ada: Guest) -> None:
    await anna.goes_through(WARM_LEAD)
    await boris.goes_through(WARM_LEAD)
    await anna.says("/privacy")
    await anna.taps("🗑 Delete everything")
    await anna.taps("Yes, delete everything")
    for person in (anna, boris, ada):
        person.skims()
    await ada.says("/export")
    ada.sees("1 lead")
    assert [row["Name"] for row in table_of(ada)] == ["Boris"]


async def test_without_leads_there_is_no_table(house: House, ada: Guest) -> None:
    await ada.says("/export")
    ada.sees("no leads yet")
    assert tables(house) == []


async def test_who_is_no_admin_gets_what_any_unknown_command_gets(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await anna.goes_through(HOT_LEAD)
    viewer = await hires(house, 66, "Eve", Role.VIEWER)
    for person in (max_, vera, ada):
        person.skims()
    for person in (anna, max_, viewer):
        await person.says("/export")
        exported = person.sees().text
        await person.says("/nonsense")
        assert person.sees().text == exported
    assert tables(house) == []
    async with house.view() as view:
        assert [entry for entry in await view.audit.newest(5) if entry.action == "export"] == []


async def test_in_a_group_it_says_where_it_talks_and_sends_no_file_anywhere(
    house: House, anna: Guest, max_: Guest, vera: Guest, ada: Guest
) -> None:
    await anna.goes_through(HOT_LEAD)
    for person in (max_, vera, ada):
        person.skims()
    group = house.emulator.group(-1001234567890, title="Sales", members=[ada.person, anna.person])
    group.says(ada.person, "/export@hotlead_demo_bot")
    await house.quiet()
    (said,) = [message for message in group.messages if message.from_bot]
    assert "I talk in private only" in said.text
    assert said.document is None
    assert tables(house) == []


async def test_who_took_the_leads_along_stands_in_the_audit_log(house: House, anna: Guest, ada: Guest) -> None:
    await anna.goes_through(WARM_LEAD)
    await ada.says("/export")
    ada.skims()
    await ada.says("/audit")
    ada.sees("Ada", "exported leads as a table: 1")
