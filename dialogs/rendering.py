"""Variables in texts: `{first_name}`, `{company}`, `{sla}` and the answers by their question's id."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_decimal

from dialogs.answers import (
    Answer,
    Attached,
    Choice,
    Choices,
    Contact,
    Day,
    Decision,
    Number,
    Place,
    Skipped,
    Written,
)
from dialogs.document import Dialog
from dialogs.steps import (
    AnyStep,
    ChoiceQuestion,
    ConsentRequest,
    End,
    NumberQuestion,
    RatingQuestion,
    Say,
    SeveralQuestion,
)

VARIABLES = ("first_name", "company", "sla")
"""Known in every text: the prospect's first name, the controller's name, how soon a person answers."""

_VARIABLE = re.compile(r"\{([\w-]+)\}")
_BRACES = re.compile(r"\{([^{}\n]*)\}")
_NOTHING = "\0"
_GAP = re.compile(rf"^{_NOTHING},? *|,? *{_NOTHING}(?=[.!?,;:…]|\s|$)|{_NOTHING},? *")

Filling = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]
"""What is looked for in a text, and what takes its place."""


def variables_in(text: str) -> Iterator[str]:
    """Name what stands in braces in a text: the variables it uses, and what was meant to be one."""
    yield from (match[1] for match in _BRACES.finditer(text))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values into a text; one without a value leaves no gap: «Hi, {first_name}!» becomes «Hi!»."""
    for pattern, put in fillings(values):
        text = pattern.sub(put, text)
    return text


def fillings(values: Mapping[str, str]) -> tuple[Filling, ...]:
    """Return what is replaced in a text to fill it, one after the other: for texts that are more than letters."""
    return (_VARIABLE, lambda match: values.get(match[1], "") or _NOTHING), (_GAP, lambda _: "")


def answer_text(dialog: Dialog, step: str, answer: Answer, language: str) -> str:
    """Say an answer in the words of the quiz."""
    asked = dialog.by_id.get(step)
    match answer:
        case Choice(choice=choice):
            return _label(dialog, asked, choice, language)
        case Choices(choices=several):
            return ", ".join(_label(dialog, asked, choice, language) for choice in several) or "—"
        case Number():
            return _number(dialog, asked, answer, language)
        case Day(day=day, at=at):
            said = format_date(day, "d MMMM y", locale=_locale(language))
            return f"{said}, {at:%H:%M}" if at else said
        case Place(name=name):
            return name
        case Attached(name=name):
            return name
        case Skipped():
            return "—"
        case Written(text=text):
            return text
        case Contact(value=value):
            return value
        case Decision(given=given):
            return "✓" if given else "✗"


def answer_texts(dialog: Dialog, answers: Mapping[str, Answer], language: str) -> dict[str, str]:
    """Say all answers, by their question's id: the values of a text's variables."""
    return {
        step: answer_text(dialog, step, answer, language)
        for step, answer in answers.items()
        if not isinstance(answer, Skipped)
    }


def question_name(dialog: Dialog, step: str, language: str) -> str:
    """Return the short name of a question for managers, else the question itself."""
    match dialog.by_id.get(step):
        case ConsentRequest(text=text):
            return dialog.read(text, language)
        case Say() | End() | None:
            return step
        case question:
            return dialog.read(question.label or question.ask, language)


def _label(dialog: Dialog, asked: AnyStep | None, choice: str, language: str) -> str:
    match asked:
        case ChoiceQuestion() | SeveralQuestion() if choice in asked.by_id:
            return dialog.read(asked.by_id[choice].text, language)
        case _:
            return choice


def _number(dialog: Dialog, asked: AnyStep | None, answer: Number, language: str) -> str:
    ends = answer.said.split("–") if answer.said else [str(answer.number)]
    said = "–".join(format_decimal(end, locale=_locale(language)) for end in ends)
    match asked:
        case RatingQuestion(rating=scale):
            return f"{said}/{scale.max}"
        case NumberQuestion(number=bounds) if bounds.unit:
            return f"{said} {dialog.read(bounds.unit, language)}"
        case _:
            return said


@lru_cache(maxsize=64)
def _locale(language: str) -> Locale:
    """Return the rules of a language; English ones for a language that nobody wrote rules for."""
    try:
        return Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return Locale("en")
