"""What 429s teach: how fast Telegram really lets the bot send, and whom a 429 means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.limit import LIMIT, SLOWEST, Floods, Limit

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ANNA, BORIS, GROUP = 1, 2, -100_500


def _after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("before", "at", "after"),
    [
        (Limit(30), 0, Limit(28.5, 30, NOON)),  # a single one may be bad luck
        (Limit(28.5, 30, NOON), 1, Limit(28.5, 30, NOON)),  # was under way with the first
        (Limit(28.5, 30, NOON), 10, Limit(22.8, 28.5, _after(10))),  # no bad luck any more
        (Limit(28.5, 30, NOON), 3600, Limit(27.075, 28.5, _after(3600))),
        (Limit(SLOWEST, 1.1, NOON), 10, Limit(SLOWEST, SLOWEST, _after(10))),
    ],
)
def test_a_429_lowers_the_limit(before: Limit, at: float, after: Limit) -> None:
    assert before.lowered(_after(at)) == after


@pytest.mark.parametrize(
    ("before", "messages", "after"),
    [
        (Limit(30), 1000, Limit(30)),  # never above the setting
        (Limit(20), 199, Limit(20, quiet=199)),  # not quiet for long enough
        (Limit(20, quiet=199), 1, Limit(20.5)),
        (Limit(29.9, quiet=400), 1, Limit(30)),
        (Limit(20, 21, NOON, quiet=300), 1, Limit(20.37, 21, NOON)),  # a little under what was refused
        (Limit(20.37, 21, NOON), 1000, Limit(20.37, 21, NOON)),
        (Limit(20, 21, NOON - timedelta(days=1), quiet=300), 1, Limit(20.5, 21, NOON - timedelta(days=1))),
    ],
)
def test_a_quiet_while_raises_the_limit(before: Limit, messages: int, after: Limit) -> None:
    assert before.kept(messages, 30, NOON) == after


def test_a_limit_is_kept_and_read_again() -> None:
    limit = Limit(22.8, 28.5, NOON)
    assert LIMIT.validate_json(LIMIT.dump_json(limit)) == limit


EVERYBODY = 0


@pytest.mark.parametrize(
    ("chat", "busy", "rested", "named"),
    [
        (ANNA, False, False, ANNA),
        (ANNA, False, True, ANNA),  # the bot sent next to nothing: it must be the chat
        (ANNA, True, False, ANNA),
        (ANNA, True, True, EVERYBODY),  # its first message for long, and the bot at full pace
        (GROUP, True, False, GROUP),
        (0, False, False, EVERYBODY),
    ],
)
def test_a_429_names_the_chat_unless_it_must_be_the_bot(chat: int, busy: bool, rested: bool, named: int) -> None:
    assert Floods().name(chat, NOON, is_busy=busy, is_rested=rested) == named


@pytest.mark.parametrize(
    ("second", "after", "named"),
    [(BORIS, 1, EVERYBODY), (BORIS, 10, BORIS), (ANNA, 1, ANNA)],
    ids=["two chats together", "two chats apart", "one chat again"],
)
def test_two_chats_that_meet_a_429_together_name_the_bot(second: int, after: float, named: int) -> None:
    floods = Floods()
    assert floods.name(ANNA, NOON, is_busy=False, is_rested=False) == ANNA
    assert floods.name(second, _after(after), is_busy=False, is_rested=False) == named
