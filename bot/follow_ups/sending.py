"""Does the steps of sequences that are due: what is written is written now, not when it was planned."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.conversation.earning import earn
from bot.conversation.presenting import variables, written
from bot.conversation.qualifying import rescore
from bot.conversation.wording import Wording
from bot.follow_ups.asking import ask, can_ask, let_question_go
from bot.follow_ups.buttons import link_button, no_more
from bot.follow_ups.enrolling import branch, stop_one
from bot.follow_ups.knowing import known_of
from bot.telegram.callback_data import encode
from bot.telegram.requests import Buttons, RevisionMedia, SendMedia, SendText, TapButton
from bot.telegram.taps import GoOnTapped, UnsubscribeTapped
from bot.work import Work
from qualification.activity import unanswered
from qualification.follow_ups import FollowUp, Sequence, StopOn
from qualification.quiz import Quiz
from qualification.sequences import asks_to_stop, comes, due_at, reached_goal, window_of, zone_of
from storage.enrolments import EndReason
from storage.messages import Kind
from storage.records import (
    Enrolment,
    Lead,
    Prospect,
    StoredSession,
)


async def send_due(work: Work, enrolment: Enrolment) -> None:
    """Do the step of a sequence that is due, and plan the one after it."""
    prospect = await work.unit.prospects.by_id(enrolment.prospect_id)
    consent = await work.unit.consents.live(prospect.id, "follow_ups", work.now)
    if consent is None or prospect.blocked_at is not None:
        reason = EndReason.UNSUBSCRIBED if consent is None else EndReason.BLOCKED
        await work.unit.enrolments.stop(prospect.id, reason, work.now)
        return
    quiz = await work.quiz(enrolment.quiz, enrolment.revision)
    sequence = quiz.sequences[enrolment.sequence]
    lead = await work.unit.leads.by_id(enrolment.lead_id)
    stored = await work.unit.sessions.by_id(lead.session_id)
    await _Due(work, enrolment, prospect, consent, quiz, sequence, lead, stored).carry_on()


@dataclass
class _Due:
    """One enrolment whose next step is due."""

    work: Work
    enrolment: Enrolment
    prospect: Prospect
    consent: int
    quiz: Quiz
    sequence: Sequence
    lead: Lead
    stored: StoredSession | None

    async def carry_on(self) -> None:
        """Do what is due; steps that are left out are passed over till one waits or is sent."""
        if await self._is_over():
            return
        step = self.sequence.after(self.enrolment.last_step)
        if step is not None and await self._waits(step):
            if step.question is not None and self._asks(step.question.id):
                await let_question_go(self.work, self.prospect, self.stored)  # it was put off, so nobody saw it
            return
        if self.stored is not None and self.stored.session.finished and not self.stored.session.over:
            await let_question_go(self.work, self.prospect, self.stored)
            self.stored = await self.work.unit.sessions.by_id(self.stored.id)
        known = await known_of(
            self.work, self.quiz, self.sequence, self.lead, self.stored, self.enrolment.unanswered
        )
        if (goal := reached_goal(self.sequence, known)) is not None:
            await self._note("goal_reached", goal=goal)
            await stop_one(self.work, self.prospect, self.enrolment, EndReason.GOAL)
            return
        while step is not None:
            why = await self._left_out(step, comes=comes(step, known))
            if why is None:
                await self._do(step)
                return
            await self._note("follow_up_skipped", step=step.id, reason=why)
            if not await self._pass(step, self.enrolment.unanswered):
                return
            step = self.sequence.after(step.id)
        await self.work.unit.enrolments.end(self.enrolment.id, EndReason.FINISHED, self.work.now)

    async def _is_over(self) -> bool:
        if StopOn.STAGE not in self.sequence.stop_on:
            return False
        moved = await self.work.unit.leads.moved_since(self.lead.id, self.enrolment.enrolled_at)
        if moved:
            await stop_one(self.work, self.prospect, self.enrolment, EndReason.STAGE)
        return moved

    async def _waits(self, step: FollowUp) -> bool:
        """Put off what may not be sent now: it was due while the bot was down, and now it is night."""
        opens = window_of(self.sequence, step).opens(self.work.now, self._zone)
        if opens is None or opens <= self.work.now:
            return False
        await self.work.unit.enrolments.postpone(self.enrolment.id, opens)
        return True

    def _asks(self, question: str) -> bool:
        return self.stored is not None and self.stored.session.finished and self.stored.session.at == question

    async def _left_out(self, step: FollowUp, *, comes: bool) -> str | None:
        if not comes:
            return "condition"
        if step.question is not None and not await can_ask(self.work, self.prospect, self.stored):
            return "in a quiz"
        return None

    async def _do(self, step: FollowUp) -> None:
        if step.go is not None:
            await branch(self.work, self.prospect, self.enrolment, step.id, step.go)
        elif asks_to_stop(self.sequence, self.enrolment.unanswered):
            await self._ask_to_stop(step)
        else:
            await self._send(step)

    async def _send(self, step: FollowUp) -> None:
        if step.question is not None and self.stored is not None:
            asked = (self.quiz, self.enrolment, step.question, self.consent, self._language)
            await ask(self.work, self.prospect, self.stored, *asked, self._until(step))
        else:
            await self._put(await self._message(step), step)
        silent = self.enrolment.unanswered + 1
        await self._pass(step, silent)
        due = self.enrolment.due_at
        await self._note("followed_up", step=step.id, due=due.isoformat() if due else None)
        entry = unanswered(silent, self.work.now)
        once = f"silence:{self.enrolment.id}:{step.id}"
        if await earn(self.work, self.lead, self.enrolment.revision, entry, once):
            await rescore(self.work, self.prospect, self.lead, reacted=False)

    async def _pass(self, step: FollowUp, silent: int) -> bool:
        """Note that a step is done, and plan the next one; tell whether that is due already."""
        after, now = self.sequence.after(step.id), self.work.now
        due = due_at(self.sequence, after, now, self._zone, silent) if after else None
        if due is None and step.question is not None and silent > self.enrolment.unanswered:
            due = now + self.quiz.silence.abandon_after  # the last question is let go then
        await self.work.unit.enrolments.advanced(self.enrolment, step.id, silent, due, now)
        self.enrolment = replace(self.enrolment, last_step=step.id, unanswered=silent, due_at=due)
        return due is not None and due <= now

    async def _message(self, step: FollowUp) -> SendText | SendMedia:
        if step.text is None:
            raise TypeError(f"step {step.id!r} of a sequence says nothing")
        chat, buttons = self.prospect.telegram_id, await self._buttons(step)
        html = written(self.quiz, step.text, self._language, self._values)
        if step.media is None:
            return SendText(chat_id=chat, html=html, buttons=buttons)
        kind, name = step.media
        media = RevisionMedia(quiz=self.quiz.quiz, revision=self.enrolment.revision, name=name)
        return SendMedia(chat_id=chat, html=html, kind=kind, media=media, buttons=buttons)

    async def _buttons(self, step: FollowUp) -> Buttons:
        links = [
            await link_button(
                self.work, self.prospect, self.enrolment, step, link, self.quiz.read(link.text, self._language)
            )
            for link in step.links
        ]
        return (*((link,) for link in links), (no_more(self._language, self.enrolment.id),))

    async def _ask_to_stop(self, step: FollowUp) -> None:
        """Ask whether to go on, in place of one message more; without an answer nothing comes any more."""
        ask_words = self.sequence.silence.ask_to_stop
        own = ask_words.say if ask_words else None
        words = Wording(self.quiz, self._language)
        html = written(self.quiz, own, self._language, self._values) if own else words.say("follow_up.ask_to_stop")
        stop = TapButton(text=words.plain("follow_up.yes_stop"), data=encode(UnsubscribeTapped(self.enrolment.id)))
        go_on = TapButton(text=words.plain("follow_up.no_go_on"), data=encode(GoOnTapped(self.enrolment.id)))
        await self._put(SendText(chat_id=self.prospect.telegram_id, html=html, buttons=((stop,), (go_on,))), step)
        await self.work.unit.enrolments.end(self.enrolment.id, EndReason.SILENT, self.work.now)
        await self._note("asked_to_stop", silent=self.enrolment.unanswered)

    async def _put(self, request: SendText | SendMedia, step: FollowUp) -> None:
        await self.work.send(
            request,
            Kind.FOLLOW_UP,
            enrolment_id=self.enrolment.id,
            consent_id=self.consent,
            not_after=self._until(step),
            after_step=self.enrolment.last_step,
        )

    def _until(self, step: FollowUp) -> datetime | None:
        """Return when the hours end in which the step may be sent: an outage may last longer."""
        return window_of(self.sequence, step).closes(self.work.now, self._zone)

    async def _note(self, event: str, **facts: str | int | None) -> None:
        about: dict[str, str | int | None] = {"lead": self.lead.id, "sequence": self.enrolment.sequence}
        await self.work.note(event, self.prospect.id, **about, **facts)

    @property
    def _zone(self) -> str:
        answers = self.stored.session.answers if self.stored else {}
        return zone_of(self.quiz.timezone, self.prospect.timezone, answers)

    @property
    def _language(self) -> str:
        session = self.stored.session if self.stored else None
        spoken = session.language if session else self.quiz.fallback
        return self.quiz.speaks(self.prospect.chosen_language) or self.quiz.language_for(spoken)

    @property
    def _values(self) -> dict[str, str]:
        session = self.stored.session if self.stored else None
        return variables(self.quiz, session, self.prospect.first_name, self._language)
