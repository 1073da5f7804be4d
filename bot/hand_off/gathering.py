"""Collects all that a card is made of, and what is said of whoever has the lead."""

from __future__ import annotations

from collections.abc import Iterable

from bot.hand_off.card import Dossier, isolated
from bot.stages.scrubbing import flaws_of
from bot.teams.permissions import admins
from bot.teams.roster import team_of
from bot.texts import plain
from bot.work import Work
from qualification.handoff import Denial, Outcome
from qualification.quiz import Quiz
from qualification.score import is_unfit, score
from storage.records import Lead, StoredHandOff, StoredSession
from storage.unit import Unit

NOTES_SHOWN = 3


async def gather(work: Work, stored: StoredHandOff) -> Dossier:
    """Collect all that a card is made of."""
    return await gather_lead(work, await work.unit.leads.by_id(stored.lead_id), stored)


async def gather_lead(work: Work, lead: Lead, stored: StoredHandOff) -> Dossier:
    """Collect all that is known about a lead."""
    session = await session_of(work, lead)
    quiz = await work.quiz(session.session.quiz, session.session.revision)
    prospect = await work.unit.prospects.by_id(lead.prospect_id)
    notes = await work.unit.notes.last(lead.id, NOTES_SHOWN)
    people = (stored.state.taken_by, stored.state.offered_to, *(note.author for note in notes))
    latest = await work.unit.sessions.latest(prospect.id)
    referred_by = prospect.referred_by
    followed_up = stored.state.outcome is Outcome.NOT_NOW and bool(
        await work.unit.enrolments.active_of(lead.prospect_id)
    )
    return Dossier(
        hand_off=stored,
        lead=lead,
        prospect=prospect,
        session=session,
        quiz=quiz,
        contacts=await work.unit.leads.contacts(lead.id),
        score=score(
            quiz,
            await work.unit.ledger.entries(lead),
            work.now,
            unfit=is_unfit(quiz, session.session.answers),
        ),
        names=await names_of(work, {each for each in people if each is not None}),
        now=work.now,
        followed_up=followed_up,
        referrer=await work.unit.prospects.first_name(referred_by) if referred_by is not None else None,
        merged=tuple(number for number in await work.unit.merges.group(lead.id) if number != lead.id),
        flaws=await flaws_of(work, quiz, lead),
        notes=tuple(notes),
        heads=await heads_of(work, stored.team),
        walking=latest is not None and not latest.session.over and not latest.is_test,
    )


async def heads_of(work: Work, team: str) -> frozenset[int]:
    """Name those who may pass on whatever lead of a team: who runs things, and the team's own heads."""
    return frozenset((*await admins(work), *(await team_of(work, team)).heads))


async def names_of(work: Work, telegram_ids: Iterable[int]) -> dict[int, str]:
    """Return how members call themselves; those who never wrote to the bot have the name they joined with."""
    return await names_in(work.unit, telegram_ids)


async def names_in(unit: Unit, telegram_ids: Iterable[int]) -> dict[int, str]:
    """Return the same for who only looks."""
    numbers = list(telegram_ids)
    members = {number: await unit.members.of(number) for number in numbers}
    joined = {number: member.name for number, member in members.items() if member is not None}
    return joined | await unit.prospects.names(numbers)


async def why_not(work: Work, stored: StoredHandOff, denial: Denial, language: str) -> str:
    """Return the sentence that says why something cannot be done with a lead, and who has it."""
    whom = stored.state.taken_by or stored.state.offered_to or 0
    name = (await names_of(work, [whom])).get(whom, "?")
    return plain(language, f"denial.{denial}", name=isolated(name))


async def session_of(work: Work, lead: Lead) -> StoredSession:
    """Return the session that a lead walked last."""
    session = await work.unit.sessions.by_id(lead.session_id)
    if session is None:
        raise LookupError(f"lead {lead.id} has no session {lead.session_id}")
    return session


async def quiz_of(work: Work, lead: Lead) -> Quiz:
    """Return the quiz that a lead walked last, in the revision that it walked."""
    session = (await session_of(work, lead)).session
    return await work.quiz(session.quiz, session.revision)
