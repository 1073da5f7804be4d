"""Hostile names: the message arrives, and nothing that a name says becomes more than a name."""

from __future__ import annotations

from tests.scenarios.conftest import Opening
from tests.scenarios.over_http import ADA, MAX, Guest, House
from tests.scenarios.quick import quick_quiz
from tests.scenarios.stories import HOT_LEAD

NAMES = {
    "tags": "<3</a>",
    "a bold link": '<b><a href="https://evil.example">Bank</a></b>',
    "entities": "&lt;script&gt;&amp;",
    "right to left": "Anna\u202egpj.exe",
    "two hundred letters": "А" * 200,
    "emoji": "👩‍👩‍👧🏽🏴󠁧󠁢󠁳󠁣󠁴󠁿",
    "variables": "{company} {sla} {0} %s",
    "lines": "Anna\n\n🔥 Hot lead · 1000 points",
    "right to left by nature": "علي بن محمد",
    "a heap of accents": "Z" + "\u0301\u0336\u0488" * 60 + "oe",
    "nothing to see": "\u3164",
    "a command": "/stop @admin https://evil.example",
}
MARKS = "\u202e\u202d\u2066\u2067"


async def test_it_stays_a_name_in_the_greeting(house: House) -> None:
    for number, name in enumerate(NAMES.values(), start=100):
        guest = house.guest(number, name)
        await guest.starts()
        assert guest.sees("This is Daylight").text.startswith(f"Hi {name}!")
        guest.skims()


async def test_it_stays_a_name_on_the_card(opening: Opening) -> None:
    async with opening(quiz=(str(quick_quiz()),), managers=(MAX,)) as house:
        max_ = house.guest(MAX, "Max")
        await max_.starts()
        max_.skims()
        for number, name in enumerate(NAMES.values(), start=100):
            await house.guest(number, name).goes_through(HOT_LEAD)
            card = max_.sees("Hot lead · 90 points", "+380671234567", "Why 90", buttons=["✋ Take"]).text
            title, who, contact, *_ = card.split("\n")
            assert "Hot lead" in title
            assert contact.startswith("📱")  # the name takes one line, and a short one
            assert (_plain(name)[:4] if name.strip("\u3164") else "—") in who
            assert len(who) < 80
            assert not any(mark in card for mark in MARKS)
            kinds = {entity.type for entity in max_.person.messages[-1].entities}
            assert kinds == {"bold", "code", "italic"}


def _plain(name: str) -> str:
    return " ".join("".join(letter for letter in name if letter not in MARKS).split())


async def test_a_managers_hostile_name_stays_a_name_too(
    house: House, anna: Guest, max_: Guest, vera: Guest
) -> None:
    house.emulator.people[max_.person.id].account.first_name = "<b>Max</b>\u202e" + "x" * 300
    await anna.goes_through(HOT_LEAD)
    await max_.taps("✋ Take")
    told = anna.sees("<b>Max</b>x").text
    assert len(told) < 200
    assert "\u202e" not in told
    for guest in (max_, vera, house.guests[ADA]):
        guest.skims()
