"""The pictures: large enough for a phone, every word drawn, hostile names harmless, a funnel that is honest."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest

from bot.insight.charts import LETTERS, SHOWN, WIDTH, drawable, funnel_chart, sources_chart
from bot.insight.figures import Figures
from bot.insight.pictures import SHARP, png
from bot.texts import LANGUAGES
from tests.bot.insight.samples import a_funnel, a_source, figures

Chart = Callable[[Figures, str], str]
WEEK = figures(a_source(), a_source("flyer", a_funnel(10, 5, 4)), a_source(None, a_funnel(3)))


def words(svg: str) -> list[str]:
    """Return what is written in a chart, from top to bottom."""
    return [each.text or "" for each in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314 - our own


def bars(svg: str, colour: str) -> list[float]:
    """Return the widths of a colour's bars."""
    return [float(width) for width in re.findall(rf'width="([\d.]+)" height="\d+" rx="4" fill="{colour}"', svg)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("chart", [funnel_chart, sources_chart])
def test_a_chart_can_be_read_on_a_phone(chart: Chart, language: str) -> None:
    svg = chart(WEEK, language)
    assert WIDTH <= 520
    assert min(int(size) for size in re.findall(r'font-size="(\d+)"', svg)) >= 16
    assert all(drawable(each, 99) == each for each in words(svg))


def test_the_funnel_tells_its_steps_with_their_shares_in_the_readers_language() -> None:
    assert words(funnel_chart(WEEK, "uk"))[1:7] == [
        *("Почали", "120", "Дійшли до кінця", "84 · 70 %", "Залишили контакт", "60 · 50 %"),
    ]


def test_hot_begins_a_funnel_of_its_own_and_is_no_drop() -> None:
    svg = funnel_chart(WEEK, "en")
    began, *_ = bars(svg, "#2a6fb5")
    hot, taken, contacted, won = bars(svg, "#c9650c")
    assert hot == began
    assert (taken / hot, contacted / hot, won / hot) == pytest.approx((21 / 22, 20 / 22, 4 / 22), abs=0.001)
    assert words(svg)[words(svg).index("Hot") + 1] == "22"


def test_without_hot_leads_there_is_nothing_to_draw_of_them() -> None:
    assert "Hot" not in words(funnel_chart(figures(funnel=a_funnel(3, 2, 1)), "en"))


def test_the_largest_sources_are_drawn_and_those_that_only_cost_something_are_not() -> None:
    many = [a_source(f"s{n}", a_funnel(20 - n, 9, n)) for n in range(12)]
    svg = sources_chart(figures(a_source("dear", a_funnel()), *many), "en")
    assert [each for each in words(svg) if each.startswith(("s", "d"))] == [f"s{n}" for n in range(SHOWN)]
    assert bars(svg, "#a9c8e6")[0] == WIDTH - 48
    assert len(bars(svg, "#2a6fb5")) == SHOWN - 1  # of nobody's contact no bar is drawn


@pytest.mark.parametrize(
    ("name", "drawn"),
    [
        ("<3</a>", "<3</a>"),
        ("🎪 Цирк 🎪", "Цирк"),
        ("🎪", "…"),
        ("a\u202eb\u0000c", "abc"),
        ("x" * 200, "x" * 33 + "…"),
        ("]]> & &amp;", "]]> & &amp;"),
    ],
)
def test_a_hostile_source_is_drawn_as_words_or_not_at_all(name: str, drawn: str) -> None:
    svg = sources_chart(figures(a_source(name)), "en")
    assert drawn in words(svg)
    assert png(svg)


@pytest.mark.parametrize("chart", [funnel_chart, sources_chart])
def test_a_picture_is_a_sharp_png_with_its_words_in_it(chart: Chart) -> None:
    svg = chart(WEEK, "uk")
    picture = png(svg)
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", picture[16:24])
    assert width == WIDTH * SHARP
    assert height < 10_000 - width  # Telegram's limit for photos
    wordless = re.sub("<text.*?</text>", "", svg)
    assert len(picture) > 2 * len(png(wordless))


@pytest.mark.parametrize("letters", ["ABCabcéßłŽ€₴£", "АБВЄІЇҐабвєіїґ’", "ЁЫЭЪёыэъ", "0123456789 ·→%–…«»−"])
@pytest.mark.parametrize("weight", ["normal", "bold"])
def test_the_fonts_that_ship_have_every_letter_of_the_three_languages(letters: str, weight: str) -> None:
    def drawn(letter: str) -> bytes:
        text = f'<text x="9" y="30" font-size="24" font-weight="{weight}">{letter}</text>'
        around = 'xmlns="http://www.w3.org/2000/svg" width="40" height="40" font-family="DejaVu Sans"'
        return png(f"<svg {around}>{text}</svg>")

    missing = {drawn("\u0378"), drawn("")}  # a letter that is none
    for letter in letters.replace(" ", ""):
        assert any(low <= ord(letter) <= high for low, high in LETTERS), letter
        assert drawn(letter) not in missing, letter
