"""What a tap below `/privacy` does; each acts on the person who taps, and on nobody else."""

from __future__ import annotations

from typing import assert_never

from bot.privacy import erasing
from bot.privacy.export import send_export
from bot.privacy.receipt import show_receipt
from bot.privacy.withdrawing import take_back
from bot.telegram.taps import PrivacyAction, PrivacyTapped
from bot.telegram.updates import TapReceived
from bot.texts import plain
from bot.work import Work
from storage.records import Prospect


async def react(work: Work, prospect: Prospect, tapped: PrivacyTapped, tap: TapReceived, update_id: int) -> None:
    """Carry out a tap."""
    match tapped.action:
        case PrivacyAction.RECEIPT:
            await show_receipt(work, prospect, tap)
        case PrivacyAction.EXPORT:
            await send_export(work, prospect, tap)
        case PrivacyAction.TAKE_BACK:
            match tapped.detail:
                case "contact" | "follow_ups" | "sharing" as purpose:
                    await take_back(work, prospect, purpose, tap, update_id)
                case _:
                    await work.answer_tap(tap.tap_id, plain(work.language_of(prospect), "tap.unknown"))
        case PrivacyAction.ERASE:
            await erasing.ask(work, prospect, tap)
        case PrivacyAction.ERASE_NOW:
            await erasing.erase_now(work, prospect, tap, tapped.detail)
        case PrivacyAction.KEEP:
            await erasing.keep_all(work, prospect, tap)
        case _:
            assert_never(tapped.action)
