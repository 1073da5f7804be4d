"""Keeps the contact that somebody leaves, tells doubtful ones apart, and sees whether it came before."""

from __future__ import annotations

from bot.receivers.telling import tell
from bot.stages.merging import suggest
from bot.stages.scrubbing import note_flaws
from bot.work import Work
from dialogs.answers import Contact
from qualification.quiz import Quiz
from storage.receivers import NoticeKind
from storage.records import Lead, StoredContact


async def keep_contact(work: Work, quiz: Quiz, lead: Lead, contact: Contact) -> None:
    """Keep a way to reach a lead. The same one again is no news."""
    known = await work.unit.leads.contacts(lead.id)
    await work.unit.leads.save_contact(lead.id, contact, work.now)
    await work.note("left_contact", lead.prospect_id, lead=lead.id, kind=contact.contact)
    if StoredContact(contact.contact, contact.value, contact.verified) in known:
        return
    if not known:
        await tell(work, NoticeKind.CREATED, lead.id)
    await note_flaws(work, quiz, lead, contact.contact)
    if contact.verified:
        await suggest(work, lead, contact)
