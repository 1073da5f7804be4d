"""Questions of which several choices are ticked, ratings, and what is skipped."""

from __future__ import annotations

import pytest

from dialogs.answers import Choices, Number, Skipped
from dialogs.engine import advance, open_step
from dialogs.session import (
    Accepted,
    Ask,
    Button,
    Event,
    Finish,
    Redraw,
    Refusal,
    Rejected,
    Repeated,
    SaveAnswer,
    ShowAnswer,
    SomethingElseSent,
    Stale,
    Tapped,
    Typed,
)
from dialogs.tapping import skippable
from tests.dialogs.samples import NOON, a_dialog, after, walk

END = "  - {id: bye, end: Bye}\n"
WISHES = a_dialog(
    "  - id: wishes\n"
    "    ask: What do you need?\n"
    "    several: {min: 1, max: 2}\n"
    "    choices:\n"
    "      - {id: desks, text: {en: Desks and chairs, uk: Столи та стільці}}\n"
    "      - {id: lamps, text: {en: Lamps, uk: Лампи}}\n"
    "      - {id: plants, text: {en: Plants, uk: Рослини}}\n" + END
)


def test_a_tick_is_kept_and_shown_in_the_same_message() -> None:
    turn = walk(Tapped("wishes", "+lamps"), dialog=WISHES)
    assert (turn.outcome, turn.effects) == (Accepted(), (Redraw("wishes"),))
    assert (turn.session.picked, turn.session.at, turn.session.answers) == (("lamps",), "wishes", {})


@pytest.mark.parametrize("twice", ["+lamps", "-lamps"])
def test_the_same_tick_twice_changes_nothing_more(twice: str) -> None:
    before = after(Tapped("wishes", "+lamps"), Tapped("wishes", "+desks"), Tapped("wishes", twice), dialog=WISHES)
    turn = advance(WISHES, before, Tapped("wishes", twice), NOON)
    assert (turn.outcome, turn.effects, turn.session) == (Accepted(), (), before)


def test_a_tick_that_was_taken_away_is_not_part_of_the_answer() -> None:
    ticks = [Tapped("wishes", tap) for tap in ("+lamps", "+desks", "-lamps", Button.DONE)]
    assert after(*ticks, dialog=WISHES).answers == {"wishes": Choices(choices=("desks",))}


def test_the_answer_is_in_the_questions_order_however_it_was_ticked() -> None:
    turn = walk(
        Tapped("wishes", "+lamps"), Tapped("wishes", "+desks"), Tapped("wishes", Button.DONE), dialog=WISHES
    )
    both = Choices(choices=("desks", "lamps"))
    assert turn.effects == (SaveAnswer("wishes", both), ShowAnswer("wishes", both), Finish("bye"))
    assert turn.session.picked == ()


def test_done_before_anything_is_ticked_is_refused_where_the_finger_is() -> None:
    turn = walk(Tapped("wishes", Button.DONE), dialog=WISHES)
    assert (turn.outcome, turn.effects) == (Rejected("wishes", Refusal.TOO_FEW), ())


def test_one_tick_too_many_is_refused_and_the_others_stay() -> None:
    full = (Tapped("wishes", "+lamps"), Tapped("wishes", "+desks"))
    turn = walk(*full, Tapped("wishes", "+plants"), dialog=WISHES)
    assert turn.outcome == Rejected("wishes", Refusal.TOO_MANY)
    assert turn.session.picked == ("lamps", "desks")


@pytest.mark.parametrize("forged", ["+gone", "-gone", "lamps", "+", "-", "", "++lamps", "1"])
def test_a_tick_that_no_button_has_changes_nothing(forged: str) -> None:
    assert walk(Tapped("wishes", forged), dialog=WISHES).outcome == Stale("wishes")


def test_done_twice_is_one_answer() -> None:
    done = (Tapped("wishes", "+lamps"), Tapped("wishes", Button.DONE))
    assert walk(*done, Tapped("wishes", Button.DONE), dialog=WISHES).outcome == Repeated("wishes")


@pytest.mark.parametrize(
    ("typed", "choices"),
    [
        ("1", ("desks",)),
        ("1, 3", ("desks", "plants")),
        ("3 1", ("desks", "plants")),
        ("2 and 3", ("lamps", "plants")),
        ("lamps", ("lamps",)),
        ("Lamps, plants", ("lamps", "plants")),
        ("лампи та рослини", ("lamps", "plants")),
        ("рослини і лампи", ("lamps", "plants")),
        ("plants и lamps", ("lamps", "plants")),
        ("Desks and chairs", ("desks",)),  # the «and» belongs to the label
        ("Desks and chairs, lamps", ("desks", "lamps")),
        ("Lamps, Столи та стільці", ("desks", "lamps")),
        ("2, 2, 2", ("lamps",)),
        ("2;", ("lamps",)),
    ],
)
def test_several_choices_are_typed_by_their_places_and_labels(typed: str, choices: tuple[str, ...]) -> None:
    assert after(Typed(typed), dialog=WISHES).answers == {"wishes": Choices(choices=choices)}


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("1, 2, 3", Refusal.TOO_MANY),
        ("lamps, sofas", Refusal.USE_BUTTONS),
        ("4", Refusal.USE_BUTTONS),
        ("", Refusal.USE_BUTTONS),
        (",", Refusal.USE_BUTTONS),
        ("9" * 5_000, Refusal.USE_BUTTONS),
    ],
)
def test_what_names_no_choice_or_too_many_is_refused(typed: str, reason: Refusal) -> None:
    assert walk(Typed(typed), dialog=WISHES).outcome == Rejected("wishes", reason)


def test_typed_choices_may_be_too_few() -> None:
    two = a_dialog(
        "  - {id: two, ask: Which?, several: {min: 2}, choices: [{id: a, text: A}, {id: b, text: B}]}\n" + END
    )
    assert walk(Typed("A"), dialog=two).outcome == Rejected("two", Refusal.TOO_FEW)
    assert after(Typed("A, B"), dialog=two).over


def test_nothing_has_to_be_ticked_where_none_is_enough() -> None:
    none = a_dialog(
        "  - {id: extra, ask: Extras?, several: {min: 0}, choices: [{id: a, text: A}, {id: b, text: B}]}\n" + END
    )
    assert after(Tapped("extra", Button.DONE), dialog=none).answers == {"extra": Choices(choices=())}


def test_a_sticker_is_answered_with_a_hint_to_the_buttons() -> None:
    assert walk(SomethingElseSent(), dialog=WISHES).outcome == Rejected("wishes", Refusal.USE_BUTTONS)


# Ratings --------------------------------------------------------------------------------------------

RATED = a_dialog("  - {id: stars, ask: How was it?, rating: {max: 5, low: Bad, high: Great}}\n" + END)


@pytest.mark.parametrize(
    "event", [Tapped("stars", "4"), Typed("4"), Typed(" 4 "), Typed("4.0"), Typed("I say 4!"), Typed("４")]
)
def test_a_rating_is_tapped_or_typed(event: Event) -> None:
    assert after(event, dialog=RATED).answers == {"stars": Number(number=4)}


@pytest.mark.parametrize("typed", ["0", "6", "-1", "4.5", "4/5", "great", "", "5k"])
def test_what_is_no_rating_is_refused(typed: str) -> None:
    assert walk(Typed(typed), dialog=RATED).outcome == Rejected("stars", Refusal.USE_BUTTONS)


@pytest.mark.parametrize("forged", ["0", "6", "99", "-1", "²", "٣", "1e1", "4.0", "", "9" * 60])
def test_a_forged_rating_changes_nothing(forged: str) -> None:
    assert walk(Tapped("stars", forged), dialog=RATED).outcome == Stale("stars")


# Skipping -------------------------------------------------------------------------------------------

OPTIONAL = a_dialog(
    "  - {id: wish, ask: A wish?, text: {}, optional: true}\n"
    "  - {id: must, ask: A must?, text: {}}\n"
    "  - {id: agree, consent: follow_ups, text: May we?}\n" + END
)


def test_a_question_that_is_optional_can_be_skipped_once() -> None:
    turn = walk(Tapped("wish", Button.SKIP), dialog=OPTIONAL)
    assert turn.effects == (SaveAnswer("wish", Skipped()), ShowAnswer("wish", Skipped()), Ask("must"))
    assert advance(OPTIONAL, turn.session, Tapped("wish", Button.SKIP), NOON).outcome == Repeated("wish")


@pytest.mark.parametrize("before", [(Typed("x"),), (Typed("x"), Typed("y"))], ids=["a question", "a consent"])
def test_what_is_not_optional_cannot_be_skipped(before: tuple[Event, ...]) -> None:
    session = after(*before, dialog=OPTIONAL)
    turn = advance(OPTIONAL, session, Tapped(str(session.at), Button.SKIP), NOON)
    assert (turn.outcome, turn.session) == (Stale(str(session.at)), session)
    assert not skippable(open_step(OPTIONAL, session))


def test_a_skipped_question_makes_no_condition_true() -> None:
    dialog = a_dialog(
        "  - {id: kind, ask: Which?, optional: true, choices: [{id: a, text: A}, {id: b, text: B}]}\n"
        "  - {id: more, ask: More?, text: {}, when: {kind: a}}\n"
        "  - {id: other, ask: Other?, text: {}, when: {not: {kind: a}}}\n" + END
    )
    assert after(Tapped("kind", Button.SKIP), dialog=dialog).at == "other"


def test_a_choice_with_a_picture_is_tapped_like_any_other() -> None:
    dialog = a_dialog(
        "  - {id: style, ask: Which?, choices: [{id: a, text: A, image: a.jpg}, {id: b, text: B, image: b.jpg}]}\n"
        + END
    )
    assert after(Tapped("style", "b"), dialog=dialog).over
