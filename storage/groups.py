"""Groups: Telegram chats in which a whole team sees its hot leads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select, update

from storage.collection import Collection
from storage.tables import GroupRow
from storage.upserts import insert


@dataclass(frozen=True)
class Group:
    """A group that sees the hot leads of a team."""

    id: int
    chat_id: int
    team: str
    title: str
    language: str


class Groups(Collection):
    """The groups of all teams; of one that is taken off, or threw the bot out, nothing is kept."""

    async def bring(self, chat_id: int, team: str, title: str, language: str, by: int, now: datetime) -> None:
        """Let a group see the leads of a team; one that saw another team's sees this one's from now on."""
        said = {"team": team, "title": title, "language": language, "brought_by": by, "brought_at": now}
        statement = insert(GroupRow).values(bot_id=self._bot_id, chat_id=chat_id, **said)
        await self._connection.execute(
            statement.on_conflict_do_update(index_elements=["bot_id", "chat_id"], set_=said)
        )

    async def at(self, chat_id: int) -> Group | None:
        """Return the group that a chat is."""
        return await self._one(GroupRow.chat_id == chat_id)

    async def by_id(self, number: int) -> Group | None:
        """Return a group of this bot."""
        return await self._one(GroupRow.id == number)

    async def of(self, team: str) -> list[Group]:
        """Return the groups that see the leads of a team."""
        return await self._all(GroupRow.team == team)

    async def all(self) -> list[Group]:
        """Return every group, in the order in which they were brought in."""
        return await self._all()

    async def moved(self, chat_id: int, to: int) -> bool:
        """Keep the new id of a group that became a supergroup; tell whether it was one of ours."""
        if await self.at(to) is not None:  # somebody was quicker than the news
            return await self.leave(chat_id) is not None
        changed = await self._connection.execute(
            update(GroupRow)
            .where(self._ours(GroupRow.bot_id), GroupRow.chat_id == chat_id)
            .values(chat_id=to)
            .returning(GroupRow.id)
        )
        return changed.first() is not None

    async def leave(self, chat_id: int) -> Group | None:
        """Forget a group; return what it was."""
        group = await self.at(chat_id)
        await self._connection.execute(
            delete(GroupRow).where(self._ours(GroupRow.bot_id), GroupRow.chat_id == chat_id)
        )
        return group

    async def _one(self, which: ColumnElement[bool]) -> Group | None:
        found = await self._all(which)
        return found[0] if found else None

    async def _all(self, *which: ColumnElement[bool]) -> list[Group]:
        query = select(GroupRow.id, GroupRow.chat_id, GroupRow.team, GroupRow.title, GroupRow.language).where(
            self._ours(GroupRow.bot_id), *which
        )
        return [Group(*row) for row in await self._connection.execute(query.order_by(GroupRow.id))]
