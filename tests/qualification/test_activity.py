"""Activity: what each deed is worth, the day's caps, and that the same deeds give the same points again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise, permutations
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualification.activity import came_back, earned, finished, replayed, replied, tapped, unanswered
from qualification.quiz import Quiz
from qualification.score import Band, Entry, Origin, remaining, score
from qualification.scoring import Activity
from tests.qualification.samples import NOON, a_quiz

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ALWAYS = "bands: {hot: 100, warm: 50}\n"
ACTIVE = a_quiz(
    "  - {id: size, ask: Size?, number: {min: 1}, points: [{to: 20, add: 100}, {add: 2}]}\n",
    ALWAYS + "activity:\n"
    "  {product_link: 30, ad_link: 20, reply: 5, comeback: {after: 7d, points: 10}, "
    "speed: {within: 3m, points: 8}, silence: {after: 5, points: -25}, "
    "points_a_day: {product_link: 40, reply: 10}, half_life: 30d}",
    "timezone: Europe/Kyiv\n",
)
PLAIN = a_quiz("", "bands: {hot: 0, warm: -1}")


def _done(quiz: Quiz, deeds: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the ledger that grows with each deed."""
    ledger: tuple[Entry, ...] = ()
    for deed in deeds:
        ledger += earned(quiz, deed, ledger)
    return ledger


@pytest.mark.parametrize(
    ("deed", "points"),
    [
        (tapped("product_link", "a", NOON), 30),
        (tapped("ad_link", "a", NOON), 20),
        (tapped("unheard_of", "a", NOON), 0),
        (replied(NOON), 5),
        (came_back(7 * DAY, NOON), 10),
        (came_back(7 * DAY - timedelta(seconds=1), NOON), 0),
        (came_back(300 * DAY, NOON), 10),
        (finished(timedelta(minutes=3), NOON), 8),
        (finished(timedelta(minutes=3, seconds=1), NOON), 0),
        (unanswered(5, NOON), -25),
        (unanswered(4, NOON), 0),
        (unanswered(6, NOON), 0),
    ],
)
def test_a_deed_is_worth_what_the_quiz_says(deed: Entry, points: int) -> None:
    assert [entry.points for entry in earned(ACTIVE, deed, ())] == [points]
    assert [entry.points for entry in earned(PLAIN, deed, ())] == [0]


def test_a_pause_of_some_hours_is_no_silence_to_come_back_from() -> None:
    assert came_back(DAY - timedelta(seconds=1), NOON) is None
    assert came_back(DAY, NOON) is not None


@pytest.mark.parametrize(
    ("hours", "points", "total"),
    [
        ([0], [30], 30),
        ([0, 1], [30, 30, -20], 40),  # 30 + 30 are 60, and 40 a day is the most
        ([0, 1, 2], [30, 30, -20, 30, -30], 40),
        ([0, 24], [30, 30], 60),  # another day
        ([9, 10], [30, 30], 60),  # 23:00 and midnight in Kyiv: two days, though one in UTC
    ],
)
def test_a_day_gives_no_more_than_its_cap(hours: list[int], points: list[int], total: int) -> None:
    morning = NOON.replace(month=1)  # 14:00 in Kyiv
    ledger = _done(ACTIVE, [tapped("product_link", str(n), morning + n * HOUR) for n in hours])
    assert [entry.points for entry in ledger] == points
    assert sum(points) == total


def test_a_cap_is_a_row_of_the_ledger_that_says_what_the_cap_is() -> None:
    ledger = _done(ACTIVE, [tapped("product_link", "a", NOON), tapped("product_link", "b", NOON)])
    assert ledger[2] == Entry(Origin.DAY_CAP, "product_link", -20, NOON, "40")


def test_kinds_are_capped_each_for_itself() -> None:
    deeds = [tapped("product_link", "a", NOON), tapped("ad_link", "b", NOON), tapped("ad_link", "c", NOON)]
    assert sum(entry.points for entry in _done(ACTIVE, [*deeds, replied(NOON)])) == 30 + 20 + 20 + 5


def test_what_a_cap_took_back_fades_with_what_it_capped() -> None:
    ledger = _done(ACTIVE, [tapped("product_link", "a", NOON), tapped("product_link", "b", NOON)])
    assert score(ACTIVE, ledger, NOON).activity == 40
    assert score(ACTIVE, ledger, NOON + 30 * DAY).activity == 20  # (30 + 30 − 20) / 2
    assert remaining(ACTIVE, ledger[2], NOON + 30 * DAY) == -10


def test_a_deed_of_an_unknown_origin_gives_nothing() -> None:
    assert earned(ACTIVE, Entry(Origin.ANSWER, "size", 0, NOON), ()) == (Entry(Origin.ANSWER, "size", 0, NOON),)


def test_a_score_does_not_hang_on_the_order_of_its_rows() -> None:
    given = Entry(Origin.LINK, "product_link", 30, NOON, "a")
    taken = Entry(Origin.DAY_CAP, "product_link", -30, NOON, "0")
    half = Entry(Origin.LINK, "product_link", 15, NOON - 28 * DAY, "b")
    now = NOON + 2 * DAY
    found = {score(ACTIVE, rows, now).activity for rows in permutations((given, half, taken))}
    assert found == {8}  # 7.5, not 7.499 999: what a cap took back is gone to the last digit


# Properties -----------------------------------------------------------------------------------------------


def _deed(kind: int, number: int, at: datetime) -> Entry:
    deeds: list[Any] = [
        lambda: tapped("product_link", str(number), at),
        lambda: tapped("ad_link", str(number), at),
        lambda: replied(at),
        lambda: came_back(timedelta(days=1 + number % 12), at),
        lambda: finished(timedelta(seconds=100 + number), at),
        lambda: unanswered(number % 7, at),
    ]
    entry = deeds[kind % len(deeds)]()
    assert isinstance(entry, Entry)
    return entry


@st.composite
def _deeds(draw: st.DrawFn, kinds: int = 5) -> list[Entry]:
    """Deeds over some days, in the order they happened."""
    gaps = draw(st.lists(st.integers(0, 60), max_size=25))
    at, deeds = NOON, []
    for number, gap in enumerate(gaps):
        at += timedelta(hours=gap)
        deeds.append(_deed(draw(st.integers(0, kinds)), number, at))
    return deeds


MOMENTS = st.integers(0, 24 * 400).map(lambda hours: NOON + timedelta(hours=hours))
CAPS = st.integers(0, 80)


def _with_cap(cap: int, worth: int = 30) -> Quiz:
    changed = {"points_a_day": {"product_link": cap}, "product_link": worth}
    activity = Activity.model_validate({**ACTIVE.scoring.activity.model_dump(), **changed})
    return ACTIVE.model_copy(update={"scoring": ACTIVE.scoring.model_copy(update={"activity": activity})})


@given(_deeds())
def test_a_ledger_that_is_replayed_is_the_same_ledger(deeds: list[Entry]) -> None:
    live = _done(ACTIVE, deeds)
    assert replayed((ACTIVE, entry) for entry in live) == live


@given(_deeds(), MOMENTS, st.randoms(use_true_random=False))
def test_the_same_rows_in_another_order_are_the_same_score(
    deeds: list[Entry], moment: datetime, chance: Any
) -> None:
    ledger = list(_done(ACTIVE, deeds))
    before = score(ACTIVE, ledger, moment)
    chance.shuffle(ledger)
    after = score(ACTIVE, ledger, moment)
    assert (before.fit, before.activity, before.band) == (after.fit, after.activity, after.band)


@given(_deeds(kinds=4), st.lists(MOMENTS, min_size=2, max_size=8), st.integers(0, 120))
def test_waiting_only_lets_a_band_fall_and_never_twice_at_one_moment(
    deeds: list[Entry], moments: list[datetime], fit: int
) -> None:
    # Without anything negative: all that happens later is that points fade.
    ledger = (*_done(ACTIVE, deeds), Entry(Origin.ANSWER, "size", fit, NOON))
    last = max(entry.at for entry in ledger)
    bands = [(m, score(ACTIVE, ledger, m).band) for m in sorted(max(moment, last) for moment in moments)]
    promise = [Band.COLD, Band.WARM, Band.HOT]
    for (earlier, before), (later, after) in pairwise(bands):
        assert promise.index(after) <= promise.index(before)
        assert after is before or later > earlier
    assert [score(ACTIVE, ledger, moment).band for moment, _ in bands] == [band for _, band in bands]


@given(_deeds(), MOMENTS, st.integers(0, 60), st.integers(0, 60))
def test_a_deed_that_is_worth_more_never_lowers_the_score(
    deeds: list[Entry], moment: datetime, worth: int, more: int
) -> None:
    lower, higher = _with_cap(1000, worth), _with_cap(1000, worth + more)
    assert (
        score(lower, _done(lower, deeds), moment).activity <= score(higher, _done(higher, deeds), moment).activity
    )


@given(_deeds(), MOMENTS, CAPS, CAPS)
def test_a_higher_cap_never_lowers_the_score(deeds: list[Entry], moment: datetime, cap: int, more: int) -> None:
    lower, higher = _with_cap(cap), _with_cap(cap + more)
    now = max([moment, *(deed.at for deed in deeds)])
    assert score(lower, _done(lower, deeds), now).activity <= score(higher, _done(higher, deeds), now).activity


@given(_deeds(), CAPS)
def test_no_day_ever_gives_more_than_its_cap(deeds: list[Entry], cap: int) -> None:
    quiz = _with_cap(cap)
    days: dict[Any, int] = {}
    for entry in _done(quiz, deeds):
        if entry.rule == "product_link":
            day = entry.at.astimezone(ZoneInfo("Europe/Kyiv")).date()
            days[day] = days.get(day, 0) + entry.points
    assert all(0 <= points <= cap for points in days.values())
