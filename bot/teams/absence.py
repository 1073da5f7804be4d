"""When somebody works: /away and /back, /hours, /holidays, /skills, each about oneself."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.hand_off.offering import pass_on
from bot.teams.permissions import role_of, takes_leads
from bot.teams.reading import read_days, read_hours, read_until, tomorrow_morning, week_text
from bot.teams.roster import HOLIDAYS, calendar_of, ensure_member, holidays, house_timezone
from bot.telegram.callback_data import encode
from bot.telegram.requests import Buttons, EditText, SendText, TapButton
from bot.telegram.taps import TeamAction, TeamTapped
from bot.telegram.updates import TapReceived
from bot.texts import LANGUAGES, Html, count, day_text, plain, say, when
from bot.work import Work
from qualification.working_time import Days, next_working
from storage.members import Member, Role
from storage.records import Prospect

CLEAR = ("clear", "none", "-", "немає", "нет")
"""What takes all days off, or all skills, back."""
LONGEST_WORD, MOST_WORDS = 24, 12
"""Letters of a skill, and how many one can name."""


@dataclass(frozen=True)
class _Self:
    """Who says something about themselves, and in which language and zone they read."""

    work: Work
    person: Prospect
    member: Member
    role: Role
    language: str
    timezone: str

    async def say(self, key: str, buttons: Buttons = (), **values: object) -> None:
        text = say(self.language, key, **values)
        await self.work.send(SendText(chat_id=self.person.telegram_id, html=text, buttons=buttons))


async def own_command(work: Work, person: Prospect, name: str, argument: str) -> bool:
    """Carry out a command about oneself; tell whether it was one, from somebody who takes leads."""
    if name not in ("away", "back", "hours", "holidays", "skills"):
        return False
    me = await _self(work, person)
    if me is None:
        return False
    match name:
        case "away":
            await _away(me, argument)
        case "back":
            await _back(me)
        case "hours":
            await _hours(me, argument)
        case "holidays":
            await _holidays(me, argument)
        case _:
            await _skills(me, argument)
    return True


async def own_tap(work: Work, person: Prospect, choice: str, tap: TapReceived) -> None:
    """Carry out a tap on how long somebody is away, or that they are back."""
    me = await _self(work, person)
    if me is None:
        await work.answer_tap(tap.tap_id, plain(work.language_of(person), "tap.unknown"))
        return
    await work.answer_tap(tap.tap_id)
    until: datetime | None = None
    match choice:
        case "back":
            await _back(me, tap)
            return
        case "1h":
            until = work.now + timedelta(hours=1)
        case "tomorrow":
            until = tomorrow_morning(work.now, me.timezone)
        case "1w":
            until = work.now + timedelta(weeks=1)
        case _:
            pass
    await _leave(me, until, tap)


async def absent(work: Work, member: Member, until: datetime | None) -> None:
    """Keep that somebody is away; what waits for them alone goes to the next."""
    await work.unit.members.away(member.telegram_id, work.now, until)
    await work.note("away", None, member=member.telegram_id, until=until.isoformat() if until else None)
    for stored in await work.unit.hand_offs.offered_only_to(member.telegram_id):
        await pass_on(work, stored)


async def present(work: Work, member: Member) -> None:
    """Keep that somebody is back."""
    await work.unit.members.away(member.telegram_id, None, None)
    await work.note("back", None, member=member.telegram_id)


async def _self(work: Work, person: Prospect) -> _Self | None:
    if not await takes_leads(work, person.telegram_id):
        return None
    member = await ensure_member(work, person.telegram_id, person.first_name)
    role = await role_of(work, person.telegram_id)
    if member is None or role is None:
        return None
    zone = member.hours.timezone if member.hours.shifts else await house_timezone(work)
    return _Self(work, person, member, role, work.language_of(person), zone)


async def _away(me: _Self, argument: str) -> None:
    if not argument:
        await me.say("away.ask", _choices(me, "1h", "tomorrow", "1w", "open"))
        return
    until = read_until(argument, me.work.now, me.timezone)
    if until is None:
        await me.say("away.not_read")
        return
    await _leave(me, until)


async def _leave(me: _Self, until: datetime | None, tap: TapReceived | None = None) -> None:
    await absent(me.work, me.member, until)
    open_leads = len(await me.work.unit.hand_offs.taken_by(me.person.telegram_id))
    parts = [say(me.language, "away.open")]
    if until is not None:
        parts = [say(me.language, "away.until", when=when(me.language, until, me.work.now, me.timezone))]
    if open_leads:
        parts.append(say(me.language, "away.yours", leads=count(me.language, "leads", open_leads)))
    await _answer(me, Html("\n\n".join(parts)), _choices(me, "back"), tap)


async def _back(me: _Self, tap: TapReceived | None = None) -> None:
    await present(me.work, me.member)
    html = say(me.language, "away.back")
    member = await me.work.unit.members.of(me.person.telegram_id)
    begins = next_working(me.work.now, await calendar_of(me.work, member)) if member else None
    if begins is not None and begins > me.work.now:
        html = say(me.language, "away.back_later", when=when(me.language, begins, me.work.now, me.timezone))
    await _answer(me, html, (), tap)


async def _hours(me: _Self, argument: str) -> None:
    if not argument:
        shown = week_text(me.member.hours, me.language) or plain(me.language, "hours.always")
        await me.say("hours.now", hours=shown)
        return
    hours = read_hours(argument, me.timezone)
    if hours is None:
        await me.say("hours.not_read")
        return
    hours = hours.model_copy(update={"days_off": me.member.hours.days_off})
    await me.work.unit.members.work(me.person.telegram_id, hours)
    await me.work.note("hours", None, member=me.person.telegram_id)
    await me.say("hours.kept", hours=week_text(hours, me.language) or plain(me.language, "hours.always"))


async def _holidays(me: _Self, argument: str) -> None:
    """An admin's are everybody's holidays, a manager's are the own days off."""
    today = me.work.now.astimezone(ZoneInfo(me.timezone)).date()
    for_all = me.role.runs_things
    kept = tuple(Days(first=day, last=day) for day in sorted(await holidays(me.work)))
    kept = tuple(each for each in (kept if for_all else me.member.hours.days_off) if each.last >= today)
    whose = "all" if for_all else "own"
    if argument:
        read = () if argument.lower() in CLEAR else read_days(argument, today)
        if read is None:
            await me.say("holidays.not_read")
            return
        kept = tuple(sorted({*kept, *read}, key=lambda each: each.first)) if read else ()
        await _keep_days(me, kept, for_all=for_all)
    if not kept:
        await me.say(f"holidays.{whose}_none")
        return
    await me.say(f"holidays.{whose}", days=", ".join(_shown(me, each) for each in kept))


async def _keep_days(me: _Self, days: tuple[Days, ...], *, for_all: bool) -> None:
    await me.work.note("holidays", None, member=me.person.telegram_id, days=len(days), everybody=int(for_all))
    if not for_all:
        hours = me.member.hours.model_copy(update={"days_off": days})
        await me.work.unit.members.work(me.person.telegram_id, hours)
        return
    each = sorted({day.first + timedelta(days=n) for day in days for n in range((day.last - day.first).days + 1)})
    await me.work.unit.states.keep(HOLIDAYS, json.dumps([day.isoformat() for day in each]))


async def _skills(me: _Self, argument: str) -> None:
    """Keep which languages somebody sells in, and what they know: a quiz can ask for it."""
    words = [word.lower() for word in argument.replace(",", " ").split()]
    if argument.lower() in CLEAR:
        words = []
    elif not words:
        known = sorted((*me.member.languages, *me.member.skills))
        await me.say("skills.now" if known else "skills.none", words=", ".join(known))
        return
    if len(words) > MOST_WORDS or any(len(word) > LONGEST_WORD for word in words):
        await me.say("skills.not_read")
        return
    languages = {word for word in words if word in LANGUAGES}
    await me.work.unit.members.know(me.person.telegram_id, languages, {*words} - languages)
    await me.say("skills.now" if words else "skills.none", words=", ".join(sorted({*words})))


def _shown(me: _Self, days: Days) -> str:
    first, last = (day_text(me.language, day) for day in (days.first, days.last))
    return first if days.first == days.last else f"{first} – {last}"


def _choices(me: _Self, *choices: str) -> Buttons:
    return tuple(
        (
            TapButton(
                text=plain(me.language, f"away.button.{choice}"),
                data=encode(TeamTapped(TeamAction.AWAY, choice=choice)),
            ),
        )
        for choice in choices
    )


async def _answer(me: _Self, html: Html, buttons: Buttons, tap: TapReceived | None) -> None:
    chat = me.person.telegram_id
    if tap is None or tap.message_id is None:
        await me.work.send(SendText(chat_id=chat, html=html, buttons=buttons))
    else:
        await me.work.send(EditText(chat_id=chat, html=html, buttons=buttons, message_id=tap.message_id))
