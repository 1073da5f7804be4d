"""Walks a prospect through a quiz: asks the engine, and performs the effects it returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from bot.conversation import presenting
from bot.conversation.qualifying import qualify
from bot.conversation.showing import Show, Shown
from bot.telegram.requests import EditText, SendText
from bot.telegram.updates import TapReceived
from bot.texts import plain, say
from bot.work import Work
from dialogs.answers import Decision
from dialogs.document import ConsentRequest
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
from storage.records import ConsentEvent, ConsentEventKind, Method, Prospect, StoredSession


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

    async def perform(self, turn: Turn) -> None:
        """Keep the session, then do what the effects say."""
        asked_in = self.stored.asked_in
        self.stored = await self.work.unit.sessions.save(self.stored, turn.session)
        show = Show(self.quiz, turn.session, self.stored.id, self.prospect.telegram_id, self.prospect.first_name)
        for effect in turn.effects:
            await self._keep(effect)
            shown = show.effect(effect)
            if isinstance(effect, Finish):
                band = await qualify(self.work, self.prospect, self.stored, self.quiz)
                shown = show.end(effect.step, band)
            sent = [await self._send(request, asked_in) for request in shown]
            if isinstance(effect, Ask | AskAgain):
                await self.work.unit.sessions.asked(self.stored.id, sent[-1])

    async def _send(self, request: Shown, asked_in: int | None) -> int:
        if not isinstance(request, EditText):
            return await self.work.send(request)
        return await self.work.send(request, edits=asked_in) if asked_in is not None else 0

    async def _keep(self, effect: Effect) -> None:
        match effect:
            case SaveAnswer(step=step, answer=answer):
                await self.work.unit.sessions.save_answer(self.stored.id, step, answer, self.work.now)
                if not isinstance(answer, Decision):
                    await self.work.note("answered", self.prospect.id, question=step)
            case RecordConsent():
                await self._record_consent(effect)
            case SaveContact(contact=contact):
                if await self.work.unit.consents.live(self.prospect.id, "contact", self.work.now) is None:
                    return  # it was taken back in the middle: what is given now makes nobody a lead
                lead = await self.work.unit.leads.open(
                    self.prospect.id, self.quiz.quiz, self.stored.id, self.work.now
                )
                await self.work.unit.leads.save_contact(lead.id, contact, self.work.now)
                await self.work.note("left_contact", self.prospect.id, lead=lead.id, kind=contact.contact)
            case SaySomething() | Ask() | AskAgain() | ShowAnswer() | Finish():
                pass
            case _:
                assert_never(effect)

    async def _record_consent(self, effect: RecordConsent) -> None:
        step = self.quiz.by_id[effect.step]
        if not isinstance(step, ConsentRequest):
            return
        session, language = self.stored.session, effect.language
        kind = ConsentEventKind.GIVEN if effect.given else ConsentEventKind.REFUSED
        values = presenting.variables(self.quiz, session, self.prospect.first_name, language)
        await self.work.unit.consents.record(
            ConsentEvent(
                prospect_id=self.prospect.id,
                purpose=effect.purpose,
                event=kind,
                record=self.work.new_record().hex,
                method=Method.BUTTON if self.tap else Method.TYPED,
                at=self.work.now,
                language=language,
                text=fill(self.quiz.read(step.text, language), values),
                chat_id=self.prospect.telegram_id,
                actor="prospect",
                quiz=self.quiz.quiz,
                revision=session.revision,
                step=effect.step,
                button=presenting.consent_label(self.quiz, step, language, given=effect.given),
                controller=self.quiz.controller.name,
                policy=self.quiz.controller.policy,
                source=self.stored.source,
                message_id=self.tap.message_id if self.tap else None,
                update_id=self.update_id,
                expires_at=self.work.now + step.expires if step.expires and effect.given else None,
            )
        )
        await self.work.note("consent", self.prospect.id, purpose=effect.purpose, decision=kind)
