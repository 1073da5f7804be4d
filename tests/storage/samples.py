"""People, sessions and leads in the database, with everything that a test is not about made up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Select

from dialogs.session import Session
from dialogs.steps import Purpose
from qualification.handoff import HandOff, Phase
from storage.claims import CONSENTED
from storage.messages import Kind, Outgoing
from storage.records import (
    ConsentEvent,
    ConsentEventKind,
    Lead,
    Method,
    Prospect,
    StoredSession,
)
from storage.unit import Unit

BOT, OTHER_BOT = 7_000_000_042, 42
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ANNA, BORIS = 7_100_000_001, 7_100_000_002
QUIZ = "office-furniture"


async def a_prospect(unit: Unit, telegram_id: int = ANNA, first_name: str = "Anna") -> Prospect:
    return await unit.prospects.met(telegram_id, first_name, "anna", "uk", NOON)


def a_walk(revision: int = 1, at: str | None = "role", ended_with: str | None = None) -> Session:
    return Session(
        quiz=QUIZ,
        revision=revision,
        language="uk",
        started_at=NOON,
        at=at,
        ended_with=ended_with,
        ended_at=NOON if ended_with else None,
    )


async def a_session(unit: Unit, telegram_id: int = ANNA) -> StoredSession:
    prospect = await a_prospect(unit, telegram_id)
    return await unit.sessions.start(prospect.id, a_walk(), "ads_oct")


async def a_lead(unit: Unit, telegram_id: int = ANNA, quiz: str = QUIZ) -> Lead:
    session = await a_session(unit, telegram_id)
    return await unit.leads.open(session.prospect_id, quiz, session.id, NOON)


def an_offer(due_at: datetime | None = NOON + 5 * MINUTE) -> HandOff:
    return HandOff(Phase.OFFERED, NOON, due_at=due_at)


async def an_enrolment(unit: Unit, lead: Lead, due_at: datetime = NOON + DAY, sequence: str = "warm-up") -> int:
    return await unit.enrolments.enrol(lead.id, lead.prospect_id, QUIZ, 1, sequence, None, due_at, NOON)


def a_consent(
    prospect: Prospect,
    event: ConsentEventKind = ConsentEventKind.GIVEN,
    text: str = "Надсилати корисне?",
    *,
    purpose: Purpose = "follow_ups",
    at: datetime = NOON,
    expires_at: datetime | None = None,
) -> ConsentEvent:
    return ConsentEvent(
        prospect_id=prospect.id,
        purpose=purpose,
        event=event,
        record=uuid4().hex,
        method=Method.BUTTON,
        at=at,
        expires_at=expires_at,
        language="uk",
        text=text,
        chat_id=prospect.telegram_id,
        actor="prospect",
    )


async def put(unit: Unit, kind: Kind, chat: int = ANNA, request: str = "{}", **more: Any) -> int:
    """Put a message in; a follow-up rests on a consent, unless the test says otherwise."""
    if kind in CONSENTED and "consent_id" not in more:
        more["consent_id"] = await unit.consents.record(a_consent(await a_prospect(unit, chat)))
    return await unit.outbox.put(Outgoing(chat, kind, request, **more), NOON)


async def first_moment(unit: Unit, looked_for: Select[datetime]) -> datetime | None:
    """Return what the agenda has of one kind."""
    moment: datetime | None = await unit._connection.scalar(looked_for, {"bot": unit.bot_id})
    return moment
