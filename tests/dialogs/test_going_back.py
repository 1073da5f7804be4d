"""The way back: earlier answers are changed, what does not depend on them is kept, what does falls away."""

from __future__ import annotations

import pytest

from dialogs.answers import Choice, Choices, Decision, Skipped, Written
from dialogs.document import Dialog
from dialogs.engine import advance, begin, reopenable
from dialogs.session import (
    Accepted,
    Ask,
    Button,
    DropAnswers,
    Event,
    Finish,
    LanguageChosen,
    Over,
    PutAside,
    RecordConsent,
    Refusal,
    Rejected,
    Reopened,
    Repeated,
    SaveAnswer,
    SaySomething,
    Session,
    ShowAnswer,
    Stale,
    Tapped,
    Turn,
    Typed,
)
from tests.dialogs.samples import AGREES, AS_A_COMPANY, FURNITURE_DIALOG, NOON, a_dialog, after, walk


def _go_on(session: Session, *events: Event, dialog: Dialog = FURNITURE_DIALOG) -> Turn:
    for event in events[:-1]:
        session = advance(dialog, session, event, NOON).session
    return advance(dialog, session, events[-1], NOON)


def _back(session: Session, dialog: Dialog = FURNITURE_DIALOG) -> Session:
    return advance(dialog, session, Tapped(str(session.at), Button.BACK), NOON).session


AT_AGREE = after(*AS_A_COMPANY)


def test_back_asks_the_question_before_and_puts_the_open_one_aside() -> None:
    turn = walk(*AS_A_COMPANY, Tapped("agree", Button.BACK))
    assert (turn.outcome, turn.effects) == (Accepted(), (PutAside("agree"), Ask("budget")))
    assert list(turn.session.answers) == ["role", "places"]
    assert turn.session.kept == {"budget": Choice(choice="low")}


def test_back_leads_to_the_beginning_and_no_further() -> None:
    session = _back(_back(_back(AT_AGREE)))
    assert (session.at, session.answers) == ("role", {})
    assert _go_on(session, Tapped("role", Button.BACK)).outcome == Stale("role")
    assert session.kept == AT_AGREE.answers


def test_a_double_tap_on_back_goes_one_step() -> None:
    turn = _go_on(AT_AGREE, Tapped("agree", Button.BACK), Tapped("agree", Button.BACK))
    assert (turn.outcome, turn.effects, turn.session.at) == (Stale("agree"), (), "budget")


def test_answers_that_still_stand_are_not_asked_for_again() -> None:
    turn = _go_on(AT_AGREE, Reopened("role"), Tapped("role", "company"))
    company = Choice(choice="company")
    assert turn.effects == (SaveAnswer("role", company), ShowAnswer("role", company), Ask("agree"))
    assert turn.session.answers == AT_AGREE.answers
    assert turn.session.kept == {}


def test_a_branch_that_was_left_keeps_its_answers_until_the_end() -> None:
    left = _go_on(AT_AGREE, Reopened("role"), Tapped("role", "self")).session
    assert (left.at, list(left.answers), list(left.kept)) == ("agree", ["role", "budget"], ["places"])
    ended = _go_on(left, Tapped("agree", "no"), Tapped("letters", "no"))
    assert ended.effects[-2:] == (DropAnswers(("places",)), Finish("bye"))
    assert ended.session.kept == {}


def test_a_branch_that_is_changed_back_has_its_answers_again() -> None:
    there = _go_on(AT_AGREE, Reopened("role"), Tapped("role", "self")).session
    again = _go_on(there, Reopened("role"), Tapped("role", "company")).session
    assert (again.answers, again.at, again.kept) == (AT_AGREE.answers, "agree", {})


def test_a_changed_answer_that_leads_to_the_end_drops_all_after_it() -> None:
    turn = _go_on(AT_AGREE, Reopened("role"), Tapped("role", "looking"))
    assert turn.effects[-2:] == (DropAnswers(("places", "budget")), Finish("bye"))
    assert turn.session.answers == {"role": Choice(choice="looking")}


def test_a_new_question_on_the_way_is_asked_before_those_that_were_answered() -> None:
    turn = _go_on(AT_AGREE, Reopened("budget"), Tapped("budget", "high"))
    assert turn.session.at == "wishes"
    assert _go_on(turn.session, Typed("a bed")).session.at == "agree"


def test_a_message_that_was_heard_is_not_sent_again_but_one_of_a_new_branch_is() -> None:
    dialog = a_dialog(
        "  - {id: kind, ask: Which?, choices: [{id: a, text: A}, {id: b, text: B}]}\n"
        "  - {id: good-a, say: A is good, when: {kind: a}}\n"
        "  - {id: good-b, say: B is better, when: {kind: b}}\n"
        "  - {id: size, ask: Size?, text: {}}\n"
        "  - {id: last, ask: More?, text: {}}\n"
        "  - {id: bye, end: Bye}\n"
    )
    session = after(Tapped("kind", "a"), Typed("10"), dialog=dialog)
    same = _go_on(session, Reopened("kind"), Tapped("kind", "a"), dialog=dialog)
    assert SaySomething("good-a") not in same.effects
    other = _go_on(session, Reopened("kind"), Tapped("kind", "b"), dialog=dialog)
    assert other.effects[-2:] == (SaySomething("good-b"), Ask("last"))


def test_ticks_are_shown_again_when_their_question_is_reopened() -> None:
    dialog = a_dialog(
        "  - {id: two, ask: Which?, several: {}, choices: [{id: a, text: A}, {id: b, text: B}]}\n"
        "  - {id: last, ask: More?, text: {}}\n"
        "  - {id: bye, end: Bye}\n"
    )
    session = after(Tapped("two", "+b"), Tapped("two", Button.DONE), dialog=dialog)
    reopened = _go_on(session, Reopened("two"), dialog=dialog).session
    assert reopened.picked == ("b",)
    assert _go_on(reopened, Tapped("two", Button.DONE), dialog=dialog).session.answers == {
        "two": Choices(choices=("b",))
    }


@pytest.mark.parametrize("step", ["agree", "phone", "hello", "removed", "bye"])
def test_only_what_was_answered_can_be_answered_anew(step: str) -> None:
    turn = _go_on(AT_AGREE, Reopened(step))
    assert (turn.outcome, turn.effects, turn.session) == (Stale(step), (), AT_AGREE)


def test_after_the_end_nothing_can_be_answered_anew() -> None:
    ended = after(Tapped("role", "looking"))
    assert reopenable(FURNITURE_DIALOG, ended) == ()
    assert _go_on(ended, Reopened("role")).outcome == Over()
    assert _go_on(ended, Tapped("role", Button.BACK)).outcome == Over()


def test_an_old_button_of_a_reopened_question_works_and_of_a_kept_one_does_not() -> None:
    back = _back(_back(AT_AGREE))
    assert back.at == "places"
    assert _go_on(back, Tapped("budget", "low")).outcome == Stale("budget")
    assert _go_on(back, Tapped("role", "company")).outcome == Repeated("role")


def test_a_refused_answer_on_the_way_back_loses_nothing() -> None:
    back = _back(_back(AT_AGREE))
    turn = _go_on(back, Typed("0"))
    assert (turn.outcome, turn.session) == (Rejected("places", Refusal.TOO_SMALL), back)


def test_the_language_can_change_on_the_way_back() -> None:
    turn = _go_on(_back(AT_AGREE), LanguageChosen("uk"), Tapped("budget", "low"))
    assert (turn.session.at, turn.session.language, turn.session.kept) == ("agree", "uk", {})


# Consent --------------------------------------------------------------------------------------------


def test_a_consent_that_is_taken_back_on_the_way_back_takes_the_contact_with_it() -> None:
    asked = after(*AS_A_COMPANY, *AGREES)
    assert asked.at == "letters"
    turn = _go_on(asked, Reopened("agree"), Tapped("agree", "no"))
    assert RecordConsent("agree", "contact", given=False, language="en") in turn.effects
    assert (turn.session.at, list(turn.session.kept)) == ("letters", ["phone"])
    ended = _go_on(turn.session, Tapped("letters", "no"))
    assert DropAnswers(("phone",)) in ended.effects
    assert "phone" not in ended.session.answers


def test_a_consent_that_is_given_again_needs_no_second_contact() -> None:
    asked = after(*AS_A_COMPANY, *AGREES)
    refused = _go_on(asked, Reopened("agree"), Tapped("agree", "no")).session
    turn = _go_on(refused, Reopened("agree"), Tapped("agree", "yes"))
    assert RecordConsent("agree", "contact", given=True, language="en") in turn.effects
    assert (turn.session.at, turn.session.answers) == ("letters", asked.answers)


def test_a_consent_that_only_stands_on_the_way_is_not_recorded_a_second_time() -> None:
    asked = after(*AS_A_COMPANY, *AGREES)
    turn = _go_on(asked, Reopened("budget"), Tapped("budget", "low"))
    assert turn.session.answers["agree"] == Decision(given=True)
    assert not [effect for effect in turn.effects if isinstance(effect, RecordConsent)]


# Loops ----------------------------------------------------------------------------------------------

LOOP = a_dialog(
    "  - {id: kind, ask: Which?, choices: [{id: a, text: A}, {id: b, text: B}]}\n"
    "  - {id: size, ask: Size?, text: {}}\n"
    "  - {id: sure, ask: Sure?, choices: [{id: yes, text: Yes}, {id: no, text: No, go: kind}]}\n"
    "  - {id: bye, end: Bye}\n"
)
ROUND = (Tapped("kind", "a"), Typed("10"), Tapped("sure", "no"))


def test_a_jump_back_asks_again_and_the_new_answer_counts() -> None:
    session = after(*ROUND, Tapped("kind", "b"), Typed("20"), Tapped("sure", "yes"), dialog=LOOP)
    assert session.over
    assert session.answers["kind"] == Choice(choice="b")
    assert session.answers["size"] == Written(text="20")


def test_back_in_a_second_round_leads_to_the_question_before_the_jump() -> None:
    second = after(*ROUND, dialog=LOOP)
    back = _back(second, LOOP)
    assert (back.at, list(back.answers)) == ("sure", ["kind", "size"])
    assert _go_on(back, Tapped("sure", "yes"), dialog=LOOP).session.over


def test_a_change_in_the_second_round_comes_back_to_where_it_was() -> None:
    second = after(*ROUND, dialog=LOOP)
    changed = _go_on(second, Reopened("size"), Typed("30"), dialog=LOOP).session
    assert (changed.at, changed.answers["size"]) == ("kind", Written(text="30"))


# What is known before -------------------------------------------------------------------------------

KNOWN = a_dialog(
    "  - {id: size, ask: Size?, text: {}}\n"
    "  - {id: source, ask: Where from?, choices: [{id: ad, text: Ad}, {id: friend, text: Friend}]}\n"
    "  - {id: friend, ask: Which friend?, text: {}, when: {source: friend}}\n"
    "  - {id: last, ask: More?, text: {}}\n"
    "  - {id: bye, end: Bye}\n"
)


def _knowing(choice: str) -> Session:
    return begin(KNOWN, 1, "en", NOON, {"source": Choice(choice=choice)}).session


def test_a_question_whose_answer_is_known_is_not_asked_but_its_answer_is_kept() -> None:
    turn = _go_on(_knowing("ad"), Typed("10"), dialog=KNOWN)
    assert SaveAnswer("source", Choice(choice="ad")) in turn.effects
    assert turn.effects[-1] == Ask("last")
    assert turn.session.answers["source"] == Choice(choice="ad")


def test_a_known_answer_decides_the_way() -> None:
    assert _go_on(_knowing("friend"), Typed("10"), dialog=KNOWN).session.at == "friend"


def test_a_known_first_answer_is_kept_at_the_beginning() -> None:
    dialog = a_dialog(
        "  - {id: source, ask: Where from?, choices: [{id: ad, text: Ad}]}\n"
        "  - {id: last, ask: More?, text: {}}\n"
        "  - {id: bye, end: Bye}\n"
    )
    turn = begin(dialog, 1, "en", NOON, {"source": Choice(choice="ad")})
    assert turn.effects == (SaveAnswer("source", Choice(choice="ad")), Ask("last"))


def test_back_passes_over_what_was_never_asked() -> None:
    session = _go_on(_knowing("ad"), Typed("10"), dialog=KNOWN).session
    assert reopenable(KNOWN, session) == ("size",)
    back = _back(session, KNOWN)
    assert back.at == "size"
    assert _go_on(back, Typed("20"), dialog=KNOWN).session.at == "last"


def test_what_is_known_but_never_passed_is_not_an_answer() -> None:
    dialog = a_dialog(
        "  - {id: kind, ask: Which?, choices: [{id: a, text: A, go: bye}, {id: b, text: B}]}\n"
        "  - {id: source, ask: Where from?, choices: [{id: ad, text: Ad}]}\n"
        "  - {id: bye, end: Bye}\n"
    )
    session = begin(dialog, 1, "en", NOON, {"source": Choice(choice="ad")}).session
    assert _go_on(session, Tapped("kind", "a"), dialog=dialog).session.answers == {"kind": Choice(choice="a")}


def test_a_skipped_question_can_be_answered_after_all() -> None:
    dialog = a_dialog(
        "  - {id: wish, ask: A wish?, text: {}, optional: true}\n"
        "  - {id: last, ask: More?, text: {}}\n"
        "  - {id: bye, end: Bye}\n"
    )
    session = after(Tapped("wish", Button.SKIP), dialog=dialog)
    assert session.answers == {"wish": Skipped()}
    assert _go_on(_back(session, dialog), Typed("Peace"), dialog=dialog).session.answers == {
        "wish": Written(text="Peace")
    }
