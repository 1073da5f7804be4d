"""Prospects: the people who ever wrote to the bot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, exists, func, or_, select, update

from storage.collection import Collection, earliest
from storage.records import Prospect
from storage.states import held
from storage.tables import LeadRow, ProspectRow, SessionRow
from storage.upserts import insert

NEXT_KEPT_END = earliest(ProspectRow.keep_until, ~held())


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
        person = {"bot_id": self._bot_id, "telegram_id": telegram_id, "first_seen_at": now, **present}
        return _prospect((await self._connection.execute(_MET, person)).one())

    async def by_telegram_id(self, telegram_id: int) -> Prospect | None:
        """Return the person, if they ever wrote to the bot."""
        query = select(*_PROSPECT).where(self._ours(ProspectRow.bot_id), ProspectRow.telegram_id == telegram_id)
        row = (await self._connection.execute(query)).first()
        return _prospect(row) if row else None

    async def seen_at(self, prospect_id: int) -> datetime:
        """Return when a prospect that is known to exist was last heard of."""
        query = select(ProspectRow.last_seen_at).where(ProspectRow.id == prospect_id)
        return (await self._connection.execute(query)).scalar_one()

    async def heard_of(self, telegram_id: int) -> datetime | None:
        """Return when a person was last heard of; None for somebody new."""
        return await self._connection.scalar(_HEARD_OF, {"bot": self._bot_id, "telegram_id": telegram_id})

    async def by_id(self, prospect_id: int) -> Prospect:
        """Return a prospect that is known to exist."""
        query = select(*_PROSPECT).where(ProspectRow.id == prospect_id)
        return _prospect((await self._connection.execute(query)).one())

    async def came_from(self, prospect_id: int, source: str, link_id: int | None = None) -> None:
        """Keep where the prospect came from: the first touch for ever, the last one replaced."""
        first = ProspectRow.first_source.is_(None)
        await self._change(
            prospect_id,
            first_source=case((first, source), else_=ProspectRow.first_source),
            first_link_id=case((first, link_id), else_=ProspectRow.first_link_id),
            last_source=source,
            last_link_id=link_id,
        )

    async def told_source(self, prospect_id: int, before: str | None, source: str) -> None:
        """Keep the source that a prospect named; `before` is what was known of the same visit."""
        known = [ProspectRow.first_source.is_(None), ProspectRow.first_source == before]
        await self._change(
            prospect_id,
            first_source=case((or_(*known), source), else_=ProspectRow.first_source),
            last_source=source,
            last_link_id=None,
        )

    async def referred(self, prospect_id: int, by: int) -> None:
        """Keep who recommended the bot to a prospect: the first who did."""
        await self._change(prospect_id, referred_by=func.coalesce(ProspectRow.referred_by, by))

    async def first_name(self, prospect_id: int) -> str | None:
        """Return a prospect's first name; None when nobody is known by that number any more."""
        query = select(ProspectRow.first_name).where(self._ours(ProspectRow.bot_id), ProspectRow.id == prospect_id)
        found: str | None = await self._connection.scalar(query)
        return found

    async def choose_language(self, prospect_id: int, language: str) -> None:
        """Keep the language chosen in the chat."""
        await self._change(prospect_id, chosen_language=language)

    async def lives_in(self, prospect_id: int, timezone: str) -> None:
        """Keep the time zone of the prospect's city."""
        await self._change(prospect_id, timezone=timezone)

    async def blocked(self, prospect_id: int, now: datetime) -> None:
        """Note that the prospect blocked the bot or is gone."""
        await self._change(prospect_id, blocked_at=now)

    async def keep_until(self, prospect_id: int, moment: datetime | None) -> None:
        """Keep when everything about the person is erased; None for never by itself."""
        await self._change(prospect_id, keep_until=moment)

    async def kept_too_long(self, now: datetime, limit: int) -> list[int]:
        """Return people who have to be erased, who should have been the longest first; nobody while held."""
        query = select(ProspectRow.id).where(
            self._ours(ProspectRow.bot_id), ProspectRow.keep_until <= now, ~held()
        )
        return list(await self._connection.scalars(query.order_by(ProspectRow.keep_until).limit(limit)))

    async def count_kept_too_long(self, now: datetime) -> int:
        """Return how many people of all bots have to be erased."""
        query = select(func.count()).where(ProspectRow.keep_until <= now)
        return int(await self._connection.scalar(query) or 0)

    async def walked(self, prospect_id: int) -> list[tuple[str, int, bool]]:
        """Return the quizzes that a person walked: each with its last revision, and whether a contact was left."""
        rows = await self._connection.execute(_WALKED, {"prospect": prospect_id})
        return [(quiz, number, bool(left)) for quiz, number, left in rows]

    async def names(self, telegram_ids: Iterable[int]) -> dict[int, str]:
        """Return the first names of those who ever wrote to the bot."""
        query = select(ProspectRow.telegram_id, ProspectRow.first_name).where(
            self._ours(ProspectRow.bot_id), ProspectRow.telegram_id.in_(list(telegram_ids))
        )
        return {row[0]: row[1] for row in await self._connection.execute(query)}

    async def _change(self, prospect_id: int, **values: object) -> None:
        await self._connection.execute(_UPDATE.values(**values), {"number": prospect_id})


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
    ProspectRow.first_seen_at,
    ProspectRow.keep_until,
    ProspectRow.timezone,
    ProspectRow.first_link_id,
    ProspectRow.last_link_id,
    ProspectRow.referred_by,
)
# Made once, because making a statement costs more than running it: these are part of every turn.
_UPDATE = update(ProspectRow).where(ProspectRow.id == bindparam("number"))
_HEARD_OF = select(ProspectRow.last_seen_at).where(
    ProspectRow.bot_id == bindparam("bot"), ProspectRow.telegram_id == bindparam("telegram_id")
)
_NEW = insert(ProspectRow)
_MET = _NEW.on_conflict_do_update(
    index_elements=["bot_id", "telegram_id"],
    set_={
        name: _NEW.excluded[name] for name in ("first_name", "username", "language", "last_seen_at", "blocked_at")
    },
).returning(*_PROSPECT)
_WALKED = (
    select(
        SessionRow.quiz,
        func.max(SessionRow.revision),
        exists().where(LeadRow.prospect_id == bindparam("prospect"), LeadRow.quiz == SessionRow.quiz),
    )
    .where(SessionRow.prospect_id == bindparam("prospect"))
    .group_by(SessionRow.quiz)
)


def _prospect(row: Sequence[Any]) -> Prospect:
    return Prospect(*row)
