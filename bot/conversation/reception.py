"""Receives what one person did, and passes it to the part of the product that it is meant for."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import assert_never

from bot.administration.arrivals import take_file
from bot.broadcasts.composing import take_attachment, take_words
from bot.conversation import groups, walking
from bot.conversation.commands import command
from bot.conversation.tapping import tapped
from bot.conversation.wording import Wording
from bot.entry.drafting import take_text
from bot.follow_ups.noticing import add_up, notice
from bot.hand_off.asking import take_answer
from bot.insight.entering import take_cost
from bot.privacy.keeping import keep
from bot.talk.library import take_document, take_link
from bot.talk.mishaps import left
from bot.talk.switchboard import hint, put_through
from bot.teams.groups import gone, moved
from bot.teams.permissions import works_here
from bot.teams.presence import lost, seen
from bot.telegram.callback_data import decode
from bot.telegram.requests import SendText
from bot.telegram.taps import PrivacyAction, PrivacyTapped
from bot.telegram.updates import (
    BotBlocked,
    BotUnblocked,
    CalledInGroup,
    ContactReceived,
    FileReceived,
    GroupMoved,
    Incoming,
    LeftGroup,
    LocationReceived,
    MessageEdited,
    OtherReceived,
    TapReceived,
    TextReceived,
)
from bot.texts import plain, say
from bot.work import Work
from dialogs.session import (
    ContactShared,
    Event,
    FileSent,
    LocationShared,
    SomethingElseSent,
    Typed,
)
from storage.enrolments import EndReason
from storage.records import Prospect

_COMMAND = re.compile(r"/([a-z_]+)(?:@\w+)?(?:\s+(.*))?", re.IGNORECASE | re.DOTALL)


async def receive(work: Work, incoming: Incoming) -> None:
    """Handle one thing that one person did."""
    work = replace(work, whose=incoming.person.id)
    if isinstance(incoming.happening, LeftGroup | GroupMoved) or await works_here(work, incoming.person.id):
        await work.unit.alone_in_office()
    if await _in_group(work, incoming):
        return
    heard_of = await work.unit.prospects.heard_of(incoming.person.id)
    prospect = await _who(work, incoming)
    if prospect is None:
        return
    more_active = await notice(work, prospect, incoming, heard_of)
    if not isinstance(incoming.happening, BotBlocked):
        await seen(work, prospect.telegram_id)
    written = _command(incoming)
    if not await put_through(work, prospect, incoming, written and written[0]):
        await _done(work, prospect, incoming, written)
    await add_up(work, prospect, more_active)
    await keep(work, prospect)


async def _in_group(work: Work, incoming: Incoming) -> bool:
    """Handle what happened in a group, or to one; tell whether it did."""
    match incoming.happening:
        case CalledInGroup() as call:
            await groups.called(work, incoming.person, call)
        case LeftGroup(chat_id=chat_id):
            await gone(work, chat_id, "the bot was removed")
        case GroupMoved(chat_id=chat_id, to=to):
            await moved(work, chat_id, to)
        case TapReceived(group=int(chat_id)) as tap:
            await groups.tapped(work, incoming.person, tap, chat_id)
        case _:
            return False
    return True


def _command(incoming: Incoming) -> tuple[str, str] | None:
    """Return the command that somebody wrote, and what stands after it."""
    match incoming.happening:
        case TextReceived(text=text, forwarded=False) if found := _COMMAND.fullmatch(text.strip()):
            return found[1].lower(), (found[2] or "").strip()
        case _:
            return None


async def _done(work: Work, prospect: Prospect, incoming: Incoming, written: tuple[str, str] | None) -> None:
    """Handle what belongs to no talk."""
    match incoming.happening:
        case TextReceived() if written is not None:
            await command(work, prospect, *written, incoming.update_id)
        case TextReceived(text=text, forwarded=forwarded) as said:
            if not forwarded and await _asked_for(work, prospect, said):
                return
            if await hint(work, prospect):
                return
            # Somebody else's words are no answer, and never a consent.
            await _event(work, prospect, SomethingElseSent() if forwarded else Typed(text))
        case ContactReceived(phone=phone, own=own):
            await _event(work, prospect, ContactShared(phone, own))
        case FileReceived() as file if await _asked_for_file(work, prospect, file):
            pass
        case LocationReceived(latitude=latitude, longitude=longitude, forwarded=forwarded):
            place = LocationShared(latitude, longitude)
            await _event(work, prospect, SomethingElseSent() if forwarded else place)
        case FileReceived() as file:
            await _event(work, prospect, SomethingElseSent() if file.forwarded else _sent(file))
        case OtherReceived():
            await _event(work, prospect, SomethingElseSent())
        case MessageEdited():
            await _edited(work, prospect)
        case CalledInGroup() | LeftGroup() | GroupMoved():
            pass
        case TapReceived() as tap:
            await tapped(work, prospect, tap, incoming.update_id)
        case BotBlocked():
            await work.unit.prospects.blocked(prospect.id, work.now)
            await work.unit.enrolments.stop(prospect.id, EndReason.BLOCKED, work.now)
            await work.unit.outbox.drop_all(prospect.telegram_id, work.now)
            await left(work, prospect)
            await work.note("blocked", prospect.id)
            await lost(work, prospect.telegram_id, "the bot was blocked")
        case BotUnblocked():
            # Letting the bot in again is no consent: follow-ups stay stopped until they are asked for.
            await work.note("unblocked", prospect.id)
        case _:
            assert_never(incoming.happening)


async def _asked_for(work: Work, person: Prospect, said: TextReceived) -> bool:
    """Take what somebody who works here was asked to write; tell whether it was that."""
    for take in (take_answer, take_link, take_text, take_cost):
        if await take(work, person, said.text):
            return True
    return await take_words(work, person, said.formatted)


async def _asked_for_file(work: Work, person: Prospect, file: FileReceived) -> bool:
    """Take a file that somebody who works here was asked for, or that can be for one thing only."""
    for take in (take_document, take_attachment, take_file):
        if await take(work, person, file):
            return True
    return False


async def _who(work: Work, incoming: Incoming) -> Prospect | None:
    """Return who did it; None for somebody unknown, where there is no need to know them.

    Who was erased is not to be written down again because they tap twice, or leave.
    """
    person = incoming.person
    match incoming.happening:
        case BotBlocked() | BotUnblocked():
            if await work.unit.prospects.by_telegram_id(person.id) is None:
                return None
        case TapReceived(tap_id=tap_id, data=data):
            erasing = decode(data)
            confirms = isinstance(erasing, PrivacyTapped) and erasing.action is PrivacyAction.ERASE_NOW
            if confirms and await work.unit.prospects.by_telegram_id(person.id) is None:
                await work.answer_tap(tap_id, plain(person.language, "privacy.erase.done_already"), forget=True)
                return None
        case _:
            pass
    return await work.unit.prospects.met(person.id, person.first_name, person.username, person.language, work.now)


def _sent(file: FileReceived) -> FileSent:
    return FileSent(file.kind, file.name, file.mime, file.size, file.file_id, file.caption)


async def _edited(work: Work, prospect: Prospect) -> None:
    """An edited message changes no answer by itself: nobody could tell which one, or whether it was meant."""
    stored = await work.unit.sessions.latest(prospect.id)
    if stored is None or stored.session.over:
        text = say(work.language_of(prospect), "chat.edited_idle")
    elif stored.session.answers:
        session = stored.session
        text = Wording(await work.quiz(session.quiz, session.revision), session.language).say("chat.edited")
    else:
        await walking.go_on(work, prospect, stored, SomethingElseSent())
        return
    await work.send_once(SendText(chat_id=prospect.telegram_id, html=text))


async def _event(work: Work, prospect: Prospect, event: Event) -> None:
    stored = await work.unit.sessions.latest(prospect.id)
    if stored is None:
        text = say(work.language_of(prospect), "chat.begin")
        await work.send_once(SendText(chat_id=prospect.telegram_id, html=text))
        return
    await walking.go_on(work, prospect, stored, event)
