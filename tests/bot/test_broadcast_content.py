"""What a broadcast says: kept as it was formatted, filled in for each person, measured as Telegram measures it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.broadcasts.content import FOR_ALL, Content, excess, message, too_rich
from bot.demo.emulator.html_mode import parse_html
from bot.telegram.formatting import LARGEST, Formatted, Style, StyleKind
from bot.telegram.requests import SendText
from dialogs.rendering import fill

PIECES = st.lists(
    st.sampled_from(["Hi", " ", ",", "!", "{first_name}", "{company}", "{sla}", "{", "<b>", "🔥", "\n"]),
    max_size=12,
)
KINDS: st.SearchStrategy[StyleKind] = st.sampled_from(["bold", "italic", "spoiler", "blockquote"])


@st.composite
def _texts(draw: st.DrawFn) -> Formatted:
    text = "".join(draw(PIECES))
    spans = draw(st.lists(st.tuples(st.integers(0, len(text)), st.integers(0, len(text))), max_size=4))
    cut = sorted((span for span in spans if span[0] < span[1]), key=lambda span: (span[0], -span[1]))
    return Formatted(text, tuple(Style(draw(KINDS), *span) for span in cut))


@given(_texts(), st.sampled_from(["", "Anna", "<b>Eve</i>", "🔥"]))
def test_whatever_is_formatted_is_filled_in_as_plain_text_is(text: Formatted, name: str) -> None:
    values = {"first_name": name, "company": "Acme & Co"}
    sent = message(Content(texts={FOR_ALL: text}), 1, None, values, ())
    assert isinstance(sent, SendText)
    assert parse_html(sent.html)[0] == fill(text.text, values)


@given(_texts())
def test_what_was_kept_is_read_again_as_it_was(text: Formatted) -> None:
    content = Content(texts={FOR_ALL: text, "uk": Formatted("Привіт")})
    assert Content.model_validate_json(content.model_dump_json()) == content


def test_a_text_that_was_kept_before_formatting_was_is_plain() -> None:
    content = Content.model_validate_json('{"texts": {"": "Hi <b>", "uk": "Привіт"}}')
    assert content.main == Formatted("Hi <b>")
    assert content.text_for("uk-UA") == Formatted("Привіт")


@pytest.mark.parametrize(("below_a_file", "limit"), [(False, 4096), (True, 1024)])
def test_tags_are_no_letters_and_emoji_are_two(below_a_file: bool, limit: int) -> None:
    style = (Style("bold", 0, limit),)
    assert excess(Formatted("w" * limit, style), below_a_file=below_a_file) == 0
    assert excess(Formatted("w" * (limit + 1), style), below_a_file=below_a_file) == 1
    assert excess(Formatted("🔥" * (limit // 2 + 1), style), below_a_file=below_a_file) == 2


def test_formatting_is_measured_with_its_tags_addresses_and_names() -> None:
    link = Style("text_link", 0, 1, "https://acme.example/" + "x" * (LARGEST - 100))
    assert not too_rich(Formatted("w", (link,)))
    assert too_rich(Formatted("w{first_name}{company}", (link,)))
    assert not too_rich(Formatted("&" * 4096))
