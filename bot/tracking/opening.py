"""Counts that somebody opened a tracked link: its points, and who is told; the lead may become hot by it."""

from __future__ import annotations

from bot.conversation.earning import earn
from bot.conversation.qualifying import rescore
from bot.follow_ups.reacting import reacted
from bot.hand_off.card import isolated
from bot.hand_off.reasons import BROADCAST, MATERIAL
from bot.talk.materials import material_opened
from bot.telegram.requests import LinkButton, SendText
from bot.telegram.taps import TrackedTapped
from bot.telegram.updates import TapReceived
from bot.texts import plain, say
from bot.work import Work
from qualification.activity import tapped
from qualification.follow_ups import StopOn
from storage.broadcasts import Deed
from storage.records import Lead, Prospect
from storage.tracking import TrackedLink


async def open_by_tap(work: Work, prospect: Prospect, meant: TrackedTapped, tap: TapReceived) -> None:
    """Show the link in the chat, where there is no public address to open it by."""
    link, language = await work.unit.tracked_links.by_id(meant.link), work.language_of(prospect)
    if link is None:
        await work.answer_tap(tap.tap_id, plain(language, "follow_up.old_link"))
        return
    if link.prospect_id != prospect.id:
        await work.answer_tap(tap.tap_id, plain(language, "tap.unknown"))
        return
    await work.answer_tap(tap.tap_id, plain(language, "follow_up.opened"))
    button = LinkButton(text=link.label, url=link.url)
    html = say(language, "follow_up.link")
    await work.send(SendText(chat_id=prospect.telegram_id, html=html, buttons=((button,),)))
    await work.unit.tracked_links.opened(link.id, work.now)
    await count(work, link)


async def count(work: Work, link: TrackedLink) -> None:
    """Count an opening; however often and by whichever way a link is opened, its points are given once."""
    prospect = await work.unit.prospects.by_id(link.prospect_id)
    await work.unit.tracked_links.counted(link.id)
    if link.sending_id is not None:
        await material_opened(work, prospect, link.sending_id)
    if link.broadcast_id is not None:
        await work.unit.broadcasts.did(link.broadcast_id, prospect.id, Deed.TAPPED, work.now)
    what = await _what(work, link)
    for lead, revision in await _leads(work, link):
        points = await earn(work, lead, revision, tapped(link.kind, what, link.opened_at or work.now), link.once)
        if points is not None:
            await work.note("opened_link", prospect.id, lead=lead.id, kind=link.kind, points=points)
            await rescore(work, prospect, lead, reacted=True)
    if link.enrolment_id is not None:
        await reacted(work, prospect, link.enrolment_id, StopOn.TAP)


async def _what(work: Work, link: TrackedLink) -> str:
    """Name the link as the reasons of a score read it."""
    if link.enrolment_id is not None:
        enrolment = await work.unit.enrolments.by_id(link.enrolment_id)
        return f"{enrolment.sequence if enrolment else ''}/{link.step}"
    return f"{MATERIAL if link.sending_id is not None else BROADCAST}/{isolated(link.label)}"


async def _leads(work: Work, link: TrackedLink) -> list[tuple[Lead, int]]:
    """Return the open leads that it counts for, each with the revision whose points it gives.

    A follow-up and a material belong to one lead; a broadcast goes to a person, so it counts for all of theirs.
    """
    if link.enrolment_id is not None:
        enrolment = await work.unit.enrolments.by_id(link.enrolment_id)
        if enrolment is None:
            return []
        lead = await work.unit.leads.by_id(enrolment.lead_id)
        return [(lead, enrolment.revision)] if lead.closed_at is None else []
    leads = await work.unit.leads.all_open(link.prospect_id)
    if link.sending_id is not None:
        sending = await work.unit.materials.sending(link.sending_id)
        leads = [lead for lead in leads if sending is not None and lead.id == sending.lead_id]
    sessions = [(lead, await work.unit.sessions.by_id(lead.session_id)) for lead in leads]
    return [(lead, stored.session.revision) for lead, stored in sessions if stored is not None]
