"""What recipients do with a broadcast: open its link, or want no more."""

from __future__ import annotations

from bot.broadcasts.buttons import KIND, once
from bot.broadcasts.content import Content, Link
from bot.conversation.earning import earn
from bot.conversation.qualifying import rescore
from bot.follow_ups.reacting import unsubscribe
from bot.hand_off.card import isolated
from bot.hand_off.reasons import MATERIAL
from bot.teams.permissions import runs_things
from bot.telegram.broadcast_taps import NewsTapped, NoNewsTapped
from bot.telegram.requests import LinkButton, SendText
from bot.telegram.updates import TapReceived
from bot.texts import plain, say
from bot.work import Work
from qualification.activity import tapped
from storage.broadcasts import Deed
from storage.records import Prospect


async def open_news(work: Work, prospect: Prospect, opened: NewsTapped, tap: TapReceived) -> None:
    """Show a broadcast's link and give its points, once; a lead may become hot by it."""
    language = work.language_of(prospect)
    broadcast = await work.unit.broadcasts.by_id(opened.broadcast)
    content = Content.model_validate_json(broadcast.content) if broadcast else None
    is_test = await runs_things(work, prospect.telegram_id)
    got_it = await work.unit.broadcasts.did(opened.broadcast, prospect.id, Deed.TAPPED, work.now)
    if content is None or content.link is None or not (got_it or is_test):
        await work.answer_tap(tap.tap_id, plain(language, "tap.unknown"))
        return
    await work.answer_tap(tap.tap_id, plain(language, "follow_up.opened"))
    link = LinkButton(text=content.link.text, url=content.link.url)
    html = say(language, "follow_up.link")
    await work.send(SendText(chat_id=prospect.telegram_id, html=html, buttons=((link,),)))
    if got_it:
        await _earn(work, prospect, opened.broadcast, content.link)


async def want_no_news(
    work: Work, prospect: Prospect, meant: NoNewsTapped, tap: TapReceived, update_id: int
) -> None:
    """Stop follow-ups and broadcasts to this person; below an admin's test nothing is stopped."""
    got_it = await work.unit.broadcasts.did(meant.broadcast, prospect.id, Deed.STOPPED, work.now)
    if not got_it and await runs_things(work, prospect.telegram_id):
        await work.answer_tap(tap.tap_id, plain(work.language_of(prospect), "broadcast.only_a_test"))
        return
    await unsubscribe(work, prospect, tap, update_id)


async def _earn(work: Work, prospect: Prospect, number: int, link: Link) -> None:
    for lead in await work.unit.leads.all_open(prospect.id):
        stored = await work.unit.sessions.by_id(lead.session_id)
        if stored is None:
            continue
        deed = tapped(KIND, f"{MATERIAL}/{isolated(link.text)}", work.now)
        points = await earn(work, lead, stored.session.revision, deed, once(number))
        if points is not None:
            await work.note("opened_link", prospect.id, lead=lead.id, kind=KIND, points=points)
            await rescore(work, prospect, lead, reacted=True)
