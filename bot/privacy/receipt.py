"""The receipt: every event about a person's consents, with the exact text they saw."""

from __future__ import annotations

from collections.abc import Iterator

from bot.privacy.knowing import Known, known
from bot.telegram.requests import SendText
from bot.telegram.updates import TapReceived
from bot.texts import Html, escaped, moment, plain, say
from bot.work import Work
from storage.records import Prospect, StoredConsent

MESSAGE_LENGTH = 3500
"""Letters of a message; Telegram takes 4,096, and escaping makes some longer."""
QUOTE_LENGTH = 2500


async def show_receipt(work: Work, prospect: Prospect, tap: TapReceived) -> None:
    """Send a person everything they agreed to, refused and took back, in as many messages as it takes."""
    told = await known(work, prospect)
    if not told.consents:
        await work.answer_tap(tap.tap_id, plain(told.language, "privacy.no_receipt"))
        return
    await work.answer_tap(tap.tap_id)
    for html in _messages(told):
        await work.send(SendText(chat_id=prospect.telegram_id, html=html, preview=False))


def _messages(told: Known) -> Iterator[Html]:
    message: list[str] = [say(told.language, "receipt.title")]
    for consent in told.consents:
        for block in _blocks(told, consent):
            if sum(map(len, message)) + len(block) > MESSAGE_LENGTH:
                yield Html("\n\n".join(message))
                message = []
            message.append(block)
    yield Html("\n\n".join(message))


def _blocks(told: Known, consent: StoredConsent) -> Iterator[str]:
    """Return one event; a text that is too long for one message goes on in the next, and loses nothing."""
    event, language = consent.event, told.language
    lines = [
        say(
            language,
            "receipt.event",
            event=plain(language, f"receipt.{event.event}"),
            purpose=plain(language, f"privacy.purpose.{event.purpose}"),
        ),
        say(language, "receipt.when", moment=moment(language, event.at, told.timezone)),
        say(language, "receipt.how", how=how(language, consent)),
    ]
    if event.expires_at is not None:
        lines.append(say(language, "receipt.until", moment=moment(language, event.expires_at, told.timezone)))
    if event.controller:
        lines.append(say(language, "receipt.controller", name=event.controller))
    if event.policy:
        lines.append(say(language, "receipt.policy", policy=event.policy))
    lines.append(say(language, "receipt.record", record=event.record))
    parts = [event.text[at : at + QUOTE_LENGTH] for at in range(0, len(event.text), QUOTE_LENGTH)] or [""]
    yield "\n".join((*lines, f"<blockquote>{escaped(parts[0])}</blockquote>"))
    for part in parts[1:]:
        yield f"<blockquote>{escaped(part)}</blockquote>"


def how(language: str, consent: StoredConsent) -> str:
    """Say how a decision was made: by which button, a code, a command, or by the clock."""
    event = consent.event
    said = plain(language, f"receipt.by.{event.method}")
    return f"{said} «{event.button}»" if event.button else said
