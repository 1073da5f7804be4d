"""The engine: what each event leads to at each kind of step."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dialogs.answers import Choice, Contact, Decision, Number, Written
from dialogs.engine import advance, begin, open_step
from dialogs.errors import SessionMismatchError
from dialogs.session import (
    Accepted,
    Ask,
    AskAgain,
    ContactShared,
    Event,
    Finish,
    LanguageChosen,
    Outcome,
    Over,
    RecordConsent,
    Refusal,
    Rejected,
    Repeated,
    Resumed,
    SaveAnswer,
    SaveContact,
    SaySomething,
    Session,
    ShowAnswer,
    SomethingElseSent,
    Stale,
    Tapped,
    Typed,
)
from tests.dialogs.samples import AGREES, AS_A_COMPANY, FURNITURE_DIALOG, NOON, a_dialog, after, walk

OWN_PHONE = ContactShared("380671234567", own=True)


def test_a_session_begins_with_everything_up_to_the_first_question() -> None:
    turn = begin(FURNITURE_DIALOG, 7, "uk", NOON)
    assert turn.effects == (SaySomething("hello"), Ask("role"))
    session = turn.session
    assert (session.quiz, session.revision, session.language, session.at) == ("sample", 7, "uk", "role")
    assert (session.started_at, session.answers, session.over) == (NOON, {}, False)


def test_a_tap_is_kept_shown_and_followed_by_the_next_question() -> None:
    turn = walk(Tapped("role", "company"))
    company = Choice(choice="company")
    assert turn.outcome == Accepted()
    assert turn.effects == (SaveAnswer("role", company), ShowAnswer("role", company), Ask("places"))
    assert turn.session.answers == {"role": company}


def test_a_choice_jumps_where_it_says() -> None:
    assert after(Tapped("role", "self")).at == "budget"


def test_a_choice_that_jumps_to_the_end_ends_the_session() -> None:
    later = NOON + timedelta(minutes=3)
    turn = advance(FURNITURE_DIALOG, after(), Tapped("role", "looking"), later)
    assert turn.effects[-1] == Finish("bye")
    assert (turn.session.over, turn.session.ended_with, turn.session.ended_at) == (True, "bye", later)
    assert (turn.session.at, open_step(FURNITURE_DIALOG, turn.session)) == (None, None)


@pytest.mark.parametrize(("places", "said"), [("99", ()), ("100", (SaySomething("many"),))])
def test_a_step_with_a_condition_is_left_out_unless_it_holds(places: str, said: tuple[SaySomething, ...]) -> None:
    turn = walk(Tapped("role", "company"), Typed(places))
    assert turn.effects[2:] == (*said, Ask("budget"))


def test_a_condition_on_a_question_that_was_jumped_over_does_not_hold() -> None:
    # `many` needs at least 100 places; who buys for themselves was never asked.
    assert SaySomething("many") not in walk(Tapped("role", "self"), Tapped("budget", "low")).effects


def test_a_typed_label_of_another_language_counts_as_a_tap() -> None:
    assert after(Typed("для компанії")).answers == {"role": Choice(choice="company")}


AT_ROLE: tuple[Event, ...] = ()
AT_PLACES = (Tapped("role", "company"),)
AT_WISHES = (*AS_A_COMPANY[:2], Tapped("budget", "high"))
AT_AGREE = AS_A_COMPANY
AT_PHONE = (*AS_A_COMPANY, Tapped("agree", "yes"))
AT_EMAIL = (*AS_A_COMPANY, *AGREES, Tapped("letters", "yes"))


@pytest.mark.parametrize(
    ("before", "event", "reason"),
    [
        (AT_ROLE, Typed("for my cat"), Refusal.USE_BUTTONS),
        (AT_ROLE, Typed("4"), Refusal.USE_BUTTONS),
        (AT_ROLE, OWN_PHONE, Refusal.USE_BUTTONS),
        (AT_ROLE, SomethingElseSent(), Refusal.USE_BUTTONS),
        (AT_PLACES, Typed("many"), Refusal.NOT_A_NUMBER),
        (AT_PLACES, Typed("0"), Refusal.TOO_SMALL),
        (AT_PLACES, Typed("1001"), Refusal.TOO_BIG),
        (AT_PLACES, OWN_PHONE, Refusal.NOT_TEXT),
        (AT_WISHES, Typed("ab"), Refusal.TOO_SHORT),
        (AT_WISHES, Typed("  ab  "), Refusal.TOO_SHORT),
        (AT_WISHES, Typed("a" * 21), Refusal.TOO_LONG),
        (AT_WISHES, SomethingElseSent(), Refusal.NOT_TEXT),
        (AT_AGREE, Typed("yes"), Refusal.USE_BUTTONS),
        (AT_AGREE, OWN_PHONE, Refusal.USE_BUTTONS),
        (AT_PHONE, Typed("call me"), Refusal.NOT_A_PHONE),
        (AT_PHONE, ContactShared("12", own=True), Refusal.NOT_A_PHONE),
        (AT_EMAIL, Typed("anna at acme"), Refusal.NOT_AN_EMAIL),
        (AT_EMAIL, OWN_PHONE, Refusal.NOT_AN_EMAIL),
    ],
)
def test_what_is_no_answer_is_asked_again_with_its_reason(
    before: tuple[Event, ...], event: Event, reason: Refusal
) -> None:
    session = after(*before)
    turn = advance(FURNITURE_DIALOG, session, event, NOON)
    assert session.at is not None
    assert turn.outcome == Rejected(session.at, reason)
    assert turn.effects == (AskAgain(session.at, reason),)
    assert turn.session == session


@pytest.mark.parametrize(("typed", "kept"), [("1", 1), ("1000", 1000), ("about 20", 20), ("1 000", 1000)])
def test_bounds_belong_to_the_numbers_that_are_welcome(typed: str, kept: float) -> None:
    assert after(*AT_PLACES, Typed(typed)).answers["places"] == Number(number=kept)


@pytest.mark.parametrize("text", ["abc", "a" * 20, "  a bed  "])
def test_free_text_is_kept_without_the_spaces_around_it(text: str) -> None:
    assert after(*AT_WISHES, Typed(text)).answers["wishes"] == Written(text=text.strip())


# Repeated, stale, over ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "tap", "outcome"),
    [
        (AT_PLACES, Tapped("role", "company"), Repeated("role")),  # a double tap
        (AT_PLACES, Tapped("role", "self"), Stale("role")),  # another choice of an answered question
        (AT_ROLE, Tapped("budget", "low"), Stale("budget")),  # a question further down
        (AT_ROLE, Tapped("role", "cat"), Stale("role")),  # a choice that is not offered
        (AT_ROLE, Tapped("removed", "yes"), Stale("removed")),  # a step that does not exist
        (AT_ROLE, Tapped("hello", "yes"), Stale("hello")),  # a step without buttons
        (AT_AGREE, Tapped("agree", "maybe"), Stale("agree")),
        (AT_PHONE, Tapped("agree", "yes"), Repeated("agree")),
        (AT_PHONE, Tapped("agree", "no"), Stale("agree")),
        ((Tapped("role", "looking"),), Tapped("role", "looking"), Repeated("role")),
        ((Tapped("role", "looking"),), Tapped("role", "self"), Over()),
        ((Tapped("role", "looking"),), Tapped("removed", "yes"), Over()),
        ((Tapped("role", "looking"),), Typed("hello?"), Over()),
        ((Tapped("role", "looking"),), OWN_PHONE, Over()),
        ((Tapped("role", "looking"),), SomethingElseSent(), Over()),
        ((Tapped("role", "looking"),), Resumed(), Over()),
    ],
)
def test_a_tap_that_comes_too_late_or_twice_changes_nothing(
    before: tuple[Event, ...], tap: Event, outcome: Outcome
) -> None:
    session = after(*before)
    turn = advance(FURNITURE_DIALOG, session, tap, NOON)
    assert (turn.outcome, turn.effects, turn.session) == (outcome, (), session)


def test_twenty_taps_on_one_button_give_one_answer_and_one_next_question() -> None:
    session, asked, outcomes = after(), [], []
    for _ in range(20):
        turn = advance(FURNITURE_DIALOG, session, Tapped("role", "company"), NOON)
        session = turn.session
        asked += [effect for effect in turn.effects if isinstance(effect, Ask)]
        outcomes.append(turn.outcome)
    assert outcomes == [Accepted(), *[Repeated("role")] * 19]
    assert asked == [Ask("places")]


def test_a_question_that_a_jump_asks_again_takes_the_same_answer_again() -> None:
    dialog = a_dialog(
        "  - {id: kind, ask: Which?, choices: [{id: a, text: A}, {id: b, text: B}]}\n"
        "  - {id: sure, ask: Sure?, choices: [{id: yes, text: Yes}, {id: no, text: No, go: kind}]}\n"
        "  - {id: bye, end: Bye}\n"
    )
    again = walk(Tapped("kind", "a"), Tapped("sure", "no"), Tapped("kind", "a"), dialog=dialog)
    assert again.outcome == Accepted()
    assert again.session.at == "sure"


# Consent and contact --------------------------------------------------------------------------------


@pytest.mark.parametrize(("choice", "given", "next_step"), [("yes", True, "phone"), ("no", False, "letters")])
def test_a_decision_about_consent_is_recorded_in_the_language_it_was_read_in(
    choice: str, given: bool, next_step: str
) -> None:
    turn = walk(*AS_A_COMPANY, LanguageChosen("uk"), Tapped("agree", choice))
    decision = Decision(given=given)
    assert turn.effects == (
        SaveAnswer("agree", decision),
        RecordConsent("agree", "contact", given, "uk"),
        ShowAnswer("agree", decision),
        Ask(next_step),
    )


def test_nobody_is_asked_for_a_contact_without_having_agreed_to_be_contacted() -> None:
    refused = (*AS_A_COMPANY, Tapped("agree", "no"), Tapped("letters", "yes"))
    assert walk(*refused).effects[-1] == Finish("bye")  # `email` wants `letters: yes`, which holds


def test_a_phone_shared_by_its_owner_is_verified() -> None:
    turn = walk(*AT_PHONE, OWN_PHONE)
    contact = Contact(contact="phone", value="+380671234567", verified=True)
    assert turn.effects[:3] == (
        SaveAnswer("phone", contact),
        SaveContact("phone", contact),
        ShowAnswer("phone", contact),
    )


@pytest.mark.parametrize(
    "event",
    [ContactShared("+380671234567", own=False), ContactShared("067 123 45 67", own=False), Typed("067 1234567")],
)
def test_a_phone_of_somebody_else_or_a_typed_one_is_not_verified(event: Event) -> None:
    unverified = Contact(contact="phone", value="+380671234567", verified=False)
    assert after(*AT_PHONE, event).answers["phone"] == unverified


def test_an_email_is_kept_as_a_contact() -> None:
    turn = walk(*AT_EMAIL, Typed(" Anna@ACME.example "))
    assert SaveContact("email", Contact(contact="email", value="Anna@acme.example")) in turn.effects
    assert turn.session.over


# Language, coming back, other quizzes ---------------------------------------------------------------


def test_another_language_asks_the_open_question_again() -> None:
    turn = walk(Tapped("role", "company"), LanguageChosen("uk"))
    assert (turn.outcome, turn.effects) == (Accepted(), (Ask("places"),))
    assert (turn.session.language, turn.session.at) == ("uk", "places")


def test_another_language_after_the_end_asks_nothing() -> None:
    turn = walk(Tapped("role", "looking"), LanguageChosen("uk"))
    assert (turn.effects, turn.session.language, turn.session.over) == ((), "uk", True)


def test_who_comes_back_sees_the_open_question_again_and_nothing_else() -> None:
    turn = walk(Tapped("role", "company"), Resumed())
    assert (turn.outcome, turn.effects) == (Accepted(), (Ask("places"),))


def test_a_session_of_another_quiz_is_refused_by_name() -> None:
    other = a_dialog(head="quiz: other\nlanguages: [en, uk]\ntitle: X\ncontroller: {name: A, contact: a}\n")
    with pytest.raises(SessionMismatchError) as refused:
        advance(other, after(), Typed("x"), NOON)
    assert refused.value.__notes__ == ["session of quiz 'sample', engine was given 'other'"]


def test_a_number_of_four_hundred_digits_does_not_break_the_session() -> None:
    dialog = a_dialog("  - {id: size, ask: Size?, number: {}}\n  - {id: bye, end: Bye}\n")
    session = after(Typed("9" * 400), dialog=dialog)
    assert Session.model_validate_json(session.model_dump_json()) == session


@pytest.mark.parametrize(
    ("jumps", "after_yes", "after_no"),
    [
        ("", "more", "more"),
        (", go: last", "last", "last"),
        (", refused: last", "more", "last"),
        (", go: more, refused: last", "more", "last"),
    ],
)
def test_a_refusal_has_a_way_of_its_own_where_one_is_written(jumps: str, after_yes: str, after_no: str) -> None:
    dialog = a_dialog(
        f"  - {{id: agree, consent: follow_ups, text: May we?{jumps}}}\n"
        "  - {id: more, ask: More?, choices: [{id: x, text: X}]}\n"
        "  - {id: last, ask: Last?, choices: [{id: x, text: X}, {id: y, text: Y, go: more}]}\n"
        "  - {id: bye, end: Bye}\n"
    )
    assert [after(Tapped("agree", word), dialog=dialog).at for word in ("yes", "no")] == [after_yes, after_no]
