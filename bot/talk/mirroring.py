"""Mirrors edits: what a manager or a prospect changes in their message changes on the other side."""

from __future__ import annotations

from itertools import zip_longest

from bot.talk.passing import Route, bring, why_refused
from bot.talk.words import head_for_manager, head_for_prospect, kept, pieces, shown, worded
from bot.telegram.formatting import Formatted
from bot.telegram.requests import EditText, SendText
from bot.telegram.updates import MessageEdited
from bot.texts import plain, say
from bot.work import Work
from storage.records import Prospect
from storage.talk import Passed

NOTHING_LEFT = Formatted("…")
"""What stands where a piece of a longer text was."""


async def mirror(work: Work, person: Prospect, edited: MessageEdited, message_id: int) -> bool:
    """Change the copies of a message that was passed on; tell whether it was one."""
    written = await work.unit.talk.written(person.telegram_id, message_id)
    stored = await work.unit.hand_offs.by_id(written[0].hand_off_id) if written else None
    copy = await work.unit.talk.copy(written[0]) if written else None
    if not written or stored is None or copy is None:
        return False
    lead = await work.unit.leads.by_id(stored.lead_id)
    prospect = await work.unit.prospects.by_id(lead.prospect_id)
    ours = written[0].from_manager
    unsaid = await _unsaid(work, prospect, edited) if ours else None
    if unsaid is not None:
        language = work.language_of(person)
        text = say(language, "talk.not_sent", why=plain(language, unsaid))
        await work.send(SendText(chat_id=person.telegram_id, html=text, reply_to=message_id))
        return True
    head = head_for_prospect(person) if ours else head_for_manager(prospect, lead)
    route = Route(stored, lead, prospect, person.telegram_id, message_id, copy.chat_id, ours=ours)
    present = pieces(shown(edited.formatted, ours=ours), head, captioned=edited.captioned)
    for place, (row, piece) in enumerate(zip_longest(written, present)):
        captioned = edited.captioned and place == 0
        if row is None:
            await bring(work, route, head, piece, None)
        else:
            await _change(work, route, row, head, piece or NOTHING_LEFT, captioned=captioned)
    return True


async def _unsaid(work: Work, prospect: Prospect, edited: MessageEdited) -> str | None:
    """Return why a manager's edit does not reach the prospect: the key of a text."""
    if await work.unit.consents.live(prospect.id, "contact", work.now) is None:
        return "talk.no_consent"
    return why_refused(edited.formatted)


async def _change(work: Work, route: Route, row: Passed, head: str, piece: Formatted, *, captioned: bool) -> None:
    request = EditText(chat_id=route.to, html=worded(head, piece))
    await work.send(request, edits=row.copy_id, hand_off_id=route.about)
    await work.unit.talk.changed(row.id, kept(piece.text, captioned=captioned))
