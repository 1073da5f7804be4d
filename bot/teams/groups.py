"""Groups in which a team sees its hot leads: who may bring them in, take them off, and what if they move or go."""

from __future__ import annotations

import structlog

from bot.hand_off.card import isolated
from bot.hand_off.gathering import gather
from bot.hand_off.posting import repost
from bot.teams.permissions import admins, runs_things
from bot.teams.roster import teams
from bot.telegram.callback_data import encode
from bot.telegram.requests import REQUEST, Buttons, EditText, SendText, TapButton
from bot.telegram.taps import TeamAction, TeamTapped
from bot.texts import say
from bot.work import Work
from storage.groups import Group
from storage.messages import Fate, Kind

log = structlog.get_logger()


async def may_bring(work: Work, telegram_id: int) -> tuple[str, ...]:
    """Name the teams whose leads somebody may let a group see: all, for a head the own one, for others none."""
    known = await teams(work)
    if await runs_things(work, telegram_id):
        return known
    member = await work.unit.members.of(telegram_id)
    return (member.team,) if member is not None and member.is_head and member.team in known else ()


def team_choices(allowed: tuple[str, ...]) -> Buttons:
    """Return a button for each team whose leads a group could see."""
    return tuple(
        (TapButton(text=f"✅ {team}", data=encode(TeamTapped(TeamAction.HERE, choice=team))),) for team in allowed
    )


async def bring(work: Work, chat_id: int, title: str, team: str, language: str, by: int) -> None:
    """Let a group see the hot leads of a team from now on."""
    await work.unit.groups.bring(chat_id, team, isolated(title), language, by, work.now)
    await work.note("group_brought", None, team=team, by=by)


async def take_off(work: Work, group: Group, by: int) -> None:
    """Let a group see no more leads; what it has of open ones goes."""
    said = say(group.language, "card.left")
    for card, hand_off in await work.unit.posts.open_in(group.chat_id):
        request = EditText(chat_id=group.chat_id, html=said)
        await work.send(request, Kind.HAND_OFF, edits=card, hand_off_id=hand_off)
    await work.send(SendText(chat_id=group.chat_id, html=say(group.language, "group.off")), Kind.HAND_OFF)
    await work.unit.groups.leave(group.chat_id)
    await work.note("group_taken_off", None, team=group.team, by=by)


async def gone(work: Work, chat_id: int, reason: str) -> None:
    """A group threw the bot out, or lets it write no more: the admins hear of it, and leads go on without it."""
    await work.unit.outbox.drop_all(chat_id, work.now)
    group = await work.unit.groups.leave(chat_id)
    if group is None:
        return
    await work.note("group_gone", None, team=group.team)
    log.error("group_gone", team=group.team, reason=reason)
    for admin in await admins(work):
        language = await work.staff_language(admin)
        text = say(language, "alarm.group_gone", group=group.title, team=group.team, reason=reason)
        await work.send(SendText(chat_id=admin, html=text), Kind.HAND_OFF)


async def moved(work: Work, chat_id: int, to: int) -> None:
    """A group became a supergroup: what waits goes there, and what is open is posted there once more.

    Messages stay behind, and their numbers mean others in the new chat: no change of one may follow it there.
    """
    outbox = work.unit.outbox
    for number, body in await outbox.waiting_for(chat_id):
        request = REQUEST.validate_json(body)
        if isinstance(request, EditText):
            await outbox.settle(number, Fate.DROPPED, work.now)
        else:
            sent_to = request.model_copy(update={"chat_id": to})
            await outbox.redirect(number, to, REQUEST.dump_json(sent_to).decode())
    left_behind = await work.unit.posts.leave_behind(chat_id, work.now)
    if not await work.unit.groups.moved(chat_id, to):
        return
    await work.note("group_moved", None)
    group = await work.unit.groups.at(to)
    for number in left_behind:
        stored = await work.unit.hand_offs.by_id(number)
        if stored is not None and group is not None:
            await repost(work, await gather(work, stored), group)
