"""Consents: events about one purpose each, only ever added, chained so that none can be changed unseen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    and_,
    bindparam,
    delete,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.orm import aliased

from dialogs.steps import Purpose
from storage.collection import Collection, claimed, earliest
from storage.records import (
    ConsentEvent,
    ConsentEventKind,
    Method,
    StoredConsent,
)
from storage.tables import ConsentEndRow, ConsentRow

LIVE = (ConsentEventKind.GIVEN, ConsentEventKind.CONFIRMED)
"""Events after which a consent lives; after any other it does not."""


NEXT_CONSENT_END = earliest(ConsentEndRow.due_at)


class Consents(Collection):
    """What every prospect agreed to, refused and took back."""

    async def record(self, event: ConsentEvent) -> int:
        """Add an event about a purpose to the person's chain; return its number."""
        newest = await self.newest(event.prospect_id, event.purpose)
        expires_at = event.expires_at
        if event.event is ConsentEventKind.CONFIRMED and expires_at is None and newest is not None:
            expires_at = newest.event.expires_at  # what is confirmed ends when what was given would have
        values = {name: getattr(event, name) for name in ConsentEvent.__dataclass_fields__}
        text_sha256 = hashlib.sha256(event.text.encode()).hexdigest()
        previous = await self._last_sha256(event.prospect_id)
        values |= {"expires_at": expires_at, "text_sha256": text_sha256, "previous_sha256": previous}
        values["sha256"] = chained(
            event.record, event.purpose, event.event, event.at, expires_at, text_sha256, previous
        )
        number = await self._add(ConsentRow, **values)
        if newest is not None:
            await self.end_done(newest.id)
        if event.event in LIVE and expires_at is not None:
            await self._add(ConsentEndRow, consent_id=number, due_at=expires_at)
        return number

    async def newest(self, prospect_id: int, purpose: Purpose) -> StoredConsent | None:
        """Return the event that decides about a purpose."""
        which = {"bot": self._bot_id, "prospect": prospect_id, "purpose": purpose}
        row = (await self._connection.execute(_NEWEST, which)).first()
        return _stored(row) if row else None

    async def live(self, prospect_id: int, purpose: Purpose, now: datetime) -> int | None:
        """Return the event on which a live consent rests; None when there is none, or it is over."""
        newest = await self.newest(prospect_id, purpose)
        return newest.id if newest is not None and newest.lives(now) else None

    async def all_live(self, prospect_id: int, now: datetime) -> list[StoredConsent]:
        """Return the live consents of a person, one a purpose."""
        newest = {each.event.purpose: each for each in await self.history(prospect_id)}
        return [each for each in newest.values() if each.lives(now)]

    async def history(self, prospect_id: int) -> list[StoredConsent]:
        """Return every event of a person, the oldest first."""
        query = select(*_CONSENT).where(self._of(prospect_id)).order_by(ConsentRow.id)
        return [_stored(row) for row in await self._connection.execute(query)]

    async def by_id(self, consent_id: int) -> StoredConsent | None:
        """Return an event of this bot."""
        query = select(*_CONSENT).where(ConsentRow.id == consent_id, self._ours(ConsentRow.bot_id))
        row = (await self._connection.execute(query)).first()
        return _stored(row) if row else None

    async def broken(self, prospect_id: int) -> str | None:
        """Verify a person's chain; return the record that was changed, or before which one is missing."""
        previous: str | None = None
        for each in await self.history(prospect_id):
            event = each.event
            text_sha256 = hashlib.sha256(event.text.encode()).hexdigest()
            facts = (event.record, event.purpose, event.event, event.at, event.expires_at, text_sha256)
            if each.previous_sha256 != previous or each.sha256 != chained(*facts, previous):
                return event.record
            previous = each.sha256
        return None

    # The ends that the clock brings ------------------------------------------------------------------------

    async def ends_due(self, now: datetime, limit: int) -> list[StoredConsent]:
        """Return consents whose time is over, the longest first."""
        query = (
            select(*_CONSENT)
            .join(ConsentEndRow, ConsentEndRow.consent_id == ConsentRow.id)
            .where(self._ours(ConsentEndRow.bot_id), ConsentEndRow.due_at <= now)
            .order_by(ConsentEndRow.due_at)
            .limit(limit)
        )
        return [_stored(row) for row in await self._connection.execute(claimed(query, ConsentEndRow))]

    async def end_done(self, consent_id: int) -> None:
        """Note that a consent needs no end by the clock any more."""
        await self._connection.execute(delete(ConsentEndRow).where(ConsentEndRow.consent_id == consent_id))

    async def postpone_end(self, consent_id: int, due_at: datetime) -> None:
        """Look at a consent's end again later."""
        await self._connection.execute(
            update(ConsentEndRow).where(ConsentEndRow.consent_id == consent_id).values(due_at=due_at)
        )

    async def _last_sha256(self, prospect_id: int) -> str | None:
        return await self._connection.scalar(_LAST_SHA256, {"bot": self._bot_id, "prospect": prospect_id})

    def _of(self, prospect_id: int) -> ColumnElement[bool]:
        return and_(self._ours(ConsentRow.bot_id), ConsentRow.prospect_id == prospect_id)


def chained(
    record: str,
    purpose: str,
    event: str,
    at: datetime,
    expires_at: datetime | None,
    text_sha256: str,
    previous: str | None,
) -> str:
    """Return an event's fingerprint: over pseudonymous facts only, so that erasing a person breaks no chain."""
    moments = [
        each.astimezone(UTC).isoformat(timespec="microseconds") if each else None for each in (at, expires_at)
    ]
    facts = [record, str(purpose), str(event), *moments, text_sha256, previous]
    return hashlib.sha256(json.dumps(facts, separators=(",", ":")).encode()).hexdigest()


def lives(consent: Any, now: Any) -> ColumnElement[bool]:
    """The condition that an event is a yes whose time is not over."""
    return and_(consent.event.in_(LIVE), or_(consent.expires_at.is_(None), consent.expires_at > now))


def deciding(prospect: Any, purpose: Purpose) -> ScalarSelect[int | None]:
    """The number of the event that decides about a purpose of somebody."""
    event = aliased(ConsentRow)
    query = select(func.max(event.id)).where(event.prospect_id == prospect.id, event.purpose == purpose)
    return query.correlate(prospect).scalar_subquery()


def agreed(prospect: Any, purpose: Purpose, now: Any) -> ColumnElement[bool]:
    """The condition that the last that somebody said about a purpose is a consent that is not over."""
    consent = aliased(ConsentRow)
    return exists().where(consent.id == deciding(prospect, purpose), lives(consent, now)).correlate(prospect)


def rests_on_live(consent_id: Any, now: Any) -> ColumnElement[bool]:
    """The condition that the consent in a column lives: its purpose's newest event says yes, and is not over."""
    named, last, later = aliased(ConsentRow), aliased(ConsentRow), aliased(ConsentRow)
    return exists().where(
        named.id == consent_id,
        last.prospect_id == named.prospect_id,
        last.purpose == named.purpose,
        lives(last, now),
        ~exists().where(
            later.prospect_id == named.prospect_id, later.purpose == named.purpose, later.id > last.id
        ),
    )


_EVENT = tuple(ConsentEvent.__dataclass_fields__)
_CONSENT = (
    ConsentRow.id,
    ConsentRow.previous_sha256,
    ConsentRow.sha256,
    *(getattr(ConsentRow, name) for name in _EVENT),
)
# Made once, because making a statement costs more than running it: these are part of every quiz.
_THEIRS = and_(ConsentRow.bot_id == bindparam("bot"), ConsentRow.prospect_id == bindparam("prospect"))
_NEWEST = (
    select(*_CONSENT)
    .where(_THEIRS, ConsentRow.purpose == bindparam("purpose"))
    .order_by(ConsentRow.id.desc())
    .limit(literal_column("1"))
)
_LAST_SHA256 = select(ConsentRow.sha256).where(_THEIRS).order_by(ConsentRow.id.desc()).limit(literal_column("1"))


def _stored(row: Sequence[Any]) -> StoredConsent:
    number, previous, sha256, *rest = row
    values: dict[str, Any] = dict(zip(_EVENT, rest, strict=True))
    values["event"] = ConsentEventKind(values["event"])
    values["method"] = Method(values["method"])
    values["purpose"] = cast("Purpose", values["purpose"])
    return StoredConsent(number, ConsentEvent(**values), previous, sha256)
