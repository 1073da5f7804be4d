"""A quiz that asks where people heard of us, and people who come."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.work import Work
from storage.records import Prospect

BOT, ADA = 42, 3
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HEARD = """
quiz: sample
languages: [en, uk]
title: Sample
controller: {name: Acme, contact: a@acme.example}
steps:
  - id: role
    ask: Who is it for?
    choices: [{id: company, text: A company, points: 20}]
  - id: heard
    ask: {en: Where did you hear of us?, uk: Звідки ви про нас дізналися?}
    heard_from: true
    choices:
      - {id: friends, text: {en: From friends, uk: Від друзів}}
      - {id: search, text: Google}
  - {id: agree, consent: contact, text: May we?}
  - {id: phone, contact: phone, ask: Phone?}
  - {id: bye, end: Bye}
scoring: {bands: {hot: 20, warm: 10}}
"""


async def a_prospect(work: Work, telegram_id: int = 7_000_000_001, name: str = "Anna") -> Prospect:
    return await work.unit.prospects.met(telegram_id, name, None, "en", NOON)
