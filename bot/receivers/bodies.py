"""What a notice says about a lead: all that a CRM needs, and nothing personal without the consent for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.hand_off.gathering import names_of, session_of
from bot.work import Work
from dialogs.answers import Answer, Contact, Decision
from dialogs.rendering import answer_text, question_name
from qualification.quiz import Quiz
from qualification.score import Score, is_unfit, score
from storage.receivers import NoticeKind
from storage.records import Lead, StoredContact

Data = dict[str, Any]


def body_of(kind: NoticeKind, data: Mapping[str, Any], now: datetime) -> str:
    """Write a notice down as Standard Webhooks advises."""
    whole = {"type": kind, "timestamp": moment(now), "data": data}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))


def moment(at: datetime) -> str:
    """Write a moment down."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def brief(work: Work, lead: Lead) -> Data:
    """Say which lead it is, and nothing of the person."""
    return {"id": lead.id, "bot": work.setup.username, "quiz": lead.quiz}


async def full(work: Work, lead: Lead, contacts: list[StoredContact]) -> Data:
    """Say everything about a lead as it is now; of the person only while they may be contacted."""
    stored = await session_of(work, lead)
    session = stored.session
    quiz = await work.quiz(session.quiz, session.revision)
    unfit = is_unfit(quiz, session.answers)
    found = score(quiz, await work.unit.ledger.entries(lead), work.now, unfit=unfit)
    data = brief(work, lead) | {
        "revision": session.revision,
        "language": session.language,
        "source": stored.source,
        "campaign": await _campaign(work, stored.link_id),
        "stage": lead.stage,
        "band": lead.band,
        "opened_at": moment(lead.opened_at),
        "closed_at": moment(lead.closed_at) if lead.closed_at else None,
        "score": _score(found),
        **await _hand_off(work, lead),
        "person": None,
        "contacts": [],
        "answers": [],
    }
    if await work.unit.consents.live(lead.prospect_id, "contact", work.now) is not None:
        person = await work.unit.prospects.by_id(lead.prospect_id)
        data["person"] = {
            "name": person.first_name,
            "username": person.username,
            "telegram_id": person.telegram_id,
        }
        data["contacts"] = [
            {"kind": each.kind, "value": each.value, "verified": each.verified} for each in contacts
        ]
        data["answers"] = list(_answers(quiz, session.answers, session.language))
    return data


def _score(found: Score) -> Data:
    reasons = [
        {"origin": each.origin, "rule": each.rule, "product": each.product or None, "points": each.points}
        for each in found.reasons
    ]
    return {"total": found.total, "fit": found.fit, "activity": found.activity, "reasons": reasons}


def _answers(quiz: Quiz, answers: Mapping[str, Answer], language: str) -> list[Data]:
    return [
        {
            "question": step,
            "asked": question_name(quiz, step, language),
            "text": answer_text(quiz, step, answer, language),
            "value": answer.model_dump(mode="json", exclude={"file_id"}),
        }
        for step, answer in answers.items()
        if not isinstance(answer, Contact | Decision)  # those have places of their own
    ]


async def _campaign(work: Work, link_id: int | None) -> Data | None:
    link = await work.unit.links.by_id(link_id) if link_id is not None else None
    return None if link is None else {"name": link.campaign, "utm": dict(link.utm.given)}


async def _hand_off(work: Work, lead: Lead) -> Data:
    """Say who has the lead, and what came of it; of several hand-offs the last one counts."""
    stored = await work.unit.hand_offs.open_of(lead.id)
    if stored is None:
        stored = next(iter((await work.unit.hand_offs.all_of([lead.id]))[-1:]), None)
    state = stored.state if stored else None
    taken_by = state.taken_by if state else None
    owner = None
    if taken_by is not None:
        owner = {"telegram_id": taken_by, "name": (await names_of(work, [taken_by])).get(taken_by)}
    deal = {"amount": state.amount, "currency": state.currency} if state and state.amount else None
    return {"team": stored.team if stored else None, "owner": owner, "deal": deal}
