"""Reads what a prospect typed: numbers, choices, phones, e-mails."""

from __future__ import annotations

import re

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from dialogs.answers import Answer, Choice, Contact, Number, Written
from dialogs.document import ChoiceQuestion, ContactRequest, Dialog, NumberQuestion, TextQuestion
from dialogs.session import Refusal

_GROUPS = re.compile(r"(?<=\d)[\s\u00a0\u202f'’,](?=\d{3}(?!\d))")
"""What parts thousands: «1 500», «1'500», «1,500»; a comma before three digits is no decimal comma."""
_NUMBER = re.compile(
    r"(?<![\w.,])(?P<digits>-?\d{1,15}(?:[.,]\d{1,9})?)(?![\d.,]*\d)"
    r"(?P<thousands>\s?(?:[kк](?![^\W\d_])|(?:тис|тыс|thousand)[^\W\d_]*)\.?)?",
    re.IGNORECASE,
)
_LARGER = re.compile(r"\d\s?(?:m|mln|mio|million|млн|мільйон|миллион|млрд|billion|bn)", re.IGNORECASE)


def read_number(text: str) -> float | None:
    """Read the one number in a text (`about 20`, `1 500`, `2,5`, `10k`); None for none, several or doubt."""
    joined = _GROUPS.sub("", text.replace("−", "-"))
    found = list(_NUMBER.finditer(joined))
    if len(found) != 1 or len(re.findall(r"\d+(?:[.,]\d+)?", joined)) != 1 or _LARGER.search(joined):
        return None
    number = float(found[0]["digits"].replace(",", "."))
    return number * 1000 if found[0]["thousands"] else number


def read_choice(question: ChoiceQuestion, text: str) -> str | None:
    """Return the id of the choice named by its label in any language, or by its place, counted from 1."""
    typed = _spoken(text)
    for choice in question.choices:
        if any(typed == _spoken(label) for label in choice.text.variants.values()):
            return choice.id
    place = typed.rstrip(".)")
    if place.isdecimal() and 1 <= int(place) <= len(question.choices):
        return question.choices[int(place) - 1].id
    return None


def _spoken(text: str) -> str:
    """Return what counts of a label: phones type straight apostrophes, copywriters curly ones."""
    return text.strip().casefold().replace("’", "'").replace("ʼ", "'")


def read_phone(text: str, region: str | None) -> str | None:
    """Return a phone in the form +380671234567; None when it is no phone. `region` serves local forms."""
    try:
        phone = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.is_possible_number_with_reason(phone) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None  # also one without its area code: nobody could call it from elsewhere
    return phonenumbers.format_number(phone, phonenumbers.PhoneNumberFormat.E164)


def read_email(text: str) -> str | None:
    """Return a normalised e-mail; None when it is none. Nothing is looked up on the network."""
    try:
        return validate_email(text.strip(), check_deliverability=False).normalized
    except EmailNotValidError:
        return None


def read_typed(
    dialog: Dialog, question: ChoiceQuestion | NumberQuestion | TextQuestion | ContactRequest, text: str
) -> Answer | Refusal:
    """Read a typed answer to a question, or say why it is none."""
    match question:
        case ChoiceQuestion():
            chosen = read_choice(question, text)
            return Choice(choice=chosen) if chosen else Refusal.USE_BUTTONS
        case NumberQuestion():
            return _number_within(question, text)
        case TextQuestion(text=bounds):
            written = text.strip()
            if len(written) < bounds.min:
                return Refusal.TOO_SHORT
            return Written(text=written) if len(written) <= bounds.max else Refusal.TOO_LONG
        case ContactRequest(contact="email"):
            email = read_email(text)
            return Contact(contact="email", value=email) if email else Refusal.NOT_AN_EMAIL
        case ContactRequest():
            phone = read_phone(text, dialog.region)
            return Contact(contact="phone", value=phone) if phone else Refusal.NOT_A_PHONE


def _number_within(question: NumberQuestion, text: str) -> Answer | Refusal:
    number, bounds = read_number(text), question.number
    if number is None:
        return Refusal.NOT_A_NUMBER
    if bounds.min is not None and number < bounds.min:
        return Refusal.TOO_SMALL
    if bounds.max is not None and number > bounds.max:
        return Refusal.TOO_BIG
    return Number(number=number)
