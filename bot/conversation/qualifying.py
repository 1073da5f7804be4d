"""Qualifies a prospect: writes the points down, finds the band, and lets the lead go where its band goes."""

from __future__ import annotations

from bot.conversation.earning import earn_by_finishing
from bot.follow_ups.enrolling import enrol, stop_follow_ups
from bot.hand_off.offering import offer_lead, withdraw_lead
from bot.work import Work
from qualification.quiz import Quiz
from qualification.score import Band, Score, fit_entries, is_unfit, score, score_answers
from qualification.stages import may_move, stage_of
from storage.enrolments import EndReason
from storage.records import Lead, Prospect, StoredSession


async def qualify(work: Work, prospect: Prospect, stored: StoredSession, quiz: Quiz) -> Band | None:
    """Qualify after the last question. Returns the band of the lead; None for who is not to be contacted.

    Somebody who is not a fit hears so, whether they left a contact or not.
    """
    unfit = is_unfit(quiz, stored.session.answers)
    lead = await _lead_of(work, prospect, stored)
    if lead is None:
        await _note_without_contact(work, prospect, stored, quiz, "finished_without_contact")
        return Band.UNFIT if unfit else None
    await earn_by_finishing(work, lead, stored)
    return (await _score_lead(work, prospect, lead, stored, quiz)).band


async def qualify_partly(work: Work, prospect: Prospect, stored: StoredSession, quiz: Quiz) -> None:
    """Qualify somebody who stopped on the way: a lead goes where its points send it, the others are kept."""
    lead = await _lead_of(work, prospect, stored)
    if lead is None:
        await _note_without_contact(work, prospect, stored, quiz, "abandoned")
        return
    await work.note("abandoned", prospect.id, lead=lead.id, question=stored.session.at)
    await _score_lead(work, prospect, lead, stored, quiz)


async def _lead_of(work: Work, prospect: Prospect, stored: StoredSession) -> Lead | None:
    """Return the lead of this session, if they may be contacted; one who may not any more is withdrawn."""
    lead = await work.unit.leads.of(prospect.id, stored.session.quiz)
    if lead is None:
        return None
    if await work.unit.consents.live(prospect.id, "contact", work.now) is None:
        await withdraw_lead(work, lead)
        await stop_follow_ups(work, prospect, EndReason.UNSUBSCRIBED)
        return None
    return lead if lead.session_id == stored.id else None


async def _score_lead(work: Work, prospect: Prospect, lead: Lead, stored: StoredSession, quiz: Quiz) -> Score:
    answers, revision = stored.session.answers, stored.session.revision
    entries = fit_entries(quiz, answers, work.now)
    await work.unit.leads.score_session(lead, revision, entries, stored.id, work.now)
    found = score(quiz, await work.unit.leads.ledger(lead), work.now, unfit=is_unfit(quiz, answers))
    await work.note("scored", prospect.id, lead=lead.id, total=found.total, band=found.band)
    await route(work, prospect, lead, quiz, revision, found)
    return found


async def _note_without_contact(
    work: Work, prospect: Prospect, stored: StoredSession, quiz: Quiz, event: str
) -> None:
    found = score_answers(quiz, stored.session.answers, work.now)
    await work.note(event, prospect.id, total=found.total, band=found.band, question=stored.session.at)


async def rescore(work: Work, prospect: Prospect, lead: Lead, *, reacted: bool) -> None:
    """Add up a lead's points anew; one that became hot by a reaction of its own is handed off at once."""
    stored = await work.unit.sessions.by_id(lead.session_id)
    if stored is None:
        return
    quiz = await work.quiz(stored.session.quiz, stored.session.revision)
    unfit = is_unfit(quiz, stored.session.answers)
    found = score(quiz, await work.unit.leads.ledger(lead), work.now, unfit=unfit)
    if found.band is lead.band:
        return
    await work.note("scored", prospect.id, lead=lead.id, total=found.total, band=found.band)
    if found.band is Band.HOT and reacted:
        await route(work, prospect, lead, quiz, stored.session.revision, found)
    elif found.band is not Band.HOT:
        await work.unit.leads.banded(lead.id, found.band)


async def route(work: Work, prospect: Prospect, lead: Lead, quiz: Quiz, revision: int, found: Score) -> None:
    """Let a lead go where its band goes: to a manager, into a sequence, or nowhere."""
    await work.unit.leads.banded(lead.id, found.band)
    stage = stage_of(found.band)
    if lead.stage is not stage and may_move(lead.stage, stage):
        await work.unit.leads.move(lead, stage, "bot", f"{found.band}, {found.total} points", work.now)
    match found.band:
        case Band.HOT:
            await stop_follow_ups(work, prospect, EndReason.HANDED_OFF)
            await offer_lead(work, lead.id, quiz)
        case Band.WARM | Band.COLD:
            sequence = (quiz.routing.warm if found.band is Band.WARM else quiz.routing.cold).sequence
            if await work.unit.hand_offs.open_of(lead.id) is None and sequence is not None:
                await enrol(work, prospect, lead.id, quiz, revision, sequence)
        case Band.UNFIT:
            pass
