"""What the bot hears in groups: it talks in private, but a team's group sees hot leads, and can take them."""

from __future__ import annotations

from datetime import timedelta

from bot.hand_off.gathering import heads_of
from bot.hand_off.managing import act
from bot.teams.groups import bring, may_bring, team_choices
from bot.teams.listing import GROUP_START
from bot.teams.permissions import takes_leads
from bot.teams.roster import team_of
from bot.telegram.addresses import chat_address
from bot.telegram.callback_data import decode
from bot.telegram.requests import Buttons, EditText, LinkButton, SendText
from bot.telegram.taps import (
    CardAction,
    CardTapped,
    TeamAction,
    TeamTapped,
)
from bot.telegram.updates import CalledInGroup, Person, TapReceived
from bot.texts import LANGUAGES, Html, plain, say
from bot.work import Work
from storage.groups import Group
from storage.records import Prospect

QUIET = timedelta(hours=1)
"""How long the bot says nothing more in a group about where it talks."""
REFUSED_ONCE_IN = timedelta(minutes=1)


async def called(work: Work, caller: Person, call: CalledInGroup) -> None:
    """Answer a call in a group; nothing about a stranger, or a group of theirs, is kept."""
    wanted = call.command == "team_here" or (call.command == "start" and call.argument == GROUP_START)
    known = await work.unit.groups.at(call.chat_id)
    if not (wanted or call.brought) or (call.brought and known is not None):
        await _talks_in_private(work, caller, call)
        return
    allowed = await may_bring(work, caller.id)
    language = await _language(work, caller)
    named = call.argument.lower() if call.command == "team_here" else ""
    if not allowed and wanted:
        if not await work.unit.outbox.wrote_to_group(call.chat_id, work.now - REFUSED_ONCE_IN):
            await _say(work, call.chat_id, say(language, "group.not_yours"))
    elif not allowed:
        await _talks_in_private(work, caller, call)
    elif wanted and (named in allowed or (len(allowed) == 1 and not named)):
        team = named or allowed[0]
        await bring(work, call.chat_id, call.title, team, language, caller.id)
        await _say(work, call.chat_id, say(language, "group.done", team=team))
    else:
        await _say(work, call.chat_id, say(language, "group.which"), team_choices(allowed))


async def tapped(work: Work, person: Person, tap: TapReceived, chat_id: int) -> None:
    """Carry out a tap in a group, or say why not; the tap of a stranger leaves no trace."""
    language = await _language(work, person)
    group = await work.unit.groups.at(chat_id)
    meant = decode(tap.data)
    match meant:
        case CardTapped(action=CardAction.TAKE | CardAction.CONTACTED) if group is not None:
            why = await _why_not(work, person, meant, group, language)
            if why is not None:
                await work.answer_tap(tap.tap_id, why, alert=True, forget=True)
                return
            manager = await work.unit.prospects.by_telegram_id(person.id)
            if manager is not None:
                await act(work, manager, meant, tap)
        case TeamTapped(action=TeamAction.HERE, choice=team):
            await _choose(work, person, tap, chat_id, team, language)
        case _:
            await work.answer_tap(tap.tap_id, plain(language, "tap.unknown"), forget=True)


async def _why_not(work: Work, person: Person, meant: CardTapped, group: Group, language: str) -> str | None:
    """Return why somebody's tap on a post does nothing; None for who is of the team, and can be written to."""
    if not await takes_leads(work, person.id):
        return plain(language, "denial.not_a_manager")
    stored = await work.unit.hand_offs.by_id(meant.hand_off)
    if stored is None:
        return plain(language, "tap.unknown")
    managers = {each.telegram_id for each in (await team_of(work, stored.team)).managers}
    if person.id not in managers | await heads_of(work, stored.team):
        return plain(language, "group.other_team", team=stored.team)
    member = await work.unit.members.of(person.id)
    out_of_reach = member is not None and member.unreachable_since is not None
    if out_of_reach or await work.unit.prospects.by_telegram_id(person.id) is None:
        return plain(language, "group.start_first", username=work.setup.username)
    return None


async def _choose(work: Work, person: Person, tap: TapReceived, chat_id: int, team: str, language: str) -> None:
    """Let the group see the chosen team's leads: it is asked anew whether the person may."""
    if team not in await may_bring(work, person.id):
        await work.answer_tap(tap.tap_id, plain(language, "group.not_yours"), alert=True, forget=True)
        return
    known = await work.unit.groups.at(chat_id)
    await work.answer_tap(tap.tap_id, plain(language, "done.noted"))
    await bring(work, chat_id, tap.group_title or (known.title if known else ""), team, language, person.id)
    done = say(language, "group.done", team=team)
    await work.send(EditText(chat_id=chat_id, html=done, message_id=tap.message_id))


async def _talks_in_private(work: Work, caller: Person, call: CalledInGroup) -> None:
    if await work.unit.outbox.wrote_to_group(call.chat_id, work.now - QUIET):
        return
    language, username = await _language(work, caller), work.setup.username
    button = LinkButton(text=plain(language, "group.open"), url=chat_address(username))
    await _say(work, call.chat_id, say(language, "group.private", username=username), ((button,),))


async def _say(work: Work, chat_id: int, html: Html, buttons: Buttons = ()) -> None:
    await work.send(SendText(chat_id=chat_id, html=html, buttons=buttons, preview=False))


async def _language(work: Work, caller: Person) -> str:
    known: Prospect | None = await work.unit.prospects.by_telegram_id(caller.id)
    told = (caller.language or "").partition("-")[0].lower()
    return told if known is None and told in LANGUAGES else work.language_of(known)
