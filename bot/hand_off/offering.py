"""Offers a hot lead to its managers, offers it again when nobody takes it, and keeps every card true."""

from __future__ import annotations

from bot.hand_off.card import Dossier, card_buttons, card_text, lead_name
from bot.stages.reasons import lost_text
from bot.stages.scrubbing import flaws_of
from bot.telegram.requests import EditText, SendText
from bot.texts import count, duration, say
from bot.work import Work
from qualification.handoff import WITHDRAWN, Denial, Outcome, offer, offer_again, take, withdraw
from qualification.quiz import Quiz
from qualification.score import is_unfit, score
from qualification.stages import Stage, may_move
from storage.records import Card, Kind, Lead, StoredHandOff

ESCALATION_ROUND = 2
"""From this round on the admins get the card too: `escalate_after` is over."""


async def offer_lead(work: Work, lead_id: int, quiz: Quiz, *, team: str | None = None) -> None:
    """Offer a lead that became hot, to its team or another one.

    One that is on offer or taken already, by itself or as a lead it is merged with, only gets its cards renewed.
    """
    present = await work.unit.hand_offs.open_of(lead_id)
    if present is not None:
        await renew_cards(work, present)
        return
    route = quiz.routing.hot
    stored = await work.unit.hand_offs.add(lead_id, team or route.team, offer(route, work.now))
    dossier = await gather(work, stored)
    await work.note("offered", dossier.prospect.id, lead=lead_id, to=len(work.setup.offered_to))
    await _send_cards(work, dossier, work.setup.offered_to)


async def give_back(work: Work, lead_id: int, quiz: Quiz, manager: int) -> None:
    """Give a lead back to the manager who had it before, without offering it to anybody else."""
    if await work.unit.hand_offs.open_of(lead_id) is not None:
        await offer_lead(work, lead_id, quiz)
        return
    route = quiz.routing.hot
    taken = take(offer(route, work.now), manager, work.now)
    if isinstance(taken, Denial):
        raise TypeError(f"a fresh offer was denied: {taken}")
    dossier = await gather(work, await work.unit.hand_offs.add(lead_id, route.team, taken))
    await work.note("given_back", dossier.prospect.id, lead=lead_id, manager=manager)
    await _send_cards(work, dossier, (manager,))


async def offer_due(work: Work, stored: StoredHandOff) -> None:
    """Offer a lead again that nobody took in time: the admins are told, and so, once, is the prospect."""
    dossier = await gather(work, stored)
    again = offer_again(dossier.quiz.routing.hot, stored.state, work.now)
    stored = await work.unit.hand_offs.save(stored, again)
    dossier = await gather(work, stored)
    await renew_cards(work, stored)
    await work.note("offered_again", dossier.prospect.id, lead=stored.lead_id, round=again.round)
    # Who became hot by a tap on a link was promised nothing, so there is no promise to break.
    promised = dossier.session.session.ended_at == again.offered_at
    if again.round == 1 and work.setup.offered_to and promised:
        late = say(dossier.session.session.language, "happens.late")
        await work.send(SendText(chat_id=dossier.prospect.telegram_id, html=late))
    escalated = work.setup.admins if again.round >= ESCALATION_ROUND else ()
    await _send_cards(work, dossier, tuple(dict.fromkeys((*work.setup.offered_to, *escalated))))
    for admin in work.setup.admins:
        language = await work.staff_language(admin)
        text = say(
            language,
            "alarm.untaken",
            lead=lead_name(dossier.lead),
            points=count(language, "points", dossier.score.total),
            time=duration(language, work.now - again.offered_at),
        )
        await work.send(SendText(chat_id=admin, html=text), Kind.HAND_OFF)


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
    request = EditText(
        chat_id=chat,
        html=card_text(dossier, chat, language),
        buttons=card_buttons(dossier, chat, language, asking_why=asking_why),
    )
    await work.send(request, Kind.HAND_OFF, edits=card.number, hand_off_id=dossier.hand_off.id)


async def gather(work: Work, stored: StoredHandOff) -> Dossier:
    """Collect all that a card is made of."""
    lead = await work.unit.leads.by_id(stored.lead_id)
    session = await work.unit.sessions.by_id(lead.session_id)
    if session is None:
        raise LookupError(f"lead {lead.id} has no session {lead.session_id}")
    quiz = await work.quiz(session.session.quiz, session.session.revision)
    taken_by = stored.state.taken_by
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
        names=await work.unit.prospects.names([taken_by] if taken_by is not None else []),
        now=work.now,
        followed_up=followed_up,
        referrer=await work.unit.prospects.first_name(referred_by) if referred_by is not None else None,
        merged=tuple(number for number in await work.unit.merges.group(lead.id) if number != lead.id),
        flaws=await flaws_of(work, quiz, lead),
    )


async def tell_admins(work: Work, key: str, dossier: Dossier, name: str) -> None:
    """Tell every admin what a manager did with a lead, without anything personal of the prospect."""
    state = dossier.hand_off.state
    for admin in work.setup.admins:
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
