"""Sessions and the answers given in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, literal_column, select, update

from dialogs.answers import Answer
from dialogs.session import Session
from storage.collection import Collection, claimed, earliest
from storage.hand_offs import in_talk
from storage.marks import ANSWER, marks
from storage.records import DueFor, StoredSession
from storage.sealed import keyring_of
from storage.tables import AnswerRow, ProspectRow, SessionRow

NEXT_SILENCE = earliest(SessionRow.due_at, ~in_talk(SessionRow.bot_id, SessionRow.prospect_id))


class Sessions(Collection):
    """Every walk through a quiz; a prospect has at most one open."""

    async def start(
        self,
        prospect_id: int,
        session: Session,
        source: str | None,
        link_id: int | None = None,
        *,
        is_test: bool = False,
    ) -> StoredSession:
        """Keep a new session; an open one of the same prospect is put aside."""
        await self._connection.execute(_PUT_ASIDE, {"prospect": prospect_id})
        number = await self._add(
            SessionRow,
            prospect_id=prospect_id,
            quiz=session.quiz,
            revision=session.revision,
            source=source,
            link_id=link_id,
            state=session.model_dump_json(),
            started_at=session.started_at,
            is_open=True,
            nudges=0,
            is_test=is_test,
        )
        return StoredSession(number, prospect_id, source, None, session, is_test, link_id=link_id)

    async def save(self, stored: StoredSession, session: Session) -> StoredSession:
        """Keep the session's new state."""
        state = {"state": session.model_dump_json(), "is_open": not session.over, "ended_at": session.ended_at}
        await self._connection.execute(_UPDATE, {"number": stored.id, **state})
        return replace(stored, session=session)

    async def came_from(self, stored: StoredSession, source: str) -> StoredSession:
        """Keep where the session came from, once the prospect told it."""
        await self._connection.execute(update(SessionRow).where(SessionRow.id == stored.id).values(source=source))
        return replace(stored, source=source)

    async def wait_for(
        self,
        session_id: int,
        due_for: DueFor | None,
        due_at: datetime | None,
        nudges: int = 0,
        asked_in: int | None = None,
    ) -> None:
        """Set what the silence leads to, and when; None for nothing. Whoever is waited for is not lost.

        `asked_in` is the message (of the outbox) that asked the open question; None when that stays as it was.
        """
        asked = {} if asked_in is None else {"asked_in": asked_in}
        waits = {"due_for": due_for, "due_at": due_at, "nudges": nudges, "abandoned_at": None, **asked}
        await self._connection.execute(_UPDATE, {"number": session_id, **waits})

    async def abandon(self, session_id: int, now: datetime) -> None:
        """Note that the silence lasted too long; the session can still be gone on with."""
        await self._connection.execute(
            update(SessionRow)
            .where(SessionRow.id == session_id)
            .values(due_for=None, due_at=None, abandoned_at=now)
        )

    async def abandoned(self, limit: int) -> list[StoredSession]:
        """Return the sessions that were abandoned last, and not gone on with since."""
        query = select(*_SESSION).where(
            self._ours(SessionRow.bot_id), SessionRow.is_open, SessionRow.abandoned_at.is_not(None)
        )
        rows = await self._connection.execute(query.order_by(SessionRow.abandoned_at.desc()).limit(limit))
        return [_stored(row) for row in rows]

    async def leave_alone(self, prospect_id: int, now: datetime) -> None:
        """Ask this prospect nothing again: what is open counts as abandoned when its next moment comes."""
        await self._connection.execute(
            update(SessionRow)
            .where(SessionRow.prospect_id == prospect_id, SessionRow.due_at.is_not(None))
            .values(due_for=DueFor.ABANDONMENT, abandoned_at=now)
        )

    async def due(self, now: datetime, limit: int) -> list[StoredSession]:
        """Return sessions whose silence has lasted long enough, the longest first."""
        query = select(*_SESSION).where(
            self._ours(SessionRow.bot_id),
            SessionRow.due_at <= now,
            ~in_talk(SessionRow.bot_id, SessionRow.prospect_id),
        )
        rows = await self._connection.execute(claimed(query.order_by(SessionRow.due_at).limit(limit), SessionRow))
        return [_stored(row) for row in rows]

    async def postpone(self, session_id: int, due_at: datetime) -> None:
        """Look at the session again later."""
        await self._connection.execute(update(SessionRow).where(SessionRow.id == session_id).values(due_at=due_at))

    async def ask_after_outage(self, active_since: datetime, due_at: datetime) -> int:
        """Let the open questions of those who were active since then be asked again; return how many."""
        active = select(ProspectRow.id).where(
            self._ours(ProspectRow.bot_id),
            ProspectRow.last_seen_at >= active_since,
            ProspectRow.blocked_at.is_(None),
        )
        result = await self._connection.execute(
            update(SessionRow)
            .where(
                self._ours(SessionRow.bot_id),
                SessionRow.is_open,
                SessionRow.is_test.is_(False),
                SessionRow.abandoned_at.is_(None),
                SessionRow.prospect_id.in_(active),
            )
            .values(due_for=DueFor.OUTAGE, due_at=due_at)
            .returning(SessionRow.id)
        )
        return len(result.all())

    async def latest(self, prospect_id: int) -> StoredSession | None:
        """Return the prospect's newest session, open or over."""
        row = (await self._connection.execute(_LATEST, {"prospect": prospect_id})).first()
        return _stored(row) if row else None

    async def in_the_middle(self, quiz: str) -> dict[int, int]:
        """Count the prospects who are walking a quiz now, by revision; tests and who fell silent are left out."""
        query = select(SessionRow.revision, func.count()).where(
            self._ours(SessionRow.bot_id),
            SessionRow.quiz == quiz,
            SessionRow.is_open,
            SessionRow.ended_at.is_(None),  # not those whom a sequence asks something
            ~SessionRow.is_test,
            SessionRow.abandoned_at.is_(None),
        )
        rows = await self._connection.execute(query.group_by(SessionRow.revision))
        return {int(revision): int(people) for revision, people in rows}

    async def open_tests(self, quiz: str, revision: int) -> list[StoredSession]:
        """Return the tests of a revision that are not over."""
        query = select(*_SESSION).where(
            self._ours(SessionRow.bot_id),
            SessionRow.quiz == quiz,
            SessionRow.revision == revision,
            SessionRow.is_open,
            SessionRow.is_test,
        )
        return [_stored(row) for row in await self._connection.execute(query)]

    async def of(self, prospect_id: int) -> list[StoredSession]:
        """Return every session of a prospect, the oldest first."""
        query = select(*_SESSION).where(SessionRow.prospect_id == prospect_id).order_by(SessionRow.id)
        return [_stored(row) for row in await self._connection.execute(query)]

    async def by_id(self, session_id: int) -> StoredSession | None:
        """Return a session of this bot."""
        query = select(*_SESSION).where(SessionRow.id == session_id, self._ours(SessionRow.bot_id))
        row = (await self._connection.execute(query)).first()
        return _stored(row) if row else None

    async def save_answer(self, session_id: int, question: str, answer: Answer, now: datetime) -> None:
        """Keep an answer; a later one to the same question takes its place, and the earlier one is history."""
        await self.replace_answers(session_id, [question], now)
        await self._add(
            AnswerRow,
            session_id=session_id,
            question=question,
            answer=ANSWER.dump_json(answer).decode(),
            marks=marks(keyring_of(self._connection.dialect), question, answer),
            given_at=now,
        )

    async def replace_answers(self, session_id: int, questions: Iterable[str], now: datetime) -> None:
        """Turn present answers into history: they were changed, or fell away with another."""
        which = {"session": session_id, "questions": list(questions)}
        await self._connection.execute(_REPLACE, {**which, "replaced_at": now})

    async def answers(self, session_id: int) -> dict[str, Answer]:
        """Return the present answers of a session, in the order they were given."""
        query = select(AnswerRow.question, AnswerRow.answer).where(
            AnswerRow.session_id == session_id, AnswerRow.replaced_at.is_(None)
        )
        rows = await self._connection.execute(query.order_by(AnswerRow.id))
        return {question: ANSWER.validate_json(answer) for question, answer in rows}


_SESSION = (
    SessionRow.id,
    SessionRow.prospect_id,
    SessionRow.source,
    SessionRow.asked_in,
    SessionRow.state,
    SessionRow.is_test,
    SessionRow.due_for,
    SessionRow.nudges,
    SessionRow.abandoned_at,
    SessionRow.link_id,
)
# Made once, because making a statement costs more than running it: these are part of every turn.
_LATEST = (
    select(*_SESSION)
    .where(SessionRow.prospect_id == bindparam("prospect"))
    .order_by(SessionRow.id.desc())
    .limit(literal_column("1"))
)
_UPDATE = update(SessionRow).where(SessionRow.id == bindparam("number"))
_PUT_ASIDE = (
    update(SessionRow)
    .where(SessionRow.prospect_id == bindparam("prospect"), SessionRow.is_open)
    .values(is_open=False)
)
_REPLACE = update(AnswerRow).where(
    AnswerRow.session_id == bindparam("session"),
    AnswerRow.question.in_(bindparam("questions", expanding=True)),
    AnswerRow.replaced_at.is_(None),
)


def _stored(row: Sequence[Any]) -> StoredSession:
    number, prospect, source, asked_in, state, is_test, due_for, *rest = row
    session = Session.model_validate_json(state)
    waits = DueFor(due_for) if due_for else None
    return StoredSession(number, prospect, source, asked_in, session, is_test, waits, *rest)
