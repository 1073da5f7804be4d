"""Which step comes after which, given the answers so far."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from dialogs.answers import Answer, Choice, Decision
from dialogs.document import (
    ChoiceQuestion,
    ConsentRequest,
    ContactRequest,
    Dialog,
    End,
    NumberQuestion,
    Purpose,
    Say,
    TextQuestion,
    Waiting,
)

AnyStep = Say | Waiting | End


def first(dialog: Dialog, answers: Mapping[str, Answer]) -> AnyStep | None:
    """Return the first step that is not left out."""
    return _from(dialog, 0, answers)


def following(dialog: Dialog, step: AnyStep, answers: Mapping[str, Answer]) -> AnyStep | None:
    """Return the step after `step`; None where the list simply ends (publishing refuses such a quiz)."""
    target = _jump(step, answers.get(step.id))
    if target is not None:
        return _from(dialog, _positions(dialog)[target], answers)
    return _from(dialog, _positions(dialog)[step.id] + 1, answers)


def purposes(dialog: Dialog) -> dict[str, Purpose]:
    """Return the purpose of each consent step, by its id."""
    return {step.id: step.consent for step in dialog.steps if isinstance(step, ConsentRequest)}


def consented(dialog: Dialog, answers: Mapping[str, Answer], purpose: Purpose) -> bool:
    """Tell whether one of the answers agrees to the purpose."""
    decisions = (answers.get(step) for step, asked in purposes(dialog).items() if asked == purpose)
    return any(isinstance(decision, Decision) and decision.given for decision in decisions)


def targets(step: AnyStep) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """Every jump written in a step, with its place inside the step."""
    if isinstance(step, End):
        return
    if step.go is not None:
        yield step.go, ("go",)
    if isinstance(step, ConsentRequest) and step.refused is not None:
        yield step.refused, ("refused",)
    if isinstance(step, ChoiceQuestion):
        for position, choice in enumerate(step.choices):
            if choice.go is not None:
                yield choice.go, ("choices", position, "go")


def _jump(step: AnyStep, answer: Answer | None) -> str | None:
    match step, answer:
        case End(), _:
            return None
        case ChoiceQuestion(), Choice(choice=chosen) if chosen in step.by_id:
            return step.by_id[chosen].go or step.go
        case ConsentRequest(), Decision(given=False):
            return step.refused or step.go
        case (
            (Say() | ChoiceQuestion() | NumberQuestion() | TextQuestion() | ContactRequest() | ConsentRequest()),
            _,
        ):
            return step.go


def _from(dialog: Dialog, position: int, answers: Mapping[str, Answer]) -> AnyStep | None:
    return next((step for step in dialog.steps[position:] if not _left_out(dialog, step, answers)), None)


def _left_out(dialog: Dialog, step: AnyStep, answers: Mapping[str, Answer]) -> bool:
    if step.when is not None and not step.when.holds(answers):
        return True
    # Nobody is asked for a contact who has not agreed to be contacted.
    return isinstance(step, ContactRequest) and not consented(dialog, answers, "contact")


@lru_cache(maxsize=256)
def _positions_of(ids: tuple[str, ...]) -> Mapping[str, int]:
    return {step: position for position, step in enumerate(ids)}


def _positions(dialog: Dialog) -> Mapping[str, int]:
    return _positions_of(tuple(step.id for step in dialog.steps))
