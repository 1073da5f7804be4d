"""Random quizzes and random people: nothing that a prospect does breaks a walk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialogs.answers import Answer, Choice, Decision, Skipped
from dialogs.engine import advance, begin, open_step
from dialogs.flow import following, progress
from dialogs.session import (
    Accepted,
    Ask,
    Button,
    Event,
    Finish,
    Over,
    Repeated,
    Session,
    Stale,
    Tapped,
    Turn,
    Typed,
)
from dialogs.steps import AnyStep, ChoiceQuestion, ConsentRequest, End, Say, Waiting
from qualification.paths import paths
from qualification.quiz import Quiz
from qualification.score import Band, fit_entries, is_unfit, score_answers
from tests.dialogs.random_people import anything, usable
from tests.dialogs.random_quizzes import quizzes

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
RANDOM = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow, HealthCheck.data_too_large],
)
GIVEN_AGAIN = {Button.CODE_AGAIN}
"""Buttons that do their work each time."""


def _turns(quiz: Quiz, data: st.DataObject, most: int = 12) -> Iterator[tuple[Event, Session, Turn]]:
    session = begin(quiz, 1, "en", NOON).session
    for _ in range(most):
        event = data.draw(anything(quiz))
        turn = advance(quiz, session, event, NOON)
        yield event, session, turn
        session = turn.session


@RANDOM
@given(quizzes(loops=True), st.data())
def test_whatever_a_prospect_does_the_session_stays_sound(quiz: Quiz, data: st.DataObject) -> None:
    askable = {step.id for step in quiz.steps if not isinstance(step, Say | End)}
    for event, before, turn in _turns(quiz, data):
        after = turn.session
        assert Session.model_validate_json(after.model_dump_json()) == after
        assert after.answers.keys() | after.kept.keys() <= askable
        assert (open_step(quiz, after) is None) == after.over
        assert not before.over or (after.answers, after.ended_with) == (before.answers, before.ended_with)
        asked = [effect for effect in turn.effects if isinstance(effect, Ask | Finish)]
        assert len(asked) <= 1
        if not isinstance(turn.outcome, Accepted):
            assert after == before
        elif isinstance(event, Tapped) and event.choice not in GIVEN_AGAIN and after.at != before.at:
            again = advance(quiz, after, event, NOON)  # a double tap counts once
            assert (again.session, again.effects) == (after, ())
            assert isinstance(again.outcome, Stale if event.choice == Button.BACK else Repeated)


def _forward(quiz: Quiz, data: st.DataObject) -> Iterator[tuple[Waiting, Session, Session]]:
    """Answer every question, as the first usable event does it: the session before and after each answer."""
    session = begin(quiz, 1, "en", NOON).session
    for _ in range(60):
        step = open_step(quiz, session)
        if step is None:
            return
        turn = advance(quiz, session, data.draw(_answers(step, session)), NOON)
        assert turn.outcome == Accepted()
        if turn.session.at != session.at:
            yield step, session, turn.session
        session = turn.session
    raise AssertionError("the walk did not end")


def _answers(step: Waiting, session: Session) -> st.SearchStrategy[Event]:
    events = usable(step, session, NOON)
    return st.just(events[0]) if session.confirming or session.picked else st.sampled_from(events)


def _walk_to_the_end(quiz: Quiz, data: st.DataObject) -> Session:
    return [after for *_, after in _forward(quiz, data)][-1]


@RANDOM
@given(quizzes(), st.data())
def test_every_walk_that_answers_its_questions_ends_with_a_score_that_was_foreseen(
    quiz: Quiz, data: st.DataObject
) -> None:
    session = _walk_to_the_end(quiz, data)
    assert session.over
    assert advance(quiz, session, Typed("Hello?"), NOON).outcome == Over()
    reached = score_answers(quiz, session.answers, NOON)
    assert (reached.total, reached.band) in {(ending.total, ending.band) for ending in paths(quiz).endings}


@RANDOM
@given(quizzes())
def test_every_score_that_was_foreseen_is_reached_by_its_path(quiz: Quiz) -> None:
    for ending in paths(quiz).endings:
        entries = fit_entries(quiz, dict(ending.path), NOON)
        assert sum(entry.points for entry in entries) == ending.total
        assert is_unfit(quiz, dict(ending.path)) == (ending.band is Band.UNFIT)


# How far it still is --------------------------------------------------------------------------------


@RANDOM
@given(quizzes(most=6), st.data())
def test_on_the_way_forward_the_number_grows_by_one_and_the_total_never_grows(
    quiz: Quiz, data: st.DataObject
) -> None:
    shown: list[tuple[int, int]] = []
    for step, before, _ in _forward(quiz, data):
        counted = progress(quiz, before)
        assert (counted is None) == isinstance(step, ConsentRequest)
        shown += [counted] if counted else []
    assert [n for n, _ in shown] == list(range(1, len(shown) + 1))
    totals = [of for _, of in shown]
    assert totals == sorted(totals, reverse=True)
    assert all(n <= of for n, of in shown)


@RANDOM
@given(quizzes(most=5, conditions=False), st.data())
def test_the_total_is_the_longest_way_that_is_left(quiz: Quiz, data: st.DataObject) -> None:
    for step, before, _ in _forward(quiz, data):
        counted = progress(quiz, before)
        if counted is not None:
            assert counted[1] == counted[0] - 1 + _longest(quiz, step, before.answers)


def _longest(quiz: Quiz, step: AnyStep | None, answers: Mapping[str, Answer]) -> int:
    """Go every way there is, and count the questions from a step on, itself included."""
    ways = [{**answers, **given} for given in _stand_ins(step)]
    asks = not isinstance(step, Say | End | ConsentRequest | None)
    return asks + max((_longest(quiz, following(quiz, step, way), way) for way in ways if step), default=0)


def _stand_ins(step: AnyStep | None) -> list[dict[str, Answer]]:
    """Answers for all the ways that lead on; where there is but one, a skipped question stands for any."""
    match step:
        case None | End():
            return []
        case Say():
            return [{}]
        case ConsentRequest():
            return [{step.id: Decision(given=True)}, {step.id: Decision(given=False)}]
        case ChoiceQuestion(choices=choices):
            ways: list[dict[str, Answer]] = [{step.id: Choice(choice=choice.id)} for choice in choices]
            return [*ways, {step.id: Skipped()}] if step.optional else ways
        case _:
            return [{step.id: Skipped()}]
