"""Slips in the pipeline's part of a quiz: the place, what is wrong and the remedy."""

from __future__ import annotations

import pytest

from qualification.loading import examine
from tests.dialogs.slips import GOOD

HOT = "  hot: {team: sales, take_within: 5m, escalate_after: 15m}\n"
SLIPS = {
    "later: {consent: leters}": "no step `leters` asks for a consent. Did you mean `letters`?",
    "later: {consent: agree}": (
        "`agree` asks for another consent than to be written to. Name a step with `consent: follow_ups`."
    ),
    "fast_track: {contact: email}": "no step asks for the contact `email`",
    "fast_track: {when: {contry: poland}}": "there is no question `contry`. Did you mean `country`?",
    "cap: {leads: 5, per: week, then: sales}": (
        "the team `sales` has no place left, so it cannot get the others. Name another team, or write `wait`."
    ),
    "cap: {leads: 0, per: week}": "It must be at least 1.",
    "cap: {leads: 5, per: year}": "`day`, `week` or `month`",
    "scrub: {countries: [XX]}": "`XX` is no country code. Write two capital letters, such as UA.",
    "lost_reasons: [{id: far, text: Far}, {id: far, text: Farther}]": (
        "the id `far` is taken above. Give each its own id."
    ),
    "lost_reasons: [{id: withdrawn, text: Gone}]": (
        "the id `withdrawn` is the system's own. Give each its own id."
    ),
}


def _with(line: str) -> str:
    if line.startswith("cap:"):
        return GOOD.replace("escalate_after: 15m", f"escalate_after: 15m, {line}")
    if line.startswith("later:"):
        return GOOD.replace(HOT, f"{HOT}  unfit: {{{line}}}\n")
    return GOOD.replace(HOT, f"{HOT}  {line}\n")


@pytest.mark.parametrize("line", SLIPS)
def test_a_slip_is_told_with_its_remedy(line: str) -> None:
    errors = [str(problem) for problem in examine(_with(line), "quiz.yaml").errors]
    assert any(SLIPS[line] in error for error in errors), errors


def test_a_consent_that_ends_before_the_message_is_no_consent_to_it() -> None:
    source = _with("later: {consent: letters, after: 90d}")
    source = source.replace("consent: follow_ups,", "consent: follow_ups, expires: 30d,")
    errors = [str(problem) for problem in examine(source, "quiz.yaml").errors]
    assert len(errors) == 1
    assert "the consent `letters` ends after 30d, before the 90d are over" in errors[0]


@pytest.mark.parametrize(
    "line",
    [
        "later: {consent: letters, after: 90d}",
        "fast_track: {contact: phone, when: {country: poland}}",
        "cap: {leads: 20, per: month, then: partners}",
        "scrub: {countries: [UA, PL], repeated_within: 10d}",
        "lost_reasons: [{id: far, text: {uk: Далеко, en: Too far}}]",
    ],
)
def test_what_is_right_is_not_complained_about(line: str) -> None:
    assert [str(problem) for problem in examine(_with(line), "quiz.yaml").problems] == []
