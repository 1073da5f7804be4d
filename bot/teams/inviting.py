"""Invites: an owner or admin makes a one-time link, and whoever opens it works here."""

from __future__ import annotations

from datetime import timedelta

from bot.hand_off.card import isolated
from bot.teams.permissions import role_of, runs_things
from bot.teams.roster import house_timezone, teams
from bot.teams.welcoming import welcome_staff
from bot.telegram.callback_data import encode
from bot.telegram.requests import Buttons, EditText, SendText, TapButton
from bot.telegram.taps import TeamAction, TeamTapped
from bot.telegram.updates import TapReceived
from bot.texts import day_and_time, plain, say
from bot.work import Work
from storage.links import ALPHABET
from storage.members import NO_TEAM, Role
from storage.records import Prospect

JOIN_MARK = "join_"
"""What a deep link's payload begins with that makes somebody a member."""
TOKEN_LENGTH = 20
OPEN_FOR = timedelta(hours=48)
INVITED = (Role.MANAGER, Role.ADMIN, Role.VIEWER)
"""Whom one can invite: a bot is owned by whoever claimed it."""


async def ask_role(work: Work, person: Prospect) -> None:
    """Ask as what somebody new is to work here."""
    language = work.language_of(person)
    rows = tuple((_button(plain(language, f"invite.role.{role}"), str(role)),) for role in INVITED)
    await work.send(SendText(chat_id=person.telegram_id, html=say(language, "invite.ask_role"), buttons=rows))


async def take_choice(work: Work, person: Prospect, choice: str, tap: TapReceived) -> None:
    """Take the chosen role; a manager's team is asked for where there are several."""
    named, _, team = choice.partition("/")
    if not await runs_things(work, person.telegram_id) or named not in INVITED:
        await work.answer_tap(tap.tap_id, plain(work.language_of(person), "tap.unknown"))
        return
    role, known = Role(named), await teams(work)
    await work.answer_tap(tap.tap_id)
    if role is not Role.MANAGER:
        await _make(work, person, role, NO_TEAM, tap)
    elif team in known or len(known) == 1:
        await _make(work, person, role, team if team in known else known[0], tap)
    else:
        rows = tuple((_button(each, f"{role}/{each}"),) for each in known)
        await _change(work, person, tap, say(work.language_of(person), "invite.ask_team"), rows)


async def _make(work: Work, person: Prospect, role: Role, team: str, tap: TapReceived) -> None:
    token = "".join(work.chance.choice(ALPHABET) for _ in range(TOKEN_LENGTH))
    until = work.now + OPEN_FOR
    fingerprint = _fingerprint(work, token)
    number = await work.unit.invites.add(fingerprint, role, team, person.telegram_id, work.now, until)
    await work.note("invited", None, invite=number, by=person.telegram_id, role=role, team=team)
    language = work.language_of(person)
    html = say(
        language,
        "invite.made",
        role=plain(language, f"role.{role}"),
        link=f"https://t.me/{work.setup.username}?start={JOIN_MARK}{token}",
        until=day_and_time(language, until, await house_timezone(work)),
    )
    await _change(work, person, tap, html, ())


async def join(work: Work, person: Prospect, token: str) -> None:
    """Let whoever opens an invite work here; one that was used, or is too old, says so."""
    language = work.language_of(person)
    await work.unit.alone_in_office()  # an invite is for one
    invite = await work.unit.invites.by_fingerprint(_fingerprint(work, token))
    present = await role_of(work, person.telegram_id)
    if present is not None:
        text = say(language, "invite.member_already", role=plain(language, f"role.{present}"))
        await work.send(SendText(chat_id=person.telegram_id, html=text))
        return
    # Who invited must still be somebody who may.
    good = invite is not None and await runs_things(work, invite.invited_by)
    if invite is None or not good or not await work.unit.invites.use(invite.id, person.telegram_id, work.now):
        await work.send(SendText(chat_id=person.telegram_id, html=say(language, "invite.over")))
        return
    await work.unit.members.join(person.telegram_id, person.first_name, invite.role, invite.team, work.now)
    await work.note("joined", None, member=person.telegram_id, role=invite.role, team=invite.team)
    await welcome_staff(work, person)
    spoken = await work.staff_language(invite.invited_by)
    name, role = isolated(person.first_name), plain(spoken, f"role.{invite.role}")
    text = say(spoken, "invite.joined", name=name, role=role)
    await work.send(SendText(chat_id=invite.invited_by, html=text))


def _button(text: str, choice: str) -> TapButton:
    return TapButton(text=text, data=encode(TeamTapped(TeamAction.INVITE, choice=choice)))


async def _change(work: Work, person: Prospect, tap: TapReceived, html: str, buttons: Buttons) -> None:
    edit = EditText(chat_id=person.telegram_id, html=html, message_id=tap.message_id, buttons=buttons)
    await work.send(edit, forget=True)  # of a link nothing is kept but its fingerprint


def _fingerprint(work: Work, token: str) -> str:
    return work.setup.fingerprint("invite", token)
