"""Phones in every spelling, contact cards, and e-mails that are confirmed by a code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.answers import Contact
from dialogs.engine import advance, reopenable
from dialogs.flow import progress
from dialogs.reading import read_phone, read_sent_phone
from dialogs.session import (
    Accepted,
    Ask,
    AskAgain,
    Button,
    CodeCheck,
    CodeTyped,
    ContactShared,
    DropAnswers,
    Event,
    Finish,
    PutAside,
    Refusal,
    Rejected,
    Repeated,
    SaveAnswer,
    SaveContact,
    SendCode,
    Session,
    ShowAnswer,
    Stale,
    Tapped,
    Turn,
    Typed,
)
from tests.dialogs.samples import NOON, a_dialog, after, walk

# Phones ---------------------------------------------------------------------------------------------


@st.composite
def spellings(draw: st.DrawFn) -> tuple[str, str]:
    """A Ukrainian phone as somebody may write it, and the one form it has."""
    operator, number = draw(st.sampled_from(["50", "63", "67", "93", "97"])), draw(st.integers(0, 9_999_999))
    digits = f"{number:07}"
    prefix = draw(st.sampled_from(["+380", "380", "0", "00380", "+38 0", "+38(0", "(0"]))
    gaps = [draw(st.sampled_from(["", " ", "-", "  ", "\u00a0", ".", "–"])) for _ in range(4)]
    bracket = ")" if "(" in prefix else ""
    groups = (digits[:3], digits[3:5], digits[5:])
    written = prefix + operator + bracket + "".join(gap + group for gap, group in zip(gaps, groups, strict=False))
    return written, f"+380{operator}{digits}"


@given(spellings(), st.sampled_from(["", " ", "my phone: ", "тел. "]))
def test_a_phone_has_one_form_however_it_is_spelt(spelling: tuple[str, str], before: str) -> None:
    written, phone = spelling
    assert read_phone(f"{before}{written}", "UA") == phone


@given(spellings())
def test_a_phone_card_has_the_same_form_as_a_typed_phone(spelling: tuple[str, str]) -> None:
    written, phone = spelling
    assert read_sent_phone(written, "UA") == phone


@pytest.mark.parametrize(
    ("typed", "region", "phone"),
    [
        ("380671234567", None, "+380671234567"),  # without its plus, in a quiz for no country
        ("380671234567", "PL", "+380671234567"),
        ("48512345678", "UA", "+48512345678"),
        ("512345678", "PL", "+48512345678"),  # and not the +51 of Peru
        ("0671234567", None, None),
        ("0671234567", "PL", None),
        ("067123456", "UA", None),
        ("06712345678", "UA", None),
        ("+380 44 000 00 00", "UA", "+380440000000"),  # unheard of, but its owner is sure
    ],
)
def test_a_phone_without_its_plus_is_read_as_one_that_exists(typed: str, region: str | None, phone: str) -> None:
    assert read_phone(typed, region) == phone


PHONE = a_dialog(
    "  - {id: agree, consent: contact, text: May we?}\n"
    "  - {id: phone, contact: phone, ask: Your phone?}\n"
    "  - {id: bye, end: Bye}\n"
)


@pytest.mark.parametrize("own", [True, False])
def test_a_phone_is_verified_only_if_telegram_says_that_it_is_the_senders_own(own: bool) -> None:
    session = after(Tapped("agree", "yes"), ContactShared("380671234567", own=own), dialog=PHONE)
    assert session.answers["phone"] == Contact(contact="phone", value="+380671234567", verified=own)


@pytest.mark.parametrize("number", ["", "1", "+", "++380671234567", "call me", "9" * 300])
def test_a_contact_card_without_a_phone_is_refused(number: str) -> None:
    turn = walk(Tapped("agree", "yes"), ContactShared(number, own=False), dialog=PHONE)
    expected = "+380671234567" if "380671234567" in number else None
    assert (turn.outcome == Rejected("phone", Refusal.NOT_A_PHONE)) == (expected is None)


# E-mails with a code --------------------------------------------------------------------------------

EMAIL = a_dialog(
    "  - {id: agree, consent: contact, text: May we?}\n"
    "  - {id: wish, ask: What?, text: {}}\n"
    "  - {id: email, contact: email, ask: Your e-mail?, confirm: true, optional: true}\n"
    "  - {id: last, ask: Anything else?, text: {}}\n"
    "  - {id: bye, end: Bye}\n"
)
ASKED = (Tapped("agree", "yes"), Typed("Desks"))
WRITTEN = Contact(contact="email", value="anna@acme.example")
CONFIRMED = WRITTEN.model_copy(update={"verified": True})


def _then(*events: Event) -> Turn:
    return walk(*ASKED, *events, dialog=EMAIL)


def _waits_for_the_code(session: Session, address: str = "anna@acme.example") -> bool:
    return (session.at, session.confirming) == ("email", address)


def test_an_email_is_kept_at_once_and_a_code_is_sent_there() -> None:
    turn = _then(Typed("anna@acme.example"))
    assert turn.effects == (
        SaveAnswer("email", WRITTEN),
        SaveContact("email", WRITTEN),
        SendCode("email", "anna@acme.example"),
    )
    assert _waits_for_the_code(turn.session)


def test_the_right_code_confirms_the_email_and_leads_on() -> None:
    turn = _then(Typed("anna@acme.example"), CodeTyped(CodeCheck.RIGHT))
    assert turn.effects == (
        SaveAnswer("email", CONFIRMED),
        SaveContact("email", CONFIRMED),
        ShowAnswer("email", CONFIRMED),
        Ask("last"),
    )
    assert turn.session.confirming is None


@pytest.mark.parametrize(
    ("check", "reason"),
    [
        (CodeCheck.WRONG, Refusal.CODE_WRONG),
        (CodeCheck.EXPIRED, Refusal.CODE_EXPIRED),
        (CodeCheck.TOO_MANY, Refusal.CODE_TOO_MANY),
    ],
)
def test_a_code_that_does_not_confirm_leaves_the_question_open(check: CodeCheck, reason: Refusal) -> None:
    turn = _then(Typed("anna@acme.example"), CodeTyped(check))
    assert (turn.outcome, turn.effects) == (Rejected("email", reason), (AskAgain("email", reason),))
    assert _waits_for_the_code(turn.session)


def test_words_in_place_of_the_code_are_a_wrong_code() -> None:
    assert _then(Typed("anna@acme.example"), Typed("which code?")).outcome == Rejected("email", Refusal.CODE_WRONG)


def test_another_address_typed_in_place_of_the_code_gets_a_code_of_its_own() -> None:
    turn = _then(Typed("anna@acme.example"), Typed("anna@home.example"))
    assert SendCode("email", "anna@home.example") in turn.effects
    assert _waits_for_the_code(turn.session, "anna@home.example")


def test_a_code_is_sent_again_to_the_same_address() -> None:
    turn = _then(Typed("anna@acme.example"), Tapped("email", Button.CODE_AGAIN))
    assert turn.effects == (PutAside("email"), SendCode("email", "anna@acme.example"))
    assert _waits_for_the_code(turn.session)


def test_another_address_can_be_asked_for() -> None:
    turn = _then(Typed("anna@acme.example"), Tapped("email", Button.OTHER_ADDRESS))
    assert (turn.effects, turn.session.confirming) == ((PutAside("email"), Ask("email")), None)
    assert _waits_for_the_code(
        advance(EMAIL, turn.session, Typed("b@acme.example"), NOON).session, "b@acme.example"
    )


def test_an_email_may_stay_unconfirmed() -> None:
    later = Tapped("email", Button.UNCONFIRMED)
    turn = _then(Typed("anna@acme.example"), later)
    assert (turn.session.answers["email"], turn.session.at) == (WRITTEN, "last")
    assert turn.effects == (PutAside("email"), ShowAnswer("email", WRITTEN), Ask("last"))
    assert advance(EMAIL, turn.session, later, NOON).outcome == Repeated("email")


@pytest.mark.parametrize("button", [Button.CODE_AGAIN, Button.OTHER_ADDRESS, Button.UNCONFIRMED])
def test_buttons_about_a_code_do_nothing_where_none_is_awaited(button: Button) -> None:
    assert _then(Tapped("email", button)).outcome == Stale("email")
    assert walk(Tapped("agree", button), dialog=EMAIL).outcome == Stale("agree")


def test_a_code_that_nobody_awaits_changes_nothing() -> None:
    assert _then(CodeTyped(CodeCheck.RIGHT)).outcome == Stale("email")
    twice = _then(Typed("anna@acme.example"), CodeTyped(CodeCheck.RIGHT), CodeTyped(CodeCheck.RIGHT))
    assert twice.outcome == Stale("last")


def test_an_old_skip_button_does_not_throw_a_written_email_away() -> None:
    turn = _then(Typed("anna@acme.example"), Tapped("email", Button.SKIP))
    assert (turn.outcome, turn.session.answers["email"]) == (Stale("email"), WRITTEN)


def test_an_email_that_awaits_its_code_is_still_the_same_question() -> None:
    assert progress(EMAIL, _then().session) == (2, 3)
    assert progress(EMAIL, _then(Typed("anna@acme.example")).session) == (2, 3)
    assert "email" not in reopenable(EMAIL, _then(Typed("anna@acme.example")).session)


@pytest.mark.parametrize("before", [(), (Tapped("email", Button.OTHER_ADDRESS),)])
def test_who_goes_back_before_typing_the_code_is_asked_for_the_email_again(before: tuple[Tapped, ...]) -> None:
    back = _then(Typed("anna@acme.example"), *before, Tapped("email", Button.BACK))
    assert back.effects == (DropAnswers(("email",)), PutAside("email"), Ask("wish"))
    assert "email" not in back.session.answers.keys() | back.session.kept.keys()
    again = advance(EMAIL, back.session, Typed("Chairs"), NOON)
    assert (again.outcome, again.effects[-1]) == (Accepted(), Ask("email"))


def test_a_confirmed_email_is_kept_on_the_way_back() -> None:
    back = _then(Typed("anna@acme.example"), CodeTyped(CodeCheck.RIGHT), Tapped("last", Button.BACK)).session
    assert back.at == "email"
    back = advance(EMAIL, back, Tapped("email", Button.BACK), NOON).session
    forward = advance(EMAIL, back, Typed("Chairs"), NOON)
    assert (forward.session.at, forward.session.answers["email"]) == ("last", CONFIRMED)
    assert advance(EMAIL, forward.session, Typed("No"), NOON).effects[-1] == Finish("bye")
