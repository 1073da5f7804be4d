"""How the steps of a quiz look in a chat: words, buttons, the phone's keyboard, and what is edited."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.conversation.presenting import closing, refusal, variables
from bot.conversation.showing import Show, Shown
from bot.conversation.wording import Wording
from bot.rehearsal import Rehearsal, as_text, labels
from bot.telegram.callback_data import decode
from bot.telegram.requests import EditText, RemoveKeyboard, ReplyKeyboard, SendAlbum, SendText, TapButton
from bot.telegram.taps import AnswerTapped
from dialogs.answers import Choice
from dialogs.session import (
    Accepted,
    Ask,
    ContactShared,
    Finish,
    Outcome,
    Refusal,
    Rejected,
    SaveAnswer,
    Session,
    Tapped,
    Typed,
)
from dialogs.steps import ConsentRequest, End, Say
from qualification.loading import load
from qualification.score import Band

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
QUIZ = load(
    """
quiz: sample
languages: [en, uk]
title: Sample
controller: {name: "A <& Co", contact: a@acme.example}
region: UA
steps:
  - {id: hello, say: "Hi {first_name}! This is {company}."}
  - id: role
    ask: Who?
    choices: [{id: us, text: "Us <3", points: 10}, {id: none, text: Nobody, unfit: true, go: bye}]
  - {id: places, ask: "How many for {role}?", number: {min: 1, max: 100, unit: places}}
  - {id: wish, ask: What?, text: {min: 2, max: 10}}
  - {id: agree, consent: contact, text: May we?}
  - {id: phone, contact: phone, ask: Phone?}
  - {id: letters, consent: follow_ups, text: Letters?, yes: "✅ Please", no: Never}
  - {id: bye, end: "Thanks! Within {sla}."}
scoring: {bands: {hot: 10, warm: 5}}
routing:
  hot: {take_within: 5m}
  warm: {say: "We will write, {first_name}."}
  unfit: {say: Try elsewhere.}
""",
    "sample.yaml",
)


def a_walk(name: str = "Anna") -> Rehearsal:
    walk = Rehearsal(QUIZ, "en", name, NOON)
    walk.begin()
    return walk


def _texts(shown: list[Shown]) -> list[str]:
    return [request.html for request in shown if not isinstance(request, SendAlbum)]


def test_the_beginning_is_the_greeting_and_the_first_question_with_its_buttons() -> None:
    walk = Rehearsal(QUIZ, "en", "Anna <b>", NOON)
    greeting, question = walk.begin()
    assert greeting == SendText(chat_id=0, html="Hi Anna &lt;b&gt;! This is A &lt;&amp; Co.")
    assert isinstance(question, SendText)
    assert question.html == "<i>1 of 4</i>\nWho?"
    assert labels(question) == ["Us <3", "Nobody"]
    taps = [decode(b.data) for row in question.buttons for b in row if isinstance(b, TapButton)]
    assert [tap.choice for tap in taps if isinstance(tap, AnswerTapped)] == ["us", "none"]


def test_a_tapped_answer_is_shown_in_the_question_and_its_buttons_go() -> None:
    outcome, shown = a_walk().happen(Tapped("role", "us"))
    assert outcome == Accepted()
    assert shown[0] == EditText(chat_id=0, html="Who?\n\n✓ <b>Us &lt;3</b>")
    assert _texts(shown[1:]) == ["<i>2 of 4</i>\nHow many for Us &lt;3?"]


@pytest.mark.parametrize(
    ("typed", "reason", "words"),
    [
        ("many", Refusal.NOT_A_NUMBER, "I need a number here"),
        ("0", Refusal.TOO_SMALL, "the smallest I can note is 1 places."),
        ("101", Refusal.TOO_BIG, "the most I can note is 100 places."),
    ],
)
def test_why_an_answer_was_not_taken_stands_above_the_question(typed: str, reason: Refusal, words: str) -> None:
    walk = a_walk()
    walk.happen(Tapped("role", "us"))
    outcome, shown = walk.happen(Typed(typed))
    assert outcome == Rejected("places", reason)
    assert len(shown) == 1
    [said] = _texts(shown)
    assert words in said
    assert said.endswith("\n\n<i>2 of 4</i>\nHow many for Us &lt;3?")


CAN_BE_REFUSED = {
    "role": (Refusal.USE_BUTTONS, Refusal.NOT_TEXT),
    "places": (Refusal.NOT_A_NUMBER, Refusal.TOO_SMALL, Refusal.TOO_BIG, Refusal.NOT_TEXT),
    "wish": (Refusal.TOO_SHORT, Refusal.TOO_LONG, Refusal.NOT_TEXT),
    "agree": tuple(reason for reason in Refusal if not reason.startswith("code_")),
    "phone": (Refusal.NOT_A_PHONE, Refusal.NOT_AN_EMAIL, Refusal.NOT_TEXT),
}


@pytest.mark.parametrize("language", ["en", "uk", "ru"])
@pytest.mark.parametrize(
    ("name", "reason"), [(name, why) for name, whys in CAN_BE_REFUSED.items() for why in whys]
)
def test_every_refusal_has_its_words(name: str, reason: Refusal, language: str) -> None:
    step = QUIZ.by_id[name]
    assert not isinstance(step, Say | End)
    said = refusal(Wording(QUIZ, language), step, reason)
    assert said
    assert "{" not in said
    if isinstance(step, ConsentRequest):
        assert said == refusal(Wording(QUIZ, language), step, Refusal.USE_BUTTONS)


def _at_phone() -> Rehearsal:
    walk = a_walk()
    for event in (Tapped("role", "us"), Typed("5"), Typed("sea"), Tapped("agree", "yes")):
        walk.happen(event)
    return walk


def test_a_phone_is_asked_for_with_a_keyboard_that_goes_with_words_of_its_own_before_buttons() -> None:
    walk = _at_phone()
    asked = walk.asked[-1]
    assert isinstance(asked, SendText)
    assert isinstance(asked.keyboard, ReplyKeyboard)
    _, shown = walk.happen(ContactShared("+380671234567", own=True))
    thanks, letters = shown
    assert isinstance(thanks, SendText)
    assert isinstance(letters, SendText)
    assert (thanks.keyboard, thanks.buttons) == (RemoveKeyboard(), ())
    assert (letters.keyboard, labels(letters)) == (None, ["✅ Please", "Never", "← Back"])


def test_the_keyboard_goes_with_the_next_message_that_has_no_buttons() -> None:
    session = Session(quiz="sample", revision=1, language="en", started_at=NOON)
    show = Show(QUIZ, session, 1, 0, "Anna", NOON, keyboard_is_up=True)
    assert show.effect(Ask("wish")) == [SendText(chat_id=0, html="What?", keyboard=RemoveKeyboard())]
    assert show.effect(Ask("wish")) == [SendText(chat_id=0, html="What?")]


def test_an_answer_that_is_no_phone_leaves_no_keyboard_to_take_away() -> None:
    session = Session(quiz="sample", revision=1, language="en", started_at=NOON)
    show = Show(QUIZ, session, 1, 0, "Anna", NOON)
    assert show.effect(SaveAnswer("role", Choice(choice="us"))) == []
    assert show.keyboard_is_up is False
    assert show.effect(Finish("bye")) == []


@pytest.mark.parametrize(("choice", "mark"), [("yes", "✓ <b>Please</b>"), ("no", "✗ <b>Never</b>")])
def test_a_decision_is_shown_with_the_words_of_its_button(choice: str, mark: str) -> None:
    walk = _at_phone()
    walk.happen(Typed("067 123 45 67"))
    _, shown = walk.happen(Tapped("letters", choice))
    assert shown[0] == EditText(chat_id=0, html=f"Letters?\n\n{mark}")


@pytest.mark.parametrize(
    ("band", "after"),
    [
        (Band.HOT, "\n\nA manager will contact you within 5 minutes."),
        (Band.WARM, "\n\nWe will write, Anna."),
        (Band.COLD, ""),
        (Band.UNFIT, "\n\nTry elsewhere."),
        (None, ""),  # no contact: nothing is promised
    ],
)
def test_the_last_message_says_what_happens_next(band: Band | None, after: str) -> None:
    end = QUIZ.by_id["bye"]
    assert isinstance(end, End)
    values = variables(QUIZ, None, "Anna", "en")
    session = Session(quiz="sample", revision=1, language="en", started_at=NOON)
    assert closing(QUIZ, end.end, session, band, "en", values) == f"Thanks! Within 5 minutes.{after}"


@pytest.mark.parametrize(
    ("events", "promise"),
    [
        ((Typed("067 123 45 67"), Tapped("letters", "no")), "A manager will contact you"),
        ((), None),
    ],
)
def test_only_who_left_a_contact_is_promised_a_call(
    events: tuple[Tapped | Typed, ...], promise: str | None
) -> None:
    if promise:
        walk = _at_phone()
    else:
        walk = a_walk()
        events = (Tapped("role", "us"), Typed("5"), Typed("sea"), Tapped("agree", "no"), Tapped("letters", "no"))
    last: tuple[Outcome, list[Shown]] | None = None
    for event in events:
        last = walk.happen(event)
    assert last is not None
    assert (promise or "Within 5 minutes.") in as_text(last[1][-1])
    assert ("A manager" in as_text(last[1][-1])) is bool(promise)
