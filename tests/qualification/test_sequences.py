"""When a follow-up is due: delays, allowed hours, and clocks that are put forward and back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dialogs.answers import Answer, Choice, Number, Place
from dialogs.bounds import WEEKDAYS, Weekday
from dialogs.values import Duration, Hours, Text
from qualification.follow_ups import FollowUp, Sequence
from qualification.sequences import (
    Window,
    asks_to_stop,
    carried_over,
    comes,
    due_at,
    next_allowed,
    reached_goal,
    window_of,
    zone_of,
)

KYIV, LOS_ANGELES, KAMCHATKA = "Europe/Kyiv", "America/Los_Angeles", "Asia/Kamchatka"


def _hours(first: int, last: int) -> Hours:
    return Hours(first, last)


def _utc(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "moment", "hours", "allowed"),
    [
        # Kyiv in winter is UTC+2: 10–19 there is 08–17 UTC.
        (KYIV, "2026-01-15 07:59", (10, 19), "2026-01-15 08:00"),
        (KYIV, "2026-01-15 08:00", (10, 19), "2026-01-15 08:00"),
        (KYIV, "2026-01-15 12:34", (10, 19), "2026-01-15 12:34"),
        (KYIV, "2026-01-15 16:59", (10, 19), "2026-01-15 16:59"),
        (KYIV, "2026-01-15 17:00", (10, 19), "2026-01-16 08:00"),
        (KYIV, "2026-01-15 22:30", (10, 19), "2026-01-16 08:00"),  # past midnight there: today's 10:00
        (KYIV, "2026-01-15 21:59", (10, 19), "2026-01-16 08:00"),  # 23:59 there: tomorrow's 10:00
        (KYIV, "2026-12-31 20:00", (10, 19), "2027-01-01 08:00"),
        (KYIV, "2026-01-15 22:00", (0, 24), "2026-01-15 22:00"),
        (KYIV, "2026-01-15 22:00", (0, 1), "2026-01-15 22:00"),  # midnight there
        (KYIV, "2026-01-15 21:59", (0, 1), "2026-01-15 22:00"),
        # In summer it is UTC+3: the same hours are 07–16 UTC.
        (KYIV, "2026-07-15 06:59", (10, 19), "2026-07-15 07:00"),
        (KYIV, "2026-07-15 16:00", (10, 19), "2026-07-16 07:00"),
        # The night of the clock change, 28 to 29 March: 10:00 is 08:00 UTC before and 07:00 after.
        (KYIV, "2026-03-28 18:00", (10, 19), "2026-03-29 07:00"),
        # 03:00–04:00 does not exist on 29 March in Kyiv (01:00 UTC jumps to 04:00).
        (KYIV, "2026-03-29 00:30", (3, 4), "2026-03-29 01:00"),
        (KYIV, "2026-03-29 00:30", (4, 5), "2026-03-29 01:00"),
        # 03:00–04:00 comes twice on 25 October (00:00 and 01:00 UTC): both are allowed, the first is taken.
        (KYIV, "2026-10-24 23:59", (3, 4), "2026-10-25 00:00"),
        (KYIV, "2026-10-25 01:30", (3, 4), "2026-10-25 01:30"),
        (KYIV, "2026-10-25 01:59", (4, 5), "2026-10-25 02:00"),
        # Los Angeles: UTC−8 in winter, −7 in summer.
        (LOS_ANGELES, "2026-01-15 17:59", (10, 19), "2026-01-15 18:00"),
        (LOS_ANGELES, "2026-01-16 03:00", (10, 19), "2026-01-16 18:00"),  # 19:00 of the 15th there
        (LOS_ANGELES, "2026-03-08 05:00", (10, 19), "2026-03-08 17:00"),  # its clocks changed in the night
        (LOS_ANGELES, "2026-11-01 05:00", (10, 19), "2026-11-01 18:00"),
        # Kamchatka is UTC+12 all year: its morning is the evening before in UTC.
        (KAMCHATKA, "2026-01-15 21:59", (10, 19), "2026-01-15 22:00"),
        (KAMCHATKA, "2026-01-15 07:00", (10, 19), "2026-01-15 22:00"),
        (KAMCHATKA, "2026-01-15 06:59", (10, 19), "2026-01-15 06:59"),
    ],
)
def test_a_moment_moves_into_the_allowed_hours_of_the_zone(
    zone: str, moment: str, hours: tuple[int, int], allowed: str
) -> None:
    assert next_allowed(_utc(moment), _hours(*hours), zone) == _utc(allowed)


def test_without_hours_every_moment_is_allowed() -> None:
    moment = _utc("2026-01-15 02:00")
    assert next_allowed(moment, None, KYIV) == moment
    assert next_allowed(moment.astimezone(ZoneInfo(KYIV)), None, KYIV).tzinfo is UTC


@pytest.mark.parametrize(
    ("after", "hours", "since", "due"),
    [
        ("0m", None, "2026-01-15 12:00", "2026-01-15 12:00"),
        ("3d", None, "2026-01-15 12:00", "2026-01-18 12:00"),
        ("3d", (10, 19), "2026-01-15 12:00", "2026-01-18 12:00"),
        ("3d", (10, 19), "2026-01-15 20:00", "2026-01-19 08:00"),
        ("1d", (10, 19), "2026-03-28 12:00", "2026-03-29 12:00"),  # 24 hours, also over a clock change
    ],
)
def test_a_follow_up_is_due_after_its_delay(
    after: str, hours: tuple[int, int] | None, since: str, due: str
) -> None:
    message = FollowUp(
        id="one", after=Duration.read(after), hours=_hours(*hours) if hours else None, text=Text("Hi")
    )
    assert due_at(Sequence(messages=(message,)), message, _utc(since), KYIV) == _utc(due)


YEAR = st.integers(0, 366 * 24 * 4).map(lambda quarter: _utc("2026-01-01 00:00") + timedelta(minutes=15 * quarter))


@given(YEAR, st.sampled_from([KYIV, LOS_ANGELES, KAMCHATKA]), st.integers(0, 23), st.integers(1, 24))
def test_what_is_allowed_is_soon_never_earlier_and_stays_allowed(
    moment: datetime, zone: str, first: int, length: int
) -> None:
    hours = _hours(first, min(first + length, 24))
    allowed = next_allowed(moment, hours, zone)
    assert moment <= allowed <= moment + timedelta(hours=25)
    in_gap = allowed.astimezone(ZoneInfo(zone)).hour == hours.last  # the hour that the clock change left out
    assert in_gap or next_allowed(allowed, hours, zone) == allowed


@pytest.mark.parametrize(
    ("zone", "moment", "hours", "weekdays", "holidays", "opens"),
    [
        # 16 January 2026 is a Friday. Kyiv's 10:00 is 08:00 UTC in winter.
        (KYIV, "2026-01-16 17:00", (10, 19), ("mon", "tue", "wed", "thu", "fri"), (), "2026-01-19 08:00"),
        (KYIV, "2026-01-17 12:00", (10, 19), ("mon",), (), "2026-01-19 08:00"),
        (KYIV, "2026-01-17 12:00", None, ("mon",), (), "2026-01-18 22:00"),  # from midnight on
        (KYIV, "2026-01-19 12:00", (10, 19), ("mon",), (), "2026-01-19 12:00"),
        (KYIV, "2026-12-24 18:00", (10, 19), WEEKDAYS, ("12-25",), "2026-12-26 08:00"),
        (KYIV, "2027-12-24 18:00", (10, 19), WEEKDAYS, ("12-25",), "2027-12-26 08:00"),
        (KYIV, "2027-12-24 18:00", (10, 19), WEEKDAYS, ("2026-12-25",), "2027-12-25 08:00"),
        (KYIV, "2026-12-25 12:00", (10, 19), ("fri",), ("2026-12-25",), "2027-01-01 08:00"),
        # Late on Sunday in Los Angeles it is Monday in Kamchatka: each has its own day.
        (LOS_ANGELES, "2026-01-19 02:00", (10, 19), ("mon",), (), "2026-01-19 18:00"),
        (KAMCHATKA, "2026-01-19 02:00", (10, 19), ("mon",), (), "2026-01-19 02:00"),
        (KAMCHATKA, "2026-01-18 12:30", (0, 24), ("mon",), (), "2026-01-18 12:30"),  # half past midnight there
        # Over the weekend of a clock change: Monday's 10:00 comes an hour earlier in UTC.
        (KYIV, "2026-03-27 18:00", (10, 19), ("mon",), (), "2026-03-30 07:00"),
        (LOS_ANGELES, "2026-10-31 03:00", (10, 19), ("mon",), (), "2026-11-02 18:00"),
    ],
)
def test_a_step_waits_for_its_days(
    zone: str,
    moment: str,
    hours: tuple[int, int] | None,
    weekdays: tuple[Weekday, ...],
    holidays: tuple[str, ...],
    opens: str,
) -> None:
    window = Window(_hours(*hours) if hours else None, weekdays, holidays)
    assert window.opens(_utc(moment), zone) == _utc(opens)


def test_a_step_whose_days_are_all_holidays_never_comes() -> None:
    every_day = tuple(f"{(date(2028, 1, 1) + timedelta(days=n)):%m-%d}" for n in range(366))
    assert Window(holidays=every_day).opens(_utc("2026-01-15 12:00"), KYIV) is None


@given(
    YEAR,
    st.sampled_from([KYIV, LOS_ANGELES, KAMCHATKA]),
    st.sets(st.sampled_from(WEEKDAYS), min_size=1),
    st.sets(st.integers(1, 28), max_size=4),
)
def test_nothing_is_sent_on_another_day_and_never_later_than_it_must(
    moment: datetime, zone: str, weekdays: set[Weekday], free: set[int]
) -> None:
    holidays = tuple(f"{month:02}-{day:02}" for month in range(1, 13) for day in free)
    window = Window(_hours(10, 19), tuple(weekdays), holidays)
    opens = window.opens(moment, zone)
    assume(opens is not None)
    assert opens is not None
    local = opens.astimezone(ZoneInfo(zone))
    assert moment <= opens
    assert 10 <= local.hour < 19
    assert WEEKDAYS[local.weekday()] in weekdays
    assert f"{local:%m-%d}" not in holidays
    assert window.opens(opens, zone) == opens
    if opens > moment:
        assert window.opens(opens - timedelta(minutes=1), zone) == opens


def test_the_zone_is_that_of_the_city_then_what_is_known_then_the_companys() -> None:
    city = Place(name="Los Angeles", timezone=LOS_ANGELES)
    nowhere = Place(name="Atlantis")
    assert zone_of(KYIV, None) == KYIV
    assert zone_of(KYIV, KAMCHATKA) == KAMCHATKA
    assert zone_of(KYIV, KAMCHATKA, {"city": city}) == LOS_ANGELES
    assert zone_of(KYIV, KAMCHATKA, {"city": nowhere}) == KAMCHATKA
    assert zone_of(KYIV, None, {"city": nowhere, "who": Choice(choice="company")}) == KYIV


def _sequence(*ids: str, **more: object) -> Sequence:
    messages = [{"id": each, "after": "1d", "text": each} for each in ids]
    return Sequence.model_validate({"messages": messages, **more})


def test_a_step_has_the_hours_and_days_of_its_sequence_unless_it_names_its_own() -> None:
    sequence = _sequence("a", "b", hours="10-19", weekdays=["mon"], holidays=["12-25"])
    own = sequence.messages[1].model_copy(update={"hours": Hours(8, 9), "weekdays": ("sun",)})
    assert window_of(sequence, sequence.messages[0]) == Window(Hours(10, 19), ("mon",), ("12-25",))
    assert window_of(sequence, own) == Window(Hours(8, 9), ("sun",), ("12-25",))


@pytest.mark.parametrize(("silent", "days"), [(0, 1), (1, 1), (2, 3), (5, 3)])
def test_silence_slows_a_sequence_down(silent: int, days: int) -> None:
    sequence = _sequence("a", silence={"slow_down": {"after": 2, "times": 3}})
    due = due_at(sequence, sequence.messages[0], _utc("2026-01-15 12:00"), KYIV, silent)
    assert due == _utc("2026-01-15 12:00") + timedelta(days=days)


@pytest.mark.parametrize(("silent", "asks"), [(0, False), (2, False), (3, True), (9, True)])
def test_a_long_silence_ends_in_a_question(silent: int, asks: bool) -> None:
    assert asks_to_stop(_sequence("a", silence={"ask_to_stop": {"after": 3}}), silent) is asks
    assert not asks_to_stop(_sequence("a"), silent)


def test_a_step_comes_when_its_condition_holds_and_a_goal_ends_it() -> None:
    goals = [{"id": "sold", "when": {"stage": "customer"}}, {"id": "busy", "when": {"activity": {"min": 30}}}]
    sequence = _sequence("a", goals=goals)
    step = FollowUp.model_validate({"id": "x", "after": "0m", "text": "x", "when": {"band": ["warm", "hot"]}})
    warm: dict[str, Answer] = {
        "band": Choice(choice="warm"),
        "stage": Choice(choice="mql"),
        "activity": Number(number=29),
    }
    assert comes(step, warm)
    assert not comes(step, {})
    assert comes(sequence.messages[0], {})
    assert reached_goal(sequence, warm) is None
    assert reached_goal(sequence, warm | {"activity": Number(number=30)}) == "busy"


@pytest.mark.parametrize(
    ("before", "after", "step", "place", "following"),
    [
        ("abc", "abc", None, None, "a"),
        ("abc", "abc", "b", "b", "c"),
        ("abc", "ac", "b", "a", "c"),  # theirs was taken out: the next remaining one
        ("abc", "c", "b", None, "c"),
        ("abc", "axc", "b", "a", "x"),  # what was put in its place
        ("abc", "xyz", "b", None, "x"),  # nothing is left: the new one from its beginning
        ("abc", "abxc", "b", "b", "x"),
        ("abc", "cab", "b", "b", None),  # nothing is sent twice, also where the order is another
        ("abc", "bac", "b", "a", "c"),
        ("abc", "ab", "c", "b", None),
        ("abcd", "ad", "c", "a", "d"),
        ("abc", "abc", "z", None, "a"),
    ],
)
def test_a_step_that_was_taken_out_strands_nobody(
    before: str, after: str, step: str | None, place: str | None, following: str | None
) -> None:
    edited = _sequence(*after)
    found = carried_over(before, edited, step)
    assert found == place
    there = edited.after(found)
    assert (there.id if there else None) == following


@given(
    st.permutations("abcdef").flatmap(lambda order: st.tuples(st.just(order), st.integers(0, 5))),
    st.lists(st.sampled_from("abcdefxyz"), min_size=1, unique=True),
)
def test_whoever_goes_on_gets_nothing_twice_and_all_that_is_left(
    stands: tuple[list[str], int], after: list[str]
) -> None:
    before, at = stands
    passed = before[: at + 1]
    edited = _sequence(*after)
    place = carried_over(before, edited, before[at])
    ahead = after[after.index(place) + 1 :] if place else after
    assert not set(ahead) & set(passed)
    in_order = [each for each in before if each in after] == [each for each in after if each in before]
    if in_order:  # nothing was moved: then nothing of theirs is left out
        assert {each for each in before[at + 1 :] if each in after} <= set(ahead)


@pytest.mark.parametrize(
    ("window", "moment", "closes"),
    [
        (Window(Hours(10, 19)), "2026-03-02T12:00", "2026-03-02T19:00"),
        (Window(Hours(10, 24)), "2026-03-02T12:00", "2026-03-03T00:00"),
        (Window(Hours(0, 5)), "2026-03-29T00:30", "2026-03-29T05:00"),  # the night in which an hour is left out
        (Window(weekdays=("mon", "tue")), "2026-03-02T12:00", "2026-03-04T00:00"),
        (Window(holidays=("03-05",)), "2026-03-02T12:00", "2026-03-05T00:00"),
        (Window(), "2026-03-02T12:00", None),
    ],
)
def test_a_window_closes_when_its_hours_or_days_are_over(window: Window, moment: str, closes: str | None) -> None:
    local = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(KYIV))
    until = datetime.fromisoformat(closes).replace(tzinfo=ZoneInfo(KYIV)) if closes else None
    assert window.closes(local, KYIV) == until
