"""Checks the way through a quiz: every step can be reached, every path ends, none goes round for ever."""

from __future__ import annotations

from collections.abc import Iterator

from dialogs.document import Dialog
from dialogs.flow import Ways, follow, possibly_first, ways_through
from dialogs.loading import D, Draft
from dialogs.steps import ConsentRequest, ContactRequest, Say


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


def _reachable(dialog: Dialog, ways: Ways, *, through_consent: bool = False) -> set[str]:
    """Steps on some path from the start; with `through_consent`, only past a consent to be contacted."""
    start = {step for step in possibly_first(dialog, 0) if step is not None}
    if through_consent:
        asks = [
            s.id
            for s in dialog.steps
            if isinstance(s, ConsentRequest) and s.consent == "contact" and s.id in _reachable(dialog, ways)
        ]
        start = {step for ask in asks for step in ways[ask] if step is not None}
    return follow(start, ways)


def _loops_of_messages(dialog: Dialog, ways: Ways) -> Iterator[str]:
    """Messages that can follow themselves without a question in between: the chat would never stop."""
    says = {step.id for step in dialog.steps if isinstance(step, Say)}
    for say in sorted(says):
        if say in follow(says & ways[say], {step: frozenset(says & ways[step]) for step in says}):
            yield say
