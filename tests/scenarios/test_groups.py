"""In a group the bot says where it talks, once in a while; in a channel it says nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.demo.emulator import Emulator, Group, Refusal
from tests.scenarios import kept
from tests.scenarios.over_http import Guest, House

SALES = -1001234567890
NAME = "hotlead_demo_bot"


def _sales(house: House, *members: Guest) -> Group:
    return house.emulator.group(SALES, title="Sales", members=[member.person for member in members])


def _said(group: Group) -> list[str]:
    return [message.text for message in group.messages if message.from_bot]


CALLS: dict[str, Callable[[Emulator, Group, Guest], object]] = {
    "a command": lambda _, group, anna: group.says(anna.person, f"/start@{NAME}"),
    "a mention": lambda _, group, anna: group.says(anna.person, f"ask @{NAME}"),
    "brought in": lambda _, group, anna: group.adds_bot(anna.person),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("language", "words", "label"),
    [
        ("en", "I talk in private only", "Write to me"),
        ("uk", "лише в особистих", "Написати мені"),
        ("ru", "только в личных", "Написать мне"),
        ("de", "I talk in private only", "Write to me"),
    ],
)
async def test_whoever_calls_is_told_in_their_language_where_it_talks(
    house: House, anna: Guest, call: str, language: str, words: str, label: str
) -> None:
    anna.person.language = language
    group = _sales(house, anna)
    CALLS[call](house.emulator, group, anna)
    await house.quiet()
    (said,) = _said(group)
    assert words in said
    assert f"@{NAME}" in said
    button = group.messages[-1].buttons[0][0]
    assert (button.text, button.url) == (label, f"https://t.me/{NAME}")


async def test_a_known_caller_is_answered_in_the_language_they_chose(house: House, anna: Guest) -> None:
    await anna.starts()
    await anna.says("/language")
    await anna.taps("Українська")
    anna.skims()
    group = _sales(house, anna)
    group.says(anna.person, f"@{NAME}")
    await house.quiet()
    assert "лише в особистих" in _said(group)[0]


async def test_nobody_is_kept_and_their_own_chat_stays_as_it_was(house: House, anna: Guest) -> None:
    before = await kept.rows(house, "SELECT count(*) FROM prospects")
    group = _sales(house, anna)
    group.says(anna.person, f"/start@{NAME}")
    group.says_anonymously(f"/start@{NAME}")
    await house.quiet()
    assert await kept.rows(house, "SELECT count(*) FROM prospects") == before
    anna.sees_nothing()


async def test_it_says_so_once_an_hour_whoever_calls_and_however_often(house: House, anna: Guest) -> None:
    group = _sales(house, anna)
    for _ in range(5):
        group.says(anna.person, f"/start@{NAME}")
        group.says_anonymously(f"@{NAME}")
    await house.quiet()
    assert len(_said(group)) == 1
    await house.later(minutes=59)
    group.says(anna.person, f"@{NAME}")
    await house.quiet()
    assert len(_said(group)) == 1
    await house.restarts()
    await house.later(minutes=2)
    group.says(anna.person, f"@{NAME}")
    await house.quiet()
    assert len(_said(group)) == 2


async def test_a_group_that_becomes_a_supergroup_meanwhile_gets_its_answer_there_once(
    house: House, anna: Guest
) -> None:
    group = house.emulator.group(-4321, title="Sales", members=[anna.person])
    house.emulator.fail(Refusal(502, "Bad Gateway"), chat=-4321)
    group.says(anna.person, f"/start@{NAME}")
    await house.quiet()
    successor = group.migrates(to=SALES)
    await house.later(seconds=5)
    assert (_said(group), len(_said(successor))) == ([], 1)


async def test_each_group_is_told(house: House, anna: Guest) -> None:
    sales, support = _sales(house, anna), house.emulator.group(-55, title="Support", members=[anna.person])
    for group in (sales, support):
        group.says(anna.person, f"@{NAME}")
    await house.quiet()
    assert [len(_said(group)) for group in (sales, support)] == [1, 1]


async def test_faceless_callers_are_answered_too(house: House) -> None:
    group = _sales(house)
    group.says_as_channel(house.emulator.channel(-1009, title="News"), f"@{NAME}")
    await house.quiet()
    assert len(_said(group)) == 1


async def test_talk_among_people_and_other_bots_is_none_of_its_business(house: House, anna: Guest) -> None:
    group = _sales(house, anna)
    for text in ("Hi all", "/start@another_bot", "/ban", "@anna hello"):
        group.says(anna.person, text)
    house.emulator.channel(-1009, title="News").posts(f"@{NAME}")
    await house.quiet()
    assert _said(group) == []


async def test_a_group_where_it_may_not_write_is_let_go(house: House, anna: Guest) -> None:
    group = _sales(house, anna)
    refused = Refusal(400, "Bad Request: not enough rights to send text messages to the chat")
    house.emulator.fail(refused, method="sendMessage")
    group.says(anna.person, f"@{NAME}")
    await house.quiet()
    assert _said(group) == []
    await anna.starts()
    anna.sees("Hi Anna!")
    anna.skims()
