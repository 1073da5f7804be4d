"""The table in the making: read and written so many leads at a time, whatever their number."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.hand_off.gathering import names_in
from bot.leads.cells import MARK, separator_for, written
from bot.leads.columns import Columns
from bot.work import Library
from qualification.quiz import Quiz
from storage.roll import Listed, Selection
from storage.unit import Unit

AT_ONCE = 50
"""Leads in one look at the database: what they take of memory and of time is little."""


@dataclass
class Table:
    """One row a lead, by their numbers; the first row has the titles."""

    library: Library
    language: str
    timezone: str
    """the zone of its times"""
    now: datetime
    """of which moment its scores are"""
    selection: Selection = field(default_factory=Selection)
    at_once: int = AT_ONCE
    leads: int = 0
    """how many were written"""
    _last: int = 0
    _columns: Columns | None = field(default=None, repr=False)
    _erasures: int = 0

    async def more(self, unit: Unit) -> bytes | None:
        """Return the next rows, the titles before the first; None when there are no more."""
        columns, begun = self._columns, b""
        if columns is None:
            columns = await self._begin(unit)
            begun = MARK + written([columns.titles], self._separator)
        listed = await unit.roll.after(self._last, self.selection, self.at_once, self.now)
        if not listed:
            self._columns = columns
            return begun or None
        walked = [each.session for each in listed]
        quizzes = [await self.library.quiz(unit, session.quiz, session.revision) for session in walked]
        owners = {each.hand_off.state.taken_by for each in listed if each.hand_off is not None}
        names = await names_in(unit, (owner for owner in owners if owner is not None))
        rows = await asyncio.to_thread(self._written, columns, zip(listed, quizzes, strict=True), names)
        self._columns = columns  # now: should the database fail before, the titles are still to be written
        self._last = listed[-1].lead.id
        self.leads += len(listed)
        return begun + rows

    async def is_outdated(self, unit: Unit) -> bool:
        """Tell whether somebody was erased since it was begun, who may stand in it: then it is of no use."""
        return await unit.roll.erasures() != self._erasures

    @property
    def _separator(self) -> str:
        return separator_for(self.language)

    def _written(self, columns: Columns, found: Iterable[tuple[Listed, Quiz]], names: Mapping[int, str]) -> bytes:
        return written((columns.row(listed, quiz, names) for listed, quiz in found), self._separator)

    async def _begin(self, unit: Unit) -> Columns:
        self._erasures = await unit.roll.erasures()
        walked = await unit.roll.revisions(self.selection)
        quizzes = {each: await self.library.quiz(unit, *each) for each in walked}
        return Columns(quizzes, self.language, self.timezone, self.now)
