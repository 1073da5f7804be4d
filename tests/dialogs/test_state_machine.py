"""Random prospects against a model of what was kept of them: nothing is lost, nobody is stuck, scores add up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from dialogs.answers import Answer, Choice, Contact
from dialogs.engine import advance, begin, open_step, reopenable
from dialogs.flow import first, following, progress
from dialogs.session import (
    Accepted,
    Ask,
    AskAgain,
    Button,
    DropAnswers,
    Effect,
    Event,
    Finish,
    LanguageChosen,
    Redraw,
    Rejected,
    Reopened,
    Resumed,
    SaveAnswer,
    SaveContact,
    SaySomething,
    SendCode,
    Session,
    Tapped,
)
from dialogs.steps import ChoiceQuestion, End, Say
from qualification.quiz import Quiz
from qualification.score import fit_entries, is_unfit
from tests.dialogs.random_people import anything, usable
from tests.dialogs.random_quizzes import quizzes

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PATIENCE = 80
"""Answers after which a quiz of a few questions must be over, codes typed wrong and calendars turned included."""


class Prospect(RuleBasedStateMachine):
    """One prospect in one quiz, and a model beside the session: what the effects told to keep."""

    @initialize(quiz=quizzes(), data=st.data())
    def starts(self, quiz: Quiz, data: st.DataObject) -> None:
        self.quiz, self.now, self.ended = quiz, NOON, 0
        self.stored: dict[str, Answer] = {}
        self.contacts: list[Contact] = []
        choices = [step for step in quiz.steps if isinstance(step, ChoiceQuestion)]
        known: dict[str, Answer] = {}
        if choices and data.draw(st.integers(0, 3)) == 0:
            known = {choices[0].id: Choice(choice=choices[0].choices[0].id)}
        turn = begin(quiz, 1, "en", self.now, known)
        self._keep(turn.effects)
        self.session = turn.session

    # What the prospect does --------------------------------------------------------------------------

    @rule(data=st.data())
    def does_anything(self, data: st.DataObject) -> None:
        self._happens(data.draw(anything(self.quiz)))

    @precondition(lambda self: not self.session.over)
    @rule(data=st.data(), times=st.integers(1, 4))
    def answers(self, data: st.DataObject, times: int) -> None:
        for _ in range(times):
            step = open_step(self.quiz, self.session)
            if step is not None:
                self._happens(data.draw(st.sampled_from(usable(step, self.session, self.now))))

    @precondition(lambda self: not self.session.over)
    @rule()
    def skips(self) -> None:
        self._happens(Tapped(str(self.session.at), Button.SKIP))

    @precondition(lambda self: not self.session.over)
    @rule()
    def goes_back(self) -> None:
        before = reopenable(self.quiz, self.session)
        self._happens(Tapped(str(self.session.at), Button.BACK))
        assert self.session.at == before[-1] if before else True

    @precondition(lambda self: bool(reopenable(self.quiz, self.session)))
    @rule(data=st.data())
    def changes_an_answer(self, data: st.DataObject) -> None:
        step = data.draw(st.sampled_from(reopenable(self.quiz, self.session)))
        self._happens(Reopened(step))
        assert self.session.at == step
        opened = open_step(self.quiz, self.session)
        assert opened is not None
        self._happens(data.draw(st.sampled_from(usable(opened, self.session, self.now))))

    @rule(language=st.sampled_from(["en", "uk"]))
    def changes_the_language(self, language: str) -> None:
        place = self.session.at, self.session.answers
        self._happens(LanguageChosen(language))
        assert (self.session.at, self.session.answers) == place

    @rule(days=st.integers(0, 20), hours=st.integers(0, 23))
    def comes_back_later(self, days: int, hours: int) -> None:
        self.now += timedelta(days=days, hours=hours)
        self._happens(Resumed())

    # What holds whatever they did --------------------------------------------------------------------

    def _happens(self, event: Event) -> None:
        before = self.session
        turn = advance(self.quiz, before, event, self.now)
        if not isinstance(turn.outcome, Accepted):
            assert turn.session == before
            assert all(isinstance(effect, AskAgain) for effect in turn.effects)
            assert not turn.effects or isinstance(turn.outcome, Rejected)
        self._keep(turn.effects)
        self.session = turn.session
        told = [e for e in turn.effects if isinstance(e, Ask | AskAgain | SendCode | Redraw | Finish)]
        moved = turn.session != before and turn.session.language == before.language
        assert len(told) <= 1
        assert told or not moved or before.over, "something happened, and nothing is seen of it"
        if isinstance(event, Tapped):
            again = advance(self.quiz, turn.session, event, self.now)
            assert again.session == turn.session, "the same tap twice did something twice"
            assert not again.effects or event.choice == Button.CODE_AGAIN

    def _keep(self, effects: tuple[Effect, ...]) -> None:
        """Do what storage does."""
        for effect in effects:
            match effect:
                case SaveAnswer(step=step, answer=answer):
                    self.stored[step] = answer
                case DropAnswers(steps=steps):
                    self.stored = {step: given for step, given in self.stored.items() if step not in steps}
                case SaveContact(contact=contact):
                    self.contacts.append(contact)
                case Finish():
                    self.ended += 1
                case SaySomething(step=step):
                    assert isinstance(self.quiz.by_id[step], Say)
                case _:
                    pass

    @invariant()
    def survives_a_restart(self) -> None:
        assert Session.model_validate_json(self.session.model_dump_json()) == self.session

    @invariant()
    def loses_no_answer(self) -> None:
        session = self.session
        never_asked = session.kept.keys() & set(session.known) - self.stored.keys()
        assert not session.answers.keys() & session.kept.keys()
        assert {**session.kept, **session.answers} == {
            **self.stored,
            **{step: session.kept[step] for step in never_asked},
        }

    @invariant()
    def stands_where_the_answers_lead(self) -> None:
        """Walk from the start again: the answers alone lead to the open question, past each of them."""
        session, passed = self.session, list[str]()
        given: dict[str, Answer] = {}
        step = first(self.quiz, given)
        while step is not None and not isinstance(step, End) and step.id != session.at:
            if not isinstance(step, Say):
                passed.append(step.id)
                given[step.id] = session.answers[step.id]
            step = following(self.quiz, step, given)
        assert step is not None
        assert step.id == (session.at or session.ended_with)
        assert [each for each in session.answers if each != session.at] == passed

    @invariant()
    def has_a_score_that_adds_up(self) -> None:
        path = self.session.answers
        stored = {step: answer for step, answer in self.stored.items() if step in path}
        assert fit_entries(self.quiz, path, NOON) == fit_entries(self.quiz, stored, NOON)
        assert is_unfit(self.quiz, path) == is_unfit(self.quiz, stored)

    @invariant()
    def ends_once(self) -> None:
        assert self.ended == self.session.over
        assert not self.session.over or (self.session.kept == {} and self.stored == dict(self.session.answers))

    @invariant()
    def knows_how_far_it_is(self) -> None:
        counted = progress(self.quiz, self.session)
        assert counted is None or 1 <= counted[0] <= counted[1]

    @invariant()
    def keeps_each_contact_that_is_an_answer(self) -> None:
        for answer in self.session.answers.values():
            assert not isinstance(answer, Contact) or answer in self.contacts

    def teardown(self) -> None:
        """Whatever happened, whoever goes on answering comes to the end."""
        if not hasattr(self, "session"):
            return
        for _ in range(PATIENCE):
            step = open_step(self.quiz, self.session)
            if step is None:
                break
            self._happens(usable(step, self.session, self.now)[0])
        assert self.session.over, "the chat is stuck"
        self.ends_once()
        self.stands_where_the_answers_lead()
        self.has_a_score_that_adds_up()


TestProspect = Prospect.TestCase
TestProspect.settings = settings(
    max_examples=60,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow, HealthCheck.data_too_large],
)
