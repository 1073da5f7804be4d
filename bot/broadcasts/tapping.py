"""Passes a tap about a broadcast to what it is meant for."""

from __future__ import annotations

from typing import assert_never

from bot.broadcasts.managing import broadcast_tapped
from bot.broadcasts.reacting import want_no_news
from bot.telegram.broadcast_taps import AboutBroadcast, BroadcastTapped, NoNewsTapped
from bot.telegram.updates import TapReceived
from bot.work import Work
from storage.records import Prospect


async def tapped(work: Work, prospect: Prospect, meant: AboutBroadcast, tap: TapReceived, update_id: int) -> None:
    """Carry out a tap of an admin, or of a recipient."""
    match meant:
        case BroadcastTapped():
            await broadcast_tapped(work, prospect, meant, tap)
        case NoNewsTapped():
            await want_no_news(work, prospect, meant, tap, update_id)
        case _:
            assert_never(meant)
