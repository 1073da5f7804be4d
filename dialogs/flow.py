"""Which step comes after which, given the answers so far; and how far it still is to the end."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from dialogs.answers import Answer, Choice, Decision
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
        return _from(dialog, dialog.positions[target], answers)
    return _from(dialog, dialog.positions[step.id] + 1, answers)


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

    So the number of questions can only become smaller on the way, and where nothing else can be asked it is «6 of
    6». Requests for consent are not counted, nor what was known before. None where nothing is asked, or where a
    loop leaves the end open.
    """
    open_step = dialog.by_id.get(session.at or "")
    if open_step is None or session.finished or not _counts(open_step):
        return None
    not_asked = {open_step.id, *session.known}
    answered = sum(_counts(dialog.by_id[step]) for step in session.answers if step not in not_asked)
    ahead = _ahead(dialog, open_step, session.answers)
    try:  # the ends come first
        order = tuple(TopologicalSorter(ahead).static_order())
    except CycleError:
        return None
    longest: dict[str, int] = {}
    for step in order:
        asked = _counts(dialog.by_id[step]) and step not in session.known
        longest[step] = asked + max((longest[after] for after in ahead[step]), default=0)
    return answered + 1, answered + longest[open_step.id]


def _ahead(dialog: Dialog, start: AnyStep, answers: Mapping[str, Answer]) -> dict[str, frozenset[str]]:
    """Return the steps from `start` on, each with those that may come after it, as far as answers decide it."""
    still_open = follow({start.id}, ways_through(dialog))
    known = {step: answer for step, answer in answers.items() if step not in still_open}
    found: dict[str, frozenset[str]] = {}
    waiting = [start]
    while waiting:
        step = waiting.pop()
        after = [
            each for place in _places_after(dialog, step) for each in _arrivals(dialog, place, still_open, known)
        ]
        found[step.id] = frozenset(each.id for each in after)
        waiting += [each for each in after if each.id not in found]
    return found


def _arrivals(
    dialog: Dialog, place: int, still_open: Collection[str], known: Mapping[str, Answer]
) -> Iterator[AnyStep]:
    for step in dialog.steps[place:]:
        comes = _comes(dialog, step, known, still_open)
        if comes is not False:
            yield step
        if comes:
            return


Ways = Mapping[str, frozenset[str | None]]
"""For each step, the steps that may come next; None where the list simply ends."""


def ways_through(dialog: Dialog) -> Ways:
    """Return where each step may lead, whatever the answers are."""
    return {
        step.id: frozenset(each for place in _places_after(dialog, step) for each in possibly_first(dialog, place))
        for step in dialog.steps
    }


def possibly_first(dialog: Dialog, place: int) -> Iterator[str | None]:
    """The steps that may come first from a place on: some may be left out, the last one may not."""
    for step in dialog.steps[place:]:
        yield step.id
        if step.when is None and not isinstance(step, ContactRequest):
            return
    yield None


def follow(ahead: Collection[str], ways: Ways) -> set[str]:
    """Return all that can be reached from some steps, themselves included."""
    reached: set[str] = set()
    waiting = set(ahead)
    while waiting:
        step = waiting.pop()
        reached.add(step)
        waiting |= {after for after in ways[step] if after is not None} - reached
    return reached


def _places_after(dialog: Dialog, step: AnyStep) -> Iterator[int]:
    """The places in the list where a step may lead."""
    if isinstance(step, End):
        return
    positions = dialog.positions
    yield from (positions[target] for target, _ in targets(step))
    always_jumps = isinstance(step, ChoiceQuestion) and not step.optional and all(c.go for c in step.choices)
    if step.go is None and not always_jumps:
        yield positions[step.id] + 1


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
    return next((step for step in dialog.steps[position:] if _comes(dialog, step, answers)), None)


def _comes(
    dialog: Dialog, step: AnyStep, answers: Mapping[str, Answer], undecided: Collection[str] = ()
) -> bool | None:
    """Tell whether a step is not left out; None where that hangs on questions that are still undecided."""
    comes = step.when.verdict(answers, undecided) if step.when is not None else True
    if not isinstance(step, ContactRequest) or comes is False or consented(dialog, answers, "contact"):
        return comes
    # Nobody is asked for a contact who has not agreed to be contacted.
    may_agree = any(purpose == "contact" and asked in undecided for asked, purpose in purposes(dialog).items())
    return None if may_agree else False
