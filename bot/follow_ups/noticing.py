"""Notices that a lead is there again, or writes though nothing was asked: both are activity."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.conversation.earning import earn
from bot.conversation.qualifying import rescore
from bot.follow_ups.reacting import reacted
from bot.teams.permissions import works_here
from bot.telegram.callback_data import decode
from bot.telegram.taps import (
    AnswerTapped,
    ContinueTapped,
    GoOnTapped,
    OpenTapped,
    ReopenTapped,
    TrackedTapped,
)
from bot.telegram.updates import (
    ContactReceived,
    FileReceived,
    Happening,
    Incoming,
    LocationReceived,
    TapReceived,
    TextReceived,
)
from bot.work import Work
from qualification.activity import came_back, replied
from qualification.follow_ups import StopOn
from qualification.score import Origin
from storage.records import Lead, Prospect

REPLIES_A_DAY = 20
"""More messages than that in a day tell nothing new, and are not written down as replies."""
_STEPS = AnswerTapped | ReopenTapped | ContinueTapped | TrackedTapped | OpenTapped | GoOnTapped
_INTEREST = ("/start", "/restart", "/answers")
"""Commands of somebody who wants something; who comes to unsubscribe has not come back."""


async def notice(work: Work, prospect: Prospect, incoming: Incoming, seen_at: datetime | None) -> list[int]:
    """Write down what this happening is worth; return the leads whose points changed.

    `seen_at` is when the person was last heard of before.
    """
    happening = incoming.happening
    if seen_at is None or not _shows_interest(happening) or await works_here(work, prospect.telegram_id):
        return []
    silence = came_back(work.now - seen_at, work.now)
    is_reply = await _is_reply(work, prospect, happening)
    if silence is None and not is_reply:
        return []
    if is_reply:
        for enrolment in await work.unit.enrolments.active_of(prospect.id):
            await reacted(work, prospect, enrolment.id, StopOn.REPLY)
    changed: list[int] = []
    for lead in await work.unit.leads.all_open(prospect.id):
        stored = await work.unit.sessions.by_id(lead.session_id)
        if stored is None:
            continue
        revision, gained = stored.session.revision, 0
        if silence is not None:
            gained += await earn(work, lead, revision, silence, f"comeback:{incoming.update_id}") or 0
        if is_reply and not await _wrote_enough(work, lead):
            deed = replied(work.now)
            gained += await earn(work, lead, revision, deed, f"reply:{incoming.update_id}") or 0
        changed += [lead.id] if gained else []
    return changed


async def add_up(work: Work, prospect: Prospect, leads: list[int]) -> None:
    """Let leads whose points changed go where their band sends them now."""
    for lead_id in leads:
        lead = await work.unit.leads.by_id(lead_id)
        if lead.closed_at is None:
            await rescore(work, prospect, lead, reacted=True)


def _shows_interest(happening: Happening) -> bool:
    match happening:
        case TextReceived(text=text, forwarded=False):
            return not text.startswith("/") or text.split()[0] in _INTEREST
        case FileReceived(forwarded=False) | LocationReceived(forwarded=False) | ContactReceived():
            return True
        case TapReceived(data=data):
            return isinstance(decode(data), _STEPS)
        case _:
            return False


async def _is_reply(work: Work, prospect: Prospect, happening: Happening) -> bool:
    """Tell whether it is a message that no question asked for."""
    if isinstance(happening, TapReceived) or (
        isinstance(happening, TextReceived) and happening.text.startswith("/")
    ):
        return False
    stored = await work.unit.sessions.latest(prospect.id)
    return stored is not None and stored.session.over and not stored.is_test


async def _wrote_enough(work: Work, lead: Lead) -> bool:
    since = work.now - timedelta(days=1)
    history = await work.unit.ledger.history(lead)
    return sum(e.origin is Origin.REPLY and e.at > since for _, e in history) >= REPLIES_A_DAY
