"""Offers a hot lead to its managers, and offers it again when nobody takes it."""

from __future__ import annotations

from bot.hand_off.card import Dossier, lead_name
from bot.hand_off.gathering import gather, quiz_of, session_of
from bot.hand_off.posting import post
from bot.hand_off.showing import renew_cards, send_cards
from bot.receivers.telling import tell
from bot.stages.moving import move_to
from bot.teams.permissions import admins
from bot.teams.roster import team_of
from bot.telegram.requests import SendText
from bot.texts import count, duration, say
from bot.work import Work
from qualification.assignment import Team, Wanted
from qualification.handoff import WITHDRAWN, Denial, HandOff, Phase, Reach, take, withdraw
from qualification.offering import offer, offer_anew, offer_next, recipients
from qualification.quiz import Quiz
from qualification.stages import Stage, may_move
from storage.messages import Kind
from storage.receivers import NoticeKind
from storage.records import Lead, StoredHandOff


async def offer_lead(work: Work, lead_id: int, quiz: Quiz, *, team: str | None = None) -> None:
    """Offer a lead that became hot, to its team or another one.

    One that is on offer or taken already, by itself or as a lead it is merged with, only gets its cards renewed.
    """
    await work.unit.alone_in_office()  # two leads at once would be the same manager's turn
    present = await work.unit.hand_offs.open_of(lead_id)
    if present is not None:
        await renew_cards(work, present)
        return
    lead, route = await work.unit.leads.by_id(lead_id), quiz.routing.hot
    name = team or route.team
    members = await team_of(work, name)
    state = offer(route, await _wanted(work, lead), members, work.now)
    await _reach_out(work, await work.unit.hand_offs.add(lead_id, name, state), members)
    await tell(work, NoticeKind.HOT, lead_id)


async def give_back(work: Work, lead_id: int, quiz: Quiz, manager: int) -> None:
    """Give a lead back to the manager who had it before, without offering it to anybody else."""
    if await work.unit.hand_offs.open_of(lead_id) is not None:
        await offer_lead(work, lead_id, quiz)
        return
    taken = take(HandOff(Phase.OFFERED, work.now), manager, work.now)
    if isinstance(taken, Denial):
        raise TypeError(f"a fresh offer was denied: {taken}")
    dossier = await gather(work, await work.unit.hand_offs.add(lead_id, quiz.routing.hot.team, taken))
    await work.note("given_back", dossier.prospect.id, lead=lead_id, manager=manager)
    await send_cards(work, dossier, (manager,))
    await tell(work, NoticeKind.TAKEN, lead_id)


async def offer_due(work: Work, stored: StoredHandOff) -> None:
    """Offer a lead again that nobody took in time, or that waited for the morning."""
    before, team = stored.state, await team_of(work, stored.team)
    stored = await _next(work, stored, team)
    state = stored.state
    if before.reach is Reach.WAITING:
        await _reach_out(work, stored, team)
        return
    await renew_cards(work, stored)
    dossier = await gather(work, stored)
    await work.note("offered_again", dossier.prospect.id, lead=stored.lead_id, round=state.round, to=state.reach)
    # Who became hot by a tap on a link was promised nothing, so there is no promise to break.
    promised = dossier.session.session.ended_at == state.offered_at and state.contacted_at is None
    chats = recipients(state, team, work.now)
    if before.round == 0 and state.round and chats and promised:
        late = say(dossier.session.session.language, "happens.late")
        await work.send(SendText(chat_id=dossier.prospect.telegram_id, html=late))
    await send_cards(work, dossier, chats)
    await post(work, dossier)
    if state.reach is not Reach.ONE:  # as long as there is a next one to ask, nobody needs to worry
        await _alarm(work, dossier, "alarm.untaken")


async def pass_on(work: Work, stored: StoredHandOff) -> None:
    """Offer a lead to the next at once: the one who has the offer cannot take it."""
    team = await team_of(work, stored.team)
    stored = await _next(work, stored, team)
    await renew_cards(work, stored)
    await _reach_out(work, stored, team)


async def offer_again(work: Work, stored: StoredHandOff) -> None:
    """Offer a lead anew whose owner is gone, to whoever is there now."""
    team = await team_of(work, stored.team)
    lead = await work.unit.leads.by_id(stored.lead_id)
    quiz = await quiz_of(work, lead)
    anew = offer_anew(quiz.routing.hot, await _wanted(work, lead), team, stored.state, work.now)
    stored = await work.unit.hand_offs.save(stored, anew)
    await renew_cards(work, stored)
    await _reach_out(work, stored, team)


async def _next(work: Work, stored: StoredHandOff, team: Team) -> StoredHandOff:
    lead = await work.unit.leads.by_id(stored.lead_id)
    quiz = await quiz_of(work, lead)
    following = offer_next(quiz.routing.hot, await _wanted(work, lead), team, stored.state, work.now)
    return await work.unit.hand_offs.save(stored, following)


async def _reach_out(work: Work, stored: StoredHandOff, team: Team) -> None:
    """Show the card to those it is offered to now; where nobody is there, the admins hear of it."""
    dossier, state = await gather(work, stored), stored.state
    chats = recipients(state, team, work.now)
    await work.note("offered", dossier.prospect.id, lead=stored.lead_id, to=len(chats), reach=state.reach)
    await send_cards(work, dossier, chats)
    await post(work, dossier)
    if state.reach is Reach.HEAD:
        await _alarm(work, dossier, "alarm.nobody_there")


async def _alarm(work: Work, dossier: Dossier, key: str) -> None:
    """Tell every admin of a lead that nobody has."""
    for admin in await admins(work):
        language = await work.staff_language(admin)
        text = say(
            language,
            key,
            lead=lead_name(dossier.lead),
            points=count(language, "points", dossier.score.total),
            time=duration(language, work.now - dossier.hand_off.state.offered_at),
        )
        await work.send(SendText(chat_id=admin, html=text), Kind.HAND_OFF)


async def _wanted(work: Work, lead: Lead) -> Wanted:
    stored = await session_of(work, lead)
    return Wanted(stored.session.language, stored.source)


async def withdraw_lead(work: Work, lead: Lead) -> None:
    """Close a lead who does not want to be contacted any more; whoever has the card sees it."""
    if may_move(lead.stage, Stage.LOST):
        await move_to(work, lead, Stage.LOST, "prospect", WITHDRAWN)
    present = await work.unit.hand_offs.open_of(lead.id)
    if present is not None and present.lead_id == lead.id:
        await renew_cards(work, await work.unit.hand_offs.save(present, withdraw(present.state, work.now)))
