"""The library of materials: admins look after it with /materials, by links and files that they send."""

from __future__ import annotations

import re

from bot.pending import Begun, Pending
from bot.teams.permissions import runs_things
from bot.telegram.callback_data import encode
from bot.telegram.requests import FetchFile, SendText, TapButton
from bot.telegram.taps import LibraryAction, LibraryTapped
from bot.telegram.updates import FileReceived, TapReceived
from bot.texts import Html, escaped, plain, say
from bot.work import Work
from dialogs.bounds import DOWNLOADABLE
from qualification.follow_ups import LINK
from storage.records import Prospect

PURPOSE = "material"
"""The purpose of files of the library: nobody's but the company's."""
KINDS = ("product_link", "other_link")
"""Kinds that are offered whatever the quizzes have."""
LONGEST_TITLE = 60
MOST_KINDS = 10


class Draft(Begun):
    """What is known of a new material so far."""

    title: str = ""
    url: str | None = None
    file: int | None = None

    @property
    def has_content(self) -> bool:
        """Tell whether only its kind is missing."""
        return self.url is not None or self.file is not None


DRAFTS = Pending("material", Draft)


async def library_command(work: Work, person: Prospect, name: str) -> bool:
    """Show the library to an admin; tell whether that was the command. Any other one ends what was begun."""
    if not await runs_things(work, person.telegram_id):
        return False
    begun = await DRAFTS.drop(work, person)
    if name == "cancel" and begun:
        await _say(work, person, say(work.language_of(person), "ask.cancelled"))
        return True
    if name != "materials":
        return False
    await _show(work, person)
    return True


async def library_tapped(work: Work, person: Prospect, tapped: LibraryTapped, tap: TapReceived) -> None:
    """Carry out an admin's tap about the library."""
    language, draft = work.language_of(person), await _draft(work, person)
    if not await runs_things(work, person.telegram_id):
        await work.answer_tap(tap.tap_id, plain(language, "tap.unknown"))
        return
    match tapped:
        case LibraryTapped(action=LibraryAction.ADD):
            await work.answer_tap(tap.tap_id)
            await DRAFTS.keep(work, person, Draft(begun_at=work.now))
            await _say(work, person, say(language, "materials.ask"))
        case LibraryTapped(action=LibraryAction.KIND, choice=kind) if (
            draft is not None and draft.has_content and kind in await _kinds(work)
        ):
            await work.answer_tap(tap.tap_id, plain(language, "done.noted"))
            await DRAFTS.drop(work, person)
            await work.unit.materials.add(draft.title, kind, draft.url, draft.file, person.telegram_id, work.now)
            await _show(work, person)
        case LibraryTapped(action=LibraryAction.KIND):
            await work.answer_tap(tap.tap_id, plain(language, "links.not_asked"))
        case LibraryTapped(action=LibraryAction.RETIRE, choice=number):
            await work.answer_tap(tap.tap_id, plain(language, "materials.retired"))
            if number.isdecimal():
                await work.unit.materials.retire(int(number), work.now)
            await _show(work, person)


async def take_link(work: Work, person: Prospect, text: str) -> bool:
    """Take a title and a link that an admin wrote for the library; tell whether that was asked for."""
    draft = await _draft(work, person)
    if draft is None or draft.has_content:
        return False
    *titles, last = text.strip().splitlines()
    title = " ".join(" ".join(titles).split())
    if not title or len(title) > LONGEST_TITLE or not re.fullmatch(LINK, last.strip()):
        await _say(work, person, say(work.language_of(person), "materials.ask_again", letters=LONGEST_TITLE))
        return True
    await _ask_kind(work, person, draft.model_copy(update={"title": title, "url": last.strip()}))
    return True


async def take_document(work: Work, person: Prospect, file: FileReceived) -> bool:
    """Take a file that an admin sent for the library; tell whether that was asked for."""
    draft = await _draft(work, person)
    if draft is None or draft.has_content:
        return False
    title = " ".join((file.caption or file.name).split())
    language = work.language_of(person)
    if file.kind != "document" or len(title) > LONGEST_TITLE:
        await _say(work, person, say(language, "materials.ask_again", letters=LONGEST_TITLE))
        return True
    if file.size > DOWNLOADABLE * 1024 * 1024:
        await _say(work, person, say(language, "file.too_large", name=file.name, size=DOWNLOADABLE))
        return True
    number = await work.unit.files.keep(
        PURPOSE, file.name, file.mime, work.now, file_id=file.file_id, size=file.size
    )
    fetch = FetchFile(chat_id=person.telegram_id, number=number, file_id=file.file_id)
    await work.send(fetch)
    await _ask_kind(work, person, draft.model_copy(update={"title": title, "file": number}))
    return True


async def _ask_kind(work: Work, person: Prospect, draft: Draft) -> None:
    await DRAFTS.keep(work, person, draft)
    rows = tuple(
        (TapButton(text=kind, data=encode(LibraryTapped(LibraryAction.KIND, kind))),)
        for kind in await _kinds(work)
    )
    html = say(work.language_of(person), "materials.ask_kind", title=draft.title)
    await work.send(SendText(chat_id=person.telegram_id, html=html, buttons=rows))


async def _kinds(work: Work) -> tuple[str, ...]:
    """Name the kinds of links that have points in the quizzes that run."""
    found = list(KINDS)
    for quiz in await work.newest_quizzes():
        found += quiz.scoring.activity.kinds
    return tuple(dict.fromkeys(found))[:MOST_KINDS]


async def _show(work: Work, person: Prospect) -> None:
    language, materials = work.language_of(person), await work.unit.materials.all()
    lines = [say(language, "materials.title" if materials else "materials.none")]
    lines += [Html(f"• {escaped(each.title)} · <code>{escaped(each.kind)}</code>") for each in materials]
    add = TapButton(text=plain(language, "materials.add"), data=encode(LibraryTapped(LibraryAction.ADD)))
    rows = [
        (TapButton(text=f"✖️ {each.title}", data=encode(LibraryTapped(LibraryAction.RETIRE, str(each.id)))),)
        for each in materials
    ]
    html = "\n".join(lines)
    await work.send(SendText(chat_id=person.telegram_id, html=html, buttons=((add,), *rows), preview=False))


async def _draft(work: Work, person: Prospect) -> Draft | None:
    return await DRAFTS.of(work, person) if await runs_things(work, person.telegram_id) else None


async def _say(work: Work, person: Prospect, html: Html) -> None:
    await work.send(SendText(chat_id=person.telegram_id, html=html))
