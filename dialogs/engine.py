"""The engine: walks a session through its quiz, one event at a time, without I/O."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from dialogs.answers import Answer, Choice, Contact, Decision
from dialogs.document import ChoiceQuestion, ConsentRequest, ContactRequest, Dialog, End, Say, Waiting
from dialogs.errors import SessionMismatchError
from dialogs.flow import AnyStep, first, following
from dialogs.reading import read_phone, read_typed
from dialogs.session import (
    Accepted,
    Ask,
    AskAgain,
    ContactShared,
    Effect,
    Event,
    Finish,
    LanguageChosen,
    Over,
    RecordConsent,
    Refusal,
    Rejected,
    Repeated,
    Resumed,
    SaveAnswer,
    SaveContact,
    SaySomething,
    Session,
    ShowAnswer,
    SomethingElseSent,
    Stale,
    Tapped,
    Turn,
    Typed,
)


def begin(dialog: Dialog, revision: int, language: str, now: datetime) -> Turn:
    """Start a new session: everything up to the first question.

    `language` is one of the quiz's, `now` an aware moment.
    """
    session = Session(quiz=dialog.quiz, revision=revision, language=language, started_at=now)
    return _walk(dialog, session, first(dialog, {}), now, ())


def advance(dialog: Dialog, session: Session, event: Event, now: datetime) -> Turn:
    """Return what an event leads to; every outcome is a value, nothing is raised for what a prospect does.

    Raises SessionMismatchError when the session belongs to another quiz.
    """
    if session.quiz != dialog.quiz:
        error = SessionMismatchError()
        error.add_note(f"session of quiz {session.quiz!r}, engine was given {dialog.quiz!r}")
        raise error
    waiting = open_step(dialog, session)
    match event:
        case Tapped():
            return _tapped(dialog, session, waiting, event, now)
        case LanguageChosen(language=language):
            changed = session.model_copy(update={"language": language})
            return Turn(changed, Accepted(), (Ask(waiting.id),) if waiting else ())
        case Resumed():
            return Turn(session, Accepted(), (Ask(waiting.id),)) if waiting else Turn(session, Over())
        case Typed() | ContactShared() | SomethingElseSent() if waiting is None:
            return Turn(session, Over())
        case Typed(text=text):
            return _given(dialog, session, waiting, _typed(dialog, waiting, text), now)
        case ContactShared():
            return _given(dialog, session, waiting, _shared(dialog, waiting, event), now)
        case SomethingElseSent():
            return _given(dialog, session, waiting, Refusal.NOT_TEXT, now)
        case _:
            assert_never(event)


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


def _tapped(dialog: Dialog, session: Session, waiting: Waiting | None, tap: Tapped, now: datetime) -> Turn:
    answer = _tap_answer(dialog.by_id.get(tap.step), tap.choice)
    if answer is not None and session.answers.get(tap.step) == answer and session.at != tap.step:
        return Turn(session, Repeated(tap.step))
    if waiting is None:
        return Turn(session, Over())
    if waiting.id != tap.step or answer is None:
        return Turn(session, Stale(tap.step))
    return _given(dialog, session, waiting, answer, now)


def _tap_answer(step: AnyStep | None, choice: str) -> Answer | None:
    match step:
        case ChoiceQuestion() if choice in step.by_id:
            return Choice(choice=choice)
        case ConsentRequest() if choice in ("yes", "no"):
            return Decision(given=choice == "yes")
        case _:
            return None


def _typed(dialog: Dialog, waiting: Waiting, text: str) -> Answer | Refusal:
    # Consent is a deliberate tap on a button that says what it does: a typed word could mean anything.
    return Refusal.USE_BUTTONS if isinstance(waiting, ConsentRequest) else read_typed(dialog, waiting, text)


def _shared(dialog: Dialog, waiting: Waiting, shared: ContactShared) -> Answer | Refusal:
    if not isinstance(waiting, ContactRequest):
        return Refusal.USE_BUTTONS if isinstance(waiting, ConsentRequest | ChoiceQuestion) else Refusal.NOT_TEXT
    if waiting.contact != "phone":
        return Refusal.NOT_AN_EMAIL
    # Telegram sends its own numbers in international form, with or without the plus.
    phone = read_phone("+" + shared.phone.removeprefix("+"), None) or read_phone(shared.phone, dialog.region)
    return Contact(contact="phone", value=phone, verified=shared.own) if phone else Refusal.NOT_A_PHONE


def _given(dialog: Dialog, session: Session, step: Waiting, answer: Answer | Refusal, now: datetime) -> Turn:
    if isinstance(answer, Refusal):
        return Turn(session, Rejected(step.id, answer), (AskAgain(step.id, answer),))
    answers = {**session.answers, step.id: answer}
    effects: list[Effect] = [SaveAnswer(step.id, answer)]
    if isinstance(step, ConsentRequest) and isinstance(answer, Decision):
        effects.append(RecordConsent(step.id, step.consent, answer.given, session.language))
    if isinstance(answer, Contact):
        effects.append(SaveContact(step.id, answer))
    effects.append(ShowAnswer(step.id, answer))
    answered = session.model_copy(update={"answers": answers, "at": None})
    return _walk(dialog, answered, following(dialog, step, answers), now, effects)


def _walk(
    dialog: Dialog,
    session: Session,
    step: AnyStep | None,
    now: datetime,
    done: tuple[Effect, ...] | list[Effect],
) -> Turn:
    """Go on until a step waits or the walk ends."""
    effects = list(done)
    while isinstance(step, Say):
        effects.append(SaySomething(step.id))
        step = following(dialog, step, session.answers)
    match step:
        case End():
            effects.append(Finish(step.id))
            ended = {"at": None, "ended_with": step.id, "ended_at": now}
            return Turn(session.model_copy(update=ended), Accepted(), tuple(effects))
        case None:
            raise RuntimeError("the walk left the list of steps; publishing refuses such a quiz")
        case waiting:
            effects.append(Ask(waiting.id))
            return Turn(session.model_copy(update={"at": waiting.id}), Accepted(), tuple(effects))
