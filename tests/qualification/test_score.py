"""Scores: the worked examples, the reasons, half-lives, silence, and bands at their boundaries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.answers import Answer, Choice, Number, Written
from qualification.activity import earned, tapped, unanswered
from qualification.score import (
    Band,
    Entry,
    Origin,
    band_of,
    fit_entries,
    is_unfit,
    score,
)
from tests.qualification.samples import B2B, NOON, a_quiz

DAY = timedelta(days=1)


def _answers(size: float, department: str, position: str) -> dict[str, Answer]:
    return {
        "size": Number(number=size),
        "department": Choice(choice=department),
        "position": Choice(choice=position),
    }


@pytest.mark.parametrize(
    ("size", "department", "position", "points", "total"),
    [
        (1, "it", "senior", [10, 10, 10, 5], 35),
        (20, "it", "senior", [10, 10, 10, 5], 35),
        (20.5, "it", "manager", [5, 10, 5], 20),
        (21, "it", "manager", [5, 10, 5], 20),
        (100, "other", "manager", [5, 1, 5], 11),
        (101, "other", "analyst", [2, 1, 1], 4),
        (101, "other", "senior", [2, 1, 10], 13),
    ],
)
def test_the_fit_of_a_company_adds_up(
    size: float, department: str, position: str, points: list[int], total: int
) -> None:
    entries = fit_entries(B2B, _answers(size, department, position), NOON)
    assert [entry.points for entry in entries] == points
    assert score(B2B, entries, NOON).total == total == sum(points)


def test_a_score_explains_itself() -> None:
    entries = fit_entries(B2B, _answers(15, "it", "senior"), NOON)
    assert entries == (
        Entry(Origin.ANSWER, "size", 10, NOON, "15"),
        Entry(Origin.ANSWER, "department", 10, NOON, "it"),
        Entry(Origin.ANSWER, "position", 10, NOON, "senior"),
        Entry(Origin.RULE, "chief", 5, NOON),
    )
    assert score(B2B, entries, NOON).reasons == entries


@pytest.mark.parametrize(
    ("answers", "points"),
    [
        ({}, []),
        ({"size": Choice(choice="it")}, []),  # an answer of another kind
        ({"department": Choice(choice="gone")}, []),  # a choice that was removed
        ({"department": Written(text="it")}, []),
        ({"gone": Choice(choice="it")}, []),
        ({"position": Choice(choice="student")}, []),  # nought points explain nothing
    ],
)
def test_an_answer_that_the_quiz_does_not_know_gives_no_points(
    answers: dict[str, Answer], points: list[int]
) -> None:
    assert [entry.points for entry in fit_entries(B2B, answers, NOON)] == points


@pytest.mark.parametrize(
    ("kinds", "silent", "total"),
    [
        (["product_link"], 0, 30),
        (["ad_link"], 0, 20),
        (["other_link"], 0, 10),
        (["opened"], 0, 5),
        (["product_link", "ad_link", "other_link", "opened"], 0, 30 + 20 + 10 + 5),
        (["product_link"], 5, 30 - 25),
        (["opened"], 5, 5 - 25),
        ([], 5, -25),
        (["unheard_of"], 0, 0),
    ],
)
def test_the_engagement_with_messages_adds_up(kinds: list[str], silent: int, total: int) -> None:
    deeds = [*(tapped(kind, "a link", NOON) for kind in kinds), unanswered(silent, NOON)]
    found = score(B2B, [entry for deed in deeds for entry in earned(B2B, deed, ())], NOON)
    assert (found.fit, found.activity, found.total) == (0, total, total)


@pytest.mark.parametrize(("messages", "points"), [(0, 0), (4, 0), (5, -25), (6, 0), (10, 0)])
def test_silence_costs_its_points_once_at_exactly_the_fifth_message(messages: int, points: int) -> None:
    assert [entry.points for entry in earned(B2B, unanswered(messages, NOON), ())] == [points]


def test_a_quiz_without_silence_takes_none_off() -> None:
    quiz = a_quiz("", "bands: {hot: 0, warm: -1}\nactivity: {link: 5}")
    assert [entry.points for entry in earned(quiz, unanswered(5, NOON), ())] == [0]


@pytest.mark.parametrize(
    ("days", "left"),
    [
        (0, 40),
        (30, 20),  # 40 / 2
        (60, 10),  # 40 / 4
        (90, 5),  # 40 / 8
        (15, 28),  # 40 / √2 = 28.28
        (365, 0),  # 40 / 2^12.2 = 0.009
        (-1, 40),  # a clock that went back adds nothing
    ],
)
def test_activity_loses_half_its_points_in_thirty_days_and_fit_loses_none(days: int, left: int) -> None:
    entries = [
        Entry(Origin.LINK, "product_link", 30, NOON),
        Entry(Origin.LINK, "other_link", 10, NOON),
        Entry(Origin.ANSWER, "size", 10, NOON),
        Entry(Origin.RULE, "chief", 5, NOON),
    ]
    found = score(B2B, entries, NOON + days * DAY)
    assert (found.fit, found.activity, found.total) == (15, left, 15 + left)


def test_without_a_half_life_activity_stays() -> None:
    quiz = a_quiz("", "bands: {hot: 0, warm: -1}\nactivity: {link: 30}")
    assert score(quiz, earned(quiz, tapped("link", "", NOON), ()), NOON + 1000 * DAY).activity == 30


def test_activity_is_rounded_once_and_not_entry_by_entry() -> None:
    three = [Entry(Origin.LINK, "opened", 5, NOON)] * 3
    assert score(B2B, three, NOON + 30 * DAY).activity == 8  # 3 × 2.5 = 7.5, not 3 × 2 = 6


@pytest.mark.parametrize(
    ("total", "band"),
    [
        (26, Band.HOT),
        (25, Band.HOT),
        (24, Band.WARM),
        (15, Band.WARM),
        (14, Band.COLD),
        (0, Band.COLD),
        (-25, Band.COLD),
    ],
)
def test_a_band_begins_at_its_boundary(total: int, band: Band) -> None:
    assert band_of(B2B, total) is band
    assert score(B2B, [Entry(Origin.ANSWER, "size", total, NOON)], NOON).band is band
    assert band_of(B2B, total, unfit=True) is Band.UNFIT


@pytest.mark.parametrize(
    ("answers", "unfit"),
    [
        (_answers(15, "it", "senior"), False),
        (_answers(15, "it", "student"), True),  # by a choice
        (_answers(4999, "it", "senior"), False),
        (_answers(5000, "it", "senior"), True),  # by a rule
        ({}, False),
    ],
)
def test_an_answer_or_a_rule_can_rule_somebody_out(answers: dict[str, Answer], unfit: bool) -> None:
    assert is_unfit(B2B, answers) is unfit


@given(st.lists(st.integers(-100, 100)), st.integers(0, 400))
def test_activity_never_grows_by_waiting(points: list[int], days: int) -> None:
    entries = [Entry(Origin.LINK, "opened", abs(each), NOON) for each in points]
    assert 0 <= score(B2B, entries, NOON + days * DAY).activity <= score(B2B, entries, NOON).activity


EXPLAINED = a_quiz(
    "  - {id: budget, ask: Budget?, choices: [{id: large, text: L, points: 30}, {id: small, text: S}]}\n"
    "  - {id: timeline, ask: When?, choices: [{id: month, text: M, points: 20}, {id: year, text: Y}]}\n",
    "bands: {hot: 50, warm: 40}\nactivity: {catalogue: 30, silence: {after: 3, points: -8}}",
)


@pytest.mark.parametrize(
    ("budget", "timeline", "kinds", "silent", "arithmetic", "total", "band"),
    [
        # The worked example of a score with its reasons: 72 = budget +30, timeline +20, catalogue +30, silence −8.
        ("large", "month", ["catalogue"], 3, [30, 20, 30, -8], 72, Band.HOT),
        ("large", "month", [], 3, [30, 20, -8], 42, Band.WARM),
        ("large", "year", ["catalogue"], 3, [30, 30, -8], 52, Band.HOT),
        ("small", "year", [], 3, [-8], -8, Band.COLD),
        ("large", "month", ["catalogue"], 2, [30, 20, 30], 80, Band.HOT),
    ],
)
def test_every_point_of_a_total_has_its_row(
    budget: str, timeline: str, kinds: list[str], silent: int, arithmetic: list[int], total: int, band: Band
) -> None:
    answers: dict[str, Answer] = {"budget": Choice(choice=budget), "timeline": Choice(choice=timeline)}
    deeds = [*(tapped(kind, "a material", NOON) for kind in kinds), unanswered(silent, NOON)]
    ledger = [*fit_entries(EXPLAINED, answers, NOON), *(e for deed in deeds for e in earned(EXPLAINED, deed, ()))]
    found = score(EXPLAINED, ledger, NOON)
    assert [entry.points for entry in found.reasons] == arithmetic
    assert (found.total, found.band) == (total, band)
    assert sum(arithmetic) == total


@given(st.integers(-200, 200), st.integers(0, 200))
def test_more_points_never_lead_to_a_colder_band(total: int, more: int) -> None:
    promise = [Band.COLD, Band.WARM, Band.HOT]
    assert promise.index(band_of(B2B, total + more)) >= promise.index(band_of(B2B, total))


@given(st.floats(1, 200), st.floats(0, 200))
def test_of_two_companies_the_smaller_never_has_less(size: float, more: float) -> None:
    smaller, larger = [fit_entries(B2B, {"size": Number(number=each)}, NOON) for each in (size, size + more)]
    assert score(B2B, smaller, NOON).fit >= score(B2B, larger, NOON).fit
