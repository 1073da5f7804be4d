"""What becomes of formatting: read from whatever entities come, moved with its text, written as sound HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser

import pytest
from aiogram.types import MessageEntity
from aiogram.utils.text_decorations import html_decoration
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.emulator.html_mode import parse_html
from bot.telegram.formatting import KINDS, MOST, Formatted, Style, StyleKind, styles
from bot.telegram.wire import Entity

LETTERS = st.text(st.sampled_from("ab &<>\"'\n🔥👩‍👩‍👧éЯ{}\ufffd"), max_size=30)
PLAIN = (
    "url",
    "mention",
    "hashtag",
    "cashtag",
    "bot_command",
    "email",
    "phone_number",
    "text_mention",
    "custom_emoji",
)
ANYWHERE = st.integers(-5, 70) | st.sampled_from([-(10**30), 10**30])
ENTITIES = st.builds(
    Entity,
    type=st.sampled_from((*sorted(KINDS), *PLAIN, "unheard_of")),
    offset=ANYWHERE,
    length=ANYWHERE,
    url=st.none() | st.sampled_from(["https://a.b/?x&y", 'https://a.b/"><b>', "javascript:alert(1)", ""]),
    language=st.none() | st.sampled_from(["python", 'c++"><i>']),
)


def formatted(text: str, *entities: Entity) -> Formatted:
    return Formatted(text, styles(text, entities))


def bold(offset: int, length: int) -> Entity:
    return Entity(type="bold", offset=offset, length=length)


@pytest.mark.parametrize(
    ("kind", "further", "markup"),
    [
        ("bold", {}, "<b>sale</b>"),
        ("italic", {}, "<i>sale</i>"),
        ("underline", {}, "<u>sale</u>"),
        ("strikethrough", {}, "<s>sale</s>"),
        ("spoiler", {}, "<tg-spoiler>sale</tg-spoiler>"),
        ("code", {}, "<code>sale</code>"),
        ("pre", {}, "<pre>sale</pre>"),
        ("pre", {"language": "c++"}, '<pre><code class="language-c++">sale</code></pre>'),
        ("text_link", {"url": "https://a.b/?x&y"}, '<a href="https://a.b/?x&amp;y">sale</a>'),
        ("text_link", {}, "sale"),
        ("blockquote", {}, "<blockquote>sale</blockquote>"),
        ("expandable_blockquote", {}, "<blockquote expandable>sale</blockquote>"),
        *((kind, {}, "sale") for kind in PLAIN),
        ("a kind of next year", {}, "sale"),
    ],
)
def test_each_kind_has_its_tag_or_stays_plain(kind: str, further: dict[str, str], markup: str) -> None:
    entity = Entity.model_validate({"type": kind, "offset": 5, "length": 4} | further)
    assert formatted("<The sale>", entity).html == f"&lt;The {markup}&gt;"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_telegram_reads_each_kind_as_what_it_was(kind: StyleKind) -> None:
    detail = {"text_link": "https://a.b/", "pre": "python"}.get(kind, "")
    text, (entity,) = parse_html(Formatted("🔥 sale", (Style(kind, 2, 6, detail),)).html)
    assert (text, entity.type, entity.offset, entity.length) == ("🔥 sale", kind, 3, 4)
    assert (entity.url or entity.language or "") == detail


def test_letters_outside_the_basic_plane_count_twice_as_telegram_counts() -> None:
    assert formatted("🔥🔥 hot", bold(5, 3)).html == "🔥🔥 <b>hot</b>"
    assert formatted("🔥🔥 hot", bold(2, 2)).html == "🔥<b>🔥</b> hot"


def test_styles_that_overlap_are_split_where_one_ends() -> None:
    italic = Entity(type="italic", offset=2, length=4)
    assert formatted("abcdef", bold(0, 4), italic).html == "<b>ab<i>cd</i></b><i>ef</i>"


@pytest.mark.parametrize(
    ("entity", "markup"),
    [
        (bold(-5, 6), "<b>a</b>🔥b"),
        (bold(3, 10**30), "a🔥<b>b</b>"),
        (bold(9, 5), "a🔥b"),
        (bold(1, 0), "a🔥b"),
        (bold(2, -2), "a🔥b"),
        (bold(1, 1), "a🔥b"),
        (bold(2, 2), "a<b>🔥b</b>"),
    ],
    ids=[
        "before the text",
        "past its end",
        "outside",
        "nothing",
        "backwards",
        "half a letter",
        "from half a letter",
    ],
)
def test_a_style_that_cannot_be_is_cut_or_left_out(entity: Entity, markup: str) -> None:
    assert formatted("a🔥b", entity).html == markup


def test_of_thousands_of_entities_as_many_as_telegram_takes_are_kept() -> None:
    text = "x" * 4096
    kept = formatted(text, *(bold(place % 4000, 4096) for place in range(20_000)))
    assert len(kept.styles) == MOST
    assert _seen(kept.html).text == text


@given(LETTERS, st.lists(ENTITIES, max_size=12))
def test_whatever_the_entities_are_the_html_is_well_formed_and_shows_the_text(
    text: str, entities: list[Entity]
) -> None:
    html = formatted(text, *entities).html
    shown, _ = parse_html(html)
    assert shown == text
    seen = _seen(html)
    assert seen.text == text
    assert seen.open == []


@given(LETTERS, st.lists(ENTITIES, max_size=6))
def test_each_letter_looks_as_its_entities_say(text: str, entities: list[Entity]) -> None:
    kept = styles(text, entities)
    seen = _seen(Formatted(text, kept).html)
    for place, tags in enumerate(seen.tags):
        wanted = {_tag(style) for style in kept if style.start <= place < style.end}
        assert set(tags) - {"code" if "pre" in tags else ""} == wanted - {"code" if "pre" in tags else ""}


@st.composite
def _nested(draw: st.DrawFn) -> tuple[str, list[MessageEntity]]:
    """A text with entities that stand within each other, as Telegram's apps make them: none in one of its kind.

    No block of code has a language: aiogram writes that down in a way that Telegram does not read.
    """
    text = draw(LETTERS.filter(bool))
    places = [0]
    for letter in text:
        places.append(places[-1] + 1 + (letter > "\uffff"))
    entities: list[MessageEntity] = []

    def within(first: int, last: int, kinds: frozenset[str]) -> None:
        while len(kinds) > len(KINDS) - 3 and first < last and draw(st.booleans()):
            start = draw(st.integers(first, last - 1))
            end = draw(st.integers(start + 1, last))
            kind = draw(st.sampled_from(sorted(kinds)))
            url = "https://a.b/c" if kind == "text_link" else None
            offset, length = places[start], places[end] - places[start]
            entities.append(MessageEntity(type=kind, offset=offset, length=length, url=url))
            within(start, end, kinds - {kind})
            first = end

    within(0, len(text), KINDS | {"hashtag"})
    return text, entities


@given(_nested())
def test_what_is_well_nested_reads_as_aiogram_writes_it(drawn: tuple[str, list[MessageEntity]]) -> None:
    text, theirs = drawn
    ours = [Entity.model_validate(entity.model_dump()) for entity in theirs]
    assert formatted(text, *ours).html == html_decoration.unparse(text, theirs)


# A text that changes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("style", "markup"),
    [
        ((0, 11), "<b>Hi, Anna!</b>"),
        ((4, 10), "Hi, <b>Anna</b>!"),
        ((0, 6), "<b>Hi, Anna</b>!"),
        ((6, 11), "Hi, <b>Anna!</b>"),
        ((5, 7), "Hi, <b>Anna</b>!"),
        ((10, 11), "Hi, Anna<b>!</b>"),
        ((0, 3), "<b>Hi,</b> Anna!"),
    ],
    ids=["all", "just it", "into it", "out of it", "within it", "after it", "before it"],
)
def test_what_takes_the_place_of_a_formatted_part_is_formatted(style: tuple[int, int], markup: str) -> None:
    text = Formatted("Hi, {name}!", (Style("bold", *style),))
    assert text.replaced(re.compile(r"\{name\}"), lambda _: "Anna").html == markup


def test_a_style_of_what_is_replaced_by_nothing_goes() -> None:
    text = Formatted("Hi, {name}!", (Style("bold", 4, 10), Style("italic", 10, 11)))
    assert text.replaced(re.compile(", {name}"), lambda _: "") == Formatted("Hi!", (Style("italic", 2, 3),))


@given(LETTERS, st.lists(ENTITIES, max_size=6), st.sampled_from(["", "x", "Анна"]))
def test_replacing_moves_every_style_with_its_letters(text: str, entities: list[Entity], value: str) -> None:
    before = formatted(text, *entities)
    after = before.replaced(re.compile("a+|&"), lambda _: value)
    assert after.text == re.sub("a+|&", value, text)
    assert _seen(after.html).text == after.text
    letters = [(letter, tags) for letter, tags in _looks(before) if letter not in "a&"]
    assert [look for look in _looks(after) if look[0] not in value] == letters


def test_white_space_around_a_text_goes_unless_the_text_begins_with_formatted_space() -> None:
    assert Formatted(" \n sale \n", (Style("bold", 3, 9),)).stripped().html == "<b>sale</b>"
    assert Formatted("\n  if x:\n", (Style("pre", 1, 9),)).stripped().html == "<pre>  if x:</pre>"
    assert Formatted(" \n ").stripped() == Formatted("")


def test_a_shortened_text_keeps_what_is_left_of_its_styles() -> None:
    text = Formatted("A long word", (Style("bold", 2, 6), Style("italic", 7, 11)))
    assert text.shortened(5).html == "A <b>lo</b>…"
    assert text.shortened(11) is text


@dataclass(frozen=True)
class _Seen:
    text: str
    tags: list[tuple[str, ...]]
    open: list[str]


class _Sight(HTMLParser):
    """Reads HTML strictly: each tag ends where it must."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.tags: list[tuple[str, ...]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        self.tags += [tuple(self.open)] * len(data)


def _seen(html: str) -> _Seen:
    sight = _Sight()
    sight.feed(html)
    sight.close()
    return _Seen("".join(sight.text), sight.tags, sight.open)


def _tag(style: Style) -> str:
    return style.tags[0].strip("<>").split(">")[0].split()[0]


def _looks(text: Formatted) -> list[tuple[str, frozenset[Style]]]:
    """Each letter with its styles, without where they stand."""
    return [
        (
            letter,
            frozenset(
                Style(style.kind, 0, 0, style.detail) for style in text.styles if style.start <= place < style.end
            ),
        )
        for place, letter in enumerate(text.text)
    ]
