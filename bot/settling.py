"""What came of a message is written down, and what its class allows is put back to be sent again."""

from __future__ import annotations

from datetime import timedelta
from typing import assert_never

from bot.parcels import dispose
from bot.talk.mishaps import not_delivered
from bot.teams.groups import moved
from bot.teams.presence import lost
from bot.telegram.requests import (
    REQUEST,
    AnswerTap,
    EditText,
    FetchFile,
    Moved,
    Needless,
    NotSent,
    Refused,
    Request,
    Result,
    SendText,
    Sent,
    Uneditable,
    Unknown,
    Unreachable,
    Wait,
)
from bot.work import Work
from storage.claims import EVERYBODY
from storage.enrolments import EndReason
from storage.messages import Fate, Kind, Queued
from storage.outbox import ERASED

FETCHED_AT_MOST = 5
"""How often a download that breaks off is tried."""
SUPERGROUPS = -(10**12)
"""Ids of supergroups begin below this one. Source: core.telegram.org/api/bots/ids."""
LONGEST_PAUSE = timedelta(seconds=60)
AT_MOST_ONCE = (Kind.FOLLOW_UP, Kind.BROADCAST, Kind.TAP)
"""What is not repeated when nobody knows whether it arrived; all else is, and a card says so."""


async def settle(work: Work, queued: Queued, request: Request, result: Result, named: int = EVERYBODY) -> None:
    """Write down what came of a message. `named` is whom a 429 is taken to mean: a chat, or everybody."""
    outbox, now = work.unit.outbox, work.now
    if isinstance(request, FetchFile) and isinstance(result, Refused | Unreachable | Needless):
        await work.unit.files.will_not_come(request.number, now)
    match result:
        case Sent(message_id=message_id):
            await conclude(work, queued, Fate.SENT, message_id)
            if isinstance(request, SendText) and queued.edits is not None and message_id is not None:
                await outbox.replaced(queued.edits, message_id)
        case Uneditable(reason=reason) if isinstance(request, EditText) and request.buttons:
            # Somebody waits for these buttons: the message comes anew, in the edit's own place in the queue.
            anew = SendText(chat_id=request.chat_id, html=request.html, buttons=request.buttons)
            await outbox.retry(queued.id, now, REQUEST.dump_json(anew).decode(), reason)
        case Moved(chat_id=chat_id) if queued.chat_id > SUPERGROUPS and not isinstance(request, AnswerTap):
            # Among those that wait, it goes the way of all of them.
            await outbox.retry(queued.id, now, refusal="the group became a supergroup")
            await moved(work, queued.chat_id, chat_id)
        case Moved():  # a supergroup moves nowhere: asking for ever would help nobody
            await conclude(work, queued, Fate.REFUSED, refusal="the chat moved")
        case Needless(reason=reason) | Uneditable(reason=reason):
            await conclude(work, queued, Fate.REFUSED, refusal=reason)
        case Refused(reason=reason):
            await conclude(work, queued, Fate.REFUSED, refusal=reason)
            await not_delivered(work, queued.id, reason)
        case Unreachable(reason=reason):
            await conclude(work, queued, Fate.REFUSED, refusal=reason)
            await not_delivered(work, queued.id, reason)
            await _lost_touch(work, queued, reason)
        case Wait(seconds=seconds):
            until = now + timedelta(seconds=seconds)
            await outbox.pause(named, until, now)
            await outbox.retry(queued.id, until, refusal=f"Telegram asked for {seconds:g} s of silence")
        case NotSent(reason=reason):
            await outbox.retry(queued.id, now + _pause(queued.attempts), refusal=reason)
        case Unknown(reason=reason) if isinstance(request, FetchFile) and queued.attempts >= FETCHED_AT_MOST:
            await settle(work, queued, request, Refused(reason))
        case Unknown(reason=reason):
            await _settle_unknown(work, queued, reason)
        case _:
            assert_never(result)


async def settle_interrupted(work: Work, queued: Queued) -> None:
    """Settle what was being sent when the last process ended, or fell asleep."""
    ended = Unknown("the process ended while it was being sent")
    if queued.request == ERASED:
        await conclude(work, queued, Fate.UNKNOWN, refusal=ended.reason)
    else:
        await settle(work, queued, REQUEST.validate_json(queued.request), ended)


async def conclude(
    work: Work, queued: Queued, fate: Fate, message_id: int | None = None, refusal: str | None = None
) -> None:
    """Write down a message's fate; one that is to be forgotten goes for good, with the files it carried."""
    if await work.unit.outbox.settle(queued.id, fate, work.now, message_id, refusal):
        work.unit.scrub_after = True
        if queued.request != ERASED:
            await dispose(work.unit, REQUEST.validate_json(queued.request))


async def _settle_unknown(work: Work, queued: Queued, reason: str) -> None:
    if queued.kind in AT_MOST_ONCE:
        await conclude(work, queued, Fate.UNKNOWN, refusal=reason)
        return
    request = REQUEST.validate_json(queued.request)
    if isinstance(request, SendText) and request.repeat_mark:
        marked = {"html": f"{request.repeat_mark}\n\n{request.html}", "repeat_mark": ""}
        request = request.model_copy(update=marked)
    body = REQUEST.dump_json(request).decode()
    await work.unit.outbox.retry(queued.id, work.now + _pause(queued.attempts), body, reason)


async def _lost_touch(work: Work, queued: Queued, reason: str) -> None:
    """Stop all that waits for somebody who cannot be reached; a manager's silence is an alarm."""
    if not queued.chat_id:
        return  # what stands in no chat's queue says nothing about a person
    unit, now = work.unit, work.now
    await unit.turns.alone_with(queued.chat_id)
    await unit.outbox.drop_all(queued.chat_id, now)
    person = await unit.prospects.by_telegram_id(queued.chat_id)
    if person is not None:
        await unit.prospects.blocked(person.id, now)
        await unit.enrolments.stop(person.id, EndReason.BLOCKED, now)
    await lost(work, queued.chat_id, reason)


def _pause(attempts: int) -> timedelta:
    return min(timedelta(seconds=2 ** min(attempts - 1, 6)), LONGEST_PAUSE)
