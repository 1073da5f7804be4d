"""Tells contacts apart that are of no use or came before from another account: counted, and shown on the card."""

from __future__ import annotations

from bot.work import Work
from qualification.quiz import Quiz
from qualification.scrub import Flaw, flaw_of, is_repeated
from storage.records import Lead


async def flaws_of(work: Work, quiz: Quiz, lead: Lead) -> tuple[tuple[str, Flaw], ...]:
    """Return what is doubtful about a lead's contacts, each with the kind of contact."""
    scrub, past = quiz.routing.scrub, await work.unit.leads.left_before(lead)
    found: list[tuple[str, Flaw]] = []
    for contact in await work.unit.leads.contacts(lead.id):
        flaw = flaw_of(scrub, contact.kind, contact.value, confirmed=contact.verified)
        if flaw is not None:
            found.append((contact.kind, flaw))
        given_at, earlier = past[contact.kind]
        if is_repeated(scrub, given_at, earlier):
            found.append((contact.kind, Flaw.REPEATED))
    return tuple(found)


async def note_flaws(work: Work, quiz: Quiz, lead: Lead, kind: str) -> None:
    """Write down what is doubtful about a contact that was just left, for the statistics."""
    for doubtful, flaw in await flaws_of(work, quiz, lead):
        if doubtful == kind:
            await work.note("scrubbed", lead.prospect_id, lead=lead.id, kind=kind, reason=flaw)
