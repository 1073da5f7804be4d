"""Walks a prospect through a quiz: asks the engine, and performs the effects it returns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import assert_never

from bot.administration.verdict import tell_score, tested
from bot.conversation import presenting, silence
from bot.conversation.buttons import consent_label, has_keyboard
from bot.conversation.confirming import (
    CodeCheck,
    check_code,
    code_check,
    give_up_code,
    send_code,
    told_checked,
    told_sent,
)
from bot.conversation.meaning import meant
from bot.conversation.qualifying import qualify, qualify_again
from bot.conversation.showing import Show, Shown
from bot.conversation.wording import Wording
from bot.entry.arriving import Arrival
from bot.entry.hearing import heard
from bot.entry.sources import heard_question, is_known
from bot.follow_ups.reacting import answered
from bot.hand_off.waiting import answered_later
from bot.receivers.telling import tell_unsubscribed
from bot.stages.contacts import keep_contact
from bot.telegram.requests import EditText, FetchFile, SendText
from bot.telegram.updates import TapReceived
from bot.texts import say
from bot.work import Work
from dialogs.answers import Answer, Decision, Place, Skipped
from dialogs.engine import advance, begin, open_step
from dialogs.reading import read_email
from dialogs.rendering import fill
from dialogs.session import (
    Accepted,
    Ask,
    AskAgain,
    Button,
    CodeTyped,
    DropAnswers,
    Effect,
    Event,
    Finish,
    Over,
    PutAside,
    RecordConsent,
    Redraw,
    Rejected,
    Repeated,
    SaveAnswer,
    SaveContact,
    SaveFile,
    SaySomething,
    SendCode,
    ShowAnswer,
    Stale,
    Tapped,
    Turn,
    Typed,
)
from dialogs.steps import ConsentRequest
from qualification.pipeline import Outlook
from qualification.quiz import Quiz
from storage.records import (
    ConsentEvent,
    ConsentEventKind,
    Method,
    Prospect,
    StoredSession,
)


async def start(work: Work, prospect: Prospect, arrival: Arrival) -> None:
    """Begin a new session on the newest revision of the quiz that the prospect came for, or of the first one."""
    quiz_id = arrival.quiz or work.setup.quizzes[0]
    revision = await work.unit.quizzes.newest(quiz_id)
    if revision is None:
        text = say(work.language_of(prospect), "chat.no_quiz")
        await work.send(SendText(chat_id=prospect.telegram_id, html=text))
        return
    if await work.unit.quizzes.paused_at(quiz_id) is not None:
        text = say(work.language_of(prospect), "chat.paused")
        await work.send(SendText(chat_id=prospect.telegram_id, html=text))
        return
    quiz = await work.quiz(quiz_id, revision.number)
    language = quiz.language_for(arrival.language, prospect.speaks, work.setup.language)
    turn = begin(quiz, revision.number, language, work.now, _known(quiz, arrival))
    keyboard = await _keyboard_is_up(work, prospect)
    stored = await work.unit.sessions.start(prospect.id, turn.session, arrival.source, arrival.link_id)
    await work.note("started", prospect.id, quiz=quiz_id, revision=revision.number, source=arrival.source)
    await _Walk(work, prospect, quiz, stored, keyboard_is_up=keyboard).perform(turn)


async def _keyboard_is_up(work: Work, prospect: Prospect) -> bool:
    """Tell whether the session that is left has a keyboard in place of the phone's own."""
    left = await work.unit.sessions.latest(prospect.id)
    if left is None or left.session.over:
        return False
    step = open_step(await work.quiz(left.session.quiz, left.session.revision), left.session)
    return step is not None and has_keyboard(step)


def _known(quiz: Quiz, arrival: Arrival) -> dict[str, Answer]:
    """Return what need not be asked: where somebody heard of the company, when a link told it."""
    asked = heard_question(quiz)
    return {asked.id: Skipped()} if asked is not None and is_known(arrival.source) else {}


async def perform(work: Work, prospect: Prospect, quiz: Quiz, stored: StoredSession, turn: Turn) -> None:
    """Perform a turn that was made elsewhere."""
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
    event = meant(quiz, stored.session, event)
    check = await _checked_code(work, stored, event)
    if check is not None:
        event = CodeTyped(code_check(check))
    turn = _without_codes(work, quiz, advance(quiz, stored.session, event, work.now))
    words = Wording(quiz, stored.session.language)
    if stored.session.confirming and turn.session.confirming is None and stored.session.at:
        await give_up_code(work, prospect, stored.id, stored.session.at)
    if tap is not None:
        await work.answer_tap(tap.tap_id, _floating(turn, quiz, words))
    elif isinstance(turn.outcome, Over):
        await work.send_once(SendText(chat_id=prospect.telegram_id, html=words.say("chat.over")))
    elif isinstance(turn.outcome, Stale):
        await work.send_once(SendText(chat_id=prospect.telegram_id, html=words.say("tap.stale")))
    await _Walk(work, prospect, quiz, stored, tap, update_id, check).perform(turn)


def _without_codes(work: Work, quiz: Quiz, turn: Turn) -> Turn:
    """Take an address as it is where no mail server could send it a code: nobody waits for what cannot come."""
    if work.setup.can_mail or not any(isinstance(effect, SendCode) for effect in turn.effects):
        return turn
    on = advance(quiz, turn.session, Tapped(turn.session.at or "", Button.UNCONFIRMED), work.now)
    before = [effect for effect in turn.effects if not isinstance(effect, SendCode)]
    return Turn(on.session, on.outcome, (*before, *(e for e in on.effects if not isinstance(e, PutAside))))


async def _checked_code(work: Work, stored: StoredSession, event: Event) -> CodeCheck | None:
    """Compare what was typed while a code is awaited; another address is no code."""
    session = stored.session
    if session.confirming is None or session.at is None:
        return None
    if not isinstance(event, Typed) or read_email(event.text) is not None:
        return None
    return await check_code(work, stored.id, session.at, event.text)


def _floating(turn: Turn, quiz: Quiz, words: Wording) -> str:
    """Return what floats over the chat after a tap."""
    match turn.outcome:
        case Accepted():
            return ""
        case Rejected(reason=reason):
            step = open_step(quiz, turn.session)
            return presenting.refusal_in_short(words, step, reason) if step else ""
        case Repeated():
            return words.plain("tap.repeated")
        case Stale():
            return words.plain("tap.stale")
        case Over():
            return words.plain("tap.over")
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
    check: CodeCheck | None = None
    """what came of a code that was typed"""
    keyboard_is_up: bool = False

    async def perform(self, turn: Turn) -> None:
        """Keep the session, then do what the effects say, and watch over the silence that follows."""
        asked_in = self.stored.asked_in
        self.stored = await self.work.unit.sessions.save(self.stored, turn.session)
        prospect = self.prospect
        show = Show(
            self.quiz,
            turn.session,
            self.stored.id,
            prospect.telegram_id,
            prospect.first_name,
            self.work.now,
            self.keyboard_is_up,
            "chat.anew_said",
        )
        for effect in turn.effects:
            await self._keep(effect)
            shown = await self._about_code(effect, show.effect(effect))
            if isinstance(effect, Finish):
                outlook = await self._outlook(effect.step)
                promise = presenting.promise(self.quiz, outlook, turn.session.language)
                promise = promise or await answered_later(self.work, prospect, self.stored, outlook.band)
                shown = show.end(effect.step, outlook.band, promise)
            once = isinstance(effect, AskAgain)
            sent = [await self._send(request, asked_in, once=once) for request in shown]
            if isinstance(effect, Ask | AskAgain | SendCode):
                asked_in = sent[-1]
            if isinstance(effect, Finish) and self.stored.is_test:
                await tell_score(self.work, prospect, self.stored, self.quiz)
        await silence.watch(self.work, prospect, self.quiz, self.stored, asked_in=asked_in)

    async def _outlook(self, step: str) -> Outlook:
        if self.stored.is_test:
            return Outlook(tested(self.work, self.stored, self.quiz))
        if step in self.quiz.asides:
            outlook = await qualify_again(self.work, self.prospect, self.stored, self.quiz)
            await answered(self.work, self.prospect, self.stored, self.quiz, step)
            return outlook
        return await qualify(self.work, self.prospect, self.stored, self.quiz)

    async def _about_code(self, effect: Effect, shown: list[Shown]) -> list[Shown]:
        """Say what came of sending a code, or of typing it, in place of the question."""
        language, prospect = self.stored.session.language, self.prospect
        match effect:
            case SendCode(step=step, address=address):
                sent = await send_code(self.work, prospect, self.stored.id, step, address, language)
                said = told_sent(language, sent, address, self.work.now)
            case AskAgain() | SaveContact() if self.check is not None:
                said = told_checked(language, self.check)
            case _:
                return shown
        if isinstance(effect, SaveContact):
            return [SendText(chat_id=prospect.telegram_id, html=said)]
        return [each.model_copy(update={"html": said}) for each in shown]

    async def _send(self, request: Shown, asked_in: int | None, *, once: bool) -> int:
        if once and isinstance(request, SendText):
            return await self.work.send_once(request)
        if not isinstance(request, EditText):
            return await self.work.send(request)
        return await self.work.send(request, edits=asked_in) if asked_in is not None else 0

    async def _keep(self, effect: Effect) -> None:
        if self.stored.is_test:
            return  # no lead, no consent, nothing in the journal
        match effect:
            case SaveAnswer(step=step, answer=answer):
                await self._keep_answer(step, answer)
            case DropAnswers(steps=steps):
                await self.work.unit.sessions.replace_answers(self.stored.id, steps, self.work.now)
                await self.work.note("answers_dropped", self.prospect.id, questions=len(steps))
            case RecordConsent():
                await self._record_consent(effect)
            case SaveContact(contact=contact):
                if await self.work.unit.consents.live(self.prospect.id, "contact", self.work.now) is None:
                    return  # it was taken back in the middle: what is given now makes nobody a lead
                lead = await self.work.unit.leads.open(
                    self.prospect.id, self.quiz.quiz, self.stored.id, self.work.now
                )
                await keep_contact(self.work, self.quiz, lead, contact)
                if contact.contact == "email" and contact.verified:
                    await self._confirm_consent()
            case SaveFile():
                await self._fetch(effect)
            case SendCode():
                pass
            case SaySomething() | Ask() | AskAgain() | Redraw() | PutAside() | ShowAnswer() | Finish():
                pass
            case _:
                assert_never(effect)

    async def _keep_answer(self, step: str, answer: Answer) -> None:
        await self.work.unit.sessions.save_answer(self.stored.id, step, answer, self.work.now)
        self.stored = await heard(self.work, self.prospect, self.stored, self.quiz.by_id[step], answer)
        if isinstance(answer, Place) and answer.timezone:
            await self.work.unit.prospects.lives_in(self.prospect.id, answer.timezone)
        if not isinstance(answer, Decision):
            await self.work.note("answered", self.prospect.id, question=step)

    async def _fetch(self, effect: SaveFile) -> None:
        """Keep a file's place, and let delivery bring its bytes."""
        file = effect.file
        number = await self.work.unit.files.keep(
            "answer",
            file.name,
            file.mime,
            self.work.now,
            file_id=file.file_id,
            size=file.size,
            prospect_id=self.prospect.id,
            session_id=self.stored.id,
            question=effect.step,
        )
        fetch = FetchFile(chat_id=self.prospect.telegram_id, number=number, file_id=file.file_id)
        await self.work.send(fetch)

    async def _confirm_consent(self) -> None:
        """A code was typed back: who agreed to be contacted also reads the address."""
        given = await self.work.unit.consents.newest(self.prospect.id, "contact")
        if given is None or not given.lives(self.work.now):
            return
        confirmed = replace(
            given.event,
            event=ConsentEventKind.CONFIRMED,
            record=self.work.new_record().hex,
            method=Method.CODE,
            at=self.work.now,
            button=None,
            message_id=None,
            update_id=self.update_id,
        )
        await self.work.unit.consents.record(confirmed)

    async def _record_consent(self, effect: RecordConsent) -> None:
        step = self.quiz.by_id[effect.step]
        if not isinstance(step, ConsentRequest):
            return
        session, language = self.stored.session, effect.language
        kind = ConsentEventKind.GIVEN if effect.given else ConsentEventKind.REFUSED
        values = presenting.variables(self.quiz, session, self.prospect.first_name, language)
        live = self.work.unit.consents.live
        changed_mind = not effect.given and await live(self.prospect.id, effect.purpose, self.work.now) is not None
        label = effect.typed or consent_label(Wording(self.quiz, language), step, given=effect.given)
        await self.work.unit.consents.record(
            ConsentEvent(
                prospect_id=self.prospect.id,
                purpose=effect.purpose,
                event=kind,
                record=self.work.new_record().hex,
                method=Method.TYPED if effect.typed else Method.BUTTON,
                at=self.work.now,
                language=language,
                text=fill(self.quiz.read(step.text, language), values),
                chat_id=self.prospect.telegram_id,
                actor="prospect",
                quiz=self.quiz.quiz,
                revision=session.revision,
                step=effect.step,
                button=label,
                controller=self.quiz.controller.name,
                policy=self.quiz.controller.policy,
                source=self.stored.source,
                message_id=self.tap.message_id if self.tap else None,
                update_id=self.update_id,
                expires_at=self.work.now + step.expires if step.expires and effect.given else None,
            )
        )
        await self.work.note("consent", self.prospect.id, purpose=effect.purpose, decision=kind)
        if changed_mind:
            await tell_unsubscribed(self.work, self.prospect, effect.purpose)
