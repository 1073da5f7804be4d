"""What owners and admins do about members: roles, teams, heads, capacity, absences, and letting somebody go."""

from __future__ import annotations

from typing import assert_never

from bot.hand_off.card import isolated
from bot.hand_off.offering import offer_again, pass_on
from bot.teams.absence import absent, own_tap, present
from bot.teams.groups import take_off
from bot.teams.inviting import INVITED, ask_role, take_choice
from bot.teams.listing import OFF, Page, choice_page, group_page, may_change, member_page, team_page
from bot.teams.permissions import runs_things
from bot.teams.roster import ensure_member, teams
from bot.telegram.requests import EditText, SendText
from bot.telegram.taps import TeamAction, TeamTapped
from bot.telegram.updates import TapReceived
from bot.texts import count, plain, say
from bot.work import Work
from storage.members import NO_TEAM, Member, Role
from storage.records import Prospect

CAPACITIES = ("1", "2", "3", "5", "10", "20")
ANY, NONE, YES, ON = "any", "-", "yes", "on"


async def team_command(work: Work, person: Prospect, name: str) -> bool:
    """Carry out /team or /invite; tell whether it was one of these, from an owner or admin."""
    if name not in ("team", "invite") or not await runs_things(work, person.telegram_id):
        return False
    if name == "invite":
        await ask_role(work, person)
        return True
    page = await team_page(work, work.language_of(person))
    await work.send(SendText(chat_id=person.telegram_id, html=page.html, buttons=page.buttons))
    return True


async def team_tapped(work: Work, person: Prospect, tapped: TeamTapped, tap: TapReceived) -> None:
    """Carry out a tap about the team; it is asked anew, each time, whether the person may."""
    language = work.language_of(person)
    if tapped.action is TeamAction.AWAY:
        await own_tap(work, person, tapped.choice, tap)
        return
    if not await runs_things(work, person.telegram_id):
        await work.answer_tap(tap.tap_id, plain(language, "tap.unknown"))
        return
    match tapped.action:
        case TeamAction.LIST:
            await work.answer_tap(tap.tap_id)
            await _show(work, person, tap, await team_page(work, language))
        case TeamAction.INVITE if tapped.choice:
            await take_choice(work, person, tapped.choice, tap)
        case TeamAction.INVITE:
            await work.answer_tap(tap.tap_id)
            await ask_role(work, person)
        case TeamAction.GROUP:
            await _about_group(work, person, tapped, tap, language)
        case _:
            member = await ensure_member(work, tapped.member)
            if member is None:
                await work.answer_tap(tap.tap_id, plain(language, "team.gone"))
                await _show(work, person, tap, await team_page(work, language))
                return
            await _Change(work, person, member, tapped, tap, language).carry_out()


class _Change:
    """One tap of an owner or admin on a member's page."""

    def __init__(
        self, work: Work, admin: Prospect, member: Member, tapped: TeamTapped, tap: TapReceived, language: str
    ) -> None:
        self._work = work
        self._admin = admin
        self._member = member
        self._choice = tapped.choice
        self._action = tapped.action
        self._tap = tap
        self._language = language

    async def carry_out(self) -> None:
        mine = self._action in (TeamAction.ROLE, TeamAction.REMOVE)
        if mine and not may_change(self._work, self._admin.telegram_id, self._member):
            await self._work.answer_tap(self._tap.tap_id, plain(self._language, "team.not_yours"), alert=True)
            return
        match self._action:
            case TeamAction.SHOW:
                await self._page()
            case TeamAction.ROLE:
                await self._role()
            case TeamAction.TEAM:
                await self._team()
            case TeamAction.HEAD:
                is_head = self._choice == ON and self._member.team != NO_TEAM
                await self._work.unit.members.head(self._member.telegram_id, is_head=is_head)
                await self._noted()
            case TeamAction.CAPACITY:
                await self._capacity()
            case TeamAction.ABSENT:
                if self._choice == ON:
                    await absent(self._work, self._member, None)
                else:
                    await present(self._work, self._member)
                await self._noted()
            case TeamAction.REMOVE:
                await self._remove()
            case TeamAction.LIST | TeamAction.INVITE | TeamAction.AWAY | TeamAction.GROUP | TeamAction.HERE:
                pass
            case unknown:
                assert_never(unknown)

    async def _role(self) -> None:
        if self._choice not in INVITED:
            roles = [(plain(self._language, f"invite.role.{role}"), str(role)) for role in INVITED]
            await self._ask("team.ask_role", roles)
            return
        role = Role(self._choice)
        await self._work.unit.members.become(self._member.telegram_id, role)
        if not role.takes_leads:
            await release(self._work, self._member.telegram_id)
        await self._tell("team.your_role", role=role)
        await self._noted()

    async def _team(self) -> None:
        known = await teams(self._work)
        if self._choice not in (*known, NONE):
            choices = [(each, each) for each in known]
            await self._ask("team.ask_team", [*choices, (plain(self._language, "team.no_team"), NONE)])
            return
        team = NO_TEAM if self._choice == NONE else self._choice
        await self._work.unit.members.move(self._member.telegram_id, team)
        for stored in await self._work.unit.hand_offs.offered_only_to(self._member.telegram_id):
            if stored.team != team:
                await pass_on(self._work, stored)
        await self._noted()

    async def _capacity(self) -> None:
        if self._choice not in (*CAPACITIES, ANY):
            choices = [(each, each) for each in CAPACITIES]
            await self._ask("team.ask_capacity", [*choices, (plain(self._language, "team.any_number"), ANY)])
            return
        limit = None if self._choice == ANY else int(self._choice)
        await self._work.unit.members.limit(self._member.telegram_id, limit)
        await self._noted()

    async def _remove(self) -> None:
        if self._choice != YES:
            await self._ask("team.ask_remove", [(plain(self._language, "team.button.remove_yes"), YES)])
            return
        number = self._member.telegram_id
        await self._work.unit.members.leave(number, self._work.now)
        leads = await release(self._work, number)
        await self._work.note("left", None, member=number, by=self._admin.telegram_id, leads=leads)
        await self._tell("team.you_left")
        await self._work.answer_tap(self._tap.tap_id, self._offered(leads))
        await _show(self._work, self._admin, self._tap, await team_page(self._work, self._language))

    def _offered(self, leads: int) -> str:
        if not leads:
            return plain(self._language, "team.removed")
        return plain(self._language, "team.removed_leads", leads=count(self._language, "leads", leads))

    async def _ask(self, key: str, choices: list[tuple[str, str]]) -> None:
        await self._work.answer_tap(self._tap.tap_id)
        question = say(self._language, key, name=isolated(self._member.name))
        back = plain(self._language, "button.back")
        page = choice_page(self._member, question, self._action, choices, back)
        await _show(self._work, self._admin, self._tap, page)

    async def _noted(self) -> None:
        number = self._member.telegram_id
        await self._work.note(
            "member_changed", None, member=number, by=self._admin.telegram_id, what=self._action, to=self._choice
        )
        await self._page("done.noted")

    async def _page(self, said: str | None = None) -> None:
        await self._work.answer_tap(self._tap.tap_id, plain(self._language, said) if said else "")
        member = await self._work.unit.members.of(self._member.telegram_id)
        if member is not None:
            page = await member_page(self._work, self._admin.telegram_id, member, self._language)
            await _show(self._work, self._admin, self._tap, page)

    async def _tell(self, key: str, *, role: Role | None = None) -> None:
        number = self._member.telegram_id
        language = await self._work.staff_language(number)
        text = say(language, key, role=plain(language, f"role.{role}")) if role else say(language, key)
        await self._work.send(SendText(chat_id=number, html=text))


async def _about_group(work: Work, admin: Prospect, tapped: TeamTapped, tap: TapReceived, language: str) -> None:
    """Show a group that sees leads, or let it see no more."""
    group = await work.unit.groups.by_id(tapped.member)
    if group is not None and tapped.choice != OFF:
        await work.answer_tap(tap.tap_id)
        await _show(work, admin, tap, group_page(group, language))
        return
    if group is not None:
        await take_off(work, group, admin.telegram_id)
    await work.answer_tap(tap.tap_id, plain(language, "team.group_gone"))
    await _show(work, admin, tap, await team_page(work, language))


async def release(work: Work, telegram_id: int) -> int:
    """Offer all open leads of somebody to others; return how many they were."""
    offered = await work.unit.hand_offs.offered_only_to(telegram_id)
    taken = await work.unit.hand_offs.taken_by(telegram_id)
    for stored in offered:
        await pass_on(work, stored)
    for stored in taken:
        await offer_again(work, stored)
    return len(offered) + len(taken)


async def _show(work: Work, admin: Prospect, tap: TapReceived, page: Page) -> None:
    chat = admin.telegram_id
    await work.send(EditText(chat_id=chat, html=page.html, buttons=page.buttons, message_id=tap.message_id))
