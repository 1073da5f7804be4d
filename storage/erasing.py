"""Erases a person: every row and byte, with a proof that names nobody, and a list that outlives a backup."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from storage.cipher import Fingerprint
from storage.consents import Consents
from storage.database import Database
from storage.durability import make_names_durable
from storage.errors import BackupError
from storage.unit import Unit

_CUT_SHORT = re.compile(r"[0-9a-f]*( [0-9T:.+-]*)?")
"""What a power cut leaves of a line: its beginning."""


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
        if not before:
            make_names_durable(self.path.parent)

    def read(self, now: datetime) -> dict[str, datetime]:
        """Return each fingerprint with the last moment it was erased; who stands in the list is never passed over.

        A line that a power cut left without its whole moment counts as of now, unless another tells the moment;
        one without its whole fingerprint names nobody. Anything else was changed by hand. Raises BackupError.
        """
        erased: dict[str, datetime] = {}
        cut_short = []
        for number, line in enumerate(self._lines(), start=1):
            fingerprint, _, moment = line.partition(" ")
            if at := _moment(moment):
                erased[fingerprint] = max(at, erased.get(fingerprint, at))
            elif _CUT_SHORT.fullmatch(line):
                cut_short += [fingerprint] if " " in line else []
            else:
                slip = "this is no erasure; mend or remove it before you restore"
                raise BackupError(f"{self.path}, line {number}: {slip}")
        return dict.fromkeys(cut_short, now) | erased

    def _lines(self) -> list[str]:
        try:
            return self.path.read_text(encoding="ascii").splitlines() if self.path.exists() else []
        except (OSError, UnicodeDecodeError) as error:
            raise BackupError(f"the list of who was erased cannot be read: {self.path}: {error}") from None


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


def _moment(written: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        return None
    return at if at.tzinfo else None


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
