"""Checks the way through a quiz: every step can be reached, every path ends, none goes round for ever."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dialogs.document import Dialog
from dialogs.flow import targets
from dialogs.loading import D, Draft
from dialogs.steps import AnyStep, ChoiceQuestion, ConsentRequest, ContactRequest, End, Say

Ways = Mapping[str, frozenset[str | None]]
"""For each step, the steps that may come next; None where the list simply ends."""


def check_graph(draft: Draft[D], dialog: Dialog) -> None:
    """Add unreachable steps, dead ends, loops without a question and contacts without consent."""
    ways = ways_through(dialog)
    places = {step.id: place for place, step in enumerate(dialog.steps)}
    reached = _reachable(dialog, ways)
    for step in dialog.steps:
        where = ("steps", places[step.id])
        if step.id not in reached:
            draft.report(where, "no path leads to this step", "Let a `go` lead here, or remove the step.")
        elif None in ways[step.id]:
            draft.report(
                where,
                "the chat would stop here without a last message",
                "Add an `end` step after it, or a `go`.",
            )
        elif isinstance(step, ContactRequest) and step.id not in _reachable(dialog, ways, through_consent=True):
            draft.report(
                where,
                "asks for a contact, but nothing before it asks for consent",
                "Add a step with `consent: contact` before it.",
            )
    for loop in _loops_of_messages(dialog, ways):
        draft.report(
            ("steps", places[loop]),
            "the messages from here lead back to here",
            "Let the `go` lead to a question or an end.",
        )


def ways_through(dialog: Dialog) -> Ways:
    """Return where each step may lead, whatever the answers are."""
    return {step.id: frozenset(_next(dialog, place, step)) for place, step in enumerate(dialog.steps)}


def _next(dialog: Dialog, place: int, step: AnyStep) -> Iterator[str | None]:
    if isinstance(step, End):
        return
    positions = {other.id: at for at, other in enumerate(dialog.steps)}
    for target, _ in targets(step):
        yield from _arrivals(dialog, positions[target])
    if step.go is None and not _always_jumps(step):
        yield from _arrivals(dialog, place + 1)


def _always_jumps(step: AnyStep) -> bool:
    return isinstance(step, ChoiceQuestion) and all(choice.go for choice in step.choices)


def _arrivals(dialog: Dialog, place: int) -> Iterator[str | None]:
    """The steps that may come first from a place on: some may be left out, the last one may not."""
    for step in dialog.steps[place:]:
        yield step.id
        if step.when is None and not isinstance(step, ContactRequest):
            return
    yield None


def _reachable(dialog: Dialog, ways: Ways, *, through_consent: bool = False) -> set[str]:
    """Steps on some path from the start; with `through_consent`, only past a consent to be contacted."""
    start = {step for step in _arrivals(dialog, 0) if step is not None}
    if through_consent:
        asks = [
            s.id
            for s in dialog.steps
            if isinstance(s, ConsentRequest) and s.consent == "contact" and s.id in _reachable(dialog, ways)
        ]
        start = {step for ask in asks for step in ways[ask] if step is not None}
    return _follow(start, {step: frozenset(to for to in after if to is not None) for step, after in ways.items()})


def _loops_of_messages(dialog: Dialog, ways: Ways) -> Iterator[str]:
    """Messages that can follow themselves without a question in between: the chat would never stop."""
    says = {step.id for step in dialog.steps if isinstance(step, Say)}
    for say in sorted(says):
        if say in _follow(says & ways[say], {step: frozenset(says & ways[step]) for step in says}):
            yield say


def _follow(ahead: set[str], ways: Mapping[str, frozenset[str]]) -> set[str]:
    """All that can be reached from `ahead`, itself included."""
    reached: set[str] = set()
    ahead = set(ahead)
    while ahead:
        step = ahead.pop()
        reached.add(step)
        ahead |= ways[step] - reached
    return reached
