"""What admins do about links: /links, /link, /cancel, and the buttons below them."""

from __future__ import annotations

from bot.entry.campaigns import link_page, list_page
from bot.entry.drafting import begin_draft, drop_draft, link_at_once, take_tap
from bot.entry.pictures import send_qr
from bot.teams.permissions import runs_things
from bot.telegram.requests import EditText, SendText
from bot.telegram.taps import LinkAction, LinkTapped
from bot.telegram.updates import TapReceived
from bot.texts import plain, say
from bot.work import Work
from storage.links import Link
from storage.records import Prospect


async def link_command(work: Work, person: Prospect, name: str, argument: str) -> bool:
    """Carry out a command of an admin about links; tell whether it was one.

    Any other command says that the admin turned to something else: a link that was begun is forgotten.
    """
    if not await runs_things(work, person.telegram_id):
        return False
    begun = await drop_draft(work, person)
    match name:
        case "links":
            await work.send(await list_page(work, person.telegram_id, 0))
        case "link" if argument:
            await link_at_once(work, person, argument)
        case "link":
            await begin_draft(work, person)
        case "cancel":
            key = "links.cancelled" if begun else "links.nothing_begun"
            text = say(work.language_of(person), key)
            await work.send(SendText(chat_id=person.telegram_id, html=text))
        case _:
            return False
    return True


async def link_tapped(work: Work, person: Prospect, tapped: LinkTapped, tap: TapReceived) -> None:
    """Carry out a tap about links: admins' own, but for the QR picture of a prospect's own link."""
    link = await work.unit.links.by_id(tapped.number)
    is_admin = await runs_things(work, person.telegram_id)
    if tapped.action is LinkAction.QR and link is not None and (is_admin or link.referrer == person.id):
        await work.answer_tap(tap.tap_id)
        caption = link.campaign if link.referrer is None else plain(work.language_of(person), "share.caption")
        await send_qr(work, person.telegram_id, link, caption)
    elif is_admin:
        await _manage(work, person, tapped, tap, link)
    else:
        await work.answer_tap(tap.tap_id, plain(work.language_of(person), "tap.unknown"))


async def _manage(work: Work, admin: Prospect, tapped: LinkTapped, tap: TapReceived, link: Link | None) -> None:
    match tapped.action:
        case LinkAction.LIST:
            await work.answer_tap(tap.tap_id)
            await _show(work, await list_page(work, admin.telegram_id, min(tapped.number, 10_000)), tap)
        case LinkAction.NEW:
            await work.answer_tap(tap.tap_id)
            await begin_draft(work, admin)
        case LinkAction.QUIZ | LinkAction.LANGUAGE | LinkAction.NO_UTM:
            await take_tap(work, admin, tapped, tap)
        case LinkAction.SHOW if link is not None:
            await work.answer_tap(tap.tap_id)
            await work.send(await link_page(work, admin.telegram_id, link))
        case LinkAction.RETIRE if link is not None:
            await _retire(work, admin, link, tap)
        case LinkAction.SHOW | LinkAction.RETIRE | LinkAction.QR:
            await work.answer_tap(tap.tap_id, plain(work.language_of(admin), "tap.unknown"))


async def _retire(work: Work, admin: Prospect, link: Link, tap: TapReceived) -> None:
    if link.retired_at is None:
        await work.unit.links.retire(link.id, work.now)
        await work.note("link_retired", None, link=link.id, admin=admin.telegram_id)
    await work.answer_tap(tap.tap_id, plain(work.language_of(admin), "links.retired_now"))
    retired = await work.unit.links.by_id(link.id)
    await _show(work, await link_page(work, admin.telegram_id, retired or link), tap)


async def _show(work: Work, page: SendText, tap: TapReceived) -> None:
    """Let the message that was tapped show the page; where its number is not known, send it anew."""
    if tap.message_id is None:
        await work.send(page)
        return
    await work.send(
        EditText(chat_id=page.chat_id, html=page.html, buttons=page.buttons, message_id=tap.message_id)
    )
