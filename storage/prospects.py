"""Prospects and their consents."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.sqlite import insert

from dialogs.steps import Purpose
from storage.collection import Collection
from storage.records import ConsentEvent, ConsentEventKind, Prospect
from storage.tables import ConsentRow, ProspectRow


class Prospects(Collection):
    """The people who ever wrote to the bot."""

    async def met(
        self, telegram_id: int, first_name: str, username: str | None, language: str | None, now: datetime
    ) -> Prospect:
        """Note that a person wrote to the bot; who writes has not blocked it."""
        present = {
            "first_name": first_name,
            "username": username,
            "language": language,
            "last_seen_at": now,
            "blocked_at": None,
        }
        statement = insert(ProspectRow).values(
            bot_id=self._bot_id, telegram_id=telegram_id, first_seen_at=now, **present
        )
        row = await self._connection.execute(
            statement.on_conflict_do_update(index_elements=["bot_id", "telegram_id"], set_=present).returning(
                *_PROSPECT
            )
        )
        return _prospect(row.one())

    async def by_telegram_id(self, telegram_id: int) -> Prospect | None:
        """Return the person, if they ever wrote to the bot."""
        query = select(*_PROSPECT).where(self._ours(ProspectRow.bot_id), ProspectRow.telegram_id == telegram_id)
        row = (await self._connection.execute(query)).first()
        return _prospect(row) if row else None

    async def seen_at(self, prospect_id: int) -> datetime:
        """Return when a prospect that is known to exist was last heard of."""
        query = select(ProspectRow.last_seen_at).where(ProspectRow.id == prospect_id)
        return (await self._connection.execute(query)).scalar_one()

    async def by_id(self, prospect_id: int) -> Prospect:
        """Return a prospect that is known to exist."""
        query = select(*_PROSPECT).where(ProspectRow.id == prospect_id)
        return _prospect((await self._connection.execute(query)).one())

    async def came_from(self, prospect_id: int, source: str) -> None:
        """Keep where the prospect came from: the first touch for ever, the last one replaced."""
        await self._change(
            prospect_id, first_source=func.coalesce(ProspectRow.first_source, source), last_source=source
        )

    async def choose_language(self, prospect_id: int, language: str) -> None:
        """Keep the language chosen in the chat."""
        await self._change(prospect_id, chosen_language=language)

    async def lives_in(self, prospect_id: int, timezone: str) -> None:
        """Keep the time zone of the prospect's city."""
        await self._change(prospect_id, timezone=timezone)

    async def blocked(self, prospect_id: int, now: datetime) -> None:
        """Note that the prospect blocked the bot or is gone."""
        await self._change(prospect_id, blocked_at=now)

    async def record_consent(self, consent: ConsentEvent) -> int:
        """Add an event about a purpose; return its number."""
        values = {name: getattr(consent, name) for name in ConsentEvent.__dataclass_fields__}
        return await self._add(ConsentRow, **values, text_sha256=hashlib.sha256(consent.text.encode()).hexdigest())

    async def consent(self, prospect_id: int, purpose: Purpose) -> int | None:
        """Return the event on which a live consent rests; None when there is none, or it was withdrawn."""
        query = (
            select(ConsentRow.id, ConsentRow.event)
            .where(ConsentRow.prospect_id == prospect_id, ConsentRow.purpose == purpose)
            .order_by(ConsentRow.id.desc())
            .limit(1)
        )
        row = (await self._connection.execute(query)).first()
        return row[0] if row and row[1] == ConsentEventKind.GIVEN else None

    async def names(self, telegram_ids: Iterable[int]) -> dict[int, str]:
        """Return the first names of those who ever wrote to the bot."""
        query = select(ProspectRow.telegram_id, ProspectRow.first_name).where(
            self._ours(ProspectRow.bot_id), ProspectRow.telegram_id.in_(list(telegram_ids))
        )
        return {row[0]: row[1] for row in await self._connection.execute(query)}

    async def _change(self, prospect_id: int, **values: object) -> None:
        await self._connection.execute(update(ProspectRow).where(ProspectRow.id == prospect_id).values(**values))


_PROSPECT = (
    ProspectRow.id,
    ProspectRow.telegram_id,
    ProspectRow.first_name,
    ProspectRow.username,
    ProspectRow.language,
    ProspectRow.chosen_language,
    ProspectRow.first_source,
    ProspectRow.last_source,
    ProspectRow.blocked_at,
    ProspectRow.timezone,
)


def _prospect(row: Sequence[Any]) -> Prospect:
    return Prospect(*row)
