"""Passes a lead on to another manager: their wait begins, and nobody else can take it meanwhile."""

from __future__ import annotations

from bot.hand_off.buttons import Choice
from bot.hand_off.card import isolated
from bot.hand_off.offering import gather, renew_cards, send_cards, tell_admins
from bot.hand_off.taking import note
from bot.work import Work
from qualification.handoff import Denial, reassign
from storage.records import Prospect, StoredHandOff

MOST = 20
"""People in one list of buttons."""


async def colleagues_of(work: Work, stored: StoredHandOff) -> list[Choice]:
    """Return who the lead can be passed on to: everybody who works here, but for who has it."""
    staff = dict.fromkeys((*work.setup.managers, *work.setup.admins))
    has_it = (stored.state.taken_by, stored.state.offered_to)
    names = await work.unit.prospects.names(staff)
    return [(str(each), isolated(names[each])) for each in staff if each in names and each not in has_it][:MOST]


async def pass_on(work: Work, manager: Prospect, stored: StoredHandOff, to: int) -> Denial | None:
    """Pass the lead on; return why not."""
    me, route = manager.telegram_id, (await gather(work, stored)).quiz.routing.hot
    changed = reassign(route, stored.state, me, to, work.now, may_any=me in work.setup.admins)
    if isinstance(changed, Denial):
        return changed
    stored = await work.unit.hand_offs.save(stored, changed)
    dossier = await gather(work, stored)
    await note(work, dossier, manager, "reassigned")
    await renew_cards(work, stored)
    # Their card comes anew, with a sound: an edit of one from this morning would go unseen.
    await send_cards(work, dossier, [to])
    await tell_admins(work, "notice.reassigned", dossier, isolated(manager.first_name))
    return None
