"""Statistics: how many people came how far, how long leads waited, what was won; all of it added up in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import (
    CTE,
    ColumnElement,
    SQLColumnExpression,
    and_,
    case,
    func,
    literal,
    literal_column,
    or_,
    select,
)

from qualification.funnel import Funnel, Step, Waits, places, waits
from qualification.handoff import Outcome, Phase
from qualification.score import Band
from storage.collection import Collection
from storage.driver import SLOW
from storage.messages import Fate, Kind
from storage.spans import seconds_between
from storage.tables import ContactRow, HandOffRow, JournalRow, LeadRow, OutboxRow, SessionRow

SCRUBBED = "scrubbed"
"""The journal's word for a contact that was invalid or a repeated one."""

NEWEST = 500
"""Messages that a look at delivery goes through: the outbox has no index of when something was settled."""
TRIED_OFTEN = 3
_TO_PEOPLE = (Kind.HAND_OFF, Kind.DIALOG)


@dataclass(frozen=True)
class Untaken:
    """Hot leads that nobody has taken at the moment, and since when the oldest of them waits."""

    count: int
    oldest: datetime | None


@dataclass(frozen=True)
class DeliveryHealth:
    """How messages to people fare: how many of the newest were sent and refused lately, how many are stuck."""

    sent: int
    refused: int
    stuck: int
    sent_last: datetime | None
    refused_last: datetime | None


@dataclass(frozen=True)
class Won:
    """Deals of one amount that were won with people of a source."""

    source: str | None
    amount: Decimal | None
    """None where nobody entered one"""
    currency: str
    count: int


class Statistics(Collection):
    """Counts of people: whoever began a session in a span, and how far they have come since.

    Sessions that an admin tried are nobody's. Everyone counts once, for the first source that they came by in the
    span; who left an invalid or a repeated contact counts as that, and as no lead.
    """

    async def sources(self, since: datetime | None) -> dict[str | None, Funnel]:
        """Return how far the people came who began a session since then, by source: the largest first."""
        people = self._people(since)
        grouped = select(people.c.source, *_sums(people)).prefix_with(SLOW).group_by(people.c.source)
        ordered = grouped.order_by(func.count().desc(), people.c.source)
        return {source: _funnel(rest) for source, *rest in await self._connection.execute(ordered)}

    async def brought_anybody(self, source: str) -> bool:
        """Tell whether anybody ever came by a source."""
        query = select(SessionRow.id).where(
            self._ours(SessionRow.bot_id), SessionRow.source == source, SessionRow.is_test.is_(False)
        )
        return await self._connection.scalar(query.limit(1)) is not None

    async def won(self, since: datetime | None) -> list[Won]:
        """Return what was won with these people: deals of the same source and amount together."""
        people = self._people(since)
        deals = (
            select(people.c.source, HandOffRow.amount, HandOffRow.currency, func.count())
            .prefix_with(SLOW)
            .join(LeadRow, LeadRow.prospect_id == people.c.prospect_id)
            .join(HandOffRow, HandOffRow.lead_id == LeadRow.id)
            .where(people.c.won == 1, HandOffRow.outcome == Outcome.WON, HandOffRow.offered_at >= people.c.began)
            .group_by(people.c.source, HandOffRow.amount, HandOffRow.currency)
        )
        return [
            Won(source, Decimal(amount) if amount is not None and currency else None, currency or "", count)
            for source, amount, currency, count in await self._connection.execute(deals)
        ]

    async def first_contacts(self, since: datetime | None) -> Waits | None:
        """Return how long the hot leads offered since then waited for the first contact, by the clock."""
        return await self._waits(since, seconds_between(HandOffRow.offered_at, HandOffRow.contacted_at))

    async def first_contacts_at_work(self, since: datetime | None) -> Waits | None:
        """Return the same in working time, of those where it was measured."""
        return await self._waits(since, HandOffRow.worked_seconds)

    async def untaken(self) -> Untaken:
        """Return how many hot leads nobody has taken at the moment."""
        query = select(func.count(), func.min(HandOffRow.offered_at)).where(
            self._ours(HandOffRow.bot_id), HandOffRow.phase == Phase.OFFERED, HandOffRow.closed_at.is_(None)
        )
        count, oldest = (await self._connection.execute(query)).one()
        return Untaken(count, oldest)

    async def delivery(self, since: datetime, stuck_since: datetime) -> DeliveryHealth:
        """Return how chats' messages have fared since a moment; who waits since before the other one is stuck.

        Follow-ups are left out: that some of them meet people who have left is no trouble.
        """
        newest = (
            select(OutboxRow.id, OutboxRow.state, OutboxRow.kind, OutboxRow.edits, OutboxRow.settled_at)
            .where(self._ours(OutboxRow.bot_id))
            .order_by(OutboxRow.id.desc())
            .limit(NEWEST)
            .subquery()
        )
        sent, refused = newest.c.state == Fate.SENT, newest.c.state.in_((Fate.REFUSED, Fate.UNKNOWN))
        query = select(
            func.coalesce(func.sum(case((sent, 1), else_=0)), 0),
            func.coalesce(func.sum(case((refused, 1), else_=0)), 0),
            func.max(case((sent, newest.c.settled_at))),
            func.max(case((refused, newest.c.settled_at))),
        ).where(newest.c.settled_at >= since, newest.c.kind.in_(_TO_PEOPLE), newest.c.edits.is_(None))
        stuck = select(func.count()).where(
            self._ours(OutboxRow.bot_id),
            literal_column("state IN ('waiting', 'sending')"),
            OutboxRow.kind.in_(_TO_PEOPLE),
            OutboxRow.attempts >= TRIED_OFTEN,
            OutboxRow.created_at <= stuck_since,
        )
        sums = (await self._connection.execute(query)).one()
        waiting = int(await self._connection.scalar(stuck) or 0)
        return DeliveryHealth(sums[0], sums[1], waiting, sums[2], sums[3])

    async def _waits(self, since: datetime | None, seconds: SQLColumnExpression[int | None]) -> Waits | None:
        """Work out the figures of some waits; only the few that they need leave the database."""
        scrubbed = self._scrubbed()
        query = (
            select(seconds.label("seconds"), func.row_number().over(order_by=seconds).label("place"))
            .join(LeadRow, LeadRow.id == HandOffRow.lead_id)
            .outerjoin(scrubbed, scrubbed.c.prospect_id == LeadRow.prospect_id)
            .where(
                self._ours(HandOffRow.bot_id),
                HandOffRow.contacted_at.is_not(None),
                seconds.is_not(None),
                or_(scrubbed.c.at.is_(None), scrubbed.c.at < HandOffRow.offered_at),
            )
        )
        if since is not None:
            query = query.where(HandOffRow.offered_at >= since)
        waited = query.cte("waited")
        count = int(await self._connection.scalar(select(func.count()).prefix_with(SLOW).select_from(waited)) or 0)
        needed = (
            select(waited.c.place, waited.c.seconds).prefix_with(SLOW).where(waited.c.place.in_(places(count)))
        )
        rows = await self._connection.execute(needed)
        return waits(count, {row.place: row.seconds for row in rows})

    def _people(self, since: datetime | None) -> CTE:
        """One row for each person who began a session since then: how far they came, by flags of 0 and 1."""
        walks, scrubbed = self._walks(since), self._scrubbed()
        flags = _flags(walks, scrubbed)
        rank = case((flags[Step.CONTACT], case(_RANKS, value=LeadRow.band, else_=0)), else_=-1)
        came = (
            select(
                walks.c.prospect_id,
                func.min(walks.c.began).label("began"),
                func.min(walks.c.came_in).label("came_in"),
                *(func.max(case((condition, 1), else_=0)).label(name) for name, condition in flags.items()),
                func.max(rank).label("rank"),
            )
            .select_from(walks)
            .outerjoin(LeadRow, and_(LeadRow.prospect_id == walks.c.prospect_id, LeadRow.quiz == walks.c.quiz))
            .outerjoin(ContactRow, ContactRow.lead_id == LeadRow.id)
            .outerjoin(HandOffRow, and_(HandOffRow.lead_id == LeadRow.id, HandOffRow.offered_at >= walks.c.began))
            .outerjoin(scrubbed, scrubbed.c.prospect_id == walks.c.prospect_id)
            .group_by(walks.c.prospect_id)
            .cte("came")
        )
        return select(came, SessionRow.source).outerjoin(SessionRow, SessionRow.id == came.c.came_in).cte("people")

    def _walks(self, since: datetime | None) -> CTE:
        """One row for each person and quiz: when they first began it, and by which session they came."""
        query = (
            select(
                SessionRow.prospect_id,
                SessionRow.quiz,
                func.min(SessionRow.started_at).label("began"),
                func.max(case((SessionRow.ended_at.is_not(None), 1), else_=0)).label(Step.FINISHED),
                func.min(case((SessionRow.source.is_not(None), SessionRow.id))).label("came_in"),
            )
            .where(self._ours(SessionRow.bot_id), SessionRow.is_test.is_(False))
            .group_by(SessionRow.prospect_id, SessionRow.quiz)
        )
        return (query if since is None else query.where(SessionRow.started_at >= since)).cte("walks")

    def _scrubbed(self) -> CTE:
        """One row for each person whose contact was invalid or a repeated one: when that was found last."""
        query = select(JournalRow.prospect_id, func.max(JournalRow.at).label("at"))
        ours = query.where(self._ours(JournalRow.bot_id), _IS_SCRUBBED)
        return ours.group_by(JournalRow.prospect_id).cte("scrubbed")


_IS_SCRUBBED = JournalRow.event == literal_column(f"'{SCRUBBED}'")
"""Written out, as the index has it that holds these events only."""
_RANKS = {band: rank for rank, band in enumerate((Band.UNFIT, Band.COLD, Band.WARM, Band.HOT), start=1)}
"""Of several leads of one person the best one counts."""
_BY_RANK: dict[int, Band | None] = {0: None, **{rank: band for band, rank in _RANKS.items()}}
_COUNTED = tuple(step for step in Step if step is not Step.STARTED)


def _flags(walks: CTE, scrubbed: CTE) -> dict[str, ColumnElement[bool]]:
    """Name the conditions of how far somebody came; each holds of some row of theirs, or of none."""
    given = or_(LeadRow.opened_at >= walks.c.began, ContactRow.given_at >= walks.c.began)
    invalid = func.coalesce(scrubbed.c.at >= walks.c.began, literal(value=False))
    lead = and_(given, ~invalid)
    won = and_(lead, HandOffRow.outcome == Outcome.WON)
    return {
        Step.FINISHED: walks.c[Step.FINISHED] == 1,
        Step.CONTACT: lead,
        Step.HOT: and_(lead, or_(HandOffRow.id.is_not(None), LeadRow.band == Band.HOT)),
        Step.TAKEN: and_(lead, HandOffRow.taken_at.is_not(None)),
        # Who bought has been talked to, whether somebody tapped that button or not.
        Step.CONTACTED: or_(and_(lead, HandOffRow.contacted_at.is_not(None)), won),
        Step.WON: won,
        SCRUBBED: and_(given, invalid),
    }


def _sums(people: CTE) -> list[ColumnElement[int]]:
    counted = [func.coalesce(func.sum(people.c[name]), 0) for name in (*_COUNTED, SCRUBBED)]
    ranked = [func.coalesce(func.sum(case((people.c.rank == rank, 1), else_=0)), 0) for rank in _BY_RANK]
    return [func.count(), *counted, *ranked]


def _funnel(row: Sequence[int]) -> Funnel:
    """Read one row of sums: all who began, then each step, the scrubbed, and the bands."""
    started, *counted = row
    steps, (scrubbed, *bands) = counted[: len(_COUNTED)], counted[len(_COUNTED) :]
    return Funnel(
        {Step.STARTED: started, **dict(zip(_COUNTED, steps, strict=True))},
        dict(zip(_BY_RANK.values(), bands, strict=True)),
        scrubbed,
    )
