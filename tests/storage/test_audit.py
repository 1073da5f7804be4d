"""The audit log: who did what, the newest first, each bot's for itself."""

from __future__ import annotations

from storage.records import Action, AuditEntry
from tests.storage.conftest import Begin
from tests.storage.samples import HOUR, NOON, OTHER_BOT


async def test_what_was_done_is_told_with_who_did_it(begin: Begin) -> None:
    async with begin() as unit:
        await unit.audit.note(None, Action.PUBLISH, "q", NOON, revision=1)
        await unit.audit.note(7_000_000_001, Action.ROLL_BACK, "q", NOON + HOUR, revision=3, to=1)
        assert await unit.audit.newest(20) == [
            AuditEntry(NOON + HOUR, 7_000_000_001, "roll_back", "q", {"revision": 3, "to": 1}),
            AuditEntry(NOON, None, "publish", "q", {"revision": 1}),
        ]
        assert len(await unit.audit.newest(1)) == 1
    async with begin(OTHER_BOT) as unit:
        assert await unit.audit.newest(20) == []
