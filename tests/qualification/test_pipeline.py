"""The pipeline's questions: is it worth assigning, is there a contact, is it hot."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dialogs.answers import Answer, Choice, Decision
from qualification.pipeline import Facts, HandedOff, OutOfReach, TurnedDown, Verdict, WarmedUp, verdict
from qualification.score import Band
from tests.qualification.samples import NOON, a_quiz

QUIZ = a_quiz(
    "  - {id: size, ask: Size?, choices: [{id: big, text: Big, points: 30}, {id: small, text: Small, points: 5},"
    " {id: none, text: None, unfit: true}]}\n",
    "bands: {hot: 30, warm: 20}",
    "routing:\n"
    "  fast_track: {contact: phone, when: {size: small}}\n"
    "  warm: {sequence: examples}\n"
    "  unfit: {later: {consent: letters, after: 90d}}\n"
    "sequences:\n  examples: [{after: 1d, text: Look}]\n",
)
PHONE, TYPED, MAIL = {"phone": True}, {"phone": False}, {"email": True}
Answers = dict[str, Answer]
BIG: Answers = {"size": Choice(choice="big")}
SMALL: Answers = {"size": Choice(choice="small")}
YES: Answers = {"letters": Decision(given=True)}
NO: Answers = {"letters": Decision(given=False)}
LATER = NOON + timedelta(days=90)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (Facts(Band.HOT, BIG, PHONE), HandedOff()),
        (Facts(Band.HOT, BIG, {}), OutOfReach()),
        (Facts(Band.WARM, BIG, PHONE), WarmedUp("examples")),
        (Facts(Band.COLD, BIG, PHONE), WarmedUp(None)),
        (Facts(Band.COLD, SMALL, PHONE), HandedOff(fast=True)),
        (Facts(Band.COLD, SMALL, TYPED), WarmedUp(None)),
        (Facts(Band.COLD, SMALL, MAIL), WarmedUp(None)),
        (Facts(Band.WARM, SMALL, MAIL | PHONE), HandedOff(fast=True)),
        (Facts(Band.COLD, SMALL, {}), OutOfReach()),
        (Facts(Band.UNFIT, SMALL, PHONE), TurnedDown()),
        (Facts(Band.UNFIT, SMALL | YES, {}, may_write=True), TurnedDown(LATER)),
        (Facts(Band.UNFIT, SMALL | YES, {}, may_write=False), TurnedDown()),
        (Facts(Band.UNFIT, SMALL | NO, {}, may_write=True), TurnedDown()),
        (Facts(Band.UNFIT, SMALL, {}, may_write=True), TurnedDown()),
    ],
)
def test_each_answer_leads_somewhere(facts: Facts, expected: Verdict) -> None:
    assert verdict(QUIZ, facts, NOON) == expected


def test_a_typed_phone_is_fast_enough_where_the_quiz_says_so() -> None:
    source = QUIZ.model_dump(mode="json", by_alias=True, exclude_unset=True)
    source["routing"]["fast_track"] = {"contact": "any", "confirmed": False}
    trusting = type(QUIZ).model_validate(source)
    assert verdict(trusting, Facts(Band.COLD, BIG, TYPED), NOON) == HandedOff(fast=True)
