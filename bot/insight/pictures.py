"""Pictures of the numbers: a chart drawn as SVG becomes a PNG that is kept only until it is sent."""

from __future__ import annotations

import asyncio
from pathlib import Path

import resvg_py

from bot.insight.charts import funnel_chart, sources_chart
from bot.insight.figures import Figures
from bot.insight.report import heading
from bot.telegram.requests import FileMedia, SendMedia
from bot.work import Work
from storage.records import Prospect

FONTS = Path(__file__).parent / "fonts"
SHARP = 2.0
"""Pixels for each point: phones have two or three."""


def png(svg: str) -> bytes:
    """Turn a chart into a PNG, with our own fonts: without any, resvg leaves all words out and says nothing."""
    return resvg_py.svg_to_bytes(
        svg_string=svg,
        zoom=SHARP,
        skip_system_fonts=True,
        font_files=[str(FONTS / "DejaVuSans.ttf"), str(FONTS / "DejaVuSans-Bold.ttf")],
    )


async def send_chart(work: Work, person: Prospect, figures: Figures, *, by_source: bool) -> None:
    """Send a picture of the funnel, or of the sources."""
    language = work.language_of(person)
    svg = (sources_chart if by_source else funnel_chart)(figures, language)
    content = await asyncio.to_thread(png, svg)
    name = f"{'sources' if by_source else 'funnel'}-{figures.now:%Y-%m-%d}.png"
    number = await work.unit.files.keep(
        "chart", name, "image/png", work.now, content=content, prospect_id=person.id
    )
    media = FileMedia(number=number)
    await work.send(
        SendMedia(chat_id=person.telegram_id, html=heading(figures, language), media=media), forget=True
    )
