"""The pace: evenly spaced, no second and no group's minute ever too full, a short burst in a person's chat."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.limit import Limit
from bot.pace import Pace, Pacer

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MILLISECOND = timedelta(milliseconds=1)
ANNA, BORIS, GROUP = 1, 2, -100_500
ANY = math.inf


def _seconds(number: float) -> datetime:
    return NOON + timedelta(seconds=number)


def _sent(pacer: Pacer, seconds: float, start: datetime = NOON) -> list[datetime]:
    """Send as much as the pace lets go, in so many seconds."""
    now, sent = start, list[datetime]()
    while (moment := max(pacer.moment(now), now)) < start + timedelta(seconds=seconds):
        now = moment
        pacer.spend(None, now)
        sent.append(now)
    return sent


def _fullest_second(sent: list[datetime]) -> int:
    return max(sum(first <= at < first + SECOND for at in sent) for first in sent)


# The bot -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [1, 2, 10, 30, 100])
def test_a_long_broadcast_uses_97_percent_of_the_limit_and_fills_no_second(limit: int) -> None:
    sent = _sent(Pacer(Pace(bot=limit)), 20)
    assert len(sent) / 20 >= 0.97 * limit
    assert _fullest_second(sent) <= limit


def test_messages_are_spaced_evenly_after_a_short_burst() -> None:
    sent = _sent(Pacer(Pace(bot=30)), 3)
    gaps = [after - before for before, after in pairwise(sent[30:])]
    assert max(gaps) - min(gaps) < MILLISECOND


def test_what_was_late_is_made_good_and_what_was_idle_is_not() -> None:
    pacer = Pacer(Pace(bot=30))
    begun = len(_sent(pacer, 2))
    late = len(_sent(pacer, 0.8, start=_seconds(2.2)))  # the process could not run for a fifth of a second
    assert begun + late == pytest.approx(3 * 30 * 0.98, abs=2)
    assert pacer.slots(_seconds(60), _seconds(60), 100) == 8


def test_an_album_counts_as_its_photos_and_waits_for_room_for_all_of_them() -> None:
    pacer = Pacer(Pace(bot=10))
    for _ in range(5):
        pacer.spend(None, NOON)
    assert pacer.moment(NOON, 5) > NOON
    assert pacer.moment(NOON, 6) >= _seconds(1)
    pacer.spend(None, pacer.moment(NOON, 6), 6)
    assert pacer.moment(_seconds(1.1)) > _seconds(1.2)


@given(
    st.integers(1, 60),
    st.lists(st.tuples(st.integers(0, 700), st.integers(1, 10)), max_size=150),
)
@example(30, [(0, 1)] * 120)
def test_no_second_ever_holds_more_than_the_limit(limit: int, asked: list[tuple[int, int]]) -> None:
    pacer, now = Pacer(Pace(bot=limit)), NOON
    sent: list[datetime] = []
    for wait, messages in asked:
        now += timedelta(milliseconds=wait)
        now = max(now, pacer.moment(now, messages))
        pacer.spend(None, now, messages)
        sent += [now] * messages
        if messages > limit:
            return  # an album of more than a second's messages fits into no second
    assert not sent or _fullest_second(sent) <= limit


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 80)), min_size=31, max_size=120))
def test_a_message_that_leaves_late_makes_no_later_second_too_full(steps: list[tuple[int, int]]) -> None:
    pacer, now, left = Pacer(Pace(bot=30)), NOON, list[datetime]()
    for wait, late in steps:
        now = max(now + wait * MILLISECOND, pacer.moment(now + wait * MILLISECOND))
        counted = pacer.spend(None, now)
        now += late * MILLISECOND
        counted.at = now
        left.append(now)
    assert _fullest_second(left) <= 30


@given(st.lists(st.integers(0, 200), min_size=61, max_size=150))
def test_messages_that_arrive_late_make_no_second_too_full(late: list[int]) -> None:
    pacer, now, arrived = Pacer(Pace(bot=30)), NOON, list[datetime]()
    under_way = [pacer.spend(None, NOON)]
    pacer.answered(under_way[0], NOON + 50 * MILLISECOND)  # the fastest there is
    for delay in late:
        now = max(now, pacer.moment(now))
        counted = pacer.spend(None, now)
        arrived.append(now + delay * MILLISECOND)
        pacer.answered(counted, arrived[-1] + 50 * MILLISECOND)
    assert _fullest_second(arrived) <= 30


def test_the_first_messages_of_a_process_are_known_to_be_late_although_all_of_them_are() -> None:
    pacer = Pacer(Pace(bot=1))
    pacer.answered(pacer.spend(None, NOON), NOON + 200 * MILLISECOND)
    assert pacer.moment(NOON) == _seconds(1.02 + 0.15)


def test_a_message_that_is_not_answered_for_long_stops_the_others_only_shortly() -> None:
    pacer = Pacer(Pace(bot=1))
    pacer.answered(pacer.spend(None, NOON), NOON + 50 * MILLISECOND)
    pacer.answered(pacer.spend(None, _seconds(2)), _seconds(22))
    assert pacer.moment(_seconds(2)) == _seconds(2 + 1.02 + 0.25)


def test_slots_say_how_many_may_go_until_then() -> None:
    pacer = Pacer(Pace(bot=30))
    while pacer.moment(NOON) <= NOON:
        pacer.spend(None, NOON)
    assert pacer.slots(NOON, NOON, 9) == 0
    assert pacer.slots(_seconds(0.15), NOON, 9) == 4
    assert pacer.slots(_seconds(0.15), NOON, 2) == 2


def test_a_pace_without_bounds_is_always_ready() -> None:
    pacer = Pacer(Pace(bot=ANY, chat=ANY, group=ANY))
    for _ in range(1000):
        pacer.spend(GROUP, NOON)
    assert (pacer.moment(NOON) <= NOON, pacer.held(NOON), pacer.next_release(NOON)) == (True, set(), None)


def test_a_clock_that_is_put_back_holds_nothing_up() -> None:
    pacer = Pacer(Pace(bot=1, group=1))
    for chat in (ANNA, ANNA, GROUP):
        pacer.spend(chat, NOON, 5)
    yesterday = NOON - timedelta(days=1)
    assert pacer.moment(yesterday) <= yesterday
    assert pacer.held(yesterday) == set()


# Chats -------------------------------------------------------------------------------------------------------


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
    pacer = Pacer(Pace(bot=1, chat_burst=1))
    pacer.spend(None, NOON)
    assert pacer.held(NOON) == set()
    assert pacer.moment(NOON) > NOON


def test_the_next_release_is_the_first_chats() -> None:
    pacer = Pacer(Pace(bot=1000, chat_burst=1, group=1))
    pacer.spend(ANNA, NOON)
    pacer.spend(BORIS, _seconds(0.5))
    pacer.spend(GROUP, NOON)
    assert pacer.next_release(_seconds(0.6)) == _seconds(1)
    assert pacer.next_release(_seconds(1)) == _seconds(1.5)
    assert pacer.next_release(_seconds(2)) == _seconds(61.2)


def test_chats_that_need_not_wait_any_more_are_forgotten() -> None:
    pacer = Pacer(Pace(bot=1000))
    for chat in range(-100, 100):
        pacer.spend(chat, NOON)
    pacer.held(_seconds(90))
    assert (pacer._chat_next, pacer._groups) == ({}, {})


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 3000)), max_size=80), st.integers(1, 5))
def test_no_chat_ever_gets_more_than_its_burst_and_one_a_second(asked: list[tuple[int, int]], burst: int) -> None:
    pacer, now, sent = Pacer(Pace(bot=1000, chat=1, chat_burst=burst)), NOON, dict[int, list[datetime]]()
    for chat, wait in asked:
        now += timedelta(milliseconds=wait)
        if chat not in pacer.held(now):
            pacer.spend(chat, now)
            sent.setdefault(chat, []).append(now)
    for moments in sent.values():
        for place, first in enumerate(moments):
            within = [moment for moment in moments[place:] if moment < first + 2 * SECOND]
            assert len(within) <= burst + 2


# Groups ------------------------------------------------------------------------------------------------------


def test_a_group_takes_twenty_at_once_and_then_waits_for_its_minute() -> None:
    pacer = Pacer(Pace(bot=1000))
    for _ in range(20):
        assert pacer.held(NOON) == set()
        pacer.spend(GROUP, NOON)
    assert pacer.held(_seconds(60)) == {GROUP}
    assert pacer.held(_seconds(61.2)) == set()


@given(st.lists(st.integers(0, 9000), max_size=120))
def test_no_minute_of_a_group_ever_holds_more_than_twenty(waits: list[int]) -> None:
    pacer, now, sent = Pacer(Pace(bot=1000)), NOON, list[datetime]()
    for wait in waits:
        now += timedelta(milliseconds=wait)
        if GROUP not in pacer.held(now):
            pacer.spend(GROUP, now)
            sent.append(now)
    assert all(sum(first <= at < first + 60 * SECOND for at in sent) <= 20 for first in sent)


def test_what_the_last_process_wrote_to_a_group_counts() -> None:
    pacer = Pacer(Pace(bot=1000, group=2))
    pacer.spend_in_group(GROUP, _seconds(-10))
    pacer.spend(GROUP, NOON)
    assert pacer.held(NOON) == {GROUP}
    assert pacer.next_release(NOON) == _seconds(-10 + 61.2)


# What is learned ---------------------------------------------------------------------------------------------


def test_a_429_at_full_pace_slows_the_bot_down_and_one_at_rest_does_not() -> None:
    pacer = Pacer(Pace(bot=30))
    pacer.spend(ANNA, NOON)
    pacer.refused(NOON)
    assert pacer.limit.rate == 30
    _sent(pacer, 2)
    pacer.refused(_seconds(2))
    assert pacer.limit.rate == 28.5


def test_messages_at_full_pace_raise_a_limit_that_was_lowered_and_others_do_not() -> None:
    lowered = Limit(20, refused=25, refused_at=NOON)
    pacer = Pacer(Pace(bot=30), lowered)
    for minute in range(300):
        pacer.spend(None, _seconds(60 * minute))
    assert pacer.limit.rate == 20
    _sent(Pacer(Pace(bot=30), lowered), 1)
    busy = Pacer(Pace(bot=30), lowered)
    _sent(busy, 60)
    assert 20 < busy.limit.rate <= 25 * 0.97


def test_a_learned_limit_never_exceeds_the_setting() -> None:
    pacer = Pacer(Pace(bot=10))
    pacer.limit = Limit(25)
    assert pacer.limit == Limit(10)


def _against(
    true_limit: int, seconds: float, *, bad: float = 0, rate: float = 0, seed: int = 0
) -> tuple[list[datetime], list[datetime]]:
    """Send to a Telegram that takes so many a second, and at first, for `bad` seconds, refuses others by chance.

    Return what was taken, and what was refused.
    """
    pacer, now, chance = Pacer(Pace(bot=30)), NOON, Random(seed)  # noqa: S311 - no secret
    taken, refused = list[datetime](), list[datetime]()
    while now < _seconds(seconds):
        now = max(now, pacer.moment(now))
        pacer.spend(None, now)
        too_many = len(taken) >= true_limit and now - taken[-true_limit] < SECOND
        if too_many or (now < _seconds(bad) and chance.random() < rate):
            refused.append(now)
            pacer.refused(now)
            now += SECOND
        else:
            taken.append(now)
    return taken, refused


@pytest.mark.parametrize("true_limit", [5, 12, 20, 27])
def test_the_pace_finds_a_true_limit_and_stays_just_under_it(true_limit: int) -> None:
    taken, refused = _against(true_limit, 1200)
    assert [at for at in refused if at > _seconds(300)] == []
    settled = [at for at in taken if at > _seconds(600)]
    assert len(settled) / 600 > 0.9 * true_limit


@pytest.mark.parametrize(("rate", "seed"), [(0.01, 1), (0.02, 2), (0.05, 3)])
def test_after_many_429s_that_had_other_reasons_the_pace_is_back_within_minutes(rate: float, seed: int) -> None:
    taken, refused = _against(30, 900 + 180 + 60, bad=900, rate=rate, seed=seed)
    fell_to = sum(_seconds(840) < at <= _seconds(900) for at in taken) / 60
    assert fell_to < 10
    assert sum(at > _seconds(900 + 180) for at in taken) / 60 > 0.97 * 30
    assert [at for at in refused if at > _seconds(900)] == []


def test_after_a_bad_hour_a_true_limit_is_found_again() -> None:
    taken, refused = _against(12, 900 + 1200, bad=900, rate=0.02, seed=1)
    assert sum(at > _seconds(900 + 600) for at in taken) / 600 > 0.95 * 12
    assert [at for at in refused if at > _seconds(900 + 600)] == []
