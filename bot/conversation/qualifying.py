"""Qualifies a prospect: writes the points down, finds the band, and lets the lead go where its band goes."""

from __future__ import annotations

from typing import assert_never

from bot.conversation.earning import earn_by_finishing
from bot.follow_ups.enrolling import enrol, stop_follow_ups
from bot.hand_off.offering import withdraw_lead
from bot.receivers.telling import tell
from bot.stages.freezing import freeze
from bot.stages.merging import part
from bot.stages.moving import move_through
from bot.stages.placing import seek_place
from bot.work import Work
from qualification.pipeline import Facts, HandedOff, Outlook, OutOfReach, TurnedDown, WarmedUp, verdict
from qualification.quiz import Quiz
from qualification.score import Band, Score, fit_entries, is_unfit, score, score_answers
from qualification.stages import stages_after
from storage.enrolments import EndReason
from storage.receivers import NoticeKind
from storage.records import Lead, Prospect, StoredSession


async def qualify(work: Work, prospect: Prospect, stored: StoredSession, quiz: Quiz) -> Outlook:
    """Qualify after the last question; return what can honestly be said to the prospect now.

    Somebody who is not a fit hears so, whether they left a contact or not.
    """
    lead = await _lead_of(work, prospect, stored)
    if lead is not None:
        await earn_by_finishing(work, lead, stored)
        return await _score_lead(work, prospect, lead, stored, quiz)
    found = await _note_without_contact(work, prospect, stored, quiz, "finished_without_contact")
    decided = verdict(quiz, await _facts(work, prospect, stored, None, found), work.now)
    if isinstance(decided, TurnedDown):
        return await _turn_down(work, prospect, stored, None, decided)
    return Outlook(None)


async def qualify_again(work: Work, prospect: Prospect, stored: StoredSession, quiz: Quiz) -> Outlook:
    """Qualify after an answer to a question of a sequence.

    A lead that is hot by it is handed off at once; one that is not a fit hears so; any other goes on where it is.
    """
    lead = await _lead_of(work, prospect, stored)
    if lead is None:
        return Outlook(None)
    found = await _add_up(work, prospect, lead, stored, quiz)
    if found.band is Band.UNFIT and lead.band is not Band.UNFIT:
        await stop_follow_ups(work, prospect, EndReason.UNFIT)
    elif found.band is not Band.HOT:
        await _keep_band(work, lead, found)
        return Outlook(None)
    return await route(work, prospect, lead, quiz, stored, found)


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
        if not await work.unit.leads.contacts(lead.id):
            return None  # they only agreed to be written to later, and took nothing back
        await part(work, prospect.id)
        await withdraw_lead(work, lead)
        await stop_follow_ups(work, prospect, EndReason.UNSUBSCRIBED)
        return None
    return lead if lead.session_id == stored.id else None


async def _score_lead(work: Work, prospect: Prospect, lead: Lead, stored: StoredSession, quiz: Quiz) -> Outlook:
    found = await _add_up(work, prospect, lead, stored, quiz)
    return await route(work, prospect, lead, quiz, stored, found)


async def _add_up(work: Work, prospect: Prospect, lead: Lead, stored: StoredSession, quiz: Quiz) -> Score:
    """Write the points of the answers down, and add up all that the lead has."""
    answers, revision = stored.session.answers, stored.session.revision
    entries = fit_entries(quiz, answers, work.now)
    await work.unit.ledger.score_session(lead, revision, entries, stored.id, work.now)
    found = score(quiz, await work.unit.ledger.entries(lead), work.now, unfit=is_unfit(quiz, answers))
    await work.note("scored", prospect.id, lead=lead.id, total=found.total, band=found.band)
    return found


async def _note_without_contact(
    work: Work, prospect: Prospect, stored: StoredSession, quiz: Quiz, event: str
) -> Score:
    found = score_answers(quiz, stored.session.answers, work.now)
    await work.note(event, prospect.id, total=found.total, band=found.band, question=stored.session.at)
    return found


async def _keep_band(work: Work, lead: Lead, found: Score) -> None:
    await work.unit.leads.banded(lead.id, found.band)
    await tell(work, NoticeKind.QUALIFIED, lead.id)


async def _facts(work: Work, prospect: Prospect, stored: StoredSession, lead: Lead | None, found: Score) -> Facts:
    contacts = await work.unit.leads.contacts(lead.id) if lead is not None else []
    return Facts(
        found.band,
        stored.session.answers,
        {contact.kind: contact.verified for contact in contacts},
        may_write=await work.unit.consents.live(prospect.id, "follow_ups", work.now) is not None,
    )


async def rescore(work: Work, prospect: Prospect, lead: Lead, *, reacted: bool) -> None:
    """Add up a lead's points anew; one that became hot by a reaction of its own is handed off at once."""
    stored = await work.unit.sessions.by_id(lead.session_id)
    if stored is None:
        return
    quiz = await work.quiz(stored.session.quiz, stored.session.revision)
    unfit = is_unfit(quiz, stored.session.answers)
    found = score(quiz, await work.unit.ledger.entries(lead), work.now, unfit=unfit)
    if found.band is lead.band:
        return
    await work.note("scored", prospect.id, lead=lead.id, total=found.total, band=found.band)
    if found.band is Band.HOT and reacted:
        await route(work, prospect, lead, quiz, stored, found)
    elif found.band is not Band.HOT:
        await _keep_band(work, lead, found)


async def route(
    work: Work, prospect: Prospect, lead: Lead, quiz: Quiz, stored: StoredSession, found: Score
) -> Outlook:
    """Let a lead go where the pipeline's questions lead: to a manager, into a sequence, or nowhere."""
    await _keep_band(work, lead, found)
    decided = verdict(quiz, await _facts(work, prospect, stored, lead, found), work.now)
    band = Band.HOT if isinstance(decided, HandedOff) else found.band
    reason = f"{found.band}, {found.total} points"
    moved = await move_through(work, lead, stages_after(lead.stage, band), "bot", reason)
    lead = moved if isinstance(moved, Lead) else lead
    match decided:
        case HandedOff(fast=fast):
            if fast:
                await work.note("fast_tracked", prospect.id, lead=lead.id)
            await stop_follow_ups(work, prospect, EndReason.HANDED_OFF)
            return Outlook(Band.HOT, place_at=await seek_place(work, lead, quiz))
        case WarmedUp(sequence=sequence):
            if await work.unit.hand_offs.open_of(lead.id) is None and sequence is not None:
                await enrol(work, prospect, lead.id, quiz, stored.session.revision, sequence)
            return Outlook(found.band)
        case TurnedDown():
            return await _turn_down(work, prospect, stored, lead, decided)
        case OutOfReach():
            return Outlook(None)
        case _:
            assert_never(decided)


async def _turn_down(
    work: Work, prospect: Prospect, stored: StoredSession, lead: Lead | None, decided: TurnedDown
) -> Outlook:
    """Turn somebody down politely; who agreed to be written to later is frozen until then, contact or not."""
    if decided.later is None or (lead and await work.unit.hand_offs.open_of(lead.id) is not None):
        return Outlook(Band.UNFIT)
    if lead is None:
        why = "agreed to be written to later"
        lead = await work.unit.leads.open(prospect.id, stored.session.quiz, stored.id, work.now, reason=why)
        await work.unit.leads.banded(lead.id, Band.UNFIT)
        await move_through(work, lead, stages_after(lead.stage, Band.UNFIT), "bot", "not a fit")
    await freeze(work, prospect, lead, decided.later, "prospect", "agreed to be written to later")
    return Outlook(Band.UNFIT, frozen_until=decided.later)
