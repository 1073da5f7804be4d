"""What if: the same answers and deeds under changed rules; under the same rules nothing differs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.answers import Answer, Choice, Number
from qualification.activity import earned, replied, tapped, unanswered
from qualification.loading import load_published
from qualification.quiz import Quiz
from qualification.score import Band, Entry, fit_entries
from qualification.what_if import Difference, compared
from tests.qualification.samples import NOON, source

DAY = timedelta(days=1)
STEPS = (
    "  - {id: role, ask: Who?, choices: [{id: chief, text: C, points: 40}, {id: aide, text: A, points: 20}]}\n"
    "  - {id: size, ask: Size?, number: {min: 1}, points: [{to: 20, add: 10}, {add: 2}]}\n"
)
SCORING = (
    "bands: {hot: 60, warm: 30}\n"
    "rules: [{id: big-chief, when: {role: chief, size: {min: 100}}, points: 15}]\n"
    "activity: {product_link: 30, silence: {after: 5, points: -25}, half_life: 30d}"
)
WRITTEN = source(STEPS, SCORING)
QUIZ = load_published(WRITTEN, "now.yaml")
CHIEF: dict[str, Answer] = {"role": Choice(choice="chief"), "size": Number(number=15)}  # 40 + 10
AIDE: dict[str, Answer] = {"role": Choice(choice="aide"), "size": Number(number=15)}  # 20 + 10


def _ledger(quiz: Quiz, answers: dict[str, Answer], *deeds: Entry) -> tuple[Entry, ...]:
    entries = fit_entries(quiz, answers, NOON)
    for deed in deeds:
        entries += earned(quiz, deed, entries)
    return entries


TAPPED = tapped("product_link", "warm-up/one", NOON)


@pytest.mark.parametrize(
    ("old", "new", "answers", "deeds", "bands", "differences"),
    [
        ("hot: 60", "hot: 50", CHIEF, (), (Band.WARM, Band.HOT), ()),
        ("points: 40", "points: 55", CHIEF, (), (Band.WARM, Band.HOT), (Difference("answer role", 40, 55),)),
        ("points: 40", "points: 55", AIDE, (), (Band.WARM, Band.WARM), ()),
        (
            "product_link: 30",
            "product_link: 20, points_a_day: {product_link: 5}",
            CHIEF,
            (TAPPED,),
            (Band.HOT, Band.WARM),
            (Difference("link product_link", 30, 20), Difference("day_cap product_link", 0, -15)),
        ),
        ("product_link: 30", "product_link: 30, reply: 10", CHIEF, (replied(NOON),), (Band.WARM, Band.HOT), None),
        ("{after: 5", "{after: 3", AIDE, (unanswered(3, NOON),), (Band.WARM, Band.COLD), None),
        ("points: 40}", "unfit: true}", CHIEF, (), (Band.WARM, Band.UNFIT), None),
        ("size: {min: 100}", "size: {min: 10}", CHIEF, (), (Band.WARM, Band.HOT), None),
        ("id: role,", "id: post,", CHIEF, (), (Band.WARM, Band.COLD), None),  # a question that is gone
    ],
)
def test_a_lead_is_scored_again_from_what_it_answered_and_did(
    old: str,
    new: str,
    answers: dict[str, Answer],
    deeds: tuple[Entry, ...],
    bands: tuple[Band, Band],
    differences: tuple[Difference, ...] | None,
) -> None:
    changed = WRITTEN.replace(old, new, 1)
    if old == "id: role,":
        changed = changed.replace("{role: chief,", "{post: chief,")
    draft = load_published(changed, "then.yaml")
    found = compared(QUIZ, draft, answers, _ledger(QUIZ, answers, *deeds), NOON)
    assert (found.before.band, found.after.band) == bands
    assert found.moves is (bands[0] is not bands[1])
    if differences is not None:
        assert found.differences == differences


def test_both_scores_are_of_the_same_moment() -> None:
    draft = load_published(WRITTEN.replace("half_life: 30d", "half_life: 60d"), "then.yaml")
    found = compared(QUIZ, draft, AIDE, _ledger(QUIZ, AIDE, TAPPED), NOON + 60 * DAY)
    assert (found.before.total, found.after.total) == (30 + 8, 30 + 15)  # 30 / 4 and 30 / 2
    assert found.differences == (Difference("link product_link", 8, 15),)


@given(
    st.sampled_from(["chief", "aide"]),
    st.integers(1, 200),
    st.lists(st.integers(0, 3), max_size=12),
    st.integers(0, 200),
)
def test_under_the_same_rules_nothing_differs(role: str, size: int, done: list[int], days: int) -> None:
    answers: dict[str, Answer] = {"role": Choice(choice=role), "size": Number(number=size)}
    deeds = [
        (tapped("product_link", str(n), at), replied(at), unanswered(5, at), unanswered(2, at))[kind]
        for n, kind in enumerate(done)
        for at in (NOON + n * DAY,)
    ]
    found = compared(QUIZ, QUIZ, answers, _ledger(QUIZ, answers, *deeds), NOON + days * DAY)
    assert found.differences == ()
    assert (found.before.fit, found.before.activity) == (found.after.fit, found.after.activity)
    assert not found.moves
