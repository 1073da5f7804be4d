"""Segments: narrowed down and widened by the same tap."""

from __future__ import annotations

from collections.abc import Callable

from qualification.score import Band
from qualification.segments import Segment
from qualification.stages import Stage

TAPS: tuple[Callable[[Segment], Segment], ...] = (
    lambda segment: segment.with_band(Band.HOT),
    lambda segment: segment.with_stage(Stage.MQL),
    lambda segment: segment.with_source("ads_may"),
    lambda segment: segment.with_language("uk"),
    lambda segment: segment.with_choice("furniture", "role", "company"),
    lambda segment: segment.with_active(7),
    lambda segment: segment.with_silent(30),
)


def test_what_is_tapped_twice_is_as_it_was() -> None:
    everybody = Segment()
    for taps in TAPS:
        once = taps(everybody)
        assert not once.is_everybody
        assert taps(once).is_everybody


def test_answers_to_one_question_are_kept_together_and_those_to_others_apart() -> None:
    segment = (
        Segment()
        .with_choice("a", "role", "company")
        .with_choice("a", "role", "self")
        .with_choice("b", "role", "self")
    )
    assert [(each.quiz, each.choices) for each in segment.answers] == [
        ("a", ("company", "self")),
        ("b", ("self",)),
    ]
    assert segment.has("a", "role", "company")
    assert not segment.has("b", "role", "company")


def test_nobody_is_active_and_silent_at_once() -> None:
    segment = Segment().with_active(7).with_silent(30)
    assert (segment.active_for, segment.silent_for) == (None, 30)
    assert segment.with_active(90).silent_for is None


def test_a_segment_is_read_as_it_was_kept() -> None:
    segment = Segment().with_band(Band.WARM).with_choice("a", "role", "self").with_silent(30)
    assert Segment.model_validate_json(segment.model_dump_json()) == segment
