"""What 429s teach: how fast Telegram really lets the bot send, and whom a 429 means."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.limit import BELIEVED, ENOUGH, LIMIT, LONGER, LONGEST_BELIEVED, QUIET, SLOWEST, Floods, Limit

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
        (Limit(10, quiet=99), 1, Limit(15)),  # nothing is known against it
        (Limit(29.9, quiet=400), 1, Limit(30)),
        (Limit(20, 25, NOON, quiet=199), 1, Limit(20.5, 25, NOON)),
        (Limit(5, 6, NOON, quiet=49), 1, Limit(5.15, 6, NOON)),  # no step is larger than the room below a limit
        (Limit(20, 21, NOON, quiet=300), 1, Limit(20.37, 21, NOON)),  # a little under what was refused
        (Limit(20.37, 21, NOON), 1000, Limit(20.37, 21, NOON)),
        (
            Limit(20.37, 20, NOON),
            1000,
            Limit(20.37, 20, NOON),
        ),  # it is too early to say that it is taken after all
    ],
)
def test_a_quiet_while_raises_the_limit(before: Limit, messages: int, after: Limit) -> None:
    raised = before.kept(messages, 30, NOON)
    assert (raised.rate, raised.refused, raised.refused_at) == (after.rate, after.refused, after.refused_at)
    assert raised.quiet in {after.quiet, before.quiet + messages}


# How long a refused rate is believed -------------------------------------------------------------------------


def test_what_is_refused_again_whenever_it_is_tried_is_believed_ever_longer_but_not_for_ever() -> None:
    limit, now, believed = Limit(20, 20, NOON), NOON, []
    for _ in range(5):
        now += limit.believed
        limit = replace(limit, rate=20, taken=ENOUGH).lowered(now)
        believed.append(limit.believed)
    assert believed == [BELIEVED * LONGER, BELIEVED * LONGER**2, *[LONGEST_BELIEVED] * 3]


@pytest.mark.parametrize(
    "other",
    [
        Limit(15, 20, NOON, taken=ENOUGH, believed=BELIEVED * LONGER),
        Limit(20, 20, NOON, taken=5000, quiet=QUIET * 20, believed=BELIEVED * LONGER),
        Limit(20, believed=BELIEVED * LONGER),
    ],
    ids=["far below", "at what was taken for long", "nothing known"],
)
def test_a_429_that_no_known_limit_explains_is_believed_as_shortly_as_the_first(other: Limit) -> None:
    assert other.lowered(_after(86_400)).believed == BELIEVED


def test_a_second_429_while_the_rate_falls_to_the_limit_changes_nothing_of_what_is_known_of_it() -> None:
    limit = Limit(19.5, 20, NOON, believed=BELIEVED * LONGER)
    assert limit.lowered(_after(5)).believed == BELIEVED * LONGER


def test_what_was_refused_is_not_tried_again_before_enough_was_taken_below_it() -> None:
    later = NOON + 2 * BELIEVED
    few, enough = Limit(2, 2, NOON, quiet=500, taken=ENOUGH - 2), Limit(2, 2, NOON, quiet=500, taken=ENOUGH - 1)
    assert (few.kept(1, 30, later).rate, enough.kept(1, 30, later).rate) == (2, 3)
    assert few.kept(1, 30, NOON + LONGEST_BELIEVED).rate == 3
    assert enough.kept(1, 30, NOON + BELIEVED / 2).rate == 2


def test_once_it_is_taken_after_all_nothing_is_known_against_it() -> None:
    assert Limit(20, 20, NOON, quiet=199, taken=ENOUGH).kept(1, 30, NOON + BELIEVED) == Limit(30)


def test_a_limit_is_kept_and_read_again() -> None:
    limit = Limit(22.8, 28.5, NOON, taken=7, believed=BELIEVED * LONGER)
    assert LIMIT.validate_json(LIMIT.dump_json(limit)) == limit


def test_a_limit_that_was_kept_before_it_was_said_how_long_it_is_believed_is_read() -> None:
    kept = '{"rate": 22.8, "refused": 28.5, "refused_at": "2026-03-02T12:00:00Z", "quiet": 3}'
    assert LIMIT.validate_json(kept) == Limit(22.8, 28.5, NOON, quiet=3)


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
