"""Erases a person: every row and byte, with a proof that names nobody, and a list that outlives a backup."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from storage.consents import Consents
from storage.database import Database
from storage.unit import Unit

Fingerprint = Callable[[str, str], str]
"""Given what it is for and a value: a keyed hash, from which nobody without the key finds the value."""


class Reason(StrEnum):
    """Why somebody was erased."""

    ASKED = "asked"
    KEPT_LONG_ENOUGH = "kept_long_enough"
    REPLAYED = "replayed"


@dataclass(frozen=True)
class ErasureList:
    """Who was erased, as keyed fingerprints in a file outside the database: a restored backup forgets nobody."""

    path: Path
    fingerprint: Fingerprint

    def of(self, bot_id: int, telegram_id: int) -> str:
        """Return the fingerprint under which a person is erased."""
        return _name(self.fingerprint, bot_id, telegram_id)

    def add(self, fingerprint: str, now: datetime) -> None:
        """Write a fingerprint down; on disk when this returns."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        before = self.path.read_bytes() if self.path.exists() else b""
        with self.path.open("ab") as file:
            # A line that a power cut left unfinished must not swallow this one.
            torn = b"\n" if before and not before.endswith(b"\n") else b""
            file.write(torn + f"{fingerprint} {now.astimezone(UTC).isoformat()}\n".encode())
            file.flush()
            os.fsync(file.fileno())
        if not before:  # the file's name has to be on disk too
            folder = os.open(self.path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def read(self) -> dict[str, datetime]:
        """Return each fingerprint with the last moment it was erased; a line that was cut short is passed over."""
        erased: dict[str, datetime] = {}
        if not self.path.exists():
            return erased
        for line in self.path.read_text(encoding="ascii", errors="replace").splitlines():
            fingerprint, _, moment = line.partition(" ")
            try:
                at = datetime.fromisoformat(moment)
            except ValueError:
                continue
            if at.tzinfo is not None:
                erased[fingerprint] = max(at, erased.get(fingerprint, at))
        return erased


async def erase(unit: Unit, prospect_id: int, reason: Reason, now: datetime, erasures: ErasureList) -> None:
    """Remove every row and byte about a prospect. The database is scrubbed once the transaction is committed.

    The list is written first: should the commit fail, the person asked for it all the same.
    """
    person = await unit.prospects.by_id(prospect_id)
    fingerprint = erasures.of(unit.bot_id, person.telegram_id)
    proof = await _proof(unit.consents, prospect_id)
    erasures.add(fingerprint, now)
    await unit.holdings.remove(prospect_id, person.telegram_id)
    await unit.holdings.keep_proof(fingerprint, reason, proof, now)
    unit.scrub_after = True


async def replay(database: Database, erased: Mapping[str, datetime], fingerprint: Fingerprint) -> int:
    """Erase again who was erased before, of every bot: a restored backup may hold them. Returns how many.

    Who was first seen after their erasure came back by their own will, and stays.
    """
    async with database.view(0) as view:
        everybody = await view.holdings.everybody()
    found = 0
    for prospect_id, bot_id, telegram_id, first_seen_at in everybody:
        name = _name(fingerprint, bot_id, telegram_id)
        moment = erased.get(name)
        if moment is None or first_seen_at > moment:
            continue
        async with database.unit(bot_id) as unit:
            proof = await _proof(unit.consents, prospect_id)
            await unit.holdings.remove(prospect_id, telegram_id)
            await unit.holdings.keep_proof(name, Reason.REPLAYED, proof, moment)
        found += 1
    await database.scrub()
    return found


def _name(fingerprint: Fingerprint, bot_id: int, telegram_id: int) -> str:
    return fingerprint("erasure", f"{bot_id}:{telegram_id}")


async def _proof(consents: Consents, prospect_id: int) -> str:
    """Return what remains: that there were consents, when, and their records; nothing that names a person.

    Whoever kept their receipt can still show that it is one of these.
    """
    events = [
        {
            "record": each.event.record,
            "purpose": each.event.purpose,
            "event": each.event.event,
            "at": each.event.at.isoformat(),
            "sha256": each.sha256,
        }
        for each in await consents.history(prospect_id)
    ]
    return json.dumps({"consents": events})
