"""Shows broadcasts to admins: one in a message that keeps up with it, and the last of them in a list."""

from __future__ import annotations

from datetime import timedelta

from bot.broadcasts.progress import gist, heading, progress
from bot.broadcasts.screen import screen
from bot.hand_off.card import isolated
from bot.teams.permissions import runs_things
from bot.telegram.broadcast_taps import BroadcastAction, BroadcastTapped
from bot.telegram.callback_data import encode
from bot.telegram.requests import EditText, SendText, TapButton
from bot.telegram.updates import TapReceived
from bot.texts import Html, escaped, plain, say
from bot.work import Work
from storage.broadcasts import Broadcast, Deed, Reached
from storage.records import Prospect

LISTED = 8
NAMED = 50
BETWEEN = timedelta(seconds=3)
"""The least between two changes of one message: numbers that flicker help nobody, and each change is a request."""
WHO: dict[Reached | Deed, str] = {
    Reached.SENT: "broadcast.who.sent",
    Reached.BLOCKED: "broadcast.who.blocked",
    Deed.TAPPED: "broadcast.who.tapped",
    Deed.STOPPED: "broadcast.who.stopped",
}


async def show_anew(work: Work, admin: Prospect, broadcast: Broadcast) -> None:
    """Show a broadcast in a new message, which keeps up with it from now on."""
    shown = await screen(work, broadcast, work.language_of(admin))
    request = SendText(chat_id=admin.telegram_id, html=shown.html, buttons=shown.buttons, preview=False)
    number = await work.send(request)
    await work.unit.broadcasts.change(broadcast.id, shown_in=number, shown_to=admin.telegram_id, shown_at=work.now)


async def show_here(work: Work, admin: Prospect, broadcast: Broadcast, tap: TapReceived) -> None:
    """Let the message that was tapped show the broadcast as it is now."""
    if tap.message_id is None:
        await show_anew(work, admin, broadcast)
        return
    shown = await screen(work, broadcast, work.language_of(admin))
    request = EditText(
        chat_id=admin.telegram_id, html=shown.html, buttons=shown.buttons, message_id=tap.message_id
    )
    await work.send(request)
    await work.unit.broadcasts.change(broadcast.id, shown_at=work.now)


async def keep_up(work: Work, broadcast: Broadcast, *, at_last: bool = False) -> bool:
    """Let a broadcast's message keep up with it, but not more often than is of use; tell whether it is up to date.

    While a change is on its way no other follows: when Telegram is slow, changes do not pile up. The last one,
    which says how it ended, always goes out.
    """
    if broadcast.shown_in is None or broadcast.shown_to is None:
        return True
    under_way = await work.unit.broadcasts.shown(broadcast.shown_in)
    lately = broadcast.shown_at is not None and work.now - broadcast.shown_at < BETWEEN
    if under_way is None:
        return True
    if (under_way or lately) and not at_last:
        return False
    shown = await screen(work, broadcast, await work.staff_language(broadcast.shown_to))
    request = EditText(chat_id=broadcast.shown_to, html=shown.html, buttons=shown.buttons)
    await work.send(request, edits=broadcast.shown_in)
    await work.unit.broadcasts.change(broadcast.id, shown_at=work.now)
    return True


async def report(work: Work, broadcast: Broadcast) -> None:
    """Tell whoever wrote the broadcast, and whoever watches it, how it ended."""
    numbers = await work.unit.broadcasts.numbers(broadcast.id)
    for admin in dict.fromkeys((broadcast.created_by, broadcast.shown_to or broadcast.created_by)):
        if not await runs_things(work, admin):
            continue
        language = await work.staff_language(admin)
        rows = tuple(
            (TapButton(text=plain(language, key), data=_who(broadcast, which)),)
            for which, key in WHO.items()
            if numbers.of(which)
        )
        html = progress(broadcast, numbers, language)
        await work.send(SendText(chat_id=admin, html=html, buttons=rows))


async def show_list(work: Work, admin: Prospect) -> None:
    """Show the last broadcasts with their numbers."""
    language, found = work.language_of(admin), await work.unit.broadcasts.newest(LISTED)
    lines = [say(language, "broadcasts.title" if found else "broadcasts.none")]
    rows = []
    for each in found:
        numbers = await work.unit.broadcasts.numbers(each.id)
        figures = say(
            language,
            "broadcasts.line",
            sent=numbers.of(Reached.SENT),
            blocked=numbers.of(Reached.BLOCKED),
            tapped=numbers.tapped,
            stopped=numbers.stopped,
        )
        begun = figures if each.started_at is not None else Html("")
        lines.append(Html("\n".join(filter(None, (heading(each, language), escaped(gist(each)), begun)))))
        label = isolated(f"№{each.id} · {gist(each)}", 40)
        show = BroadcastTapped(BroadcastAction.SHOW, each.id)
        rows.append((TapButton(text=label, data=encode(show)),))
    new = TapButton(text=plain(language, "broadcasts.new"), data=encode(BroadcastTapped(BroadcastAction.NEW)))
    html = Html("\n\n".join(lines))
    await work.send(SendText(chat_id=admin.telegram_id, html=html, buttons=((new,), *rows), preview=False))


async def show_who(work: Work, admin: Prospect, broadcast: Broadcast, which: str) -> None:
    """Name the newest of those who got it, blocked the bot, tapped or want no more, with their leads."""
    language = work.language_of(admin)
    met = next(each for each in WHO if each == which)
    lines = [say(language, WHO[met])]
    for number in await work.unit.broadcasts.who(broadcast.id, met, NAMED):
        person = await work.unit.prospects.by_id(number)
        leads = ", ".join(f"/lead {lead.id}" for lead in await work.unit.leads.all_of(number))
        lines.append(Html(escaped(" · ".join(filter(None, (f"• {isolated(person.first_name)}", leads))))))
    # Names stand in it, so it is not kept once it is sent.
    await work.send(SendText(chat_id=admin.telegram_id, html=Html("\n".join(lines))), forget=True)


def _who(broadcast: Broadcast, which: str) -> str:
    return encode(BroadcastTapped(BroadcastAction.WHO, broadcast.id, which))
