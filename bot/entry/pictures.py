"""The address of a deep link, and its QR picture."""

from __future__ import annotations

import io

import segno

from bot.entry.arriving import REFERRAL_MARK
from bot.telegram.addresses import chat_address
from bot.telegram.requests import FileMedia, SendMedia
from bot.texts import Html, escaped
from bot.work import Work
from storage.links import Link

QUIET_ZONE = 4
"""Empty modules around the code: what the standard (ISO/IEC 18004) asks for."""
WIDTH = 1000
"""Pixels, about: sharp on a flyer of ten centimetres."""


def address_of(username: str, link: Link) -> str:
    """Return the address that people open."""
    mark = REFERRAL_MARK if link.referrer is not None else ""
    return chat_address(username, f"{mark}{link.token}")


def qr_picture(address: str) -> bytes:
    """Draw an address as a QR picture, in PNG; a quarter of it may be smudged or hidden."""
    code = segno.make_qr(address, error="q")
    modules = code.symbol_size(border=QUIET_ZONE)[0]
    picture = io.BytesIO()
    code.save(picture, kind="png", scale=WIDTH // modules, border=QUIET_ZONE)
    return picture.getvalue()


async def send_qr(work: Work, chat_id: int, link: Link, caption: str) -> None:
    """Send a link's QR picture; it is drawn once."""
    address = address_of(work.setup.username, link)
    name = f"{work.setup.username}-{link.token}.png"
    number = await work.unit.files.of_name("qr", name, link.referrer)
    if number is None:
        number = await work.unit.files.keep(
            "qr", name, "image/png", work.now, content=qr_picture(address), prospect_id=link.referrer
        )
    html = Html(f"{escaped(caption)}\n{escaped(address)}")
    await work.send(SendMedia(chat_id=chat_id, html=html, media=FileMedia(number=number)))
