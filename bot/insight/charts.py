"""Charts as SVG, in the reader's language: how far people came, and where they came from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from bot.insight.figures import Figures
from bot.insight.report import source_label, span_name
from bot.texts import date, plain
from qualification.funnel import REACH, SALES, Funnel, Step

WIDTH = 520
"""Points: what a phone shows of a picture in a chat without making its letters smaller."""
MARGIN, ROW, BAR = 24, 58, 20
TEXT, TITLE = 17, 22
SHOWN = 8
"""Sources in a picture; the rest are in the message."""
LABEL = 34
"""Letters of a label that fit beside its number."""
INK, MUTED, TRACK, PALE, BLUE, AMBER = "#1c2733", "#5b6875", "#e8edf2", "#a9c8e6", "#2a6fb5", "#c9650c"
LETTERS = (
    *((0x20, 0x7E), (0xA0, 0x17F), (0x384, 0x3FF), (0x400, 0x525)),
    *((0x2010, 0x2027), (0x202F, 0x203A), (0x20A0, 0x20B5), (0x2190, 0x2193), (0x2212, 0x2212)),
)
"""What the fonts beside this module can draw: anything else, emoji among them, would be an empty box."""


@dataclass(frozen=True)
class _Row:
    """A bar with its label on the left and its number on the right; the bar is `part` of its track."""

    label: str
    number: str
    part: float
    colour: str
    inner: float = 0
    """a second bar within the first one"""


def funnel_chart(figures: Figures, language: str) -> str:
    """Draw how far people came; what becomes of hot leads is a funnel of its own, for not being hot is no loss."""
    funnel = figures.funnel
    reach = [_step(funnel, step, Step.STARTED, BLUE, language) for step in REACH]
    blocks = [("", reach)]
    if funnel.at(Step.HOT):
        sales = [_step(funnel, step, Step.HOT, AMBER, language) for step in SALES]
        blocks.append((plain(language, "chart.sales"), sales))
    return _drawn(_title(figures, language), blocks)


def sources_chart(figures: Figures, language: str) -> str:
    """Draw the largest sources: all who began, and within them who left a contact."""
    shown = [each for each in figures.sources if each.funnel.at(Step.STARTED)][:SHOWN]
    largest = max((each.funnel.at(Step.STARTED) for each in shown), default=1)
    rows = []
    for each in shown:
        began, contacts = each.funnel.at(Step.STARTED), each.funnel.at(Step.CONTACT)
        label = source_label(each.source, figures, language)
        rows.append(_Row(label, f"{began} → {contacts}", began / largest, PALE, contacts / largest))
    return _drawn(_title(figures, language), [(plain(language, "chart.sources"), rows)])


def drawable(text: str, length: int = LABEL) -> str:
    """Return what the fonts can draw of a text, cut to its place."""
    seen = "".join(letter for letter in text if any(low <= ord(letter) <= high for low, high in LETTERS))
    flat = " ".join(seen.split()) or "…"
    return flat if len(flat) <= length else flat[: length - 1] + "…"


def _step(funnel: Funnel, step: Step, whole: Step, colour: str, language: str) -> _Row:
    count, share = funnel.at(step), funnel.share(step)
    of_all = "" if share is None or (step is whole and step is not Step.STARTED) else f" · {share} %"
    part = min(count / (funnel.at(whole) or 1), 1)
    return _Row(plain(language, f"chart.step.{step}"), f"{count}{of_all}", part, colour)


def _title(figures: Figures, language: str) -> str:
    until = date(language, figures.now, figures.timezone)
    return f"{span_name(figures.span, language)} · {until}"


def _drawn(title: str, blocks: Iterable[tuple[str, list[_Row]]]) -> str:
    """Put a title and blocks of rows below one another."""
    y = MARGIN + TITLE
    parts = [_text(title, MARGIN, y, TITLE, INK, bold=True)]
    for heading, rows in blocks:
        if heading:
            y += TITLE + TEXT
            parts.append(_text(heading, MARGIN, y, TEXT, MUTED))
        y += TEXT
        for row in rows:
            parts.append(_row(row, y))
            y += ROW
    height = y + MARGIN // 2
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" font-family="DejaVu Sans">'
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>{"".join(parts)}</svg>'
    )


def _row(row: _Row, y: int) -> str:
    words, bar, track = y + TEXT + 4, y + TEXT + 12, WIDTH - 2 * MARGIN
    return (
        _text(drawable(row.label), MARGIN, words, TEXT, INK)
        + _text(row.number, WIDTH - MARGIN, words, TEXT, INK, bold=True, at_end=True)
        + _bar(bar, track, TRACK)
        + _bar(bar, row.part * track, row.colour)
        + _bar(bar, row.inner * track, BLUE)
    )


def _bar(y: int, width: float, colour: str) -> str:
    if width <= 0:
        return ""
    return f'<rect x="{MARGIN}" y="{y}" width="{max(width, 4):.1f}" height="{BAR}" rx="4" fill="{colour}"/>'


def _text(words: str, x: int, y: int, size: int, colour: str, *, bold: bool = False, at_end: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    anchor = ' text-anchor="end"' if at_end else ""
    drawn = escape(drawable(words, LABEL * 2), quote=False)
    return f'<text x="{x}" y="{y}" font-size="{size}" fill="{colour}"{weight}{anchor}>{drawn}</text>'
