"""QR pictures: the modules in the picture are those of the address, with a quiet zone around them."""

from __future__ import annotations

import struct
import zlib
from datetime import UTC, datetime

import segno

from bot.entry.pictures import QUIET_ZONE, WIDTH, address_of, qr_picture
from storage.links import Link, Utm

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
AS_IT_IS, CHANGE_OF_THE_LINE_ABOVE = 0, 2
"""A line's filter. Source: the PNG specification, «Filter types»."""
ADDRESS = "https://t.me/hotlead_demo_bot?start=r_K7M2P9QX"


def a_link(referrer: int | None = None) -> Link:
    return Link(1, "K7M2P9QX", "Autumn fair", None, None, Utm(), referrer, NOON, None)


def pixels(png: bytes) -> list[list[int]]:
    """Read a PNG with one bit a pixel, its lines as they are or as a change of the line above; 1 is dark."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    parts: dict[bytes, bytes] = {}
    at = 8
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        parts[kind] = parts.get(kind, b"") + png[at + 8 : at + 8 + length]
        at += length + 12
    width, height, depth, color, *_ = struct.unpack(">IIBBBBB", parts[b"IHDR"])
    assert (depth, color) == (1, 0), "greyscale, one bit a pixel"
    raw, wide = zlib.decompress(parts[b"IDAT"]), (width + 7) // 8 + 1
    lines, above = [], bytes(wide - 1)
    for start in range(0, height * wide, wide):
        how, line = raw[start], raw[start + 1 : start + wide]
        assert how in (AS_IT_IS, CHANGE_OF_THE_LINE_ABOVE)
        above = line if how == AS_IT_IS else bytes((a + b) % 256 for a, b in zip(line, above, strict=True))
        lines.append(above)
    return [[1 - (line[x // 8] >> (7 - x % 8) & 1) for x in range(width)] for line in lines]


def test_the_address_of_a_prospects_own_link_is_marked() -> None:
    assert address_of("hotlead_demo_bot", a_link()) == "https://t.me/hotlead_demo_bot?start=K7M2P9QX"
    assert address_of("hotlead_demo_bot", a_link(referrer=5)) == ADDRESS


def test_a_picture_holds_the_address_and_nothing_in_its_quiet_zone() -> None:
    picture, code = pixels(qr_picture(ADDRESS)), segno.make_qr(ADDRESS, error="q")
    expected = [list(row) for row in code.matrix_iter(border=QUIET_ZONE)]
    scale = len(picture) // len(expected)
    assert [
        [picture[y * scale][x * scale] for x in range(len(expected))] for y in range(len(expected))
    ] == expected
    assert not any(any(row) for row in expected[:QUIET_ZONE] + expected[-QUIET_ZONE:])
    assert WIDTH * 0.9 < len(picture) <= WIDTH


def test_a_quarter_of_the_picture_may_be_smudged() -> None:
    assert segno.make_qr(ADDRESS, error="q").error == "Q"
    assert len(qr_picture(ADDRESS)) < 10_000


def test_every_address_gives_a_picture_of_its_own() -> None:
    assert qr_picture(ADDRESS) == qr_picture(ADDRESS)
    assert qr_picture(ADDRESS) != qr_picture(ADDRESS.replace("K7", "K8"))
