"""The buttons below a broadcast as its recipients get it."""

from __future__ import annotations

from bot.broadcasts.content import Content, Link
from bot.telegram.broadcast_taps import NewsTapped, NoNewsTapped
from bot.telegram.requests import Button, Buttons, TapButton
from bot.telegram.taps import encode
from bot.texts import plain
from bot.work import Work
from storage.records import Prospect

KIND = "other_link"
"""The kind of link that a broadcast's is: its points stand in the quiz."""


def once(number: int) -> str:
    """Name the deed of opening a broadcast's link: it gives points once."""
    return f"broadcast:{number}"


async def recipient_buttons(work: Work, prospect: Prospect, number: int, content: Content) -> Buttons:
    """Return the link, if there is one, and the way out."""
    way_out = plain(work.language_of(prospect), "follow_up.unsubscribe")
    stop = TapButton(text=way_out, data=encode(NoNewsTapped(number)))
    if content.link is None:
        return ((stop,),)
    return ((await link_button(work, prospect, number, content.link),), (stop,))


async def link_button(work: Work, prospect: Prospect, number: int, link: Link) -> Button:
    """Return the button of a broadcast's link for one person: a tap is counted, and then shows the address."""
    return TapButton(text=link.text, data=encode(NewsTapped(number)))
