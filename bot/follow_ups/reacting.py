"""What people do with follow-ups: they want no more of them."""

from __future__ import annotations

from bot.follow_ups.enrolling import stop_follow_ups
from bot.privacy.withdrawing import record_withdrawal
from bot.telegram.requests import SendText
from bot.telegram.updates import TapReceived
from bot.texts import plain, say
from bot.work import Work
from storage.enrolments import EndReason
from storage.records import Method, Prospect


async def unsubscribe(work: Work, prospect: Prospect, tap: TapReceived | None, update_id: int) -> None:
    """Stop every follow-up to this person, also those that already wait to be sent."""
    language = work.language_of(prospect)
    method = Method.COMMAND if tap is None else Method.BUTTON
    words = "/stop" if tap is None else plain(language, "follow_up.unsubscribe")
    message_id = tap.message_id if tap else None
    await record_withdrawal(
        work, prospect, "follow_ups", method, words, message_id=message_id, update_id=update_id
    )
    await stop_follow_ups(work, prospect, EndReason.UNSUBSCRIBED)
    await work.unit.sessions.leave_alone(prospect.id, work.now)
    if tap is not None:
        await work.answer_tap(tap.tap_id)
    await work.send(SendText(chat_id=prospect.telegram_id, html=say(language, "stop.done")))
