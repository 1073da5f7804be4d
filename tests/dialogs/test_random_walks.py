"""Random quizzes and random people: nothing that a prospect does breaks a walk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialogs.engine import advance, begin, open_step
from dialogs.session import Accepted, Ask, Event, Finish, Over, Repeated, Session, Tapped, Turn, Typed
from dialogs.steps import ChoiceQuestion, ConsentRequest, ContactRequest, End, NumberQuestion, Say, Waiting
from qualification.paths import paths
from qualification.quiz import Quiz
from qualification.score import Band, Score, fit_entries, is_unfit, score
from tests.dialogs.random_quizzes import events, quizzes

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
RANDOM = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)


def _turns(quiz: Quiz, data: st.DataObject, most: int = 12) -> Iterator[tuple[Event, Session, Turn]]:
    session = begin(quiz, 1, "en", NOON).session
    for _ in range(most):
        event = data.draw(events(quiz))
        turn = advance(quiz, session, event, NOON)
        yield event, session, turn
        session = turn.session


@RANDOM
@given(quizzes(), st.data())
def test_whatever_a_prospect_does_the_session_stays_sound(quiz: Quiz, data: st.DataObject) -> None:
    askable = {step.id for step in quiz.steps if not isinstance(step, Say | End)}
    for event, before, turn in _turns(quiz, data):
        after = turn.session
        assert Session.model_validate_json(after.model_dump_json()) == after
        assert after.answers.keys() <= askable
        assert before.answers.keys() <= after.answers.keys()
        assert (open_step(quiz, after) is None) == after.over
        assert not before.over or (after.answers, after.ended_with) == (before.answers, before.ended_with)
        asked = [effect for effect in turn.effects if isinstance(effect, Ask | Finish)]
        assert len(asked) <= 1
        if not isinstance(turn.outcome, Accepted):
            assert after == before
        elif isinstance(event, Tapped):  # a double tap counts once
            again = advance(quiz, after, event, NOON)
            assert (again.outcome, again.session) == (Repeated(event.step), after)


def _answer(step: Waiting) -> st.SearchStrategy[Event]:
    match step:
        case ChoiceQuestion(id=name, choices=choices):
            return st.sampled_from([Tapped(name, choice.id) for choice in choices])
        case NumberQuestion(number=bounds):
            return st.integers(int(bounds.min or 0), 9 if bounds.max is None else int(bounds.max)).map(
                lambda n: Typed(str(n))
            )
        case ConsentRequest(id=name):
            return st.sampled_from([Tapped(name, "yes"), Tapped(name, "no")])
        case ContactRequest(contact=kind):
            return st.just(Typed("067 123 45 67" if kind == "phone" else "a@b.example"))
        case _:
            return st.just(Typed("Anything"))


def _walk_to_the_end(quiz: Quiz, data: st.DataObject) -> Session:
    """Answer every question; a quiz whose jumps all lead ahead ends after as many answers as it has steps."""
    session = begin(quiz, 1, "en", NOON).session
    for _ in quiz.steps:
        step = open_step(quiz, session)
        if step is None:
            break
        turn = advance(quiz, session, data.draw(_answer(step)), NOON)
        assert turn.outcome == Accepted()
        session = turn.session
    return session


def _score(quiz: Quiz, session: Session) -> Score:
    entries = fit_entries(quiz, session.answers, NOON)
    return score(quiz, entries, NOON, unfit=is_unfit(quiz, session.answers))


@RANDOM
@given(quizzes(), st.data())
def test_every_walk_that_answers_its_questions_ends_with_a_score_that_was_foreseen(
    quiz: Quiz, data: st.DataObject
) -> None:
    session = _walk_to_the_end(quiz, data)
    assert session.over
    assert advance(quiz, session, Typed("Hello?"), NOON).outcome == Over()
    reached = _score(quiz, session)
    assert (reached.total, reached.band) in {(ending.total, ending.band) for ending in paths(quiz).endings}


@RANDOM
@given(quizzes())
def test_every_score_that_was_foreseen_is_reached_by_its_path(quiz: Quiz) -> None:
    for ending in paths(quiz).endings:
        entries = fit_entries(quiz, dict(ending.path), NOON)
        assert sum(entry.points for entry in entries) == ending.total
        assert is_unfit(quiz, dict(ending.path)) == (ending.band is Band.UNFIT)
