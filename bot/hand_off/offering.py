"""Offers a hot lead to its managers, offers it again when nobody takes it, and keeps every card true."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.hand_off.buttons import Choice, Menu, card_buttons
from bot.hand_off.card import Dossier, card_text, lead_name, lost_text
from bot.telegram.requests import EditText, SendText
from bot.texts import count, duration, say
from bot.work import Work
from qualification.amounts import written_amount
from qualification.handoff import WITHDRAWN, Outcome, offer, offer_again, withdraw
from qualification.quiz import Quiz
from qualification.score import is_unfit, score
from qualification.stages import Stage, may_move
from storage.records import Card, Kind, Lead, StoredHandOff

NOTES_SHOWN = 3
ESCALATION_ROUND = 2
"""From this round on the admins get the card too: `escalate_after` is over."""


async def offer_lead(work: Work, lead_id: int, quiz: Quiz) -> None:
    """Offer a lead that became hot; one that is on offer or taken already only gets its cards renewed."""
    present = await work.unit.hand_offs.open_of(lead_id)
    if present is not None:
        await renew_cards(work, present)
        return
    route = quiz.routing.hot
    stored = await work.unit.hand_offs.add(lead_id, route.team, offer(route, work.now))
    dossier = await gather(work, stored)
    await work.note("offered", dossier.prospect.id, lead=lead_id, to=len(work.setup.offered_to))
    await send_cards(work, dossier, work.setup.offered_to)


async def offer_due(work: Work, stored: StoredHandOff) -> None:
    """Offer a lead again that nobody took in time: the admins are told, and so, once, is the prospect."""
    dossier = await gather(work, stored)
    again = offer_again(dossier.quiz.routing.hot, stored.state, work.now)
    stored = await work.unit.hand_offs.save(stored, again)
    dossier = await gather(work, stored)
    await renew_cards(work, stored)
    await work.note("offered_again", dossier.prospect.id, lead=stored.lead_id, round=again.round)
    # Who became hot by a tap on a link was promised nothing, so there is no promise to break.
    promised = dossier.session.session.ended_at == again.offered_at and again.contacted_at is None
    if again.round == 1 and work.setup.offered_to and promised:
        late = say(dossier.session.session.language, "happens.late")
        await work.send(SendText(chat_id=dossier.prospect.telegram_id, html=late))
    escalated = work.setup.admins if again.round >= ESCALATION_ROUND else ()
    await send_cards(work, dossier, tuple(dict.fromkeys((*work.setup.offered_to, *escalated))))
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
    if present is not None:
        await renew_cards(work, await work.unit.hand_offs.save(present, withdraw(present.state, work.now)))


async def renew_cards(work: Work, stored: StoredHandOff) -> None:
    """Change every card of a hand-off to how things stand now."""
    dossier = await gather(work, stored)
    for card in await work.unit.hand_offs.cards(stored.id):
        await show_card(work, dossier, card)


async def show_card(
    work: Work, dossier: Dossier, card: Card, menu: Menu = Menu.MAIN, listed: Sequence[Choice] = ()
) -> None:
    """Change one card to how things stand now, with these buttons."""
    chat, language = card.chat_id, await work.staff_language(card.chat_id)
    request = EditText(
        chat_id=chat,
        html=card_text(dossier, chat, language),
        buttons=card_buttons(dossier, chat, language, menu, listed),
    )
    await work.send(request, Kind.HAND_OFF, edits=card.number, hand_off_id=dossier.hand_off.id)


async def gather(work: Work, stored: StoredHandOff) -> Dossier:
    """Collect all that a card is made of."""
    return await gather_lead(work, await work.unit.leads.by_id(stored.lead_id), stored)


async def gather_lead(work: Work, lead: Lead, stored: StoredHandOff) -> Dossier:
    """Collect all that is known about a lead."""
    session = await work.unit.sessions.by_id(lead.session_id)
    if session is None:
        raise LookupError(f"lead {lead.id} has no session {lead.session_id}")
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
            await work.unit.leads.ledger(lead),
            work.now,
            unfit=is_unfit(quiz, session.session.answers),
        ),
        names=await work.unit.prospects.names({each for each in people if each is not None}),
        now=work.now,
        followed_up=followed_up,
        referrer=await work.unit.prospects.first_name(referred_by) if referred_by is not None else None,
        notes=tuple(notes),
        heads=frozenset(work.setup.admins),
        walking=latest is not None and not latest.session.over and not latest.is_test,
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
            reason=lost_text(state.lost_reason, language, dossier.quiz),
            to=dossier.name(state.offered_to) if state.offered_to is not None else "",
            amount=written_amount(state.amount, state.currency) if state.amount else "",
        )
        await work.send(SendText(chat_id=admin, html=text))


async def send_cards(work: Work, dossier: Dossier, chats: Iterable[int]) -> None:
    """Send the card to these chats."""
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
