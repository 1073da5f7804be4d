"""Deep links: what a token stands for, and how many people it brought."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, distinct, func, select, update

from storage.collection import Collection
from storage.tables import HandOffRow, LeadRow, LinkRow, ProspectRow, SessionRow

ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Letters and digits that nobody takes for one another on a printed flyer."""
TOKEN_LENGTH = 8


@dataclass(frozen=True)
class Utm:
    """The marks by which web analytics knows a campaign."""

    source: str | None = None
    medium: str | None = None
    campaign: str | None = None
    content: str | None = None
    term: str | None = None

    @property
    def given(self) -> dict[str, str]:
        """The marks that there are, by their names."""
        return {name: value for name, value in asdict(self).items() if value}


@dataclass(frozen=True)
class Link:
    """A deep link; people see its token only. `referrer` is the prospect whose own link it is."""

    id: int
    token: str
    campaign: str
    quiz: str | None
    language: str | None
    utm: Utm
    referrer: int | None
    created_at: datetime
    retired_at: datetime | None


@dataclass(frozen=True)
class Reach:
    """A link with how many people came by it first and last, and what became of them."""

    link: Link
    first: int
    last: int
    leads: int
    hot: int
    """leads that were hot at any time"""


class Links(Collection):
    """Every link of a bot: those of its campaigns, and those with which prospects recommend it."""

    async def create(
        self,
        campaign: str,
        now: datetime,
        chance: Random,
        *,
        quiz: str | None = None,
        language: str | None = None,
        utm: Utm | None = None,
        referrer: int | None = None,
        created_by: int | None = None,
    ) -> Link:
        """Make a link with a token that no other link of this bot has."""
        token = _token(chance)
        while await self.by_token(token) is not None:
            token = _token(chance)
        marks = utm or Utm()
        number = await self._add(
            LinkRow,
            token=token,
            quiz=quiz,
            language=language,
            campaign=campaign,
            utm=json.dumps(marks.given, ensure_ascii=False),
            referrer=referrer,
            created_by=created_by,
            created_at=now,
        )
        return Link(number, token, campaign, quiz, language, marks, referrer, now, None)

    async def by_token(self, token: str) -> Link | None:
        """Return the link with this token, retired or not."""
        return await self._one(LinkRow.token == token)

    async def by_id(self, number: int) -> Link | None:
        """Return a link of this bot."""
        return await self._one(LinkRow.id == number)

    async def of_referrer(self, prospect_id: int, quiz: str) -> Link | None:
        """Return a prospect's own link to a quiz, if it is not retired."""
        return await self._one(
            (LinkRow.referrer == prospect_id) & (LinkRow.quiz == quiz) & LinkRow.retired_at.is_(None)
        )

    async def campaigns(self, limit: int = 1000, offset: int = 0) -> list[Reach]:
        """Return the links of campaigns with their counts: the newest first, the retired ones after all others."""
        query = select(*_LINK).where(self._ours(LinkRow.bot_id), LinkRow.referrer.is_(None))
        ordered = query.order_by(LinkRow.retired_at.is_not(None), LinkRow.id.desc()).limit(limit).offset(offset)
        return await self._counted([_link(row) for row in await self._connection.execute(ordered)])

    async def reach(self, link: Link) -> Reach:
        """Return one link with its counts."""
        return (await self._counted([link]))[0]

    async def referred(self) -> int:
        """Count the people who came because another one recommended the bot."""
        query = select(func.count()).where(self._ours(ProspectRow.bot_id), ProspectRow.referred_by.is_not(None))
        return int(await self._connection.scalar(query) or 0)

    async def retire(self, number: int, now: datetime) -> None:
        """Put a link out of use. Printed ones live on: who comes by it is still counted."""
        await self._connection.execute(
            update(LinkRow)
            .where(self._ours(LinkRow.bot_id), LinkRow.id == number, LinkRow.retired_at.is_(None))
            .values(retired_at=now)
        )

    async def forget(self, prospect_id: int) -> None:
        """Erase a prospect's own links, and the memory of whom they brought."""
        await self._connection.execute(
            delete(LinkRow).where(self._ours(LinkRow.bot_id), LinkRow.referrer == prospect_id)
        )
        await self._connection.execute(
            update(ProspectRow)
            .where(self._ours(ProspectRow.bot_id), ProspectRow.referred_by == prospect_id)
            .values(referred_by=None)
        )

    async def _one(self, condition: ColumnElement[bool]) -> Link | None:
        query = select(*_LINK).where(self._ours(LinkRow.bot_id), condition).order_by(LinkRow.id.desc()).limit(1)
        row = (await self._connection.execute(query)).first()
        return _link(row) if row else None

    async def _counted(self, links: list[Link]) -> list[Reach]:
        numbers = [link.id for link in links]
        people, ours = func.count(), self._ours(ProspectRow.bot_id)
        first = select(ProspectRow.first_link_id, people).where(ours, ProspectRow.first_link_id.in_(numbers))
        last = select(ProspectRow.last_link_id, people).where(ours, ProspectRow.last_link_id.in_(numbers))
        leads = (
            select(SessionRow.link_id, func.count(distinct(LeadRow.id)))
            .join(LeadRow, LeadRow.session_id == SessionRow.id)
            .where(SessionRow.link_id.in_(numbers), SessionRow.is_test.is_(False))
            .group_by(SessionRow.link_id)
        )
        # A lead was hot if it was ever handed off: its band may have cooled down since.
        hot = leads.join(HandOffRow, HandOffRow.lead_id == LeadRow.id)
        came_first = await self._numbers(first.group_by(ProspectRow.first_link_id))
        came_last = await self._numbers(last.group_by(ProspectRow.last_link_id))
        left_contact, were_hot = await self._numbers(leads), await self._numbers(hot)
        return [
            Reach(
                link,
                came_first.get(link.id, 0),
                came_last.get(link.id, 0),
                left_contact.get(link.id, 0),
                were_hot.get(link.id, 0),
            )
            for link in links
        ]

    async def _numbers(self, query: Select[int | None, int]) -> dict[int | None, int]:
        return {row[0]: row[1] for row in await self._connection.execute(query)}


def _token(chance: Random) -> str:
    return "".join(chance.choices(ALPHABET, k=TOKEN_LENGTH))


_LINK = (
    LinkRow.id,
    LinkRow.token,
    LinkRow.campaign,
    LinkRow.quiz,
    LinkRow.language,
    LinkRow.utm,
    LinkRow.referrer,
    LinkRow.created_at,
    LinkRow.retired_at,
)


def _link(row: Sequence[Any]) -> Link:
    number, token, campaign, quiz, language, utm, *more = row
    return Link(number, token, campaign, quiz, language, Utm(**json.loads(utm)), *more)
