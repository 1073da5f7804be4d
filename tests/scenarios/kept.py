"""What the bot has kept: looked up through its own storage."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Executable, text

from dialogs.answers import Answer
from storage.records import Lead, Prospect, StoredSession
from tests.scenarios.over_http import Guest, House


async def prospect_of(house: House, guest: Guest) -> Prospect:
    async with house.view() as view:
        found = await view.prospects.by_telegram_id(guest.person.id)
    assert found is not None
    return found


async def session_of(house: House, guest: Guest) -> StoredSession:
    async with house.view() as view:
        found = await view.sessions.latest((await prospect_of(house, guest)).id)
    assert found is not None
    return found


async def answers_of(house: House, guest: Guest) -> list[str]:
    """Return the questions that have an answer, in order."""
    async with house.view() as view:
        return list(await view.sessions.answers((await session_of(house, guest)).id))


async def lead(house: House, number: int = 1) -> Lead:
    async with house.view() as view:
        return await view.leads.by_id(number)


async def stages(house: House, number: int = 1) -> list[str]:
    """Return the stages that a lead went through."""
    async with house.view() as view:
        return [str(to) for _, to, _, _ in await view.leads.moves(number)]


async def points(house: House, number: int = 1) -> dict[str, int]:
    """Return a lead's ledger."""
    async with house.view() as view:
        return {entry.rule: entry.points for entry in await view.ledger.entries(await view.leads.by_id(number))}


async def events(house: House) -> list[str]:
    """Return what the journal says happened."""
    async with house.view() as view:
        return [entry.event for entry in await view.journal.after(0, 1000)]


async def rows(house: House, query: str | Executable) -> list[tuple[Any, ...]]:
    """Return rows of the database, for what no collection tells; a typed query opens what is sealed."""
    async with house.view() as view:
        asked = text(query) if isinstance(query, str) else query
        return [tuple(row) for row in await view._connection.execute(asked)]


async def answer(house: House, guest: Guest, question: str) -> Answer | None:
    """Return the present answer to a question, as the database has it."""
    async with house.view() as view:
        return (await view.sessions.answers((await session_of(house, guest)).id)).get(question)
