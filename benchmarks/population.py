"""A population: generated prospects with everything that a year or two of work leaves behind about each."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, text

from benchmarks.copying import TELEGRAM_ID, copied, is_copied
from dialogs.answers import Answer, Choice, Number
from dialogs.session import Session
from storage.cipher import Keyring, contact_fingerprint
from storage.columns import Base
from storage.database import Database
from storage.marks import ANSWER, marks
from storage.postgresql import is_postgresql
from storage.tables import (
    AnswerRow,
    ConsentEndRow,
    ConsentRow,
    ContactRow,
    EnrolmentRow,
    HandOffRow,
    InboxRow,
    JournalRow,
    LeadRow,
    LedgerRow,
    OutboxRow,
    ProspectRow,
    SessionRow,
    StageMoveRow,
    TrackedLinkRow,
)

BOT = 7_000_000_042
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SPAN = timedelta(days=730)
"""How long ago the first of them came."""
QUIZ = "office-furniture"
MANAGERS = tuple(range(101, 121))
BATCH = 500
"""Prospects in a transaction."""
MADE = 10_000
"""Prospects that are made one by one: copying them is many times as fast, and the database cannot tell."""
QUESTION = (
    '{"kind":"ask","text":"' + "How many work places do you need, and by when should all of it stand? " * 3 + '"}'
)
AGREED = "I agree that Acme Ltd stores my answers and my contact to prepare an offer, until I take it back."


class Population:
    """Makes people, the same ones each time, as rows that wait to be inserted."""

    def __init__(self, keyring: Keyring, numbers: dict[str, int], bot: int = BOT) -> None:
        self._keyring, self._numbers, self._bot = keyring, numbers, bot
        self._waiting: dict[str, list[dict[str, Any]]] = {}
        self._blank = {
            table.name: {c.name: c.default.arg if c.default is not None else None for c in table.columns}  # type: ignore[attr-defined]  # plain values all of them
            for table in Base.metadata.sorted_tables
        }

    def taken(self) -> Iterator[tuple[Any, list[dict[str, Any]]]]:
        """Hand out the rows that wait, those that others point to first."""
        for table in Base.metadata.sorted_tables:
            if rows := self._waiting.pop(table.name, None):
                yield insert(table), rows

    def add_person(self) -> None:
        """Make somebody who came, perhaps answered, perhaps left a contact, and all that came of it."""
        chance = random.Random(self._numbers["prospects"])  # noqa: S311 - nothing is decided by it
        came = NOW - SPAN * chance.random()
        person = self._person(chance, came)
        finished = chance.random() < 0.7  # noqa: PLR2004 - a share, as those below
        session = self._walk(chance, person, came, finished=finished)
        consent = self._consent(person, "follow_ups", came) if chance.random() < 0.6 else None  # noqa: PLR2004
        if finished:
            self._consent(person, "contact", came, ends=True)
            lead = self._lead(chance, person, session, came)
            if chance.random() < 0.3:  # noqa: PLR2004
                self._hand_off(chance, lead, came)
            elif consent is not None:
                self._follow_ups(chance, lead, person, consent, came)

    def _person(self, chance: random.Random, came: datetime) -> int:
        number = self._numbers["prospects"] + 1
        self._add(
            ProspectRow,
            telegram_id=TELEGRAM_ID + number,
            first_name=f"Anna {number}",
            username=f"anna_{number}" if number % 3 else None,
            language=("uk", "en", "ru")[number % 3],
            first_source=f"ads_{chance.randrange(40)}",
            last_source=f"ads_{chance.randrange(40)}",
            first_seen_at=came,
            last_seen_at=came + timedelta(minutes=9),
            blocked_at=NOW if number % 29 == 0 else None,
            keep_until=came + 2 * SPAN if number % 2 else None,
        )
        return number

    def _walk(self, chance: random.Random, person: int, came: datetime, *, finished: bool) -> int:
        given = {f"question_{n}": Choice(choice=f"choice_{chance.randrange(5)}") for n in range(5)}
        answers: dict[str, Answer] = {**given, "places": Number(number=chance.randrange(1, 500))}
        ended = {"ended_with": "bye", "ended_at": came} if finished else {"at": "phone"}
        state = Session(quiz=QUIZ, revision=1, language="uk", started_at=came, answers=answers, **ended)
        session = self._add(
            SessionRow,
            prospect_id=person,
            quiz=QUIZ,
            revision=1,
            is_test=False,
            state=state.model_dump_json(),
            started_at=came,
            ended_at=came if finished else None,
            abandoned_at=None if finished else came + timedelta(days=1),
            is_open=not finished,
            nudges=0,
        )
        for question, answer in answers.items():
            self._add(
                AnswerRow,
                session_id=session,
                question=question,
                answer=ANSWER.dump_json(answer).decode(),
                marks=marks(self._keyring, question, answer),
                given_at=came,
            )
            self._send(person, "dialog", came)
        for event in ("started", "source", *("answered",) * 6, "finished" if finished else "abandoned"):
            self._add(JournalRow, prospect_id=person, at=came, event=event, facts=f'{{"session": {session}}}')
        if person % 4 == 0:  # what is older than two days is forgotten, whatever the number of people
            key = self._numbers["inbox"] + 1
            self._add(InboxRow, update_id=key, received_at=NOW, body="", state="done")
        return session

    def _consent(self, person: int, purpose: str, at: datetime, *, ends: bool = False) -> int:
        consent = self._add(
            ConsentRow,
            prospect_id=person,
            purpose=purpose,
            event="given",
            at=at,
            expires_at=at + 2 * SPAN if ends else None,
            record=f"{person:032x}",
            sha256=f"{person:064x}",
            method="button",
            language="uk",
            text=AGREED,
            text_sha256=f"{person:064x}",
            button="I agree",
            chat_id=TELEGRAM_ID + person,
            actor="prospect",
        )
        if ends:
            self._add(ConsentEndRow, consent_id=consent, due_at=at + 2 * SPAN)
        return consent

    def _lead(self, chance: random.Random, person: int, session: int, came: datetime) -> int:
        band = chance.choice(("hot", "warm", "warm", "cold"))
        lead = self._add(
            LeadRow, prospect_id=person, quiz=QUIZ, session_id=session, stage="lead", band=band, opened_at=came
        )
        phone = f"+38050{person:07}"
        self._add(
            ContactRow,
            lead_id=lead,
            kind="phone",
            value=phone,
            fingerprint=contact_fingerprint(self._keyring, "phone", phone),
            verified=True,
            given_at=came,
        )
        for number in range(6):
            self._add(
                LedgerRow,
                lead_id=lead,
                session_id=session,
                quiz=QUIZ,
                revision=1,
                origin="answer",
                rule=f"question_{number}",
                detail="choice_1",
                points=chance.randrange(-20, 30),
                at=came,
                once=f"{session}:answer:question_{number}",
            )
        self._add(StageMoveRow, lead_id=lead, to_stage="lead", actor="bot", reason="left a contact", at=came)
        return lead

    def _hand_off(self, chance: random.Random, lead: int, came: datetime) -> None:
        state = chance.choices(("offered", "taken", "closed"), (1, 4, 200))[0]
        manager = chance.choice(MANAGERS)
        hand_off = self._add(
            HandOffRow,
            lead_id=lead,
            team="sales",
            phase=state,
            round=1,
            offered_at=came,
            due_at=NOW + timedelta(minutes=lead % 5000) if state != "closed" else None,
            taken_by=manager if state != "offered" else None,
            taken_at=came if state != "offered" else None,
            closed_at=came if state == "closed" else None,
            outcome="won" if state == "closed" else None,
        )
        for _ in range(2):
            self._send(manager - TELEGRAM_ID, "hand_off", came, hand_off_id=hand_off)

    def _follow_ups(self, chance: random.Random, lead: int, person: int, consent: int, came: datetime) -> None:
        goes_on = chance.random() < 0.3  # noqa: PLR2004
        enrolment = self._add(
            EnrolmentRow,
            lead_id=lead,
            prospect_id=person,
            quiz=QUIZ,
            revision=1,
            sequence="warm-up",
            last_step="m2",
            due_at=NOW + timedelta(minutes=lead % 40_000 - 5) if goes_on else None,
            stepped_at=came,
            unanswered=1,
            enrolled_at=came,
            ended_at=None if goes_on else came,
            end_reason=None if goes_on else "finished",
        )
        for _ in range(2):
            self._send(person, "follow_up", came, enrolment_id=enrolment, consent_id=consent)
        self._add(
            TrackedLinkRow,
            prospect_id=person,
            fingerprint=f"{enrolment:064x}",
            url="https://acme.example/catalogue?utm_source=bot",
            label="Open",
            kind="product_link",
            once=f"link:{enrolment}",
            enrolment_id=enrolment,
            step="m1",
            made_at=came,
        )

    def _send(self, person: int, kind: str, at: datetime, **about: int) -> None:
        """Put a message out; one of a thousand still waits."""
        number = self._numbers["outbox"] + 1
        waits = number % 1000 == 0
        self._add(
            OutboxRow,
            chat_id=TELEGRAM_ID + person,
            kind=kind,
            priority={"hand_off": 1, "dialog": 2, "follow_up": 3}[kind],
            request=QUESTION,
            state="waiting" if waits else "sent",
            not_before=at,
            attempts=1,
            created_at=at,
            settled_at=None if waits else at,
            message_id=number,
            sender=1,
            claimed_at=at,
            forget=False,
            **about,
        )

    def _add(self, row: type[Base], **values: Any) -> int:
        name = row.__tablename__
        blank = self._blank[name]
        self._numbers[name] += 1
        key = {"id": self._numbers[name]} if "id" in blank else {}
        self._waiting.setdefault(name, []).append({**blank, **key, "bot_id": self._bot, **values})
        return self._numbers[name]


async def populate(database: Database, people: int, made: int = MADE) -> None:
    """Add people to a database until it has so many: the first are `made`, the others copied from them."""
    numbered = {table.name: table.c.id for table in Base.metadata.sorted_tables if "id" in table.c}
    async with database.look() as connection:
        numbers = {name: await connection.scalar(select(func.max(key))) or 0 for name, key in numbered.items()}
    numbers = dict.fromkeys(Base.metadata.tables, 0) | numbers
    await _make(database, numbers, min(people, made))
    there = dict(numbers)
    for time in range(1, people // max(there["prospects"], 1)):
        async with database.transaction() as connection:
            for table in (each for each in Base.metadata.sorted_tables if is_copied(each, there)):
                await connection.execute(copied(table, there, time))
        for name in numbered:
            numbers[name] += there[name]
    await _make(database, numbers, people)
    async with database.transaction() as connection:
        if is_postgresql(connection):
            for name in (name for name in numbered if numbers[name]):
                values = {"name": name, "last": numbers[name]}
                await connection.execute(text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)"), values)


async def _make(database: Database, numbers: dict[str, int], people: int) -> None:
    """Make people until there are so many."""
    population = Population(database.keyring, numbers)
    while (there := numbers["prospects"]) < people:
        for _ in range(min(BATCH, people - there)):
            population.add_person()
        async with database.transaction() as connection:
            for statement, rows in population.taken():
                await connection.execute(statement, rows)
