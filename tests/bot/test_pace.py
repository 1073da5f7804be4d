"""The pace: so many a second of the bot, and a short burst in a chat."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pace import Pace, Pacer

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ANNA, BORIS = 1, 2


def _seconds(number: float) -> datetime:
    return NOON + timedelta(seconds=number)


def test_the_bot_sends_so_many_a_second_and_no_more() -> None:
    pacer, sent, now = Pacer(Pace(bot=10)), 0, NOON
    while now < NOON + SECOND:
        if pacer.ready(now):
            pacer.spend(None, now)
            sent += 1
        now += timedelta(milliseconds=1)
    assert sent == 10


def test_a_chat_takes_a_burst_and_then_one_a_second() -> None:
    pacer = Pacer(Pace(bot=1000, chat=1, chat_burst=3))
    for _ in range(3):
        assert pacer.held(NOON) == set()
        pacer.spend(ANNA, NOON)
    assert pacer.held(NOON) == {ANNA}
    assert pacer.held(_seconds(0.99)) == {ANNA}
    assert pacer.held(_seconds(1)) == set()
    pacer.spend(ANNA, _seconds(1))
    assert pacer.held(_seconds(1.5)) == {ANNA}
    assert pacer.held(_seconds(2)) == set()


def test_a_rested_chat_takes_a_whole_burst_again() -> None:
    pacer = Pacer(Pace(bot=1000, chat=1, chat_burst=3))
    for moment in (0, 10):
        for _ in range(3):
            assert pacer.held(_seconds(moment)) == set()
            pacer.spend(ANNA, _seconds(moment))
        assert pacer.held(_seconds(moment)) == {ANNA}


def test_one_chat_does_not_hold_up_another() -> None:
    pacer = Pacer(Pace(bot=1000, chat_burst=1))
    pacer.spend(ANNA, NOON)
    assert pacer.held(NOON) == {ANNA}
    pacer.spend(BORIS, NOON)
    assert pacer.held(NOON) == {ANNA, BORIS}


def test_what_counts_in_no_chat_counts_for_the_bot_only() -> None:
    pacer = Pacer(Pace(bot=10, chat_burst=1))
    pacer.spend(None, NOON)
    assert pacer.held(NOON) == set()
    assert pacer.ready(NOON) is False


@pytest.mark.parametrize(
    ("chats", "release"),
    [([], None), ([ANNA], 0.1), ([None], 0.1)],
)
def test_the_next_release_is_the_bots_as_long_as_it_waits(chats: list[int | None], release: float | None) -> None:
    pacer = Pacer(Pace(bot=10, chat_burst=1))
    for chat in chats:
        pacer.spend(chat, NOON)
    assert pacer.next_release(NOON) == (None if release is None else _seconds(release))


def test_the_next_release_is_the_first_chats_once_the_bot_is_free() -> None:
    pacer = Pacer(Pace(bot=1000, chat_burst=1))
    pacer.spend(ANNA, NOON)
    pacer.spend(BORIS, _seconds(0.5))
    assert pacer.next_release(_seconds(0.6)) == _seconds(1)
    assert pacer.next_release(_seconds(1)) == _seconds(1.5)
    assert pacer.next_release(_seconds(2)) is None


def test_chats_that_need_not_wait_any_more_are_forgotten() -> None:
    pacer = Pacer(Pace(bot=1000))
    for chat in range(100):
        pacer.spend(chat, NOON)
    pacer.held(_seconds(60))
    assert pacer._chat_next == {}


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 3000)), max_size=80), st.integers(1, 5))
def test_no_chat_ever_gets_more_than_its_burst_and_one_a_second(asked: list[tuple[int, int]], burst: int) -> None:
    pacer, now, sent = Pacer(Pace(bot=1000, chat=1, chat_burst=burst)), NOON, dict[int, list[datetime]]()
    for chat, wait in asked:
        now += timedelta(milliseconds=wait)
        if pacer.ready(now) and chat not in pacer.held(now):
            pacer.spend(chat, now)
            sent.setdefault(chat, []).append(now)
    for moments in sent.values():
        for place, first in enumerate(moments):
            within = [moment for moment in moments[place:] if moment < first + 2 * SECOND]
            assert len(within) <= burst + 2
