"""The engine: walks a session through its quiz, one event at a time, without I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import assert_never
from zoneinfo import ZoneInfo

from dialogs.answers import Answer, Attached, Choices, Contact, Day, Decision
from dialogs.document import Dialog
from dialogs.errors import SessionMismatchError
from dialogs.flow import first, following
from dialogs.reading import read_email, read_typed
from dialogs.sending import read_sent
from dialogs.session import (
    Accepted,
    Ask,
    AskAgain,
    Button,
    CodeCheck,
    CodeTyped,
    ContactShared,
    DropAnswers,
    Effect,
    Event,
    FileSent,
    Finish,
    LanguageChosen,
    LocationShared,
    Over,
    PutAside,
    RecordConsent,
    Redraw,
    Refusal,
    Rejected,
    Reopened,
    Repeated,
    Resumed,
    SaveAnswer,
    SaveContact,
    SaveFile,
    SaySomething,
    SendCode,
    Session,
    ShowAnswer,
    SomethingElseSent,
    Stale,
    Tapped,
    Turn,
    Typed,
)
from dialogs.steps import (
    AnyStep,
    ConsentRequest,
    ContactRequest,
    DateQuestion,
    End,
    Say,
    Waiting,
)
from dialogs.tapping import View, gave, read_tap


def begin(
    dialog: Dialog, revision: int, language: str, now: datetime, known: Mapping[str, Answer] | None = None
) -> Turn:
    """Start a new session: everything up to the first question.

    `language` is one of the quiz's, `now` an aware moment; questions whose answers are `known` are passed over.
    """
    session = Session(quiz=dialog.quiz, revision=revision, language=language, started_at=now)
    session = session.model_copy(update={"kept": dict(known or {}), "known": tuple(known or {})})
    return _walk(dialog, session, first(dialog, {}), now, ())


def advance(dialog: Dialog, session: Session, event: Event, now: datetime) -> Turn:
    """Return what an event leads to; every outcome is a value, nothing is raised for what a prospect does.

    Raises SessionMismatchError when the session belongs to another quiz.
    """
    if session.quiz != dialog.quiz:
        error = SessionMismatchError()
        error.add_note(f"session of quiz {session.quiz!r}, engine was given {dialog.quiz!r}")
        raise error
    return _Turning(dialog, session, now).after(event)


def open_step(dialog: Dialog, session: Session) -> Waiting | None:
    """Return the step that waits for the prospect; None when the session is over.

    Raises SessionMismatchError when this document has no such step.
    """
    step = dialog.by_id.get(session.at) if session.at is not None else None
    if session.at is not None and step is None:
        error = SessionMismatchError()
        error.add_note(f"step {session.at!r} is not in quiz {dialog.quiz!r}")
        raise error
    return None if isinstance(step, Say | End) else step


def ask_beside(session: Session, question: str) -> Session:
    """Return a finished session that waits for the answer to a question beside its walk."""
    return session.model_copy(update={"at": question, **_UNTOUCHED})


def let_go(session: Session) -> Session:
    """Return a finished session that waits for nothing any more."""
    return session.model_copy(update={"at": None, **_UNTOUCHED})


def reopenable(dialog: Dialog, session: Session) -> tuple[str, ...]:
    """Return the questions that can be answered anew, in the order they were answered."""
    if session.finished:
        return ()
    return tuple(s for s in session.answers if s in dialog.by_id and s != session.at and s not in session.known)


class _Turning:
    """One turn: an event, at one moment, in one session."""

    def __init__(self, dialog: Dialog, session: Session, now: datetime) -> None:
        self._dialog = dialog
        self._session = session
        self._now = now
        self._local = now.astimezone(ZoneInfo(dialog.timezone))
        self._waiting = open_step(dialog, session)

    def after(self, event: Event) -> Turn:
        """Return what the event leads to."""
        match event:
            case Tapped():
                return self._tapped(event)
            case LanguageChosen(language=language):
                changed = self._session.model_copy(update={"language": language})
                return Turn(changed, Accepted(), (Ask(self._waiting.id),) if self._waiting else ())
            case _ if self._waiting is None:
                return Turn(self._session, Over())
            case Resumed():
                return Turn(self._session, Accepted(), (Ask(self._waiting.id),))
            case Reopened(step=step):
                return self._reopen(step)
            case CodeTyped(check=check):
                return self._code_typed(check)
            case Typed(text=text):
                return self._given(self._typed(self._waiting, text))
            case ContactShared() | LocationShared() | FileSent() | SomethingElseSent():
                return self._given(read_sent(self._dialog, self._waiting, event))
            case _:
                assert_never(event)

    def _tapped(self, tap: Tapped) -> Turn:
        session, waiting = self._session, self._waiting
        if waiting is None or waiting.id != tap.step:
            return Turn(session, self._too_late(tap))
        match tap.choice:
            case Button.NOTHING:
                return Turn(session, Accepted())
            case Button.BACK:
                before = reopenable(self._dialog, session)
                return self._reopen(before[-1]) if before else Turn(session, Stale(tap.step))
            case Button.CODE_AGAIN | Button.OTHER_ADDRESS | Button.UNCONFIRMED:
                return self._about_code(tap)
        found = read_tap(self._dialog, session, waiting, tap, self._local)
        match found:
            case None:
                return Turn(session, Stale(tap.step))
            case View(session=changed):
                return Turn(changed, Accepted(), (Redraw(waiting.id),) if changed != session else ())
            case Refusal():  # said where the finger is, not in a message of its own
                return Turn(session, Rejected(waiting.id, found))
            case answer:
                return self._given(answer, tap.typed)

    def _too_late(self, tap: Tapped) -> Repeated | Over | Stale:
        given = self._session.answers.get(tap.step)
        if given is not None and gave(self._dialog.by_id.get(tap.step), tap, given):
            return Repeated(tap.step)
        return Over() if self._waiting is None else Stale(tap.step)

    def _reopen(self, step_id: str) -> Turn:
        """Ask an earlier question anew; its answer and all after it are kept until the way leads past them.

        An e-mail whose code was not typed back yet is no answer to keep: it is asked for again.
        """
        session, waiting = self._session, self._waiting
        if waiting is None or step_id not in reopenable(self._dialog, session):
            return Turn(session, Stale(step_id))
        unconfirmed = (waiting.id,) if self._is_unconfirmed(waiting) else ()
        given = [step for step in session.answers if step not in unconfirmed]
        moved = {step: session.answers[step] for step in given[given.index(step_id) :]}
        before = moved[step_id]
        back = session.model_copy(
            update={
                "at": step_id,
                "answers": {step: session.answers[step] for step in given if step not in moved},
                "kept": {**session.kept, **moved},
                **_UNTOUCHED,
                "picked": before.choices if isinstance(before, Choices) else (),
            }
        )
        dropped = (DropAnswers(unconfirmed),) if unconfirmed else ()
        return Turn(back, Accepted(), (*dropped, PutAside(waiting.id), Ask(step_id)))

    def _is_unconfirmed(self, step: Waiting) -> bool:
        given = self._session.answers.get(step.id)
        return (
            isinstance(step, ContactRequest) and step.confirm and isinstance(given, Contact) and not given.verified
        )

    def _typed(self, waiting: Waiting, text: str) -> Answer | Refusal:
        if isinstance(waiting, ConsentRequest):
            # Which words agree, the catalogues know: they arrive as a tap with the words typed.
            return Refusal.USE_BUTTONS
        if self._session.confirming and isinstance(waiting, ContactRequest) and read_email(text) is None:
            return Refusal.CODE_WRONG
        return read_typed(self._dialog, waiting, self._session, text, self._local)

    def _given(self, answer: Answer | Refusal, typed: str | None = None) -> Turn:
        session, step = self._session, self._waiting
        assert step is not None  # noqa: S101 - every caller has looked; for the type checker
        if isinstance(answer, Refusal):
            return Turn(session, Rejected(step.id, answer), (AskAgain(step.id, answer),))
        if isinstance(step, DateQuestion) and isinstance(answer, Day) and answer.at is None and step.date.slots:
            picked = session.model_copy(update={"picked": (f"{answer.day:%Y%m%d}",)})
            return Turn(picked, Accepted(), (PutAside(step.id), Ask(step.id)))
        effects: list[Effect] = [SaveAnswer(step.id, answer)]
        match answer:
            case Decision(given=given) if isinstance(step, ConsentRequest):
                effects.append(RecordConsent(step.id, step.consent, given, session.language, typed))
            case Contact():
                effects.append(SaveContact(step.id, answer))
                if isinstance(step, ContactRequest) and step.confirm and not answer.verified:
                    effects.append(SendCode(step.id, answer.value))
                    awaited = {**self._holding(step, answer), "confirming": answer.value}
                    return Turn(session.model_copy(update=awaited), Accepted(), tuple(effects))
            case Attached():
                effects.append(SaveFile(step.id, answer))
            case _:
                pass
        return self._answered(step, answer, effects)

    def _answered(self, step: Waiting, answer: Answer, effects: Iterable[Effect]) -> Turn:
        changed = {**self._holding(step, answer), "at": None, **_UNTOUCHED}
        answered = self._session.model_copy(update=changed)
        done = (*effects, ShowAnswer(step.id, answer))
        if answered.finished:
            return Turn(answered, Accepted(), (*done, Finish(step.id)))
        return _walk(self._dialog, answered, following(self._dialog, step, answered.answers), self._now, done)

    def _holding(self, step: Waiting, answer: Answer) -> dict[str, object]:
        """Return the session's answers with this one as the newest, and without what was kept in its place."""
        answers = {**_without(self._session.answers, step.id), step.id: answer}
        return {"answers": answers, "kept": _without(self._session.kept, step.id)}

    def _about_code(self, tap: Tapped) -> Turn:
        session, address = self._session, self._session.confirming
        given = session.answers.get(tap.step)
        if address is None or given is None or self._waiting is None:
            return Turn(session, Stale(tap.step))
        match tap.choice:
            case Button.CODE_AGAIN:
                return Turn(session, Accepted(), (PutAside(tap.step), SendCode(tap.step, address)))
            case Button.OTHER_ADDRESS:
                other = session.model_copy(update={"confirming": None})
                return Turn(other, Accepted(), (PutAside(tap.step), Ask(tap.step)))
            case _:
                return self._answered(self._waiting, given, (PutAside(tap.step),))

    def _code_typed(self, check: CodeCheck) -> Turn:
        session, step = self._session, self._waiting
        given = session.answers.get(step.id) if step else None
        if step is None or session.confirming is None or not isinstance(given, Contact):
            return Turn(session, Stale(session.at or ""))
        refusals = {
            CodeCheck.WRONG: Refusal.CODE_WRONG,
            CodeCheck.EXPIRED: Refusal.CODE_EXPIRED,
            CodeCheck.TOO_MANY: Refusal.CODE_TOO_MANY,
            CodeCheck.NONE: Refusal.CODE_NONE,
        }
        if check is not CodeCheck.RIGHT:
            return Turn(session, Rejected(step.id, refusals[check]), (AskAgain(step.id, refusals[check]),))
        confirmed = given.model_copy(update={"verified": True})
        return self._answered(step, confirmed, (SaveAnswer(step.id, confirmed), SaveContact(step.id, confirmed)))


_UNTOUCHED: dict[str, object] = {"picked": (), "page": None, "confirming": None}
"""How a question looks that nobody has touched yet."""


def _walk(dialog: Dialog, session: Session, step: AnyStep | None, now: datetime, done: Iterable[Effect]) -> Turn:
    """Go on until a step waits or the walk ends. Kept answers are given again where the way leads past them."""
    effects, said = list(done), list[SaySomething]()
    while True:
        match step:
            case Say():
                said.append(SaySomething(step.id))
            case None:
                raise RuntimeError("the walk left the list of steps; publishing refuses such a quiz")
            case End():
                dropped = (DropAnswers(tuple(session.kept)),) if session.kept else ()
                ended: dict[str, object] = {"at": None, "kept": {}, "ended_with": step.id, "ended_at": now}
                over = _having_heard(session, said).model_copy(update=ended)
                return Turn(over, Accepted(), (*effects, *said, *dropped, Finish(step.id)))
            case waiting if waiting.id in session.kept:
                said = [each for each in said if each.step not in session.heard]
                answer = session.kept[waiting.id]
                answers = {**_without(session.answers, waiting.id), waiting.id: answer}
                kept = _without(session.kept, waiting.id)
                session = session.model_copy(update={"answers": answers, "kept": kept})
                if waiting.id in session.known:
                    effects.append(SaveAnswer(waiting.id, answer))
            case waiting:
                asked = _having_heard(session, said).model_copy(update={"at": waiting.id})
                return Turn(asked, Accepted(), (*effects, *said, Ask(waiting.id)))
        step = following(dialog, step, session.answers)


def _having_heard(session: Session, said: Iterable[SaySomething]) -> Session:
    heard = dict.fromkeys((*session.heard, *(each.step for each in said)))
    return session.model_copy(update={"heard": tuple(heard)})


def _without(answers: Mapping[str, Answer], step: str) -> dict[str, Answer]:
    return {each: given for each, given in answers.items() if each != step}
