"""Tells receivers what happens to leads: a notice is put in by the transaction in which it happens."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from bot.receivers.bodies import body_of, brief, full
from bot.receivers.signing import new_id
from bot.work import Work
from dialogs.steps import Purpose
from qualification.stages import Stage
from storage.receivers import NoticeKind
from storage.records import Lead, Prospect

AFTER_WHAT_IS_UNDER_WAY = timedelta(seconds=20)
"""A try has 15: what is on its way when somebody is erased arrives before the word that they are."""


async def tell(work: Work, kind: NoticeKind, lead_id: int, **facts: str | None) -> None:
    """Tell who wants to know it that something happened to a lead.

    Where there is no receiver, that costs one look. Who left no contact is not told of: they are no lead yet.
    """
    wanting = await work.unit.receivers.that_want(kind)
    if not wanting:
        return
    contacts = await work.unit.leads.contacts(lead_id)
    if not contacts:
        return
    lead = await work.unit.leads.by_id(lead_id)
    data = await full(work, lead, contacts)
    body = body_of(kind, {**data, "change": facts} if facts else data, work.now)
    await _put(work, wanting, kind, body, lead_id)


async def tell_move(work: Work, lead: Lead) -> None:
    """Tell of a lead's last move; a customer is won, and who is lost has a word of its own, too."""
    if not await work.unit.receivers.any():
        return
    before, now, actor, reason = (await work.unit.leads.moves(lead.id))[-1]
    await tell(work, NoticeKind.STAGE_CHANGED, lead.id, before=before, now=now, by=actor, reason=reason)
    if now is Stage.CUSTOMER:
        await tell(work, NoticeKind.WON, lead.id)
    elif now is Stage.LOST:
        await tell(work, NoticeKind.LOST, lead.id, reason=reason)


async def tell_unsubscribed(work: Work, prospect: Prospect, purpose: Purpose) -> None:
    """Tell that a consent is over, of every lead of the person; nothing else of them is said."""
    wanting = await work.unit.receivers.that_want(NoticeKind.UNSUBSCRIBED)
    for lead in await _told_of(work, prospect) if wanting else ():
        data = brief(work, lead) | {"purpose": purpose}
        body = body_of(NoticeKind.UNSUBSCRIBED, data, work.now)
        await _put(work, wanting, NoticeKind.UNSUBSCRIBED, body, lead.id)


async def leads_to_erase(work: Work, prospect: Prospect) -> list[Lead]:
    """Return the leads of somebody who is about to be erased, if there is anybody to tell."""
    wanting = await work.unit.receivers.that_want(NoticeKind.ERASED)
    return await _told_of(work, prospect) if wanting else []


async def tell_erased(work: Work, leads: Iterable[Lead]) -> None:
    """Tell that leads are no more: their numbers, by which nobody can be found here any longer."""
    for lead in leads:
        body = body_of(NoticeKind.ERASED, brief(work, lead), work.now)
        wanting = await work.unit.receivers.that_want(NoticeKind.ERASED)
        await _put(work, wanting, NoticeKind.ERASED, body, None, AFTER_WHAT_IS_UNDER_WAY)


async def _told_of(work: Work, prospect: Prospect) -> list[Lead]:
    leads = await work.unit.leads.all_of(prospect.id)
    return [lead for lead in leads if await work.unit.leads.contacts(lead.id)]


async def _put(
    work: Work,
    wanting: Iterable[int],
    kind: NoticeKind,
    body: str,
    lead_id: int | None,
    wait: timedelta = timedelta(0),
) -> None:
    for receiver in wanting:
        name = new_id(work.chance)
        due = work.now + wait
        await work.unit.notices.put(receiver, name, kind, body, work.now, lead_id=lead_id, due_at=due)
