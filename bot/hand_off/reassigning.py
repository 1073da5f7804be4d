"""Passes a lead on to another manager: their wait begins, and nobody else can take it meanwhile."""

from __future__ import annotations

from bot.hand_off.buttons import Choice
from bot.hand_off.card import isolated
from bot.hand_off.gathering import gather, heads_of, names_of
from bot.hand_off.showing import renew_cards, send_cards, tell_admins
from bot.hand_off.taking import note
from bot.teams.roster import team_of
from bot.texts import plain
from bot.work import Work
from qualification.handoff import Denial
from qualification.offering import reassign
from qualification.working_time import works
from storage.records import Prospect, StoredHandOff

MOST = 20
"""People in one list of buttons."""


async def colleagues_of(work: Work, manager: Prospect, stored: StoredHandOff) -> list[Choice]:
    """Return who the lead can be passed on to: the team and its heads, but for who has it; the absent marked.

    Left out are those who cannot be reached: their card would come to nobody.
    """
    team, state, language = await team_of(work, stored.team), stored.state, work.language_of(manager)
    managers = {each.telegram_id: each for each in team.managers}
    people = tuple(dict.fromkeys((*managers, *team.heads)))
    names = await names_of(work, people)
    found: list[Choice] = []
    for number in people:
        member = managers.get(number)
        reachable = number in names and (member is None or member.reachable)
        if number in (state.taken_by, state.offered_to) or not reachable:
            continue
        here = member is None or works(work.now, member.calendar)
        label = isolated(names[number])
        found.append((str(number), label if here else plain(language, "reassign.away", name=label)))
    return found[:MOST]


async def pass_on(work: Work, manager: Prospect, stored: StoredHandOff, to: int) -> Denial | None:
    """Pass the lead on; return why not."""
    me, route = manager.telegram_id, (await gather(work, stored)).quiz.routing.hot
    team, heads = await team_of(work, stored.team), await heads_of(work, stored.team)
    changed = reassign(route, team, stored.state, me, to, work.now, may_any=me in heads)
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
