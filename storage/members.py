"""Members: who works with the leads, in which role and team, and when."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select, update

from qualification.working_time import ALWAYS, Calendar
from storage.collection import Collection
from storage.tables import MemberRow
from storage.upserts import insert


class Role(StrEnum):
    """What a member may do; each may do all that the next one may."""

    OWNER = "owner"
    ADMIN = "admin"
    MANAGER = "manager"
    VIEWER = "viewer"

    @property
    def runs_things(self) -> bool:
        """Tell whether the role decides about quizzes, links and members."""
        return self in (Role.OWNER, Role.ADMIN)

    @property
    def takes_leads(self) -> bool:
        """Tell whether the role talks to leads."""
        return self is not Role.VIEWER


RANKS = tuple(Role)
"""From who may do most to who may do least."""
NO_TEAM = ""
"""The team of those who are in none; settings' managers without one are in every team."""


@dataclass(frozen=True)
class Member:
    """Somebody who works here."""

    telegram_id: int
    role: Role
    team: str
    is_head: bool
    name: str
    languages: frozenset[str]
    skills: frozenset[str]
    capacity: int | None
    hours: Calendar
    """their week and days off; without what they said about being away"""
    away_since: datetime | None
    away_until: datetime | None
    unreachable_since: datetime | None
    assigned_at: datetime | None

    @property
    def calendar(self) -> Calendar:
        """When they work, all said."""
        return self.hours.model_copy(update={"away_since": self.away_since, "away_until": self.away_until})

    def is_away(self, now: datetime) -> bool:
        """Tell whether they said that they are away now."""
        return self.calendar.away(now)


class Members(Collection):
    """Everybody who works here; who left is kept by their number, for the leads they had."""

    _read: dict[int, Member] | None = None

    async def join(self, telegram_id: int, name: str, role: Role, team: str, now: datetime) -> None:
        """Make somebody a member; one who left before begins anew."""
        fresh = {
            "role": role,
            "team": team,
            "is_head": False,
            "name": name,
            "languages": "[]",
            "skills": "[]",
            "capacity": None,
            "calendar": None,
            "away_since": None,
            "away_until": None,
            "unreachable_since": None,
            "assigned_at": None,
            "joined_at": now,
            "left_at": None,
        }
        statement = insert(MemberRow).values(bot_id=self._bot_id, telegram_id=telegram_id, **fresh)
        await self._connection.execute(
            statement.on_conflict_do_update(index_elements=["bot_id", "telegram_id"], set_=fresh)
        )
        self.forget()

    async def of(self, telegram_id: int) -> Member | None:
        """Return somebody who is a member now."""
        return (await self._present()).get(telegram_id)

    async def all(self) -> list[Member]:
        """Return everybody who is a member now, in the order in which they joined."""
        return list((await self._present()).values())

    async def _present(self) -> dict[int, Member]:
        """Return everybody who is a member now: few, and asked for at every step, so they are read once a unit."""
        if self._read is None:
            query = select(*_MEMBER).where(self._ours(MemberRow.bot_id), MemberRow.left_at.is_(None))
            rows = await self._connection.execute(query.order_by(MemberRow.id))
            self._read = {member.telegram_id: member for member in map(_member, rows)}
        return self._read

    def forget(self) -> None:
        """Read the members anew when they are asked for: they may have changed, or changed back."""
        self._read = None

    async def become(self, telegram_id: int, role: Role) -> None:
        """Give a member another role."""
        await self._change(telegram_id, role=role)

    async def move(self, telegram_id: int, team: str) -> None:
        """Put a member into another team; a head is head of their team only."""
        await self._change(telegram_id, team=team, is_head=False)

    async def head(self, telegram_id: int, *, is_head: bool) -> None:
        """Make a member the head of their team, or one of it."""
        await self._change(telegram_id, is_head=is_head)

    async def limit(self, telegram_id: int, capacity: int | None) -> None:
        """Say how many open leads a member can look after."""
        await self._change(telegram_id, capacity=capacity)

    async def know(self, telegram_id: int, languages: Iterable[str], skills: Iterable[str]) -> None:
        """Say which languages a member sells in, and what they know."""
        await self._change(telegram_id, languages=json.dumps(sorted(languages)), skills=json.dumps(sorted(skills)))

    async def work(self, telegram_id: int, hours: Calendar) -> None:
        """Keep when a member works."""
        await self._change(telegram_id, calendar=hours.model_dump_json(exclude={"away_since", "away_until"}))

    async def away(self, telegram_id: int, since: datetime | None, until: datetime | None) -> None:
        """Keep that a member is away, perhaps until a moment; with no `since`, that they are back."""
        await self._change(telegram_id, away_since=since, away_until=until)

    async def unreachable(self, telegram_id: int, since: datetime | None) -> bool:
        """Keep since when a member cannot be reached, or that they can; tell whether that was news."""
        member = await self.of(telegram_id)
        if member is None or (member.unreachable_since is None) == (since is None):
            return False
        await self._change(telegram_id, unreachable_since=since)
        return True

    async def assigned(self, telegram_id: int, now: datetime) -> None:
        """Keep that a member was offered a lead: the next one is somebody else's."""
        await self._change(telegram_id, assigned_at=now)

    async def called(self, telegram_id: int, name: str) -> None:
        """Keep a member's present name."""
        await self._change(telegram_id, name=name)

    async def leave(self, telegram_id: int, now: datetime) -> None:
        """Keep that somebody is no member any more, and no more about them than their number."""
        await self._change(
            telegram_id, left_at=now, is_head=False, name="", languages="[]", skills="[]", calendar=None
        )

    async def _change(self, telegram_id: int, **values: object) -> None:
        theirs = (self._ours(MemberRow.bot_id), MemberRow.telegram_id == telegram_id)
        await self._connection.execute(update(MemberRow).where(*theirs).values(**values))
        self.forget()


_MEMBER = (
    MemberRow.telegram_id,
    MemberRow.role,
    MemberRow.team,
    MemberRow.is_head,
    MemberRow.name,
    MemberRow.languages,
    MemberRow.skills,
    MemberRow.capacity,
    MemberRow.calendar,
    MemberRow.away_since,
    MemberRow.away_until,
    MemberRow.unreachable_since,
    MemberRow.assigned_at,
)


def _member(row: Sequence[Any]) -> Member:
    telegram_id, role, team, is_head, name, languages, skills, capacity, calendar, *moments = row
    return Member(
        telegram_id,
        Role(role),
        team,
        is_head,
        name,
        frozenset(json.loads(languages)),
        frozenset(json.loads(skills)),
        capacity,
        Calendar.model_validate_json(calendar) if calendar else ALWAYS,
        *moments,
    )
