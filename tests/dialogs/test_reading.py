"""What people type: numbers in their own way, choices by their words, phones and e-mails."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.reading import read_choice, read_email, read_number, read_phone
from dialogs.steps import ChoiceQuestion

NUMBERS = [
    ("20", 20),
    ("about 20", 20),
    ("20 people", 20),
    ("приблизно 20", 20),
    ("20.", 20),
    ("(20)", 20),
    ("№5", 5),
    ("20%", 20),
    ("$300", 300),
    ("-3", -3),
    ("0", 0),
    ("2,5", 2.5),
    ("2.5", 2.5),
    ("1 500", 1_500),
    ("1\u00a0500", 1_500),
    ("1\u202f500", 1_500),
    ("1'500", 1_500),
    ("1’500", 1_500),
    ("1 500 000", 1_500_000),
    ("10k", 10_000),
    ("10K", 10_000),
    ("10к", 10_000),
    ("10К", 10_000),
    ("10 k", 10_000),
    ("2,5k", 2_500),
    ("10 тис", 10_000),
    ("10 тис.", 10_000),
    ("10 тыс.", 10_000),
    ("10kg", 10),
]


@pytest.mark.parametrize(("typed", "number"), NUMBERS)
def test_a_number_is_read_as_people_write_it(typed: str, number: float) -> None:
    assert read_number(typed) == number


@pytest.mark.parametrize(
    "typed",
    ["", " ", "many", "двадцять", "12-15", "12 - 15", "12–15", "10 or 20", "3 x 4", "½", "²", "-", "v2", "a1b"],
)
def test_a_text_without_a_number_or_with_several_is_none(typed: str) -> None:
    assert read_number(typed) is None


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        pytest.param("10 тисяч", 10_000, id="ten thousand in Ukrainian"),
        pytest.param("10 тысяч", 10_000, id="ten thousand in Russian"),
        pytest.param("10 thousand", 10_000, id="ten thousand in English"),
        pytest.param("2 млн", None, id="two million"),
        pytest.param("1,500", 1_500, id="English thousands"),
        pytest.param("1,500.50", 1_500.5, id="English thousands and cents"),
        pytest.param("−3", -3, id="a real minus sign"),
        pytest.param("1.2.3", None, id="several dots"),
        pytest.param("9" * 400, None, id="more than a number can be"),
    ],
)
def test_a_number_is_never_read_as_another_number(typed: str, number: float | None) -> None:
    assert read_number(typed) == number


@given(st.text(max_size=60))
def test_whatever_is_typed_reading_a_number_never_fails(text: str) -> None:
    number = read_number(text)
    assert number is None or math.isfinite(number)


@given(st.integers(0, 10**12))
def test_a_whole_number_is_read_as_it_is(number: int) -> None:
    assert read_number(str(number)) == number


ROLE = ChoiceQuestion.model_validate(
    {
        "id": "role",
        "ask": "Who?",
        "choices": [
            {"id": "family", "text": {"en": "For the family", "uk": "Для сім’ї"}},
            {"id": "work", "text": {"en": "For work", "uk": "Для роботи", "ru": "Для работы"}},
            {"id": "two", "text": "2"},
        ],
    }
)


@pytest.mark.parametrize(
    ("typed", "choice"),
    [
        ("For work", "work"),
        ("  for WORK ", "work"),
        ("ДЛЯ РОБОТИ", "work"),
        ("Для работы", "work"),
        ("Для сім’ї", "family"),
        ("Для сім'ї", "family"),
        ("для сімʼї", "family"),
        ("1", "family"),
        ("1.", "family"),
        ("1)", "family"),
        ("3", "two"),
        ("2", "two"),  # a label is stronger than a place
    ],
)
def test_a_choice_is_named_by_its_label_in_any_language_or_by_its_place(typed: str, choice: str) -> None:
    assert read_choice(ROLE, typed) == choice


@pytest.mark.parametrize("typed", ["", "0", "4", "-1", "1.5", "work", "For work!", "family", "²", "1 2"])
def test_what_names_no_choice_is_none(typed: str) -> None:
    assert read_choice(ROLE, typed) is None


@pytest.mark.parametrize(
    ("typed", "region", "phone"),
    [
        ("+380671234567", None, "+380671234567"),
        ("+380 (67) 123-45-67", None, "+380671234567"),
        ("067 123 45 67", "UA", "+380671234567"),
        ("380671234567", "UA", "+380671234567"),
        ("my phone is 067 1234567", "UA", "+380671234567"),
        ("512 345 678", "PL", "+48512345678"),
        ("+48 512 345 678", "UA", "+48512345678"),
        ("067 123 45 67", None, None),  # no country to read it in
        ("12", "UA", None),
        ("+38067123456789012", None, None),
        ("call me", "UA", None),
        ("", "UA", None),
    ],
)
def test_a_phone_is_kept_in_its_international_form(typed: str, region: str | None, phone: str | None) -> None:
    assert read_phone(typed, region) == phone


@pytest.mark.parametrize(("typed", "region"), [("+380 67 123", None), ("123 45 67", "UA"), ("2345678", "UA")])
def test_a_phone_that_cannot_be_called_from_elsewhere_is_none(typed: str, region: str | None) -> None:
    assert read_phone(typed, region) is None


@pytest.mark.parametrize(
    ("typed", "email"),
    [
        ("anna@acme.com", "anna@acme.com"),
        (" anna@ACME.com ", "anna@acme.com"),
        ("anna+quiz@acme.co.uk", "anna+quiz@acme.co.uk"),
        ("анна@приклад.укр", "анна@приклад.укр"),
        ("anna@acme", None),
        ("anna acme.com", None),
        ("anna@@acme.com", None),
        ("anna@acme.com, boris@acme.com", None),
        ("@acme.com", None),
        ("", None),
    ],
)
def test_an_email_is_normalised_or_none(typed: str, email: str | None) -> None:
    assert read_email(typed) == email


@given(st.text(max_size=80), st.sampled_from([None, "UA", "PL"]))
def test_whatever_is_typed_reading_a_contact_never_fails(text: str, region: str | None) -> None:
    phone = read_phone(text, region)
    assert phone is None or phone.startswith("+")
    assert read_email(text) is None or "@" in text
