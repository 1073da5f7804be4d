"""What recipients do with a broadcast: they want no more. What they open is a tracked link, as everywhere."""

from __future__ import annotations

from bot.follow_ups.reacting import unsubscribe
from bot.teams.permissions import runs_things
from bot.telegram.broadcast_taps import NoNewsTapped
from bot.telegram.updates import TapReceived
from bot.texts import plain
from bot.work import Work
from storage.broadcasts import Deed
from storage.records import Prospect


async def want_no_news(
    work: Work, prospect: Prospect, meant: NoNewsTapped, tap: TapReceived, update_id: int
) -> None:
    """Stop follow-ups and broadcasts to this person; below an admin's test nothing is stopped."""
    got_it = await work.unit.broadcasts.did(meant.broadcast, prospect.id, Deed.STOPPED, work.now)
    if not got_it and await runs_things(work, prospect.telegram_id):
        await work.answer_tap(tap.tap_id, plain(work.language_of(prospect), "broadcast.only_a_test"))
        return
    await unsubscribe(work, prospect, tap, update_id)
