"""Walks a prospect through a quiz: asks the engine, and performs the effects it returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from bot.conversation import presenting
from bot.conversation.qualifying import qualify
from bot.telegram.requests import EditText, RemoveKeyboard, SendPicture, SendText
from bot.telegram.updates import TapReceived
from bot.texts import plain, say
from bot.work import Work
from dialogs.answers import Contact, Decision
from dialogs.document import ConsentRequest, End, Say, Waiting
from dialogs.engine import advance, begin
from dialogs.rendering import fill
from dialogs.session import (
    Accepted,
    Ask,
    AskAgain,
    Effect,
    Event,
    Finish,
    Over,
    RecordConsent,
    Rejected,
    Repeated,
    SaveAnswer,
    SaveContact,
    SaySomething,
    ShowAnswer,
    Stale,
    Turn,
)
from qualification.quiz import Quiz
from storage.records import ConsentEvent, ConsentEventKind, Prospect, StoredSession


async def start(work: Work, prospect: Prospect, quiz_id: str, source: str | None) -> None:
    """Begin a new session on the quiz's newest revision."""
    revision = await work.unit.quizzes.newest(quiz_id)
    if revision is None:
        text = say(work.language_of(prospect), "chat.no_quiz")
        await work.send(SendText(chat_id=prospect.telegram_id, html=text))
        return
    quiz = await work.quiz(quiz_id, revision.number)
    language = quiz.speaks(prospect.speaks) or quiz.speaks(work.setup.language) or quiz.fallback
    turn = begin(quiz, revision.number, language, work.now)
    stored = await work.unit.sessions.start(prospect.id, turn.session, source)
    await work.note("started", prospect.id, quiz=quiz_id, revision=revision.number, source=source)
    await _Walk(work, prospect, quiz, stored).perform(turn)


async def go_on(
    work: Work,
    prospect: Prospect,
    stored: StoredSession,
    event: Event,
    *,
    tap: TapReceived | None = None,
    update_id: int | None = None,
) -> None:
    """Let an event move the prospect's session; a tap's spinner is ended whatever comes of it."""
    quiz = await work.quiz(stored.session.quiz, stored.session.revision)
    turn = advance(quiz, stored.session, event, work.now)
    if tap is not None:
        await work.answer_tap(tap.tap_id, _floating(turn, stored.session.language))
    elif isinstance(turn.outcome, Over):
        text = say(stored.session.language, "chat.over")
        await work.send(SendText(chat_id=prospect.telegram_id, html=text))
    await _Walk(work, prospect, quiz, stored, tap, update_id).perform(turn)


def _floating(turn: Turn, language: str) -> str:
    """Return what floats over the chat after a tap."""
    match turn.outcome:
        case Accepted() | Rejected():
            return ""
        case Repeated():
            return plain(language, "tap.repeated")
        case Stale():
            return plain(language, "tap.stale")
        case Over():
            return plain(language, "tap.over")
        case _:
            assert_never(turn.outcome)


@dataclass
class _Walk:
    """The effects of one turn, performed in order."""

    work: Work
    prospect: Prospect
    quiz: Quiz
    stored: StoredSession
    tap: TapReceived | None = None
    update_id: int | None = None
    keyboard_is_up: bool = False
    """a phone keyboard stands under the chat and has to go with the next message"""

    async def perform(self, turn: Turn) -> None:
        asked_in = self.stored.asked_in
        self.stored = await self.work.unit.sessions.save(self.stored, turn.session)
        for effect in turn.effects:
            await self._perform(effect, asked_in)

    async def _perform(self, effect: Effect, asked_in: int | None) -> None:
        match effect:
            case SaySomething(step=step):
                await self._say(step)
            case Ask(step=step):
                await self._ask(step)
            case AskAgain(step=step, reason=reason):
                await self._ask(
                    step, presenting.refusal(self.quiz, self._waiting(step), reason, self._language)
                )
            case SaveAnswer(step=step, answer=answer):
                await self.work.unit.sessions.save_answer(self.stored.id, step, answer, self.work.now)
                self.keyboard_is_up = isinstance(answer, Contact) and answer.contact == "phone"
                if not isinstance(answer, Decision):
                    await self.work.note("answered", self.prospect.id, question=step)
            case ShowAnswer(step=step, answer=answer):
                html = presenting.settled(
                    self.quiz, self._waiting(step), answer, self._language, self._values
                )
                if html is not None and asked_in is not None:
                    await self.work.send(EditText(chat_id=self._chat, html=html), edits=asked_in)
            case RecordConsent():
                await self._record_consent(effect)
            case SaveContact(contact=contact):
                lead = await self.work.unit.leads.open(
                    self.prospect.id, self.quiz.quiz, self.stored.id, self.work.now
                )
                await self.work.unit.leads.save_contact(lead.id, contact, self.work.now)
                await self.work.note("left_contact", self.prospect.id, lead=lead.id, kind=contact.contact)
            case Finish(step=step):
                band = await qualify(self.work, self.prospect, self.stored, self.quiz)
                end = self.quiz.by_id[step]
                if isinstance(end, End):
                    html = presenting.closing(self.quiz, end.end, band, self._language, self._values)
                    await self._send(SendText(chat_id=self._chat, html=html))
            case _:
                assert_never(effect)

    async def _say(self, step_id: str) -> None:
        step = self.quiz.by_id[step_id]
        if isinstance(step, Say):
            await self._send(
                presenting.message(self.quiz, step, self.stored.session, self._chat, self._values)
            )

    async def _ask(self, step_id: str, first: str | None = None) -> None:
        step = self._waiting(step_id)
        request = presenting.question(
            self.quiz, step, self.stored.session, self.stored.id, self._chat, self._values
        )
        if first is not None:
            request = request.model_copy(update={"html": f"{first}\n\n{request.html}"})
        number = await self._send(request)
        await self.work.unit.sessions.asked(self.stored.id, number)

    async def _send(self, request: SendText | SendPicture) -> int:
        if self.keyboard_is_up:
            self.keyboard_is_up = False
            if isinstance(request, SendText) and not request.buttons and request.keyboard is None:
                request = request.model_copy(update={"keyboard": RemoveKeyboard()})
            else:
                # A message has either buttons or a keyboard, so the keyboard goes with words of its own.
                thanks = say(self._language, "phone.thanks")
                await self.work.send(SendText(chat_id=self._chat, html=thanks, keyboard=RemoveKeyboard()))
        return await self.work.send(request)

    async def _record_consent(self, effect: RecordConsent) -> None:
        step = self.quiz.by_id[effect.step]
        if not isinstance(step, ConsentRequest):
            return
        kind = ConsentEventKind.GIVEN if effect.given else ConsentEventKind.REFUSED
        text = fill(self.quiz.read(step.text, effect.language), self._values)
        await self.work.unit.prospects.record_consent(
            ConsentEvent(
                prospect_id=self.prospect.id,
                purpose=effect.purpose,
                event=kind,
                at=self.work.now,
                language=effect.language,
                text=text,
                chat_id=self._chat,
                actor="prospect",
                quiz=self.quiz.quiz,
                revision=self.stored.session.revision,
                step=effect.step,
                button=presenting.consent_label(self.quiz, step, effect.language, given=effect.given),
                controller=self.quiz.controller.name,
                policy=self.quiz.controller.policy,
                source=self.stored.source,
                message_id=self.tap.message_id if self.tap else None,
                update_id=self.update_id,
            )
        )
        await self.work.note("consent", self.prospect.id, purpose=effect.purpose, decision=kind)

    def _waiting(self, step_id: str) -> Waiting:
        step = self.quiz.by_id[step_id]
        if isinstance(step, Say | End):
            raise TypeError(f"step {step_id!r} asks nothing")
        return step

    @property
    def _language(self) -> str:
        return self.stored.session.language

    @property
    def _chat(self) -> int:
        return self.prospect.telegram_id

    @property
    def _values(self) -> dict[str, str]:
        return presenting.variables(self.quiz, self.stored.session, self.prospect.first_name, self._language)
