"""Conditions: truth tables, with what was not answered never being true."""

from __future__ import annotations

from itertools import product

import pytest
from pydantic import ValidationError

from dialogs.answers import Answer, Choice, Contact, Decision, Number, Written
from dialogs.conditions import Condition

ANSWERS: dict[str, Answer] = {
    "role": Choice(choice="company"),
    "places": Number(number=20),
    "agree": Decision(given=True),
    "letters": Decision(given=False),
    "wish": Written(text="sea"),
    "mail": Contact(contact="email", value="a@b.c"),
}

Raw = dict[str, object]


def _holds(raw: Raw, answers: dict[str, Answer] | None = None) -> bool:
    return Condition.model_validate(raw).holds(ANSWERS if answers is None else answers)


@pytest.mark.parametrize(
    ("raw", "holds"),
    [
        ({}, True),
        ({"role": "company"}, True),
        ({"role": "self"}, False),
        ({"role": ["self", "company"]}, True),
        ({"role": ["self", "looking"]}, False),
        ({"role": []}, False),
        ({"role": {"min": 1}}, False),  # a choice is no number
        ({"places": {"min": 20}}, True),  # 20 ≥ 20
        ({"places": {"min": 20.5}}, False),  # 20 < 20.5
        ({"places": {"max": 20}}, True),  # 20 ≤ 20
        ({"places": {"max": 19}}, False),  # 20 > 19
        ({"places": {"min": 10, "max": 30}}, True),
        ({"places": {"min": 30, "max": 10}}, False),
        ({"places": {}}, True),  # any number
        ({"places": "20"}, False),  # a number is not tested with a word
        ({"agree": "yes"}, True),
        ({"agree": "no"}, False),
        ({"letters": "no"}, True),
        ({"letters": ["yes", "no"]}, True),
        ({"wish": "sea"}, True),
        ({"mail": "a@b.c"}, True),
        ({"role": "company", "places": {"min": 1}}, True),  # both
        ({"role": "company", "places": {"min": 21}}, False),  # one of two
    ],
)
def test_a_condition_holds_when_every_answer_passes_its_test(raw: Raw, holds: bool) -> None:
    assert _holds(raw) is holds


@pytest.mark.parametrize("test", ["company", ["company"], {"min": 0}, {}, "yes", "no"])
def test_a_question_that_was_not_answered_passes_no_test(test: object) -> None:
    assert _holds({"role": test}, {}) is False
    assert _holds({"not": {"role": test}}, {}) is True


YES, NO = {"role": "company"}, {"role": "self"}
TRUE, FALSE = True, False


@pytest.mark.parametrize(
    ("first", "second", "everyone", "anyone"),
    [
        (TRUE, TRUE, TRUE, TRUE),
        (TRUE, FALSE, FALSE, TRUE),
        (FALSE, TRUE, FALSE, TRUE),
        (FALSE, FALSE, FALSE, FALSE),
    ],
)
def test_all_and_any_and_not_follow_their_truth_tables(
    first: bool, second: bool, everyone: bool, anyone: bool
) -> None:
    pair = [YES if first else NO, YES if second else NO]
    assert _holds({"all": pair}) is everyone
    assert _holds({"any": pair}) is anyone
    assert _holds({"not": {"all": pair}}) is not everyone
    assert _holds({"not": {"any": pair}}) is not anyone


@pytest.mark.parametrize(("own", "every", "some", "denied"), list(product([True, False], repeat=4)))
def test_the_parts_of_a_condition_must_all_hold(own: bool, every: bool, some: bool, denied: bool) -> None:
    raw: Raw = {
        **(YES if own else NO),
        "all": [YES if every else NO],
        "any": [YES if some else NO],
        "not": YES if denied else NO,
    }
    assert _holds(raw) is (own and every and some and not denied)


def test_empty_lists_ask_for_nothing() -> None:
    assert _holds({"all": [], "any": []}) is True


def test_every_test_of_a_condition_can_be_listed() -> None:
    raw: Raw = {"a": "x", "all": [{"b": "x"}], "any": [{"c": "x", "not": {"d": "x"}}], "not": {"e": {"min": 1}}}
    assert [question for question, _ in Condition.model_validate(raw).all_tests()] == ["a", "b", "c", "d", "e"]


@pytest.mark.parametrize("test", [5, None, True, {"mni": 1}, {"min": "many"}, [1], [["a"]]])
def test_a_test_of_another_shape_is_refused(test: object) -> None:
    with pytest.raises(ValidationError):
        Condition.model_validate({"role": test})
