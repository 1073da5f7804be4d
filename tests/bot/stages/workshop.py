"""A workshop on the real database: a small quiz, leads with confirmed phones, and a clock that the test moves."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from bot.clock import StandingClock
from bot.hand_off.offering import offer_lead
from bot.work import Library, Setup, Work, Workshop
from dialogs.answers import Contact
from dialogs.session import Session
from qualification.quiz import Quiz
from qualification.score import Band
from qualification.stages import Stage
from storage.database import Database
from storage.erasing import ErasureList
from storage.records import Lead, Prospect
from tests.bot.fakes import BOT

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MAX, VERA, ADA = 2, 4, 3
QUIZ = "small"
SOURCE = """
quiz: small
languages: [en, uk, ru]
title: A small quiz
controller: {{name: Acme, contact: a@acme.example}}
steps:
  - id: role
    ask: Role?
    choices: [{{id: boss, text: Boss, points: 10}}, {{id: other, text: Other, points: 5}}]
  - {{id: agree, consent: contact, text: May we?}}
  - {{id: phone, contact: phone, ask: Phone?}}
  - {{id: letters, consent: follow_ups, text: May we write?}}
  - {{id: bye, end: Bye}}
scoring: {{bands: {{hot: 10, warm: 5}}}}
routing: {routing}
"""


async def a_workshop(
    database: Database, routing: str = "{}", *, managers: tuple[int, ...] = (MAX, VERA), source: str = SOURCE
) -> Workshop:
    """Publish the quiz, and let the people who work here press Start."""
    setup = Setup((QUIZ,), managers, (ADA,), fingerprint=lambda purpose, value: f"{purpose}{value}")
    erasures = ErasureList(Path("nowhere"), lambda _, value: value)
    workshop = Workshop(database, BOT, StandingClock(NOON), setup, Library(), erasures)
    async with workshop.work() as work:
        if await work.unit.quizzes.newest(QUIZ) is None:
            await work.unit.quizzes.publish(QUIZ, source.format(routing=routing), {}, NOON)
        for number, name in ((MAX, "Max"), (VERA, "Vera"), (ADA, "Ada")):
            await work.unit.prospects.met(number, name, None, "en", NOON)
    return workshop


async def the_quiz(work: Work) -> Quiz:
    newest = await work.unit.quizzes.newest(QUIZ)
    assert newest is not None
    return await work.quiz(QUIZ, newest.number)


async def a_hot_lead(work: Work, telegram_id: int, phone: str = "", *, confirmed: bool = True) -> Lead:
    """Open a lead that became hot, and was not offered yet."""
    person = await work.unit.prospects.met(telegram_id, f"P{telegram_id}", None, "en", work.now)
    walk = Session(quiz=QUIZ, revision=1, language="en", started_at=work.now, at=None)
    stored = await work.unit.sessions.start(person.id, walk, None)
    lead = await work.unit.leads.open(person.id, QUIZ, stored.id, work.now)
    if phone:
        contact = Contact(contact="phone", value=phone, verified=confirmed)
        await work.unit.leads.save_contact(lead.id, contact, work.now)
    await work.unit.leads.move(lead, Stage.MQL, "bot", "hot", work.now)
    await work.unit.leads.banded(lead.id, Band.HOT)
    return await work.unit.leads.by_id(lead.id)


async def an_offered_lead(work: Work, telegram_id: int, phone: str = "") -> Lead:
    lead = await a_hot_lead(work, telegram_id, phone)
    await offer_lead(work, lead.id, await the_quiz(work))
    return lead


async def person(work: Work, telegram_id: int) -> Prospect:
    found = await work.unit.prospects.by_telegram_id(telegram_id)
    assert found is not None
    return found
