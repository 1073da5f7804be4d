"""/export: an admin orders all leads as a table; what makes it finds the order among the files to handle."""

from __future__ import annotations

from bot.insight.access import may_export
from bot.telegram.requests import SendText
from bot.texts import say
from bot.work import Work
from storage.files import LEADS
from storage.records import Prospect
from storage.roll import Selection


async def export_command(work: Work, person: Prospect, name: str) -> bool:
    """Take an order; tell whether it was one, from somebody who may have all leads."""
    if name != "export" or not await may_export(work, person.telegram_id):
        return False
    if await work.unit.files.is_on_its_way(LEADS, person.id):
        await tell(work, person, "leads.on_its_way")
    elif not await work.unit.roll.count(Selection()):
        await tell(work, person, "leads.none")
    else:
        await work.unit.files.order(LEADS, f"leads-{work.now:%Y-%m-%d}.csv", "text/csv", work.now, person.id)
    return True


async def tell(work: Work, person: Prospect, key: str) -> None:
    """Say something about the table to who ordered it."""
    await work.send(SendText(chat_id=person.telegram_id, html=say(work.language_of(person), key)))
