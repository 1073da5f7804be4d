"""The buttons below follow-ups: links, and the way out."""

from __future__ import annotations

from bot.telegram.callback_data import encode
from bot.telegram.requests import Button, TapButton
from bot.telegram.taps import UnsubscribeTapped
from bot.texts import plain
from bot.tracking.buttons import tracked
from bot.work import Work
from qualification.follow_ups import FollowUp, Material
from storage.records import Enrolment, Prospect

NO_ENROLMENT = 0
"""In the button «No more of these» of a message that belongs to no sequence."""


def no_more(language: str, enrolment_id: int = NO_ENROLMENT) -> TapButton:
    """Return the button that ends every follow-up: it stands below each of them."""
    return TapButton(text=plain(language, "follow_up.unsubscribe"), data=encode(UnsubscribeTapped(enrolment_id)))


async def link_button(
    work: Work, prospect: Prospect, enrolment: Enrolment, follow_up: FollowUp, link: Material, text: str
) -> Button:
    """Return the button that opens a link of a follow-up: the one place where such buttons are made."""
    place = follow_up.place_of(link)
    return await tracked(
        work,
        prospect,
        text=text,
        url=link.link,
        kind=link.kind,
        once=f"link:{enrolment.quiz}:{enrolment.sequence}:{place}",
        enrolment=enrolment.id,
        step=place,
    )
