"""Variables in texts, and answers in the words of the quiz."""

from __future__ import annotations

import pytest

from dialogs.answers import Answer, Choice, Contact, Decision, Number, Written
from dialogs.rendering import answer_text, answer_texts, fill, question_name, variables_in
from tests.dialogs.samples import a_dialog


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Hi {first_name}!", "Hi Anna!"),
        ("{first_name}, welcome to {company}", "Anna, welcome to Acme"),
        ("No variables", "No variables"),
        ("{{first_name}}", "{Anna}"),
        ("{ first_name }", "{ first_name }"),
        ("A {", "A {"),
    ],
)
def test_a_variable_becomes_its_value(text: str, filled: str) -> None:
    assert fill(text, {"first_name": "Anna", "company": "Acme"}) == filled


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Hi, {first_name}!", "Hi!"),
        ("Hi {first_name}!", "Hi!"),
        ("{first_name}, welcome", "welcome"),
        ("Hi {first_name} and welcome", "Hi and welcome"),
        ("For {places} places, {first_name}.", "For places."),
        ("Дякуємо, {first_name}…", "Дякуємо…"),
        ("Hi {first_name}", "Hi"),
        ("{first_name}", ""),
    ],
)
@pytest.mark.parametrize("values", [{}, {"first_name": ""}], ids=["unknown", "empty"])
def test_a_variable_without_a_value_leaves_no_gap(text: str, filled: str, values: dict[str, str]) -> None:
    assert fill(text, values) == filled


def test_a_value_is_put_in_as_it_is_and_never_read_as_a_variable() -> None:
    assert (
        fill("Hi {first_name}", {"first_name": "{company} \\1 <b>", "company": "Acme"}) == "Hi {company} \\1 <b>"
    )


def test_the_variables_of_a_text_are_named_in_order() -> None:
    assert list(variables_in("{b} and {a-1}, {b}; meant to be one: {two words}")) == ["b", "a-1", "b", "two words"]


DIALOG = a_dialog(
    "  - {id: kind, ask: {en: Which?, uk: Який?}, label: {en: Kind, uk: Вид}, "
    "choices: [{id: a, text: {en: First, uk: Перший}}]}\n"
    "  - {id: places, ask: How many?, number: {unit: {en: places, uk: місць}}}\n"
    "  - {id: metres, ask: How long?, number: {}}\n"
    "  - {id: wish, ask: What?, text: {}}\n"
    "  - {id: agree, consent: contact, text: {en: May we?, uk: Можна?}}\n"
    "  - {id: phone, contact: phone, ask: Your phone?}\n"
    "  - {id: bye, end: Bye}\n"
)


@pytest.mark.parametrize(
    ("wanted", "spoken"),
    [(("uk", "en"), "uk"), (("pt-BR", None, "uk-UA"), "uk"), (("EN", "uk"), "en"), (("pl",), "en"), ((), "en")],
)
def test_the_first_language_that_the_quiz_speaks_is_taken(wanted: tuple[str | None, ...], spoken: str) -> None:
    assert DIALOG.language_for(*wanted) == spoken


@pytest.mark.parametrize(
    ("step", "answer", "english", "ukrainian"),
    [
        ("kind", Choice(choice="a"), "First", "Перший"),
        ("kind", Choice(choice="gone"), "gone", "gone"),
        ("gone", Choice(choice="a"), "a", "a"),
        ("places", Number(number=20), "20 places", "20 місць"),
        ("places", Number(number=2.5), "2.5 places", "2,5 місць"),
        ("metres", Number(number=1_500_000), "1,500,000", "1\u00a0500\u00a0000"),
        ("metres", Number(number=-3), "-3", "-3"),
        ("wish", Written(text="A <b>"), "A <b>", "A <b>"),
        ("phone", Contact(contact="phone", value="+1"), "+1", "+1"),
        ("agree", Decision(given=True), "✓", "✓"),
        ("agree", Decision(given=False), "✗", "✗"),
    ],
)
def test_an_answer_is_said_in_the_words_of_the_quiz(
    step: str, answer: Answer, english: str, ukrainian: str
) -> None:
    assert [answer_text(DIALOG, step, answer, language) for language in ("en", "uk")] == [english, ukrainian]


def test_answers_are_the_values_of_variables() -> None:
    answers: dict[str, Answer] = {"kind": Choice(choice="a"), "places": Number(number=3)}
    assert answer_texts(DIALOG, answers, "uk") == {"kind": "Перший", "places": "3 місць"}


@pytest.mark.parametrize(
    ("step", "name"),
    [("kind", "Вид"), ("wish", "What?"), ("agree", "Можна?"), ("bye", "bye"), ("gone", "gone")],
)
def test_managers_read_a_questions_label_or_the_question(step: str, name: str) -> None:
    assert question_name(DIALOG, step, "uk") == name
