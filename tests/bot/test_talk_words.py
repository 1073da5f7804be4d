"""What is passed on between a manager and a lead: whole, within Telegram's limits, and as what it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.emulator.html_mode import parse_html
from bot.talk.words import CAPTION_LENGTH, MESSAGE_LENGTH, Said, kept, pieces, said, shown, worded
from bot.telegram.formatting import Formatted, Style
from bot.telegram.updates import (
    ContactReceived,
    FileReceived,
    Happening,
    LocationReceived,
    OtherReceived,
    TextReceived,
)

HEAD = "💬 <b>Anna</b> · #1"
BOLD = (Style("bold", 0, 2),)
FILE = FileReceived("voice", "id", "voice.ogg", "audio/ogg", 3, "Listen", styles=BOLD)


@pytest.mark.parametrize(
    ("happening", "content"),
    [
        (TextReceived("Hi", styles=BOLD), Said(Formatted("Hi", BOLD))),
        (TextReceived("Somebody else's", forwarded=True), Said(Formatted("Somebody else's"))),
        (FILE, Said(Formatted("Listen", BOLD), FILE)),
        (ContactReceived("+380671234567", own=True), Said(Formatted("📱 +380671234567"))),
        (LocationReceived(50.45, 30.5233333), Said(Formatted("📍 50.45000, 30.52333"))),
        (OtherReceived(), None),
    ],
)
def test_what_can_be_passed_on(happening: Happening, content: Said | None) -> None:
    assert said(happening) == content


@given(st.text(max_size=9000), st.booleans())
def test_whatever_somebody_writes_arrives_whole_and_telegram_takes_it(text: str, captioned: bool) -> None:
    found = pieces(Formatted(text), HEAD, captioned=captioned)
    assert "".join(piece.text for piece in found) == text
    for place, piece in enumerate(found):
        read, _ = parse_html(worded(HEAD, piece))
        limit = CAPTION_LENGTH if captioned and place == 0 else MESSAGE_LENGTH
        assert len(read.encode("utf-16-le", "surrogatepass")) // 2 <= limit


def test_emoji_count_as_telegram_counts_them() -> None:
    assert len(pieces(Formatted("🪑" * 2100), HEAD)) == 2
    assert len(pieces(Formatted("x" * 2100), HEAD)) == 1


@given(st.integers(0, 5000), st.integers(1, 5000), st.sampled_from("x🪑&"), st.booleans())
def test_each_letter_is_formatted_after_a_cut_as_before_and_no_piece_is_richer_than_the_whole(
    start: int, length: int, letter: str, captioned: bool
) -> None:
    link = Style("text_link", start, start + length, "https://a.b/")
    text = Formatted(letter * (start + length + 100), (link,))
    found = pieces(text, HEAD, captioned=captioned)
    formatted = [
        any(style.start <= place < style.end for style in piece.styles)
        for piece in found
        for place in range(len(piece.text))
    ]
    assert formatted == [start <= place < start + length for place in range(len(text.text))]
    assert all(len(piece.html) <= len(text.html) for piece in found)


def test_a_managers_words_keep_their_formatting_and_a_prospects_are_letters() -> None:
    text = Formatted("Hi <all>", BOLD)
    assert worded(HEAD, shown(text, ours=True)) == f"{HEAD}\n<b>Hi</b> &lt;all&gt;"
    assert worded(HEAD, shown(text, ours=False)) == f"{HEAD}\nHi &lt;all&gt;"


def test_a_file_stands_as_one_in_the_history() -> None:
    assert (kept("Look", captioned=True), kept("", captioned=True), kept("Hi", captioned=False)) == (
        "📎 Look",
        "📎",
        "Hi",
    )
