"""Telegram's HTML: what it makes of markup, what it refuses, and how it is shown again."""

import pytest

from bot.demo.emulator.entities import Entity, as_html
from bot.demo.emulator.formatting import message_text
from bot.demo.emulator.html_mode import parse_html
from bot.demo.emulator.refusals import Refused


@pytest.mark.parametrize(
    ("markup", "text", "entities"),
    [
        ("plain", "plain", []),
        ("<b>a</b><strong>b</strong>", "ab", [("bold", 0, 1), ("bold", 1, 1)]),
        ("<i>a</i><em>b</em>", "ab", [("italic", 0, 1), ("italic", 1, 1)]),
        ("<u>a</u><ins>b</ins>", "ab", [("underline", 0, 1), ("underline", 1, 1)]),
        (
            "<s>a</s><strike>b</strike><del>c</del>",
            "abc",
            [("strikethrough", 0, 1), ("strikethrough", 1, 1), ("strikethrough", 2, 1)],
        ),
        ("<tg-spoiler>a</tg-spoiler>", "a", [("spoiler", 0, 1)]),
        ('<span class="tg-spoiler">a</span>', "a", [("spoiler", 0, 1)]),
        ("<blockquote>a</blockquote>", "a", [("blockquote", 0, 1)]),
        ("<blockquote expandable>a</blockquote>", "a", [("expandable_blockquote", 0, 1)]),
        ("<B>🔥<i>b</i></B>", "🔥b", [("bold", 0, 3), ("italic", 2, 1)]),
        ("<b></b>", "", []),
        ("<b>a</>", "a", [("bold", 0, 1)]),
        ("&lt;b&gt; &amp;amp; &quot; &#1071;&#x1F525;", '<b> &amp; " Я🔥', []),
        ("&foo; &nbsp; & &#0;", "&foo; &nbsp; & &#0;", []),
        ("&lt", "<", []),
        ("&#00000065;", "&#00000065;", []),
        ("<pre>a</pre>", "a", [("pre", 0, 1)]),
        ("<code class='language-x'>a</code>", "a", [("code", 0, 1)]),
        ('<a href="javascript:alert(1)">a</a>', "a", []),
        ("<a>no link</a>", "no link", []),
    ],
)
def test_markup_becomes_text_and_entities(markup: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    assert parse_html(markup) == (text, tuple(Entity(*entity) for entity in entities))


@pytest.mark.parametrize(
    ("markup", "entity"),
    [
        ('<a href="http://a.b/?c&amp;d">x</a>', Entity("text_link", 0, 1, url="http://a.b/?c&d")),
        ("<a href=a.b>x</a>", Entity("text_link", 0, 1, url="http://a.b")),
        ("<a>a.b</a>", Entity("text_link", 0, 3, url="http://a.b")),
        ('<a href="tg://user?id=7000000001">x</a>', Entity("text_mention", 0, 1, user_id=7_000_000_001)),
        ('<tg-emoji emoji-id="5368">x</tg-emoji>', Entity("custom_emoji", 0, 1, custom_emoji_id="5368")),
        ('<pre><code class="language-py">x</code></pre>', Entity("pre", 0, 1, language="py")),
        ('<code class="language-py"><pre>x</pre></code>', Entity("pre", 0, 1, language="py")),
    ],
)
def test_a_tag_with_an_argument_becomes_one_entity(markup: str, entity: Entity) -> None:
    assert parse_html(markup)[1] == (entity,)


@pytest.mark.parametrize(
    ("markup", "detail"),
    [
        ("Я<x>", 'Unsupported start tag "x" at byte offset 2'),
        ("<3", "Unclosed start tag at byte offset 0"),
        ("name <3</a>", 'Unsupported start tag "3</a" at byte offset 5'),
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("<a href", 'Unclosed start tag "a" at byte offset 0'),
        ("<a href=", 'Unclosed start tag "a" at byte offset 0'),
        ('<a href="a.b', "Unclosed start tag at byte offset 0"),
        ("<a href=a:b>", "Unexpected end of name token at byte offset 8"),
        ("<a ='b'>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<tg-emoji>a</tg-emoji>", "Invalid custom emoji identifier specified"),
    ],
)
def test_wrong_markup_is_refused_with_the_place(markup: str, detail: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_html(markup)
    assert refused.value.refusal.description == f"Bad Request: can't parse entities: {detail}"


def test_white_space_around_a_text_goes_and_entities_follow() -> None:
    formatted = message_text(" \n <b>a </b> \n", "HTML", None)
    assert formatted.text == "a"
    assert formatted.entities == (Entity("bold", 0, 1),)


def test_entities_may_come_instead_of_markup() -> None:
    given = [{"type": "text_link", "offset": 0, "length": 2, "url": "https://a.b"}]
    formatted = message_text("Hi", "", given)
    assert as_html(formatted.text, formatted.entities).endswith(">Hi</a>")


@pytest.mark.parametrize(
    ("markup", "left"),
    [
        ("<blockquote>a<blockquote>b</blockquote></blockquote>", ["blockquote"]),
        ("<blockquote><pre>a</pre></blockquote>", ["blockquote", "pre"]),
        ("<code>a<b>b</b></code>", ["code"]),
        ("<b>a<i>b</i></b>", ["bold", "italic"]),
        ('<a href="a.b">a<b>b</b><code>c</code></a>', ["text_link", "bold"]),
    ],
)
def test_what_must_not_stand_in_each_other_is_dropped_without_a_word(markup: str, left: list[str]) -> None:
    assert [entity.type for entity in message_text(markup, "HTML", None).entities] == left


def test_shown_html_is_safe_whatever_a_person_is_called() -> None:
    assert as_html("<script>", ()) == "&lt;script&gt;"
    link = Entity("text_link", 0, 1, url='https://a.b/"onclick="x')
    assert '"onclick' not in as_html("a", (link,))
    assert as_html("a", (Entity("text_link", 0, 1, url="javascript:x"),)) == "a"


def test_nested_and_overlapping_spans_are_shown_as_proper_html() -> None:
    nested = (Entity("bold", 0, 3), Entity("italic", 2, 1))
    assert as_html("🔥b", nested) == "<b>🔥<i>b</i></b>"
    overlapping = (Entity("bold", 0, 2), Entity("italic", 1, 2))
    assert as_html("abc", overlapping) == "<b>a<i>b</i></b><i>c</i>"
    code = (Entity("pre", 0, 1, language="py"),)
    assert as_html("x", code) == '<pre><code class="language-py">x</code></pre>'
