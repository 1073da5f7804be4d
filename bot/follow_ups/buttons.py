"""The buttons below follow-ups: links, and the way out."""

from __future__ import annotations

from bot.telegram.requests import Button, TapButton
from bot.telegram.taps import MaterialTapped, UnsubscribeTapped, encode
from bot.texts import plain
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
    name = "" if link is follow_up.links[0] else link.id
    return TapButton(text=text, data=encode(MaterialTapped(enrolment.id, follow_up.id, name)))


def once(enrolment: Enrolment, follow_up: FollowUp, link: Material) -> str:
    """Name the points of a link, which are given once to each person."""
    return f"link:{enrolment.quiz}:{enrolment.sequence}:{follow_up.place_of(link)}"
