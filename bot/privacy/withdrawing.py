"""Takes a consent back: by the person, or because its time is over."""

from __future__ import annotations

from typing import assert_never

from bot.follow_ups.enrolling import stop_follow_ups
from bot.hand_off.offering import withdraw_lead
from bot.receivers.telling import tell_unsubscribed
from bot.stages.merging import part
from bot.telegram.requests import SendText
from bot.telegram.updates import TapReceived
from bot.texts import plain, say
from bot.work import Work
from dialogs.steps import Purpose
from storage.enrolments import EndReason
from storage.records import (
    ConsentEvent,
    ConsentEventKind,
    Method,
    Prospect,
    StoredConsent,
)


async def take_back(work: Work, prospect: Prospect, purpose: Purpose, tap: TapReceived, update_id: int) -> None:
    """Let a person take a consent back, as easily as it was given; a second tap changes nothing."""
    language = work.language_of(prospect)
    words = plain(language, f"privacy.take_back.{purpose}")
    if not await record_withdrawal(
        work, prospect, purpose, Method.BUTTON, words, message_id=tap.message_id, update_id=update_id
    ):
        await work.answer_tap(tap.tap_id, plain(language, "privacy.taken_back_already"))
        return
    await carry_out(work, prospect, purpose)
    await work.answer_tap(tap.tap_id)
    await work.send(SendText(chat_id=prospect.telegram_id, html=say(language, f"privacy.taken_back.{purpose}")))


async def record_withdrawal(
    work: Work,
    prospect: Prospect,
    purpose: Purpose,
    method: Method,
    words: str,
    *,
    message_id: int | None,
    update_id: int,
) -> bool:
    """Record that a person took a live consent back, in which words; tell whether there was one."""
    if await work.unit.consents.live(prospect.id, purpose, work.now) is None:
        return False
    await work.unit.consents.record(
        ConsentEvent(
            prospect_id=prospect.id,
            purpose=purpose,
            event=ConsentEventKind.WITHDRAWN,
            record=work.new_record().hex,
            method=method,
            at=work.now,
            language=work.language_of(prospect),
            text=words,
            chat_id=prospect.telegram_id,
            actor="prospect",
            message_id=message_id,
            update_id=update_id,
        )
    )
    await work.note("unsubscribed" if purpose == "follow_ups" else "withdrew", prospect.id, purpose=purpose)
    await tell_unsubscribed(work, prospect, purpose)
    return True


async def expire(work: Work, ended: StoredConsent) -> None:
    """Carry out the end of a consent whose time is over, without a word to the person."""
    given = ended.event
    await work.unit.consents.end_done(ended.id)
    newest = await work.unit.consents.newest(given.prospect_id, given.purpose)
    if newest is None or newest.id != ended.id or newest.lives(work.now):
        return
    prospect = await work.unit.prospects.by_id(given.prospect_id)
    await work.unit.consents.record(
        ConsentEvent(
            prospect_id=prospect.id,
            purpose=given.purpose,
            event=ConsentEventKind.EXPIRED,
            record=work.new_record().hex,
            method=Method.CLOCK,
            at=work.now,
            language=given.language,
            text=given.text,
            chat_id=given.chat_id,
            actor="clock",
            quiz=given.quiz,
            revision=given.revision,
            step=given.step,
            controller=given.controller,
            policy=given.policy,
        )
    )
    await work.note("consent_expired", prospect.id, purpose=given.purpose)
    await tell_unsubscribed(work, prospect, given.purpose)
    await carry_out(work, prospect, given.purpose)


async def carry_out(work: Work, prospect: Prospect, purpose: Purpose) -> None:
    """Let what rested on a consent end with it."""
    match purpose:
        case "contact":
            await part(work, prospect.id)
            for lead in await work.unit.leads.all_open(prospect.id):
                await withdraw_lead(work, lead)
            await stop_follow_ups(work, prospect, EndReason.UNSUBSCRIBED)
        case "follow_ups":
            await stop_follow_ups(work, prospect, EndReason.UNSUBSCRIBED)
        case "sharing":
            pass  # nothing is shared by itself: whoever shares looks at the consent
        case _:
            assert_never(purpose)
