"""Decides whether what somebody did belongs to a talk between a manager and a lead, and puts it through."""

from __future__ import annotations

from bot.hand_off.card import isolated
from bot.hand_off.gathering import names_of
from bot.talk.mirroring import mirror
from bot.talk.passing import from_manager, from_prospect
from bot.teams.permissions import takes_leads
from bot.telegram.callback_data import decode
from bot.telegram.requests import SendText
from bot.telegram.taps import AnswerTapped, ContinueTapped, ReopenTapped
from bot.telegram.updates import (
    ContactReceived,
    FileReceived,
    Incoming,
    LocationReceived,
    MessageEdited,
    OtherReceived,
    TapReceived,
    TextReceived,
)
from bot.texts import plain, say
from bot.work import Work
from storage.records import Prospect, StoredHandOff

WAITING_COMMANDS = ("start", "restart")
"""What would begin a quiz or go on with it: not while a human has the chat."""


async def put_through(work: Work, person: Prospect, incoming: Incoming, command: str | None) -> bool:
    """Deal with what belongs to a talk; tell whether it did. `command` is the one that was written, if any."""
    match incoming.happening:
        case TextReceived() if command is not None:
            return command in WAITING_COMMANDS and await _quiz_waits(work, person)
        case TextReceived() | FileReceived() | ContactReceived() | LocationReceived() | OtherReceived():
            return await _said(work, person, incoming)
        case MessageEdited() as edited if incoming.message_id is not None:
            if await mirror(work, person, edited, incoming.message_id):
                return True
            return await work.unit.hand_offs.talking_with(person.id) is not None
        case TapReceived(tap_id=tap_id, data=data):
            if not isinstance(decode(data), AnswerTapped | ReopenTapped | ContinueTapped):
                return False
            talking = await work.unit.hand_offs.talking_with(person.id)
            if talking is not None:
                name = await _manager(work, talking)
                await work.answer_tap(tap_id, plain(work.language_of(person), "talk.quiz_waits", name=name))
            return talking is not None
        case _:
            return False


async def hint(work: Work, person: Prospect) -> bool:
    """Tell a manager how to write to a lead, where they seem to want to; tell whether that was said."""
    me = person.telegram_id
    if not await takes_leads(work, me) or not await work.unit.hand_offs.taken_by(me):
        return False
    session = await work.unit.sessions.latest(person.id)
    if session is not None and not session.session.over:
        return False
    await work.send_once(SendText(chat_id=me, html=say(work.language_of(person), "talk.hint")))
    return True


async def _said(work: Work, person: Prospect, incoming: Incoming) -> bool:
    me, reply_to = person.telegram_id, incoming.reply_to
    if reply_to is not None and await takes_leads(work, me):
        stored = await _about(work, me, reply_to)
        if stored is not None:
            await from_manager(work, person, incoming, stored)
            return True
    talking = await work.unit.hand_offs.talking_with(person.id)
    if talking is None and reply_to is not None:
        talking = await work.unit.talk.answered(person.id, me, reply_to)
    if talking is None:
        return False
    await from_prospect(work, person, incoming, talking)
    return True


async def _about(work: Work, manager: int, message_id: int) -> StoredHandOff | None:
    """Return the hand-off that a message in a manager's chat is about: a card, what is below it, or their own."""
    stored = await work.unit.hand_offs.about(manager, message_id)
    if stored is not None:
        return stored
    written = await work.unit.talk.written(manager, message_id)
    own = next((each for each in written if each.from_manager), None)
    return await work.unit.hand_offs.by_id(own.hand_off_id) if own else None


async def _quiz_waits(work: Work, person: Prospect) -> bool:
    talking = await work.unit.hand_offs.talking_with(person.id)
    if talking is None:
        return False
    text = say(work.language_of(person), "talk.goes_on", name=await _manager(work, talking))
    await work.send_once(SendText(chat_id=person.telegram_id, html=text))
    return True


async def _manager(work: Work, talking: StoredHandOff) -> str:
    whom = talking.state.taken_by or talking.state.offered_to or 0
    return isolated((await names_of(work, [whom])).get(whom, "…"))
