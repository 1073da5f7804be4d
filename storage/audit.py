"""The audit log: what admins and the operator did, when, and to what."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import select

from storage.collection import Collection
from storage.records import Action, AuditEntry
from storage.tables import AuditRow

OPERATOR = "operator"


class Audit(Collection):
    """Every action of a bot's admins; rows are only ever added."""

    async def note(
        self, admin: int | None, action: Action, subject: str, now: datetime, **facts: str | int | None
    ) -> None:
        """Write down what an admin did; None is the operator, at the command line."""
        await self._add(
            AuditRow,
            at=now,
            actor=OPERATOR if admin is None else f"admin {admin}",
            action=action,
            subject=subject,
            facts=json.dumps(facts, ensure_ascii=False),
        )

    async def newest(self, limit: int) -> list[AuditEntry]:
        """Return what was done last, the newest first."""
        query = select(AuditRow.at, AuditRow.actor, AuditRow.action, AuditRow.subject, AuditRow.facts)
        rows = await self._connection.execute(
            query.where(self._ours(AuditRow.bot_id)).order_by(AuditRow.id.desc()).limit(limit)
        )
        return [
            AuditEntry(at, _admin(actor), action, subject, json.loads(facts))
            for at, actor, action, subject, facts in rows
        ]


def _admin(actor: str) -> int | None:
    number = actor.removeprefix("admin ")
    return int(number) if number.isdecimal() else None
