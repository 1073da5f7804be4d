"""Freezes leads until a date and brings them back: whoever agreed to it is written to, and the owner is told."""

from __future__ import annotations

from datetime import datetime

from bot.conversation.wording import Wording
from bot.follow_ups.buttons import no_more
from bot.follow_ups.enrolling import stop_follow_ups
from bot.hand_off.card import isolated, lead_name
from bot.hand_off.offering import give_back, offer_lead
from bot.stages.moving import move_to
from bot.teams.permissions import admins, works_here
from bot.telegram.requests import SendText
from bot.texts import say
from bot.work import Work
from qualification.quiz import Quiz
from qualification.sequences import next_allowed, zone_of
from qualification.stages import IllegalMove, Stage
from storage.enrolments import EndReason
from storage.messages import Kind
from storage.records import Lead, Prospect, StoredHandOff


async def freeze(
    work: Work, prospect: Prospect, lead: Lead, until: datetime, actor: str, reason: str
) -> Lead | IllegalMove:
    """Freeze a lead until a moment: nothing is sent to them before. A hand-off is the caller's to close."""
    frozen = await move_to(work, lead, Stage.FROZEN, actor, reason, until=until)
    if isinstance(frozen, Lead):
        await stop_follow_ups(work, prospect, EndReason.FROZEN)
        await work.note("frozen", prospect.id, lead=lead.id, until=until.isoformat())
    return frozen


async def thaw_due(work: Work, lead: Lead) -> None:
    """Bring a frozen lead back whose time has come, in the daytime of whoever hears of it."""
    prospect = await work.unit.prospects.by_id(lead.prospect_id)
    stored = await work.unit.sessions.by_id(lead.session_id)
    if stored is None:
        raise LookupError(f"lead {lead.id} has no session {lead.session_id}")
    quiz = await work.quiz(stored.session.quiz, stored.session.revision)
    allowed = next_allowed(work.now, quiz.silence.hours, zone_of(quiz.timezone, prospect.timezone))
    if allowed > work.now:
        await work.unit.leads.postpone_thaw(lead.id, allowed)
        return
    await move_to(work, lead, Stage.LEAD, "clock", "the time has come")
    written_to = await _write(work, prospect, quiz, stored.session.language)
    hand_offs = await work.unit.hand_offs.all_of([lead.id])
    await _bring_back(work, lead, quiz, hand_offs, written_to=written_to)
    await work.note("thawed", prospect.id, lead=lead.id, written_to=int(written_to))


async def _write(work: Work, prospect: Prospect, quiz: Quiz, spoken: str) -> bool:
    """Write to the prospect, if a consent to that lives; tell whether that is so."""
    consent = await work.unit.consents.live(prospect.id, "follow_ups", work.now)
    if consent is None or prospect.blocked_at is not None:
        return False
    language = quiz.speaks(prospect.chosen_language) or spoken
    words = Wording(quiz, language)
    text = words.say("happens.thawed", name=isolated(prospect.first_name), company=quiz.controller.name)
    request = SendText(chat_id=prospect.telegram_id, html=text, buttons=((no_more(words.language),),))
    await work.send(request, Kind.FOLLOW_UP, consent_id=consent)
    return True


async def _bring_back(
    work: Work, lead: Lead, quiz: Quiz, hand_offs: list[StoredHandOff], *, written_to: bool
) -> None:
    """Give the lead back to its owner, or to the team; one that never had any is the admins' if nobody writes."""
    owners = [each.state.taken_by for each in hand_offs if each.state.taken_by is not None]
    key = "notice.thawed_and_told" if written_to else "notice.thawed"
    if owners and await works_here(work, owners[-1]):
        await _tell(work, owners[-1], key, lead)
        await give_back(work, lead.id, quiz, owners[-1])
    elif hand_offs:
        await offer_lead(work, lead.id, quiz)
    elif not written_to:
        for admin in await admins(work):
            await _tell(work, admin, key, lead)


async def _tell(work: Work, person: int, key: str, lead: Lead) -> None:
    text = say(await work.staff_language(person), key, lead=lead_name(lead))
    await work.send(SendText(chat_id=person, html=text), Kind.HAND_OFF)
