"""What those who work here are told first: what their role is, and what it is for."""

from __future__ import annotations

from bot.teams.permissions import role_of
from bot.telegram.callback_data import encode
from bot.telegram.requests import SendText, TapButton
from bot.telegram.taps import TryTapped
from bot.texts import Html, plain, say
from bot.work import Work
from storage.members import NO_TEAM, Role
from storage.records import Prospect


async def welcome_staff(work: Work, person: Prospect) -> bool:
    """Welcome somebody who works here; tell whether they do."""
    role = await role_of(work, person.telegram_id)
    if role is None:
        return False
    language = work.language_of(person)
    html = Html("\n\n".join(say(language, key) for key in await _keys(work, person, role)))
    walk = TapButton(text=plain(language, "staff.try"), data=encode(TryTapped()))
    await work.send(SendText(chat_id=person.telegram_id, html=html, buttons=((walk,),)))
    return True


async def _keys(work: Work, person: Prospect, role: Role) -> list[str]:
    if role is Role.VIEWER:
        return ["viewer.welcome"]
    member = await work.unit.members.of(person.telegram_id)
    gets_leads = role is Role.MANAGER or person.telegram_id in work.setup.managers
    gets_leads = gets_leads or (member is not None and member.team != NO_TEAM)
    keys = ["manager.welcome", "manager.how", "manager.hours"] if gets_leads else []
    if role.runs_things:
        keys += ["owner.welcome"] if role is Role.OWNER else []
        keys += [
            "admin.welcome",
            "admin.team",
            "admin.quizzes",
            "admin.insight",
            "admin.export",
            "admin.broadcasts",
        ]
    return keys
