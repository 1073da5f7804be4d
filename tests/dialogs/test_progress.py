"""«3 of 6»: right on every branch, and never more than it was a moment ago."""

from __future__ import annotations

import pytest

from dialogs.answers import Choice
from dialogs.document import Dialog
from dialogs.engine import advance, begin
from dialogs.flow import progress
from dialogs.session import Button, Event, Reopened, Tapped, Typed
from tests.dialogs.samples import AGREES, AS_A_COMPANY, FURNITURE_DIALOG, NOON, a_dialog, after


def _shown(*events: Event, dialog: Dialog = FURNITURE_DIALOG) -> list[tuple[int, int] | None]:
    session = begin(dialog, 1, "en", NOON).session
    shown = [progress(dialog, session)]
    for event in events:
        session = advance(dialog, session, event, NOON).session
        shown.append(progress(dialog, session))
    return shown


COMPANY_SHOWN = [(1, 6), (2, 6), (3, 6), None, (4, 5), None]
"""`wishes` falls away with a small budget; consents are not counted, and the end is none."""


@pytest.mark.parametrize(
    ("events", "shown"),
    [
        ((*AS_A_COMPANY, *AGREES), COMPANY_SHOWN),
        ((*AS_A_COMPANY, *AGREES, Tapped("letters", "yes")), [*COMPANY_SHOWN, (5, 5)]),
        ((Tapped("role", "self"), Tapped("budget", "high")), [(1, 6), (2, 5), (3, 5)]),
        ((*AS_A_COMPANY, Tapped("agree", "no")), [*COMPANY_SHOWN[:4], None]),
        ((Tapped("role", "looking"),), [(1, 6), None]),
    ],
)
def test_it_is_right_on_every_branch(events: tuple[Event, ...], shown: list[tuple[int, int] | None]) -> None:
    assert _shown(*events) == shown


def test_a_condition_on_a_question_that_was_passed_by_is_decided() -> None:
    dialog = a_dialog(
        "  - {id: kind, ask: Which?, choices: [{id: a, text: A, go: last}, {id: b, text: B}]}\n"
        "  - {id: size, ask: Size?, number: {}}\n"
        "  - {id: last, ask: More?, choices: [{id: x, text: X}, {id: y, text: Y}]}\n"
        "  - {id: large, ask: How large?, text: {}, when: {size: {min: 10}}}\n"
        "  - {id: both, ask: Both?, text: {}, when: {last: x, size: {min: 10}}}\n"
        "  - {id: bye, end: Bye}\n"
    )
    assert _shown(Tapped("kind", "a"), dialog=dialog) == [(1, 5), (2, 2)]
    assert _shown(Tapped("kind", "b"), Typed("9"), dialog=dialog) == [(1, 5), (2, 5), (3, 3)]


def test_a_choice_that_may_be_skipped_leads_on_although_all_its_choices_jump() -> None:
    dialog = a_dialog(
        "  - {id: kind, ask: Which?, optional: true, choices: [{id: a, text: A, go: bye}]}\n"
        "  - {id: size, ask: Size?, number: {}}\n"
        "  - {id: bye, end: Bye}\n"
    )
    assert _shown(Tapped("kind", Button.SKIP), dialog=dialog) == [(1, 2), (2, 2)]


def test_in_a_loop_nobody_can_tell_how_far_it_is_but_behind_it_they_can() -> None:
    dialog = a_dialog(
        "  - {id: kind, ask: Which?, choices: [{id: a, text: A}, {id: b, text: B}]}\n"
        "  - {id: sure, ask: Sure?, choices: [{id: yes, text: Yes}, {id: no, text: No, go: kind}]}\n"
        "  - {id: last, ask: More?, text: {}}\n"
        "  - {id: bye, end: Bye}\n"
    )
    again = (Tapped("kind", "a"), Tapped("sure", "no"), Tapped("kind", "b"), Tapped("sure", "yes"))
    assert _shown(*again, dialog=dialog) == [None, None, None, None, (3, 3)]


def test_on_the_way_back_it_counts_from_where_one_is() -> None:
    back = after(*AS_A_COMPANY, Reopened("places"))
    assert progress(FURNITURE_DIALOG, back) == (2, 6)


def test_what_is_known_before_is_not_counted() -> None:
    dialog = a_dialog(
        "  - {id: size, ask: Size?, text: {}}\n"
        "  - {id: source, ask: Where from?, choices: [{id: ad, text: Ad}]}\n"
        "  - {id: last, ask: More?, text: {}}\n"
        "  - {id: bye, end: Bye}\n"
    )
    session = begin(dialog, 1, "en", NOON, {"source": Choice(choice="ad")}).session
    assert progress(dialog, session) == (1, 2)
    assert progress(dialog, advance(dialog, session, Typed("10"), NOON).session) == (2, 2)


def test_a_quiz_of_a_thousand_questions_is_counted_too() -> None:
    steps = "".join(f"  - {{id: q{n}, ask: More?, text: {{}}}}\n" for n in range(1_000))
    assert _shown(dialog=a_dialog(f"{steps}  - {{id: bye, end: Bye}}\n")) == [(1, 1_000)]
