"""/export: an admin gets the leads as a table; nobody else does, and no prospect can turn it into an attack."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.leads import exporting, table
from tests.scenarios import kept
from tests.scenarios.actor import PHONE
from tests.scenarios.conftest import Opening
from tests.scenarios.over_http import ADA, ANNA, MAX, Guest, House
from tests.scenarios.quick import quick_quiz
from tests.scenarios.small import AGREE, PHONE as ITS_PHONE, Step, small_quiz
from tests.scenarios.stories import HOT_LEAD, WARM_LEAD

EVIL = '=HYPERLINK("http://evil","x")'
WISH: Step = {"id": "wish", "ask": "Anything else?", "label": "Wish", "text": {}}
PLACES: Step = {"id": "places", "ask": "How many?", "label": "Places", "number": {"unit": "chairs"}}
DAY: Step = {"id": "day", "ask": "Which day?", "label": "Day", "date": {"from": "today", "to": "30d"}}
DANGEROUS = tuple("=+-@\t\r\0＝＋－＠")


@pytest.fixture
async def shop(opening: Opening, tmp_path: Path) -> AsyncIterator[House]:
    """A small shop with an admin, who is its only manager too."""
    quiz = small_quiz(tmp_path, WISH, PLACES, AGREE, ITS_PHONE)
    async with opening(quiz=(str(quiz),), admins=(ADA,)) as house:
        await house.guest(ADA, "Ada").starts()
        house.guests[ADA].skims()
        yield house


def table_of(guest: Guest, separator: str = ",") -> list[dict[str, str]]:
    """Return the newest table that somebody got, as a spreadsheet reads it."""
    document = guest.person.messages[-1].document
    assert document is not None
    text = (document.content or b"").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=separator))


async def becomes_a_lead(guest: Guest, wish: str, places: str = "12") -> None:
    await guest.starts()
    await guest.taps("A company")
    await guest.says(wish)
    await guest.says(places)
    await guest.taps("✅ I agree")
    await guest.shares_her_phone()
    guest.skims()


async def test_a_prospect_with_a_formula_for_a_name_is_a_name_in_the_table(shop: House) -> None:
    anna, ada = shop.guest(ANNA, EVIL, username="anna"), shop.guests[ADA]
    await becomes_a_lead(anna, "@SUM(1+1)*cmd|' /C calc'!A0;=1+1\n-2+3")
    ada.skims()
    await ada.says("/export")
    ada.sees("1 lead, as of Mon, Mar 2", "personal data")
    (row,) = table_of(ada)
    assert row["Name"] == f"'{EVIL}"
    assert row["Wish"] == "'@SUM(1+1)*cmd|' /C calc'!A0;'=1+1\n'-2+3"
    assert row["Phone"] == f"'{PHONE}"
    assert row["Places (chairs)"] == "12"
    assert row["Telegram"] == "anna"
    assert not [cell for cell in row.values() if cell.startswith(DANGEROUS)]
