"""Erases a person: asks whether they are sure, removes everything, and takes them off the managers' cards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.receivers.telling import leads_to_erase, tell_erased
from bot.stages.merging import part
from bot.telegram.callback_data import encode
from bot.telegram.requests import EditText, RemoveKeyboard, SendText, TapButton
from bot.telegram.taps import PrivacyAction, PrivacyTapped
from bot.telegram.updates import TapReceived
from bot.texts import plain, say
from bot.work import Work
from storage.erasing import Reason, erase
from storage.messages import Kind
from storage.records import Prospect

CONFIRM_WITHIN = timedelta(hours=1)
"""How long the question may wait for its answer: an older one may not be meant any more."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)


async def ask(work: Work, prospect: Prospect, tap: TapReceived) -> None:
    """Ask whether everything shall be erased: there is no way back."""
    language = work.language_of(prospect)
    asked_at = PrivacyTapped(PrivacyAction.ERASE_NOW, f"{(work.now - _EPOCH) // _TICK:x}")
    buttons = (
        (TapButton(text=plain(language, "privacy.erase.yes"), data=encode(asked_at)),),
        (TapButton(text=plain(language, "privacy.erase.no"), data=encode(PrivacyTapped(PrivacyAction.KEEP))),),
    )
    await work.answer_tap(tap.tap_id)
    text = say(language, "privacy.erase.sure")
    await work.send(SendText(chat_id=prospect.telegram_id, html=text, buttons=buttons))


async def keep_all(work: Work, prospect: Prospect, tap: TapReceived) -> None:
    """Do not erase; the question says so from now on."""
    await work.answer_tap(tap.tap_id)
    text = say(work.language_of(prospect), "privacy.erase.kept")
    await work.send(EditText(chat_id=prospect.telegram_id, html=text, message_id=tap.message_id))


async def erase_now(work: Work, prospect: Prospect, tap: TapReceived, asked: str) -> None:
    """Erase the person who taps, if the question was asked lately and of the person that is kept now."""
    language = work.language_of(prospect)
    asked_at = _moment(asked)
    if asked_at is None:
        await work.answer_tap(tap.tap_id, plain(language, "tap.unknown"))
        return
    if not prospect.first_seen_at <= asked_at <= work.now < asked_at + CONFIRM_WITHIN:
        await work.answer_tap(tap.tap_id, plain(language, "privacy.erase.stale"), alert=True)
        return
    await work.answer_tap(tap.tap_id)
    await erase_person(work, prospect, Reason.ASKED)
    done = SendText(
        chat_id=prospect.telegram_id, html=say(language, "privacy.erase.done"), keyboard=RemoveKeyboard()
    )
    await work.send(done, forget=True)


async def erase_person(work: Work, prospect: Prospect, reason: Reason) -> None:
    """Erase a person, and everything about them on the cards that managers have."""
    await part(work, prospect.id)
    cards = await work.unit.hand_offs.cards_about(prospect.id)
    leads = await leads_to_erase(work, prospect)
    await erase(work.unit, prospect.id, reason, work.now, work.erasures)
    await tell_erased(work, leads)
    await work.note("erased", None, reason=reason)
    key = "card.erased" if reason is Reason.ASKED else "card.kept_long_enough"
    for card in cards:
        said = say(await work.staff_language(card.chat_id), key)
        request = EditText(chat_id=card.chat_id, html=said, message_id=card.message_id)
        # A card that is under way has no message yet: its row stays until then, for this edit to find it.
        await work.send(request, Kind.HAND_OFF, edits=card.number if card.message_id is None else None)


def _moment(written: str) -> datetime | None:
    try:
        return _EPOCH + int(written, 16) * _TICK
    except (ValueError, OverflowError):
        return None
