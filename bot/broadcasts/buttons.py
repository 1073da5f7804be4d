"""The buttons below a broadcast as its recipients get it."""

from __future__ import annotations

from bot.broadcasts.content import Content
from bot.telegram.broadcast_taps import NoNewsTapped
from bot.telegram.callback_data import encode
from bot.telegram.requests import Button, Buttons, LinkButton, TapButton
from bot.texts import plain
from bot.tracking.buttons import tracked
from bot.work import Work
from storage.records import Prospect

KIND = "other_link"
"""The kind of link that a broadcast's is: its points stand in the quiz."""


async def recipient_buttons(
    work: Work, prospect: Prospect, number: int, content: Content, *, is_test: bool = False
) -> Buttons:
    """Return the link, if there is one, and the way out; in a test to an admin nothing is tracked."""
    way_out = plain(work.language_of(prospect), "follow_up.unsubscribe")
    stop = TapButton(text=way_out, data=encode(NoNewsTapped(number)))
    if content.link is None:
        return ((stop,),)
    link: Button = LinkButton(text=content.link.text, url=content.link.url)
    if not is_test:
        text, url, once = content.link.text, content.link.url, f"broadcast:{number}"
        link = await tracked(work, prospect, text=text, url=url, kind=KIND, once=once, broadcast=number)
    return ((link,), (stop,))
