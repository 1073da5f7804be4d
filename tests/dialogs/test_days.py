"""Days and times: typed in three languages, tapped in the calendar, in the quiz's time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.answers import Answer, Day
from dialogs.bounds import DateBounds
from dialogs.dates import read_day, read_moment, read_time
from dialogs.document import Dialog
from dialogs.engine import advance, begin
from dialogs.session import (
    Accepted,
    Ask,
    Button,
    Event,
    PutAside,
    Redraw,
    Refusal,
    Rejected,
    Repeated,
    Session,
    Stale,
    Tapped,
    Turn,
    Typed,
)
from tests.dialogs.samples import HEAD, a_dialog

LANGUAGES = ("en", "uk", "ru")
TUESDAY = date(2026, 12, 1)
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
KYIV = f"{HEAD}timezone: Europe/Kyiv\n".replace("[en, uk]", "[en, uk, ru]")


def _asking(bounds: str, head: str = KYIV) -> Dialog:
    return a_dialog(f"  - {{id: day, ask: When?, date: {{{bounds}}}}}\n  - {{id: bye, end: Bye}}\n", head)


def _walk(dialog: Dialog, *events: Event, now: datetime = NOON) -> Turn:
    turn = begin(dialog, 1, "en", now)
    for event in events:
        turn = advance(dialog, turn.session, event, now)
    return turn


def _given(dialog: Dialog, *events: Event, now: datetime = NOON) -> Answer | None:
    return _walk(dialog, *events, now=now).session.answers.get("day")


ANY_DAY, SLOTS = _asking("from: today, to: 3650d"), _asking("times: 10-18, every: 30m")

# Reading ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("today", date(2026, 12, 1)),
        ("tomorrow", date(2026, 12, 2)),
        ("Завтра", date(2026, 12, 2)),
        ("the day after tomorrow", date(2026, 12, 3)),
        ("післязавтра", date(2026, 12, 3)),
        ("послезавтра", date(2026, 12, 3)),
        ("in 3 days", date(2026, 12, 4)),
        ("через 3 дні", date(2026, 12, 4)),
        ("через неделю", date(2026, 12, 8)),
        ("in a week", date(2026, 12, 8)),
        ("15.12", date(2026, 12, 15)),
        ("15/12", date(2026, 12, 15)),
        ("15.12.2027", date(2027, 12, 15)),
        ("15.12.27", date(2027, 12, 15)),
        ("30.11", date(2027, 11, 30)),  # yesterday is a year ahead
        ("2026-12-20", date(2026, 12, 20)),
        ("15 December", date(2026, 12, 15)),
        ("December 15", date(2026, 12, 15)),
        ("15th of December, 2027", date(2027, 12, 15)),
        ("Dec 15", date(2026, 12, 15)),
        ("15 грудня", date(2026, 12, 15)),
        ("15 грудень", date(2026, 12, 15)),
        ("15-го декабря", date(2026, 12, 15)),
        ("15 дек.", date(2026, 12, 15)),
        ("on Friday", date(2026, 12, 4)),
        ("у п'ятницю", date(2026, 12, 4)),
        ("в п’ятницю", date(2026, 12, 4)),
        ("в пятницу", date(2026, 12, 4)),
        ("у середу", date(2026, 12, 2)),
        ("в воскресенье", date(2026, 12, 6)),
        ("пт", date(2026, 12, 4)),
        ("Tuesday", date(2026, 12, 8)),  # today is one: the next is meant
        ("on Friday, 18 December", date(2026, 12, 18)),  # the date is more exact
        ("29.2", date(2028, 2, 29)),  # the next leap year
        ("29 лютого", date(2028, 2, 29)),
        ("29.2.2028", date(2028, 2, 29)),
    ],
)
def test_a_day_is_read_as_people_write_it(typed: str, day: date) -> None:
    assert read_day(typed, TUESDAY, LANGUAGES) == day


@pytest.mark.parametrize(
    "typed",
    [
        "31.2",
        "29.2.2027",
        "31.11",
        "12/15",
        "0.5",
        "15.0",
        "soon",
        "",
        "2026-13-01",
        "0000-01-01",
        "we come",
        "32 May",
    ],
)
def test_what_names_no_day_is_none(typed: str) -> None:
    assert read_day(typed, TUESDAY, LANGUAGES) is None


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("15:30", time(15, 30)),
        ("15.30", time(15, 30)),
        ("о 15", time(15)),
        ("в 15 часов", time(15)),
        ("о 15-й", time(15)),
        ("at 3 pm", time(15)),
        ("3:30 PM", time(15, 30)),
        ("12 am", time(0)),
        ("12 pm", time(12)),
        ("о 6 вечора", time(18)),
        ("в 9 утра", time(9)),
        ("25:00", None),
        ("15:60", None),
        ("noon", None),
        ("", None),
    ],
)
def test_a_time_is_read_as_people_write_it(typed: str, at: time | None) -> None:
    assert read_time(typed) == at


@pytest.mark.parametrize(
    ("typed", "day", "at"),
    [
        ("15.12 о 14:00", date(2026, 12, 15), time(14)),
        ("15.12 14.30", date(2026, 12, 15), time(14, 30)),
        ("15 грудня 14:00", date(2026, 12, 15), time(14)),
        ("December 15 at 3 pm", date(2026, 12, 15), time(15)),
        ("friday 15:00", date(2026, 12, 4), time(15)),
        ("в среду в 15", date(2026, 12, 2), time(15)),
        ("завтра о 10", date(2026, 12, 2), time(10)),
        ("о 14:00 15.12", date(2026, 12, 15), time(14)),
        ("2026-12-20 09:30", date(2026, 12, 20), time(9, 30)),
        ("14:00", None, time(14)),
    ],
)
def test_a_day_and_a_time_are_read_from_one_message(typed: str, day: date | None, at: time | None) -> None:
    assert read_moment(typed, TUESDAY, LANGUAGES) == (day, at)


@given(st.text(max_size=40), st.dates(date(1999, 1, 1), date(2199, 12, 31)))
def test_whatever_is_typed_reading_a_day_never_fails(text: str, today: date) -> None:
    read_moment(text, today, ("en", "uk", "ru", "xx"))


@given(st.dates(date(2000, 1, 1), date(2199, 1, 1)), st.integers(0, 364))
def test_a_day_without_its_year_is_the_next_such_day(today: date, ahead: int) -> None:
    day = today + timedelta(days=ahead)
    assert read_day(f"{day.day}.{day.month}", today, LANGUAGES) == day


# Which days are welcome ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bounds", "typed", "reason"),
    [
        ("from: 3d", "tomorrow", Refusal.DAY_TOO_EARLY),
        ("to: 7d", "15.12", Refusal.DAY_TOO_LATE),
        ("weekdays: [mon, fri]", "tomorrow", Refusal.DAY_CLOSED),
        ("to: 7d", "30.11.2026", Refusal.DAY_TOO_EARLY),
        ("to: 7d", "soon", Refusal.NOT_A_DAY),
        ("to: 7d", "31.2", Refusal.NOT_A_DAY),
        ("times: 10-18", "tomorrow at 9", Refusal.NOT_A_TIME),
        ("times: 10-18", "tomorrow at 18:00", Refusal.NOT_A_TIME),  # the last one ends then
        ("times: 10-18", "tomorrow at 10:30", Refusal.NOT_A_TIME),
        ("times: 10-18", "today at 13:00", Refusal.NOT_A_TIME),  # in Kyiv it is 14:00
        ("times: 10-18", "14:00", Refusal.NOT_A_DAY),
    ],
)
def test_a_day_that_is_not_welcome_is_refused_with_its_reason(bounds: str, typed: str, reason: Refusal) -> None:
    turn = _walk(_asking(bounds), Typed(typed))
    assert (turn.outcome, turn.session.at) == (Rejected("day", reason), "day")


@pytest.mark.parametrize(
    ("bounds", "typed", "given"),
    [
        ("from: 1d, to: 7d", "tomorrow", Day(day=date(2026, 12, 2))),
        ("from: 1d, to: 7d", "8.12", Day(day=date(2026, 12, 8))),  # both ends belong to it
        ("from: 2026-12-24, to: 2026-12-26", "25.12", Day(day=date(2026, 12, 25))),
        ("to: 7d", "tomorrow at 10", Day(day=date(2026, 12, 2))),  # no time was asked for
        ("times: 10-18", "tomorrow at 10", Day(day=date(2026, 12, 2), at=time(10))),
        ("times: 10-18", "today at 15:00", Day(day=date(2026, 12, 1), at=time(15))),
        ("times: 10-18, every: 30m", "у п'ятницю о 17:30", Day(day=date(2026, 12, 4), at=time(17, 30))),
    ],
)
def test_a_day_that_is_welcome_is_kept(bounds: str, typed: str, given: Day) -> None:
    assert _given(_asking(bounds), Typed(typed)) == given


def test_today_is_the_quizs_own_today() -> None:
    late = datetime(2026, 12, 1, 22, 30, tzinfo=UTC)  # half past midnight in Kyiv
    assert _given(_asking("to: 7d"), Typed("today"), now=late) == Day(day=date(2026, 12, 2))


@pytest.mark.parametrize(
    ("now", "first"),
    [
        (datetime(2026, 3, 29, 8, 30, tzinfo=UTC), time(12)),  # clocks went forward in the night: 11:30
        (datetime(2026, 3, 28, 8, 30, tzinfo=UTC), time(11)),  # the day before: 10:30
        (datetime(2026, 10, 25, 8, 30, tzinfo=UTC), time(11)),  # clocks went back in the night: 10:30
    ],
)
def test_on_the_days_when_clocks_change_the_times_left_are_those_on_the_wall(now: datetime, first: time) -> None:
    dialog = _asking("times: 10-18")
    assert _given(dialog, Typed(f"today at {first:%H:%M}"), now=now) == Day(day=now.date(), at=first)
    hour_before = f"today at {first.hour - 1}:00"
    assert _walk(dialog, Typed(hour_before), now=now).outcome == Rejected("day", Refusal.NOT_A_TIME)


def test_a_day_without_any_time_left_is_closed() -> None:
    evening = datetime(2026, 12, 1, 17, tzinfo=UTC)
    assert _walk(SLOTS, Typed("today"), now=evening).outcome == Rejected("day", Refusal.DAY_CLOSED)


@pytest.mark.parametrize(
    "bounds", ["from: today, to: 2026-06-01", "from: 2026-01-01, to: 2026-02-01, times: 10-12"]
)
def test_a_range_that_is_over_goes_on_so_that_nobody_gets_stuck(bounds: str) -> None:
    dialog = _asking(bounds)
    assert _walk(dialog, Typed("tomorrow"), now=NOON).outcome == Accepted()
    early = datetime(2026, 1, 5, tzinfo=UTC)
    assert _walk(dialog, Typed("1.10"), now=early).outcome == Rejected("day", Refusal.DAY_TOO_LATE)


# The calendar ---------------------------------------------------------------------------------------


def test_a_tapped_day_is_the_answer_where_no_time_is_asked_for() -> None:
    tap = Tapped("day", "20261204")
    assert _given(ANY_DAY, tap) == Day(day=date(2026, 12, 4))
    assert _walk(ANY_DAY, tap, tap).outcome == Repeated("day")


def test_a_tapped_day_shows_its_times_and_a_tapped_time_answers() -> None:
    turn = _walk(SLOTS, Tapped("day", "20261204"))
    assert (turn.outcome, turn.effects, turn.session.picked) == (Accepted(), (Redraw("day"),), ("20261204",))
    assert _given(SLOTS, Tapped("day", "20261204"), Tapped("day", "1430")) == Day(
        day=date(2026, 12, 4), at=time(14, 30)
    )


def test_a_typed_day_asks_for_its_time() -> None:
    turn = _walk(SLOTS, Typed("on Friday"))
    assert (turn.outcome, turn.effects) == (Accepted(), (PutAside("day"), Ask("day")))
    assert turn.session.picked == ("20261204",)


@pytest.mark.parametrize("typed", ["14:30", "14.30", "о 14:30", "2:30 pm", "at 14:30"])
def test_a_day_picked_first_takes_a_time_typed_after(typed: str) -> None:
    assert _given(SLOTS, Tapped("day", "20261204"), Typed(typed)) == Day(day=date(2026, 12, 4), at=time(14, 30))


def test_a_number_that_could_be_both_is_a_time_only_if_that_time_is_free() -> None:
    picked = Tapped("day", "20261204")
    assert _given(SLOTS, picked, Typed("10.30")) == Day(day=date(2026, 12, 4), at=time(10, 30))
    assert _walk(SLOTS, picked, Typed("15.12")).session.picked == ("20261215",)


def test_another_day_is_typed_in_place_of_the_picked_one() -> None:
    picked = Tapped("day", "20261204")
    assert _given(SLOTS, picked, Typed("15 грудня о 11:00")) == Day(day=date(2026, 12, 15), at=time(11))


@pytest.mark.parametrize("typed", ["9:00", "20:00", "14:15", "later"])
def test_a_time_that_is_not_free_leaves_the_picked_day_as_it_is(typed: str) -> None:
    turn = _walk(SLOTS, Tapped("day", "20261204"), Typed(typed))
    assert (turn.outcome, turn.session.picked) == (Rejected("day", Refusal.NOT_A_TIME), ("20261204",))


def test_from_the_times_a_button_leads_back_to_the_days() -> None:
    turn = _walk(SLOTS, Tapped("day", "20261204"), Tapped("day", Button.DAYS))
    assert (turn.effects, turn.session.picked) == ((Redraw("day"),), ())


@pytest.mark.parametrize(
    ("choice", "reason"),
    [
        ("20261130", Refusal.DAY_TOO_EARLY),
        ("20270601", Refusal.DAY_TOO_LATE),
    ],
)
def test_a_day_of_an_old_calendar_is_refused_where_the_finger_is(choice: str, reason: Refusal) -> None:
    turn = _walk(SLOTS, Tapped("day", choice))
    assert (turn.outcome, turn.effects) == (Rejected("day", reason), ())


def test_a_picked_day_that_has_passed_offers_no_times() -> None:
    picked = _walk(SLOTS, Tapped("day", "20261202")).session
    later = NOON + timedelta(days=5)
    assert advance(SLOTS, picked, Tapped("day", "1700"), later).outcome == Rejected("day", Refusal.DAY_TOO_EARLY)
    assert DateBounds.model_validate({"times": "10-18"}).open_slots(date(2026, 12, 2), later.date(), time(0)) == ()
    again = advance(SLOTS, picked, Typed("tomorrow at 10"), later)
    assert again.session.answers["day"] == Day(day=date(2026, 12, 7), at=time(10))


@pytest.mark.parametrize(
    "forged",
    ["99999999", "00000000", "20261301", "20260230", "٢٠٢٦١٢٠٤", "2026-12-04", "1430", "2561", "9", "", "today"],
)
def test_a_forged_day_changes_nothing(forged: str) -> None:
    turn = _walk(SLOTS, Tapped("day", forged))
    assert (turn.outcome, turn.session.picked) == (Stale("day"), ())


@pytest.mark.parametrize("forged", ["000000", "999900", "202613", "", "0", "٢٠٢٦١٢", "2026123", "-00001"])
def test_a_forged_month_changes_nothing(forged: str) -> None:
    turn = _walk(SLOTS, Tapped("day", f"{Button.MONTH}{forged}"))
    assert (turn.outcome, turn.session.page) == (Stale("day"), None)


@pytest.mark.parametrize(
    ("turned_to", "shown"),
    [("202701", "202701"), ("202611", "202612"), ("000101", "202612"), ("999912", "202701")],
)
def test_a_month_without_days_to_choose_turns_to_the_nearest(turned_to: str, shown: str) -> None:
    session: Session = _walk(SLOTS, Tapped("day", f"{Button.MONTH}{turned_to}")).session
    assert session.page == shown


def test_nothing_happens_at_a_place_that_cannot_be_chosen() -> None:
    turn = _walk(SLOTS, Tapped("day", Button.NOTHING))
    assert (turn.outcome, turn.effects) == (Accepted(), ())
