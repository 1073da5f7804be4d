"""Sessions and the answers given in them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import select, update

from dialogs.answers import Answer
from dialogs.session import Session
from storage.collection import Collection
from storage.records import StoredSession
from storage.tables import AnswerRow, SessionRow

_ANSWER: TypeAdapter[Answer] = TypeAdapter(Answer)


class Sessions(Collection):
    """Every walk through a quiz; a prospect has at most one open."""

    async def start(self, prospect_id: int, session: Session, source: str | None) -> StoredSession:
        """Keep a new session; an open one of the same prospect is put aside."""
        await self._connection.execute(
            update(SessionRow)
            .where(SessionRow.prospect_id == prospect_id, SessionRow.is_open)
            .values(is_open=False)
        )
        number = await self._add(
            SessionRow,
            prospect_id=prospect_id,
            quiz=session.quiz,
            revision=session.revision,
            source=source,
            state=session.model_dump_json(),
            started_at=session.started_at,
            is_open=True,
        )
        return StoredSession(number, prospect_id, source, None, session)

    async def save(self, stored: StoredSession, session: Session) -> StoredSession:
        """Keep the session's new state."""
        await self._connection.execute(
            update(SessionRow)
            .where(SessionRow.id == stored.id)
            .values(state=session.model_dump_json(), is_open=not session.over, ended_at=session.ended_at)
        )
        return StoredSession(stored.id, stored.prospect_id, stored.source, stored.asked_in, session)

    async def asked(self, session_id: int, outbox_id: int) -> None:
        """Keep which message asked the open question."""
        await self._connection.execute(
            update(SessionRow).where(SessionRow.id == session_id).values(asked_in=outbox_id)
        )

    async def latest(self, prospect_id: int) -> StoredSession | None:
        """Return the prospect's newest session, open or over."""
        query = select(*_SESSION).where(SessionRow.prospect_id == prospect_id).order_by(SessionRow.id.desc())
        row = (await self._connection.execute(query.limit(1))).first()
        return _stored(*row) if row else None

    async def of(self, prospect_id: int) -> list[StoredSession]:
        """Return every session of a prospect, the oldest first."""
        query = select(*_SESSION).where(SessionRow.prospect_id == prospect_id).order_by(SessionRow.id)
        return [_stored(*row) for row in await self._connection.execute(query)]

    async def by_id(self, session_id: int) -> StoredSession | None:
        """Return a session of this bot."""
        query = select(*_SESSION).where(SessionRow.id == session_id, self._ours(SessionRow.bot_id))
        row = (await self._connection.execute(query)).first()
        return _stored(*row) if row else None

    async def save_answer(self, session_id: int, question: str, answer: Answer, now: datetime) -> None:
        """Keep an answer; a later one to the same question takes its place, and the earlier one is history."""
        await self.replace_answers(session_id, [question], now)
        await self._add(
            AnswerRow,
            session_id=session_id,
            question=question,
            answer=_ANSWER.dump_json(answer).decode(),
            given_at=now,
        )

    async def replace_answers(self, session_id: int, questions: Iterable[str], now: datetime) -> None:
        """Turn present answers into history: they were changed, or fell away with another."""
        await self._connection.execute(
            update(AnswerRow)
            .where(
                AnswerRow.session_id == session_id,
                AnswerRow.question.in_(list(questions)),
                AnswerRow.replaced_at.is_(None),
            )
            .values(replaced_at=now)
        )

    async def answers(self, session_id: int) -> dict[str, Answer]:
        """Return the present answers of a session, in the order they were given."""
        query = select(AnswerRow.question, AnswerRow.answer).where(
            AnswerRow.session_id == session_id, AnswerRow.replaced_at.is_(None)
        )
        rows = await self._connection.execute(query.order_by(AnswerRow.id))
        return {question: _ANSWER.validate_json(answer) for question, answer in rows}


_SESSION = (SessionRow.id, SessionRow.prospect_id, SessionRow.source, SessionRow.asked_in, SessionRow.state)


def _stored(number: int, prospect: int, source: str | None, asked_in: int | None, state: str) -> StoredSession:
    return StoredSession(number, prospect, source, asked_in, Session.model_validate_json(state))
