"""Takes what an admin writes for a broadcast: its text or file, a text in another language, a button, a moment."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from bot.broadcasts.content import FOR_ALL, Attachment, Content, excess, read_link, too_rich
from bot.broadcasts.screen import LONG_DAY, SURE, WHOLE
from bot.broadcasts.sending import recount
from bot.broadcasts.showing import show_anew
from bot.entry.drafting import drop_draft
from bot.hand_off.asking import QUESTIONS
from bot.insight.entering import drop_entry
from bot.pending import Begun, Pending
from bot.talk.library import DRAFTS
from bot.teams.permissions import runs_things
from bot.teams.roster import house_timezone
from bot.telegram.broadcast_taps import BroadcastAction, BroadcastTapped
from bot.telegram.callback_data import encode
from bot.telegram.formatting import Formatted
from bot.telegram.requests import Buttons, SendText, TapButton
from bot.telegram.updates import FileReceived
from bot.texts import Html, clock_time, language_name, plain, say
from bot.work import Work
from qualification.moments import read_moment
from storage.broadcasts import Broadcast, BroadcastState
from storage.records import Prospect

PURPOSE = "broadcast"
"""The purpose of files that go along with broadcasts: nobody's but the company's."""
KINDS = ("photo", "document", "video")
SOON, MORNING = "hour", "morning"
"""The moments that are offered: in an hour, tomorrow at ten."""


class Wanted(StrEnum):
    """What the admin was asked for last."""

    TEXT = "text"
    LINK = "link"
    MOMENT = "moment"


class Asking(Begun):
    """A question about a broadcast that waits for its answer; number 0 is one that is not begun yet."""

    wanted: Wanted
    broadcast: int = 0
    language: str = FOR_ALL


ASKINGS = Pending("broadcast", Asking)


async def ask(
    work: Work, admin: Prospect, wanted: Wanted, broadcast: Broadcast | None = None, language: str = FOR_ALL
) -> None:
    """Ask; whatever else was asked before is forgotten."""
    for other in (QUESTIONS, DRAFTS):
        await other.drop(work, admin)
    await drop_entry(work, admin)
    await drop_draft(work, admin)
    number = broadcast.id if broadcast else 0
    await ASKINGS.keep(work, admin, Asking(begun_at=work.now, wanted=wanted, broadcast=number, language=language))
    spoken = work.language_of(admin)
    if wanted is Wanted.TEXT and language != FOR_ALL:
        await _say(work, admin, say(spoken, "broadcast.ask_text_in", name=language_name(language)))
    elif wanted is Wanted.MOMENT and broadcast is not None:
        await _say(work, admin, say(spoken, "broadcast.ask.moment"), await _moments(work, broadcast, spoken))
    else:
        await _say(work, admin, say(spoken, f"broadcast.ask.{wanted}"))


async def take_words(work: Work, person: Prospect, written: Formatted) -> bool:
    """Take what an admin wrote for a broadcast, if that was asked for; tell whether it was."""
    asking, broadcast = await _asked(work, person)
    if asking is None:
        return False
    match asking.wanted:
        case Wanted.TEXT:
            await _take_text(work, person, asking, broadcast, written, None)
        case Wanted.LINK if broadcast is not None:
            await _take_link(work, person, broadcast, written.text)
        case Wanted.MOMENT if broadcast is not None:
            moment = read_moment(written.text, work.now, await house_timezone(work))
            if moment is None:
                await _say(work, person, say(work.language_of(person), "broadcast.no_moment"))
            else:
                await plan(work, person, broadcast, moment)
        case _:
            return False
    return True


async def take_attachment(work: Work, person: Prospect, file: FileReceived) -> bool:
    """Take a file that an admin sent for a broadcast, with its caption; tell whether that was asked for."""
    asking, broadcast = await _asked(work, person)
    if asking is None or asking.wanted is not Wanted.TEXT:
        return False
    if file.kind not in KINDS or asking.language != FOR_ALL:
        await _say(work, person, say(work.language_of(person), "broadcast.not_this_file"))
        return True
    number = await work.unit.files.keep(
        PURPOSE, file.name, file.mime, work.now, file_id=file.file_id, size=file.size
    )
    attachment = Attachment.model_validate({"kind": file.kind, "file": number, "name": file.name})
    await _take_text(work, person, asking, broadcast, file.formatted, attachment)
    return True


async def plan(work: Work, admin: Prospect, broadcast: Broadcast, moment: datetime | None) -> None:
    """Ask whether a draft is to be sent at a moment, or at once: with the number of people as it is now."""
    await ASKINGS.drop(work, admin)
    planned = await work.unit.broadcasts.change(broadcast.id, begins_at=moment, view=SURE)
    await show_anew(work, admin, await recount(work, planned))


async def _take_text(
    work: Work,
    admin: Prospect,
    asking: Asking,
    broadcast: Broadcast | None,
    text: Formatted,
    attachment: Attachment | None,
) -> None:
    """Keep a text; a text for all takes the place of the earlier one, and of its file."""
    before = Content.model_validate_json(broadcast.content) if broadcast else Content(texts={})
    content = before.saying(asking.language, text.stripped())
    if asking.language == FOR_ALL:
        content = content.model_copy(update={"attachment": attachment})
    too_long = max(excess(each, below_a_file=content.attachment is not None) for each in content.texts.values())
    if too_long:
        await _say(work, admin, say(work.language_of(admin), "broadcast.too_long", n=too_long))
        return
    if any(too_rich(each) for each in content.texts.values()):
        await _say(work, admin, say(work.language_of(admin), "broadcast.too_rich"))
        return
    await ASKINGS.drop(work, admin)
    number = broadcast.id if broadcast else await _begin(work, admin, content)
    changed = await work.unit.broadcasts.change(number, content=content.model_dump_json(), view=WHOLE)
    await show_anew(work, admin, changed if broadcast else await recount(work, changed))


async def _begin(work: Work, admin: Prospect, content: Content) -> int:
    return await work.unit.broadcasts.draft(
        content.model_dump_json(), admin.telegram_id, LONG_DAY, WHOLE, work.now
    )


async def _take_link(work: Work, admin: Prospect, broadcast: Broadcast, typed: str) -> None:
    link = read_link(typed)
    if link is None:
        await _say(work, admin, say(work.language_of(admin), "broadcast.no_link_here"))
        return
    await ASKINGS.drop(work, admin)
    content = Content.model_validate_json(broadcast.content).model_copy(update={"link": link})
    changed = await work.unit.broadcasts.change(broadcast.id, content=content.model_dump_json(), view=WHOLE)
    await show_anew(work, admin, changed)


async def _asked(work: Work, person: Prospect) -> tuple[Asking | None, Broadcast | None]:
    """Return what an admin was asked, and about which draft; nothing when that is a draft no more."""
    asking = await ASKINGS.of(work, person) if await runs_things(work, person.telegram_id) else None
    if asking is None or not asking.broadcast:
        return asking, None
    broadcast = await work.unit.broadcasts.by_id(asking.broadcast)
    is_draft = broadcast is not None and broadcast.state is BroadcastState.DRAFT
    return (asking, broadcast) if is_draft else (None, None)


async def _moments(work: Work, broadcast: Broadcast, language: str) -> Buttons:
    """Offer the moments that are chosen most."""
    timezone = await house_timezone(work)
    clock = clock_time(language, work.now + timedelta(hours=1), timezone)
    labels = {
        SOON: plain(language, "broadcast.in_an_hour", clock=clock),
        MORNING: plain(language, "broadcast.tomorrow"),
    }
    return tuple(
        (TapButton(text=label, data=encode(BroadcastTapped(BroadcastAction.AT, broadcast.id, choice))),)
        for choice, label in labels.items()
    )


async def _say(work: Work, admin: Prospect, html: Html, buttons: Buttons = ()) -> None:
    await work.send(SendText(chat_id=admin.telegram_id, html=html, buttons=buttons, preview=False))
