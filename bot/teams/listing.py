"""What owners and admins see of the team: the list, and one member's page with all that can be done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.hand_off.card import isolated
from bot.teams.permissions import built_in_role, role_of
from bot.teams.reading import week_text
from bot.teams.roster import calendar_of, ensure_member, house_timezone
from bot.telegram.addresses import group_address
from bot.telegram.callback_data import encode
from bot.telegram.requests import Button, Buttons, LinkButton, TapButton
from bot.telegram.taps import TeamAction, TeamTapped
from bot.texts import Html, count, plain, say, when
from bot.work import Work
from qualification.working_time import next_working
from storage.groups import Group
from storage.members import NO_TEAM, RANKS, Member, Role

LONGEST_LIST = 40
"""Members with a button of their own: Telegram takes 100 buttons, and 4,096 letters."""
MOST_GROUPS = 10
GROUP_START = "here"
"""What the bot is told in a group that was chosen below the list: to let it see leads."""
OFF = "off"


@dataclass(frozen=True)
class Page:
    """A message that the next tap may change."""

    html: Html
    buttons: Buttons


async def team_page(work: Work, language: str) -> Page:
    """Return the list of everybody who works here: role, team, where they are, open leads."""
    for built_in in (*work.setup.admins, *work.setup.managers):
        await ensure_member(work, built_in)
    members = sorted(await work.unit.members.all(), key=lambda each: RANKS.index(each.role))[:LONGEST_LIST]
    loads = await work.unit.hand_offs.loads()
    lines = [await _line(work, member, loads.get(member.telegram_id, 0), language) for member in members]
    rows: list[tuple[Button, ...]] = []
    names = [_button(isolated(each.name, 24), TeamAction.SHOW, each.telegram_id) for each in members]
    rows += [tuple(names[at : at + 2]) for at in range(0, len(names), 2)]
    groups = (await work.unit.groups.all())[:MOST_GROUPS]
    lines += [say(language, "team.group", group=each.title, team=each.team) for each in groups]
    rows += [(_button(f"📣 {isolated(each.title, 24)}", TeamAction.GROUP, each.id),) for each in groups]
    bring = LinkButton(
        text=plain(language, "team.bring_group"), url=group_address(work.setup.username, GROUP_START)
    )
    rows.append((_button(plain(language, "team.invite"), TeamAction.INVITE), bring))
    title = say(language, "team.title")
    return Page(Html("\n\n".join((title, *lines))), tuple(rows))


def group_page(group: Group, language: str) -> Page:
    """Return the page of a group that sees leads, with the one thing that can be done about it here."""
    rows = (
        (_button(plain(language, "team.button.group_off"), TeamAction.GROUP, group.id, OFF),),
        (_button(plain(language, "team.button.list"), TeamAction.LIST),),
    )
    return Page(say(language, "team.group", group=group.title, team=group.team), rows)


async def member_page(work: Work, viewer: int, member: Member, language: str) -> Page:
    """Return one member's page."""
    loads = await work.unit.hand_offs.loads()
    line = await _line(work, member, loads.get(member.telegram_id, 0), language)
    html = Html("\n".join((line, *_facts(member, language))))
    return Page(html, _actions(work, viewer, member, language))


def choice_page(
    member: Member, question: Html, action: TeamAction, choices: list[tuple[str, str]], back: str
) -> Page:
    """Return a question about a member with its answers: the words, and what they mean."""
    rows = [(_button(text, action, member.telegram_id, choice),) for text, choice in choices]
    rows.append((_button(back, TeamAction.SHOW, member.telegram_id),))
    return Page(question, tuple(rows))


async def _line(work: Work, member: Member, open_leads: int, language: str) -> Html:
    role = plain(language, f"role.{await role_of(work, member.telegram_id) or member.role}")
    place = f"{role} · {member.team}" if member.team != NO_TEAM else role
    mark = " ⭐" if member.is_head else ""
    state = await _state(work, member, language)
    leads = count(language, "leads", open_leads)
    name = isolated(member.name)
    return say(language, "team.line", name=name, mark=mark, place=place, state=state, leads=leads)


async def _state(work: Work, member: Member, language: str) -> str:
    """Say where somebody is: here, away, not at work, out of reach."""
    zone = member.hours.timezone if member.hours.shifts else await house_timezone(work)
    if member.unreachable_since is not None:
        return plain(language, "team.unreachable")
    if member.is_away(work.now) and member.away_until is None:
        return plain(language, "team.away")
    begins = next_working(work.now, await calendar_of(work, member))
    if begins == work.now:
        return plain(language, "team.here")
    key = "team.away_until" if member.is_away(work.now) else "team.off_until"
    back = member.away_until if member.is_away(work.now) else begins
    if back is None:
        return plain(language, "team.away")
    return plain(language, key, when=when(language, back, work.now, zone))


def _facts(member: Member, language: str) -> Iterator[Html]:
    hours = week_text(member.hours, language) or plain(language, "hours.always")
    yield say(language, "team.hours", hours=hours)
    if member.capacity is not None:
        yield say(language, "team.capacity", leads=count(language, "leads", member.capacity))
    if known := sorted((*member.languages, *member.skills)):
        yield say(language, "team.skills", words=", ".join(known))


def _actions(work: Work, viewer: int, member: Member, language: str) -> Buttons:
    """Return what the viewer can do about a member."""
    number, away = member.telegram_id, member.is_away(work.now)

    def button(key: str, action: TeamAction, choice: str = "") -> tuple[Button, ...]:
        return (_button(plain(language, key), action, number, choice),)

    rows = [button("team.button.team", TeamAction.TEAM)]
    if member.team != NO_TEAM:
        key, choice = ("team.button.no_head", "off") if member.is_head else ("team.button.head", "on")
        rows.append(button(key, TeamAction.HEAD, choice))
    if member.role.takes_leads:
        rows.append(button("team.button.capacity", TeamAction.CAPACITY))
        key, choice = ("team.button.back", "off") if away else ("team.button.absent", "on")
        rows.append(button(key, TeamAction.ABSENT, choice))
    if may_change(work, viewer, member):
        rows.append(button("team.button.role", TeamAction.ROLE))
        rows.append(button("team.button.remove", TeamAction.REMOVE))
    rows.append((_button(plain(language, "team.button.list"), TeamAction.LIST),))
    return tuple(rows)


def may_change(work: Work, viewer: int, member: Member) -> bool:
    """Tell whether a member's role is the viewer's to change: no owner's, and none from the settings.

    The own is not either: who locks themselves out could not come back.
    """
    settled = built_in_role(work.setup, member.telegram_id) is not None
    return member.telegram_id != viewer and member.role is not Role.OWNER and not settled


def _button(text: str, action: TeamAction, member: int = 0, choice: str = "") -> TapButton:
    return TapButton(text=text, data=encode(TeamTapped(action, member, choice)))
