"""What is passed on between a manager and a lead: whole, within Telegram's limits, and as what it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.emulator.html_mode import parse_html
from bot.talk.words import CAPTION_LENGTH, MESSAGE_LENGTH, Said, kept, pieces, said, worded
from bot.telegram.updates import (
    ContactReceived,
    FileReceived,
    Happening,
    LocationReceived,
    OtherReceived,
    TextReceived,
)

HEAD = "💬 <b>Anna</b> · #1"
FILE = FileReceived("voice", "id", "voice.ogg", "audio/ogg", 3, "Listen")


@pytest.mark.parametrize(
    ("happening", "content"),
    [
        (TextReceived("Hi"), Said("Hi")),
        (TextReceived("Somebody else's", forwarded=True), Said("Somebody else's")),
        (FILE, Said("Listen", FILE)),
        (ContactReceived("+380671234567", own=True), Said("📱 +380671234567")),
        (LocationReceived(50.45, 30.5233333), Said("📍 50.45000, 30.52333")),
        (OtherReceived(), None),
    ],
)
def test_what_can_be_passed_on(happening: Happening, content: Said | None) -> None:
    assert said(happening) == content


@given(st.text(max_size=9000), st.booleans())
def test_whatever_somebody_writes_arrives_whole_and_telegram_takes_it(text: str, captioned: bool) -> None:
    found = pieces(text, HEAD, captioned=captioned)
    assert "".join(found) == text
    for place, piece in enumerate(found):
        shown, _ = parse_html(worded(HEAD, piece))
        limit = CAPTION_LENGTH if captioned and place == 0 else MESSAGE_LENGTH
        assert len(shown.encode("utf-16-le", "surrogatepass")) // 2 <= limit


def test_emoji_count_as_telegram_counts_them() -> None:
    assert len(pieces("🪑" * 2100, HEAD)) == 2
    assert len(pieces("x" * 2100, HEAD)) == 1


def test_a_file_stands_as_one_in_the_history() -> None:
    assert (kept("Look", captioned=True), kept("", captioned=True), kept("Hi", captioned=False)) == (
        "📎 Look",
        "📎",
        "Hi",
    )
