"""Groups: the bot talks in private, and says so once in a while."""

from __future__ import annotations

from datetime import timedelta

from bot.telegram.addresses import chat_address
from bot.telegram.requests import LinkButton, SendText
from bot.telegram.updates import Person
from bot.texts import LANGUAGES, plain, say
from bot.work import Work

QUIET = timedelta(hours=1)
"""How long the bot says nothing more in a group."""


async def called(work: Work, caller: Person, chat_id: int) -> None:
    """Answer a call in a group; nothing about the group or the caller is kept."""
    if await work.unit.outbox.wrote_to_group(chat_id, work.now - QUIET):
        return
    language, username = await _language(work, caller), work.setup.username
    button = LinkButton(text=plain(language, "group.open"), url=chat_address(username))
    text = say(language, "group.private", username=username)
    await work.send(SendText(chat_id=chat_id, html=text, buttons=((button,),), preview=False))


async def _language(work: Work, caller: Person) -> str:
    known = await work.unit.prospects.by_telegram_id(caller.id)
    told = (caller.language or "").partition("-")[0].lower()
    return told if known is None and told in LANGUAGES else work.language_of(known)
