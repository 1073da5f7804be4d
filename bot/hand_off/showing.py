"""Shows cards and keeps every one of them true; tells the admins what became of a lead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.hand_off.buttons import Choice, Menu, card_buttons
from bot.hand_off.card import Dossier, card_text, lead_name
from bot.hand_off.gathering import gather
from bot.hand_off.posting import renew_post
from bot.stages.reasons import lost_text
from bot.teams.permissions import admins, takes_leads
from bot.teams.roster import ensure_member
from bot.telegram.requests import EditText, SendText
from bot.texts import duration, say
from bot.work import Work
from qualification.amounts import written_amount
from storage.messages import Card, Kind
from storage.records import StoredHandOff


async def renew_cards(work: Work, stored: StoredHandOff) -> None:
    """Change every card of a hand-off to how things stand now."""
    dossier = await gather(work, stored)
    for card in await work.unit.hand_offs.cards(stored.id):
        if card.in_group:
            await renew_post(work, dossier, card)
        else:
            await show_card(work, dossier, card)


async def show_card(
    work: Work, dossier: Dossier, card: Card, menu: Menu = Menu.MAIN, listed: Sequence[Choice] = ()
) -> None:
    """Change one card to how things stand now, with these buttons."""
    chat, language = card.chat_id, await work.staff_language(card.chat_id)
    if not await takes_leads(work, chat):  # they left: what they had is no business of theirs any more
        await work.send(EditText(chat_id=chat, html=say(language, "card.left")), Kind.HAND_OFF, edits=card.number)
        return
    request = EditText(
        chat_id=chat,
        html=card_text(dossier, chat, language),
        buttons=card_buttons(dossier, chat, language, menu, listed),
    )
    await work.send(request, Kind.HAND_OFF, edits=card.number, hand_off_id=dossier.hand_off.id)


async def send_cards(work: Work, dossier: Dossier, chats: Iterable[int]) -> None:
    """Send the card to these chats; whom alone a lead is offered to has had a turn by it."""
    chats, one = tuple(chats), dossier.hand_off.state.offered_to
    if one in chats and await ensure_member(work, one) is not None:
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
            to=dossier.name(state.offered_to) if state.offered_to is not None else "",
            amount=written_amount(state.amount, state.currency) if state.amount else "",
        )
        await work.send(SendText(chat_id=admin, html=text))
