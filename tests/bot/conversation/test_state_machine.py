"""Random people on the real storage while time passes: nobody is stuck, nothing is lost, every score adds up."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import sqlite3
import tempfile
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.clock import StandingClock
from bot.conversation.reception import receive
from bot.main import Hotlead, build
from bot.settings import Settings
from bot.telegram.callback_data import decode
from bot.telegram.requests import REQUEST, EditText, SendText, TapButton
from bot.telegram.taps import AnswerTapped
from bot.telegram.updates import (
    BotBlocked,
    BotUnblocked,
    ContactReceived,
    Happening,
    Incoming,
    LocationReceived,
    MessageEdited,
    OtherReceived,
    Person,
    TapReceived,
    TextReceived,
)
from dialogs.engine import open_step
from qualification.score import fit_entries, is_unfit, score
from storage.database import Database
from tests.bot.fakes import FakeMessenger
from tests.keys import a_keyring
from tests.scenarios.small import AGREE, PHONE, Step, small_quiz

NOON = datetime(2026, 3, 2, 10, tzinfo=UTC)
PEOPLE = (101, 102)
MANAGER = 9
WAYS: tuple[Step, ...] = (
    {
        "id": "room",
        "ask": "Which room?",
        "when": {"who": "company"},
        "choices": [{"id": "small", "text": "Small", "points": 1}, {"id": "big", "text": "Big", "points": 4}],
    },
    {
        "id": "needs",
        "ask": "What do you need?",
        "several": {"min": 1, "max": 2},
        "choices": [{"id": name, "text": name.title(), "points": 2} for name in ("desks", "chairs", "lamps")],
    },
    {
        "id": "size",
        "ask": "How many?",
        "number": {"min": 1, "max": 100},
        "points": [{"to": 20, "add": 1}, {"add": 3}],
    },
    {"id": "visit", "ask": "When?", "optional": True, "date": {"times": "10-18", "every": "2h"}},
    {"id": "city", "ask": "Where?", "optional": True, "city": True},
    AGREE,
    PHONE,
    {"id": "letters", "consent": "follow_ups", "text": "May we write?"},
    {"id": "hurry", "ask": "How urgent?", "rating": {"max": 3}, "points": [{"to": 1, "add": -9}, {"add": 5}]},
)
ROUTING = {"warm": {"sequence": "later"}, "cold": {"sequence": "later"}}
SEQUENCES = {
    "later": [
        {"id": "one", "after": "1h", "text": "Hello again"},
        {"id": "two", "after": "5d", "text": "And again"},
    ]
}
TEXTS = (
    *("1", "2", "12", "99", "1000", "desks, lamps", "a company", "small", "tomorrow 14:00", "04.03", "14:00"),
    *(
        "Kyiv",
        "067 123 45 67",
        "yes",
        "no",
        "так",
        "нет",
        "back",
        "← Back",
        "skip",
        "anything at all",
        "<b>{who}</b>",
    ),
)
COMMANDS = (
    "/start",
    "/start small",
    "/start ads--x",
    "/start " + "я" * 70,
    "/answers",
    "/restart",
    "/language",
    "/stop",
    "/help",
)
USABLE = {
    "agree": "yes",
    "letters": "yes",
    "size": "12",
    "visit": "tomorrow 14:00",
    "city": "Kyiv",
    "phone": "0671234567",
}
WITH_BUTTONS = {"who", "room", "needs", "visit", "agree", "letters", "hurry"}
SENT: tuple[Happening, ...] = (
    ContactReceived("+380671234567", own=True),
    ContactReceived("380501112233", own=False),
    LocationReceived(50.45, 30.52),
    LocationReceived(50.45, 30.52, forwarded=True),
    TextReceived("yes", forwarded=True),
    OtherReceived(),
    MessageEdited(),
)


@cache
def _begun() -> Path:
    """Return a database in which the quiz is published: every example begins with a copy."""
    folder = Path(tempfile.mkdtemp(prefix="hotlead-people-"))
    asyncio.run(_publish(folder))
    return folder


async def _publish(folder: Path) -> None:
    database = await Database.open(f"sqlite+aiosqlite:///{folder}/begun.db", a_keyring())
    quiz = small_quiz(folder, *WAYS, routing=ROUTING, sequences=SEQUENCES)
    await _built(database, StandingClock(NOON), str(quiz))
    await database.close()


async def _built(database: Database, clock: StandingClock, quiz: str) -> Hotlead:
    return await build(
        Settings(_env_file=None, quiz=(quiz,), managers=(MANAGER,)), clock, FakeMessenger(), database
    )


class People(RuleBasedStateMachine):
    """Two people who do anything that a phone can do, and a bot that must cope."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="hotlead-people-"))
        file = shutil.copy(_begun() / "begun.db", self.folder / "people.db")
        self.loop = asyncio.Runner()
        self.clock = StandingClock(NOON)
        self.database = self.loop.run(Database.open(f"sqlite+aiosqlite:///{file}", a_keyring()))
        self.app = self.loop.run(_built(self.database, self.clock, "small"))
        self.reader = sqlite3.connect(file)
        keys = a_keyring()
        self.reader.create_function("opened", 1, lambda value: keys.open_text("outbox.request", value))
        self.numbers = itertools.count(1)
        self.blocked: set[int] = set()
        self.broke_off: set[int] = set()
        """who blocked the bot since a question was last asked: what was on its way to them was taken back"""

    def teardown(self) -> None:
        self.reader.close()
        self.loop.run(self.database.close())
        self.loop.close()
        shutil.rmtree(self.folder)

    @initialize(walked=st.tuples(*(st.integers(0, 11) for _ in PEOPLE)))
    def begin_somewhere(self, walked: tuple[int, ...]) -> None:
        for who, questions in zip(PEOPLE, walked, strict=True):
            if questions:
                self.goes_on(who, questions)

    # What people do ---------------------------------------------------------------------------------

    @rule(who=st.sampled_from(PEOPLE), text=st.sampled_from(COMMANDS))
    def commands(self, who: int, text: str) -> None:
        self._does(who, TextReceived(text))

    @rule(who=st.sampled_from(PEOPLE), text=st.sampled_from(TEXTS))
    def types(self, who: int, text: str) -> None:
        self._does(who, TextReceived(text))

    @rule(who=st.sampled_from(PEOPLE), what=st.sampled_from(SENT))
    def sends(self, who: int, what: Happening) -> None:
        self._does(who, what)

    @rule(who=st.sampled_from(PEOPLE), which=st.integers(0, 40), times=st.sampled_from((1, 1, 1, 3)))
    def taps_the_open_question(self, who: int, which: int, times: int) -> None:
        buttons = self._buttons(self._asked_in(who))
        for _ in range(times if buttons else 0):
            self._taps(who, buttons[which % len(buttons)])

    @rule(who=st.sampled_from(PEOPLE), which=st.integers(0, 400))
    def taps_any_button_that_ever_was(self, who: int, which: int) -> None:
        rows = self.reader.execute("SELECT id FROM outbox WHERE chat_id = ? ORDER BY id DESC", (who,)).fetchall()
        buttons = [data for (row,) in rows for data in self._buttons(row)]
        if buttons:
            self._taps(who, buttons[which % len(buttons)])

    @rule(who=st.sampled_from(PEOPLE), whose=st.sampled_from(PEOPLE))
    def taps_a_button_of_somebody_else(self, who: int, whose: int) -> None:
        for data in self._buttons(self._asked_in(whose))[:1]:
            self._taps(who, data)

    @rule(who=st.sampled_from(PEOPLE), questions=st.integers(1, 12))
    def goes_on(self, who: int, questions: int) -> None:
        """Answer some questions in a row, so that ends are reached: chance alone turns the calendar for ever."""
        for _ in range(questions):
            step = self.loop.run(self._open_step(who))
            self._does(who, TextReceived(USABLE.get(step, "1") if step else "/start"))

    @rule(who=st.sampled_from(PEOPLE), choice=st.sampled_from(["1", "2", "3"]))
    def changes_the_first_answer(self, who: int, choice: str) -> None:
        """Change what later questions depend on, and go on to the end."""
        session = self.reader.execute(
            "SELECT max(sessions.id) FROM sessions JOIN prospects ON prospects.id = prospect_id"
            " WHERE telegram_id = ?",
            (who,),
        ).fetchone()[0]
        self._taps(who, f"b:{session or 0:x}:who")
        self._does(who, TextReceived(choice))
        self.goes_on(who, 8)

    @rule(who=st.sampled_from(PEOPLE))
    def blocks(self, who: int) -> None:
        if self._asked_in(who) is not None:
            self._does(who, BotBlocked())
            self.blocked.add(who)
            self.broke_off.add(who)

    @rule(who=st.sampled_from(PEOPLE))
    def returns(self, who: int) -> None:
        if who in self.blocked:
            self._does(who, BotUnblocked())
            self._does(who, TextReceived("/start"))

    @rule(who=st.sampled_from(PEOPLE), language=st.sampled_from(["en", "uk", "ru", "xx"]))
    def changes_the_language(self, who: int, language: str) -> None:
        self._taps(who, f"l:{language}")

    # What happens by itself ---------------------------------------------------------------------------

    @rule(hours=st.sampled_from((0.2, 3, 12, 80)))
    def time_passes(self, hours: float) -> None:
        self.clock.move(timedelta(hours=hours))
        while (due := self.loop.run(self.app.timers.next_due())) is not None and due <= self.clock.now():
            self.loop.run(self.app.timers.do_due())

    @rule()
    def telegram_delivers(self) -> None:
        self.reader.execute("UPDATE outbox SET state = 'sent', message_id = id WHERE state = 'waiting'")
        self.reader.commit()

    @rule()
    def telegram_was_away(self) -> None:
        async def away() -> None:
            async with self.app.workshop.work() as work:
                await work.unit.sessions.ask_after_outage(work.now - timedelta(hours=1), work.now)

        self.loop.run(away())

    # What must hold whatever they do ------------------------------------------------------------------

    @invariant()
    def nobody_is_stuck_and_nothing_is_lost(self) -> None:
        self.loop.run(self._check())

    @invariant()
    def nothing_waits_for_who_blocked_the_bot(self) -> None:
        for who in self.blocked:
            query = "SELECT count(*) FROM outbox WHERE chat_id = ? AND state = 'waiting' AND kind != 'tap'"
            assert self.reader.execute(query, (who,)).fetchone() == (0,)

    @invariant()
    def each_has_one_open_session_and_one_open_lead(self) -> None:
        for table, condition in (("sessions", "is_open"), ("leads", "closed_at IS NULL")):
            query = f"SELECT prospect_id FROM {table} WHERE {condition} GROUP BY 1 HAVING count(*) > 1"  # noqa: S608 - ours
            assert self.reader.execute(query).fetchall() == []

    async def _check(self) -> None:
        async with self.app.workshop.view() as view:
            for who in PEOPLE:
                prospect = await view.prospects.by_telegram_id(who)
                stored = await view.sessions.latest(prospect.id) if prospect else None
                if prospect is None or stored is None:
                    continue
                session = stored.session
                quiz = await self.app.workshop.library.quiz(view, session.quiz, session.revision)
                present = await view.sessions.answers(stored.id)
                assert dict(session.answers).items() <= present.items()
                if (step := open_step(quiz, session)) is None:
                    assert dict(session.answers) == present
                elif who not in self.broke_off:
                    self._is_asked(who, stored.id, step.id, stored.asked_in)
                lead = await view.leads.of(prospect.id, session.quiz)
                if lead is not None and lead.session_id == stored.id and session.over:
                    entries = [e for e in await view.ledger.entries(lead) if not e.rule.startswith("link:")]
                    again = fit_entries(quiz, session.answers, self.clock.now())
                    assert sorted((e.rule, e.points) for e in entries) == sorted((e.rule, e.points) for e in again)
                    unfit = is_unfit(quiz, session.answers)
                    assert score(quiz, entries, self.clock.now(), unfit=unfit).band == lead.band

    def _is_asked(self, who: int, session: int, step: str, asked_in: int | None) -> None:
        """The newest question of this chat is the open one, it is there or on its way, and its buttons work."""
        state = self.reader.execute("SELECT state, chat_id FROM outbox WHERE id = ?", (asked_in,)).fetchone()
        assert state in (("waiting", who), ("sent", who))
        taps = self._taps_of(asked_in)
        assert all((tap.session, tap.step) == (session, step) for tap in taps)
        assert taps or step not in WITH_BUTTONS
        later = self.reader.execute(
            "SELECT id FROM outbox WHERE chat_id = ? AND id > ? AND edits IS NULL", (who, asked_in)
        )
        assert not [tap for (row,) in later.fetchall() for tap in self._taps_of(row) if tap.session == session]
        due = self.reader.execute(
            "SELECT due_at IS NOT NULL OR abandoned_at IS NOT NULL FROM sessions WHERE id = ?", (session,)
        )
        assert due.fetchone() == (1,)  # silence leads somewhere

    # How it is done -----------------------------------------------------------------------------------

    def _does(self, who: int, happening: Happening) -> None:
        if not isinstance(happening, BotBlocked | BotUnblocked):
            self.blocked.discard(who)  # who writes has let the bot in again
        before = self._asked_in(who)
        self.loop.run(self._receive(Incoming(next(self.numbers), Person(who, "Anna", None, "en"), happening)))
        if self._asked_in(who) != before:
            self.broke_off.discard(who)

    async def _receive(self, incoming: Incoming) -> None:
        async with self.app.workshop.work() as work:
            await receive(work, incoming)

    def _taps(self, who: int, data: str) -> None:
        number = next(self.numbers)
        self._does(who, TapReceived(f"tap {number}", data, message_id=number))
        query = "SELECT count(*) FROM outbox WHERE kind = 'tap' AND opened(request) LIKE ?"
        assert self.reader.execute(query, (f'%"tap {number}"%',)).fetchone() == (1,)  # the spinner ends, once

    def _asked_in(self, who: int) -> int | None:
        found = self.reader.execute(
            "SELECT asked_in FROM sessions JOIN prospects ON prospects.id = prospect_id"
            " WHERE telegram_id = ? ORDER BY sessions.id DESC LIMIT 1",
            (who,),
        ).fetchone()
        return found[0] if found else None

    def _taps_of(self, number: int | None) -> list[AnswerTapped]:
        """Return the answers that a message offers."""
        taps = (decode(data) for data in self._buttons(number))
        return [tap for tap in taps if isinstance(tap, AnswerTapped)]

    def _buttons(self, number: int | None) -> list[str]:
        """Return what stands behind the buttons of a message, as it looks after all its changes."""
        rows = self.reader.execute(
            "SELECT opened(request) FROM outbox WHERE id = ? OR edits = ? ORDER BY id DESC LIMIT 1",
            (number, number),
        )
        for (request,) in rows.fetchall():
            message: Any = REQUEST.validate_json(request)
            if isinstance(message, SendText | EditText):
                return [b.data for row in message.buttons for b in row if isinstance(b, TapButton)]
        return []

    async def _open_step(self, who: int) -> str | None:
        async with self.app.workshop.view() as view:
            prospect = await view.prospects.by_telegram_id(who)
            stored = await view.sessions.latest(prospect.id) if prospect else None
            return stored.session.at if stored else None


TestPeople = People.TestCase
TestPeople.settings = settings(
    max_examples=15, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
)
