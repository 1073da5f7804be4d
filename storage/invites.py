"""Invites: one-time links for new members, kept by their fingerprints only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from storage.collection import Collection
from storage.members import Role
from storage.tables import InviteRow


@dataclass(frozen=True)
class Invite:
    """What a one-time link makes somebody, and who made it."""

    id: int
    role: Role
    team: str
    invited_by: int
    expires_at: datetime
    used_by: int | None


class Invites(Collection):
    """Every invite, used ones too: each is a small piece of history."""

    async def add(
        self, fingerprint: str, role: Role, team: str, invited_by: int, now: datetime, expires_at: datetime
    ) -> int:
        """Keep a new invite; return its number."""
        return await self._add(
            InviteRow,
            fingerprint=fingerprint,
            role=role,
            team=team,
            invited_by=invited_by,
            created_at=now,
            expires_at=expires_at,
        )

    async def by_fingerprint(self, fingerprint: str) -> Invite | None:
        """Return the invite whose link has this fingerprint."""
        query = select(
            InviteRow.id,
            InviteRow.role,
            InviteRow.team,
            InviteRow.invited_by,
            InviteRow.expires_at,
            InviteRow.used_by,
        ).where(self._ours(InviteRow.bot_id), InviteRow.fingerprint == fingerprint)
        row = (await self._connection.execute(query)).first()
        return Invite(row[0], Role(row[1]), *row[2:]) if row else None

    async def use(self, invite_id: int, telegram_id: int, now: datetime) -> bool:
        """Let somebody use an invite; False if somebody was first, or if it is too late."""
        used = await self._connection.execute(
            update(InviteRow)
            .where(
                self._ours(InviteRow.bot_id),
                InviteRow.id == invite_id,
                InviteRow.used_by.is_(None),
                InviteRow.expires_at > now,
            )
            .values(used_by=telegram_id, used_at=now)
            .returning(InviteRow.id)
        )
        return used.first() is not None
