"""Which step comes after which, given the answers so far; and how far it still is to the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from dialogs.answers import Answer, Choice, Decision
from dialogs.conditions import Condition
from dialogs.document import Dialog
from dialogs.session import Session
from dialogs.steps import (
    AnyStep,
    ChoiceQuestion,
    CityQuestion,
    ConsentRequest,
    ContactRequest,
    DateQuestion,
    End,
    FileQuestion,
    NameQuestion,
    NumberQuestion,
    Purpose,
    RatingQuestion,
    Say,
    SeveralQuestion,
    TextQuestion,
)


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


def progress(dialog: Dialog, session: Session) -> tuple[int, int] | None:
    """Return which question is open and of how many, along the longest way that is still possible.

    So the number of questions can only become smaller on the way, and the last one is always «6 of 6». Requests
    for consent are not counted. None where nothing is asked, or where a loop leaves the end open.
    """
    open_step = dialog.by_id.get(session.at or "")
    if open_step is None or not _counts(open_step):
        return None
    answered = sum(step in dialog.by_id and _counts(dialog.by_id[step]) for step in session.answers)
    answered -= sum(step in session.answers for step in session.known)
    ahead = _Ahead(dialog, {**session.kept, **session.answers}).longest(open_step.id)
    return (answered + 1, answered + ahead) if ahead is not None else None


class _Ahead:
    """The longest way from a step to the end; a condition counts as possible until its answers are known."""

    def __init__(self, dialog: Dialog, answers: Mapping[str, Answer]) -> None:
        self._dialog = dialog
        self._answers = {step: answer for step, answer in answers.items() if step in dialog.by_id}
        self._known: dict[str, int | None] = {}
        self._on_the_way: set[str] = set()

    def longest(self, step_id: str) -> int | None:
        """Return how many questions there are from a step on, itself included; None in a loop."""
        if step_id in self._on_the_way:
            return None
        if step_id not in self._known:
            self._on_the_way.add(step_id)
            step = self._dialog.by_id[step_id]
            rests = [self.longest(after) for after in self._after(step)]
            longest = None if None in rests else max((rest for rest in rests if rest is not None), default=0)
            self._known[step_id] = None if longest is None else longest + _counts(step)
            self._on_the_way.discard(step_id)
        return self._known[step_id]

    def _after(self, step: AnyStep) -> Iterator[str]:
        if isinstance(step, End):
            return
        positions = _positions(self._dialog)
        for target, _ in targets(step):
            yield from self._arrivals(positions[target])
        always_jumps = isinstance(step, ChoiceQuestion) and all(choice.go for choice in step.choices)
        if step.go is None and not always_jumps:
            yield from self._arrivals(positions[step.id] + 1)

    def _arrivals(self, place: int) -> Iterator[str]:
        for step in self._dialog.steps[place:]:
            decided = self._decided(step)
            if decided is not False:
                yield step.id
            if decided:
                return

    def _decided(self, step: AnyStep) -> bool | None:
        """Tell whether the step comes; None where an answer that decides it is still to be given."""
        if step.when is not None:
            if any(question not in self._answers for question in _asked_in(step.when)):
                return None
            if not step.when.holds(self._answers):
                return False
        if isinstance(step, ContactRequest) and not consented(self._dialog, self._answers, "contact"):
            asked = (s for s, purpose in purposes(self._dialog).items() if purpose == "contact")
            return False if all(s in self._answers for s in asked) else None
        return True


def _asked_in(condition: Condition) -> Iterator[str]:
    yield from (question for question, _ in condition.all_tests())


def _counts(step: AnyStep) -> bool:
    return not isinstance(step, Say | End | ConsentRequest)


def _jump(step: AnyStep, answer: Answer | None) -> str | None:
    match step, answer:
        case End(), _:
            return None
        case ChoiceQuestion(), Choice(choice=chosen) if chosen in step.by_id:
            return step.by_id[chosen].go or step.go
        case ConsentRequest(), Decision(given=False):
            return step.refused or step.go
        case (
            (
                Say()
                | ChoiceQuestion()
                | SeveralQuestion()
                | NumberQuestion()
                | RatingQuestion()
                | TextQuestion()
                | NameQuestion()
                | DateQuestion()
                | CityQuestion()
                | FileQuestion()
                | ContactRequest()
                | ConsentRequest()
            ),
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
