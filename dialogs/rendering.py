"""Variables in texts: `{first_name}`, `{company}`, `{sla}` and the answers by their question's id."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from dialogs.answers import Answer, Choice, Contact, Decision, Number, Written
from dialogs.document import (
    ChoiceQuestion,
    ConsentRequest,
    ContactRequest,
    Dialog,
    NumberQuestion,
    TextQuestion,
)

VARIABLES = ("first_name", "company", "sla")
"""Known in every text: the prospect's first name, the controller's name, how soon a person answers."""

_VARIABLE = re.compile(r"\{([\w-]+)\}")
_BRACES = re.compile(r"\{([^{}\n]*)\}")
_NOTHING = "\0"
_GAP = re.compile(rf"^{_NOTHING},? *|,? *{_NOTHING}(?=[.!?,;:…]|\s|$)|{_NOTHING},? *")


def variables_in(text: str) -> Iterator[str]:
    """Name what stands in braces in a text: the variables it uses, and what was meant to be one."""
    yield from (match[1] for match in _BRACES.finditer(text))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values into a text; one without a value leaves no gap: «Hi, {first_name}!» becomes «Hi!»."""
    return _GAP.sub("", _VARIABLE.sub(lambda match: values.get(match[1], "") or _NOTHING, text))


def answer_text(dialog: Dialog, step: str, answer: Answer, language: str) -> str:
    """Say an answer in the words of the quiz."""
    asked = dialog.by_id.get(step)
    match answer:
        case Choice(choice=choice):
            known = isinstance(asked, ChoiceQuestion) and choice in asked.by_id
            return dialog.read(asked.by_id[choice].text, language) if known else choice  # type: ignore[union-attr]
        case Number(number=number):
            unit = asked.number.unit if isinstance(asked, NumberQuestion) else None
            said = f"{number:g}" if number % 1 else f"{int(number)}"
            return f"{said} {dialog.read(unit, language)}" if unit else said
        case Written(text=text):
            return text
        case Contact(value=value):
            return value
        case Decision(given=given):
            return "✓" if given else "✗"


def answer_texts(dialog: Dialog, answers: Mapping[str, Answer], language: str) -> dict[str, str]:
    """Say all answers, by their question's id: the values of a text's variables."""
    return {step: answer_text(dialog, step, answer, language) for step, answer in answers.items()}


def question_name(dialog: Dialog, step: str, language: str) -> str:
    """Return the short name of a question for managers, else the question itself."""
    match dialog.by_id.get(step):
        case ChoiceQuestion() | NumberQuestion() | TextQuestion() | ContactRequest() as question:
            return dialog.read(question.label or question.ask, language)
        case ConsentRequest(text=text):
            return dialog.read(text, language)
        case _:
            return step
