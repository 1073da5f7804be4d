"""Reads what a prospect typed as the answer to the open question."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, datetime

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from dialogs.answers import Answer, Choice, Choices, Contact, Day, Number, Place, Written
from dialogs.dates import read_moment, read_time
from dialogs.document import Dialog
from dialogs.numbers import read_number, read_range
from dialogs.places import read_city, zone_of_city
from dialogs.session import Refusal, Session
from dialogs.steps import (
    ChoiceQuestion,
    CityQuestion,
    ContactRequest,
    DateQuestion,
    FileQuestion,
    NameQuestion,
    NumberQuestion,
    Optioned,
    Question,
    RatingQuestion,
    SeveralQuestion,
    TextQuestion,
)

LONGEST_NAME = 80


def read_typed(dialog: Dialog, question: Question, session: Session, text: str, now: datetime) -> Answer | Refusal:
    """Read a typed answer to a question, or say why it is none. `now` is in the quiz's time zone."""
    match question:
        case ChoiceQuestion():
            chosen = read_choice(question, text)
            return Choice(choice=chosen) if chosen else Refusal.USE_BUTTONS
        case SeveralQuestion():
            several = read_choices(question, text)
            return within_count(question, several) if several else Refusal.USE_BUTTONS
        case NumberQuestion():
            return _number_within(question, text)
        case RatingQuestion():
            number = read_number(text)
            rated = number is not None and number == int(number) and 1 <= number <= question.rating.max
            return Number(number=number or 0) if rated else Refusal.USE_BUTTONS
        case TextQuestion():
            return _text_within(question, text)
        case NameQuestion():
            return _name(question, text)
        case DateQuestion():
            return _day(dialog, question, session, text, now)
        case CityQuestion():
            city = read_city(text)
            zone = zone_of_city(city, dialog.languages) if city else None
            return Place(name=city, timezone=zone) if city else Refusal.NOT_A_CITY
        case FileQuestion():
            return Refusal.NOT_A_FILE
        case ContactRequest(contact="email"):
            email = read_email(text)
            return Contact(contact="email", value=email) if email else Refusal.NOT_AN_EMAIL
        case ContactRequest():
            phone = read_phone(text, dialog.region)
            return Contact(contact="phone", value=phone) if phone else Refusal.NOT_A_PHONE


def read_choice(question: Optioned, text: str) -> str | None:
    """Return the id of the choice named by its label in any language, or by its place, counted from 1."""
    typed = spoken(text)
    for choice in question.choices:
        if any(typed == spoken(label) for label in choice.text.variants.values()):
            return choice.id
    place = re.fullmatch(r"(\d{1,3})[.)]*", typed)
    if place and 1 <= int(place[1]) <= len(question.choices):
        return question.choices[int(place[1]) - 1].id
    return None


def read_choices(question: SeveralQuestion, text: str) -> tuple[str, ...] | None:
    """Return the ids of the choices named with commas («1, 3», «Desks and chairs»), in the question's order.

    None when one of the parts names none.
    """
    named = set(_named_in(question, text, _SEPARATORS))
    return None if not named or None in named else tuple(c.id for c in question.choices if c.id in named)


_SEPARATORS = (r"[,;\n]", r"[+&]|\s(?:and|та|і|й|и)\s|(?<=\d)\s+(?=\d)")
"""What stands between several choices: first what no label has inside, then what one may have («R&D»)."""


def _named_in(question: SeveralQuestion, text: str, separators: tuple[str, ...]) -> Iterator[str | None]:
    whole = read_choice(question, text)
    if whole is not None or not separators:
        yield whole
        return
    for part in re.split(separators[0], text):
        if part.strip():
            yield from _named_in(question, part, separators[1:])


def within_count(question: SeveralQuestion, chosen: tuple[str, ...]) -> Choices | Refusal:
    """Return the choices if they are neither too few nor too many."""
    if len(chosen) < question.least:
        return Refusal.TOO_FEW
    return Choices(choices=chosen) if len(chosen) <= question.most else Refusal.TOO_MANY


def spoken(text: str) -> str:
    """Return what counts of a label: phones type straight apostrophes, copywriters curly ones and pictures."""
    letters = "".join(c for c in text if unicodedata.category(c) not in ("So", "Sk", "Mn", "Cf"))
    return letters.strip().casefold().replace("’", "'").replace("ʼ", "'") or text.strip()


def read_phone(text: str, region: str | None) -> str | None:
    """Return a phone in the form +380671234567; None when it is no phone. `region` serves local forms.

    Without a plus it must be a number that exists: a digit too few or too many is more likely than a number newer
    than the library. With its plus, it only has to be possible, so that nobody is refused for good.
    """
    whole = _phone("+" + text.strip().removeprefix("+"), None)
    candidates = (_phone(text, region), whole)
    phone = next((each for each in candidates if each and phonenumbers.is_valid_number(each)), None)
    if phone is None and "+" in text:
        phone = _phone(text, None)
    return phonenumbers.format_number(phone, phonenumbers.PhoneNumberFormat.E164) if phone else None


def read_sent_phone(number: str, region: str | None) -> str | None:
    """Return the phone of a contact card: Telegram's own are international, with or without the plus."""
    return read_phone("+" + number.strip().removeprefix("+"), None) or read_phone(number, region)


def _phone(text: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        phone = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    # One without its area code is possible only locally: nobody could call it from elsewhere.
    possible = phonenumbers.is_possible_number_with_reason(phone) == phonenumbers.ValidationResult.IS_POSSIBLE
    return phone if possible else None


def read_email(text: str) -> str | None:
    """Return a normalised e-mail; None when it is none. Nothing is looked up on the network."""
    try:
        return validate_email(text.strip(), check_deliverability=False).normalized
    except EmailNotValidError:
        return None


def _text_within(question: TextQuestion, text: str) -> Answer | Refusal:
    written, bounds = text.strip(), question.text
    if len(written) > bounds.max:
        return Refusal.TOO_LONG
    if not bounds.matches(written):
        return Refusal.NOT_THE_SHAPE
    return Written(text=written) if len(written) >= bounds.min else Refusal.TOO_SHORT


def _name(question: NameQuestion, text: str) -> Answer | Refusal:
    name = " ".join(text.split())
    letters = sum(unicodedata.category(c)[0] == "L" for c in name)
    foreign = [c for c in name if unicodedata.category(c)[0] not in ("L", "M") and c not in " -.'’ʼ"]
    if foreign or letters < 2 or len(name) > LONGEST_NAME:  # noqa: PLR2004 - the shortest name
        return Refusal.NOT_A_NAME
    if question.name == "full" and " " not in name:
        return Refusal.NOT_FULL_NAME
    return Written(text=name)


def _number_within(question: NumberQuestion, text: str) -> Answer | Refusal:
    span = read_range(text)
    number, bounds = span.middle if span else read_number(text), question.number
    if number is None:
        return Refusal.NOT_A_NUMBER
    if bounds.min is not None and (span.low if span else number) < bounds.min:
        return Refusal.TOO_SMALL
    if bounds.max is not None and (span.high if span else number) > bounds.max:
        return Refusal.TOO_BIG
    return Number(number=number, said=str(span) if span else None)


def picked_day(session: Session) -> date | None:
    """Return the day that was chosen in the open question's calendar, while its time is still open."""
    return compact_day(session.picked[0]) if len(session.picked) == 1 else None


def compact_day(written: str) -> date | None:
    """Read a day as a button carries it: `20261215`."""
    if not re.fullmatch("[0-9]{8}", written):
        return None
    try:
        return date(int(written[:4]), int(written[4:6]), int(written[6:]))
    except ValueError:
        return None


def _day(dialog: Dialog, question: DateQuestion, session: Session, text: str, now: datetime) -> Answer | Refusal:
    picked = picked_day(session)
    named, at = read_moment(text, now.date(), dialog.languages)
    if picked is not None and at is None:
        alone = read_time(text)  # «10.30» is a time first, and only then a day
        if alone in question.date.open_slots(picked, now.date(), now.time()):
            return day_within(question, Day(day=picked, at=alone), now)
        if named is None:
            return Refusal.NOT_A_TIME
    day = named or picked
    return day_within(question, Day(day=day, at=at), now) if day is not None else Refusal.NOT_A_DAY


def day_within(question: DateQuestion, answer: Day, now: datetime) -> Day | Refusal:
    """Return the day (and time) if it is welcome, or say why it is not. `now` is in the quiz's time zone."""
    bounds, today, day = question.date, now.date(), answer.day
    if day < bounds.first_day(today):
        return Refusal.DAY_TOO_EARLY
    if day > bounds.last_day(today):
        return Refusal.DAY_TOO_LATE
    if not bounds.welcomes(day, today):
        return Refusal.DAY_CLOSED
    if not bounds.slots:
        return Day(day=day)
    slots = bounds.open_slots(day, today, now.time())
    if not slots:
        return Refusal.DAY_CLOSED
    if answer.at is not None and answer.at not in slots:
        return Refusal.NOT_A_TIME
    return answer
