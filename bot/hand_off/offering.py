"""Offers a hot lead to its managers, offers it again when nobody takes it, and keeps every card true."""

from __future__ import annotations

from bot.hand_off.card import Dossier, card_buttons, card_text, lead_name
from bot.stages.reasons import lost_text
from bot.stages.scrubbing import flaws_of
from bot.teams.permissions import admins, takes_leads
from bot.teams.roster import ensure_member, team_of
from bot.telegram.requests import EditText, SendText
from bot.texts import count, duration, say
from bot.work import Work
from qualification.assignment import Team, Wanted
from qualification.handoff import WITHDRAWN, Denial, HandOff, Outcome, Phase, Reach, take, withdraw
from qualification.offering import offer, offer_anew, offer_next, recipients
from qualification.quiz import Quiz
from qualification.score import is_unfit, score
from qualification.stages import Stage, may_move
from storage.records import Card, Kind, Lead, StoredHandOff, StoredSession


async def offer_lead(work: Work, lead_id: int, quiz: Quiz, *, team: str | None = None) -> None:
    """Offer a lead that became hot, to its team or another one.

    One that is on offer or taken already, by itself or as a lead it is merged with, only gets its cards renewed.
    """
    present = await work.unit.hand_offs.open_of(lead_id)
    if present is not None:
        await renew_cards(work, present)
        return
    lead, route = await work.unit.leads.by_id(lead_id), quiz.routing.hot
    name = team or route.team
    members = await team_of(work, name)
    state = offer(route, await _wanted(work, lead), members, work.now)
    await _reach_out(work, await work.unit.hand_offs.add(lead_id, name, state), members)


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
    await _send_cards(work, dossier, (manager,))


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
    promised = dossier.session.session.ended_at == state.offered_at
    chats = recipients(state, team, work.now)
    if before.round == 0 and state.round and chats and promised:
        late = say(dossier.session.session.language, "happens.late")
        await work.send(SendText(chat_id=dossier.prospect.telegram_id, html=late))
    await _send_cards(work, dossier, chats)
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
    quiz = await _quiz_of(work, lead)
    anew = offer_anew(quiz.routing.hot, await _wanted(work, lead), team, stored.state, work.now)
    stored = await work.unit.hand_offs.save(stored, anew)
    await work.unit.hand_offs.let_go(stored.id)
    await renew_cards(work, stored)
    await _reach_out(work, stored, team)


async def _next(work: Work, stored: StoredHandOff, team: Team) -> StoredHandOff:
    lead = await work.unit.leads.by_id(stored.lead_id)
    quiz = await _quiz_of(work, lead)
    following = offer_next(quiz.routing.hot, await _wanted(work, lead), team, stored.state, work.now)
    return await work.unit.hand_offs.save(stored, following)


async def _reach_out(work: Work, stored: StoredHandOff, team: Team) -> None:
    """Show the card to those it is offered to now; where nobody is there, the admins hear of it."""
    dossier, state = await gather(work, stored), stored.state
    chats = recipients(state, team, work.now)
    await work.note("offered", dossier.prospect.id, lead=stored.lead_id, to=len(chats), reach=state.reach)
    await _send_cards(work, dossier, chats)
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
    stored = await _session_of(work, lead)
    return Wanted(stored.session.language, stored.source)


async def _quiz_of(work: Work, lead: Lead) -> Quiz:
    session = (await _session_of(work, lead)).session
    return await work.quiz(session.quiz, session.revision)


async def _session_of(work: Work, lead: Lead) -> StoredSession:
    session = await work.unit.sessions.by_id(lead.session_id)
    if session is None:
        raise LookupError(f"lead {lead.id} has no session {lead.session_id}")
    return session


async def withdraw_lead(work: Work, lead: Lead) -> None:
    """Close a lead who does not want to be contacted any more; whoever has the card sees it."""
    if may_move(lead.stage, Stage.LOST):
        await work.unit.leads.move(lead, Stage.LOST, "prospect", WITHDRAWN, work.now)
    present = await work.unit.hand_offs.open_of(lead.id)
    if present is not None and present.lead_id == lead.id:
        await renew_cards(work, await work.unit.hand_offs.save(present, withdraw(present.state, work.now)))


async def renew_cards(work: Work, stored: StoredHandOff) -> None:
    """Change every card of a hand-off to how things stand now."""
    dossier = await gather(work, stored)
    for card in await work.unit.hand_offs.cards(stored.id):
        await show_card(work, dossier, card)


async def show_card(work: Work, dossier: Dossier, card: Card, *, asking_why: bool = False) -> None:
    """Change one card to how things stand now, or to the question why the lead is lost."""
    chat, language = card.chat_id, await work.staff_language(card.chat_id)
    if not await takes_leads(work, chat):  # they left: what they had is no business of theirs any more
        await work.send(EditText(chat_id=chat, html=say(language, "card.left")), Kind.HAND_OFF, edits=card.number)
        return
    request = EditText(
        chat_id=chat,
        html=card_text(dossier, chat, language),
        buttons=card_buttons(dossier, chat, language, asking_why=asking_why),
    )
    await work.send(request, Kind.HAND_OFF, edits=card.number, hand_off_id=dossier.hand_off.id)


async def gather(work: Work, stored: StoredHandOff) -> Dossier:
    """Collect all that a card is made of."""
    lead = await work.unit.leads.by_id(stored.lead_id)
    session = await _session_of(work, lead)
    quiz = await work.quiz(session.session.quiz, session.session.revision)
    named = [number for number in (stored.state.taken_by, stored.state.offered_to) if number is not None]
    prospect = await work.unit.prospects.by_id(lead.prospect_id)
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
            await work.unit.leads.ledger(lead),
            work.now,
            unfit=is_unfit(quiz, session.session.answers),
        ),
        names=await _names(work, named),
        now=work.now,
        followed_up=followed_up,
        referrer=await work.unit.prospects.first_name(referred_by) if referred_by is not None else None,
        merged=tuple(number for number in await work.unit.merges.group(lead.id) if number != lead.id),
        flaws=await flaws_of(work, quiz, lead),
    )


async def _names(work: Work, telegram_ids: list[int]) -> dict[int, str]:
    """Return how members call themselves; those who never wrote to the bot have the name they joined with."""
    members = {number: await work.unit.members.of(number) for number in telegram_ids}
    joined = {number: member.name for number, member in members.items() if member is not None}
    return joined | await work.unit.prospects.names(telegram_ids)


async def tell_admins(work: Work, key: str, dossier: Dossier, name: str) -> None:
    """Tell every admin what a manager did with a lead, without anything personal of the prospect."""
    state = dossier.hand_off.state
    for admin in await admins(work):
        language = await work.staff_language(admin)
        text = say(
            language,
            key,
            lead=lead_name(dossier.lead),
            name=name,
            time=duration(language, work.now - state.offered_at),
            reason=lost_text(dossier.quiz, state.lost_reason, language),
        )
        await work.send(SendText(chat_id=admin, html=text))


async def _send_cards(work: Work, dossier: Dossier, chats: tuple[int, ...]) -> None:
    one = dossier.hand_off.state.offered_to
    if one is not None and await ensure_member(work, one) is not None:
        await work.unit.members.assigned(one, work.now)
    for chat in chats:
        language = await work.staff_language(chat)
        request = SendText(
            chat_id=chat,
            html=card_text(dossier, chat, language),
            buttons=card_buttons(dossier, chat, language),
            preview=False,
            repeat_mark=say(language, "card.repeat"),
        )
        await work.send(request, Kind.HAND_OFF, hand_off_id=dossier.hand_off.id)
