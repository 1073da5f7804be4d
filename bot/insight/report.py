"""The words of /stats: how far people came, how long they waited, where they came from."""

from __future__ import annotations

from collections.abc import Iterator

from bot.entry.sources import source_name
from bot.hand_off.card import isolated
from bot.insight.figures import Figures, SourceFigures
from bot.insight.money import money_text
from bot.telegram.callback_data import encode
from bot.telegram.requests import Buttons, TapButton
from bot.telegram.taps import InsightAction, InsightTapped
from bot.texts import Html, count, date, day_and_time, duration, plain, say
from qualification.costs import per, roi
from qualification.funnel import REACH, SALES, Span, Step, Waits
from qualification.score import Band

MESSAGE_LENGTH = 3800
"""Letters of a message; Telegram takes 4,096."""
FUNNEL, SOURCES = 0, 1
"""The numbers by which buttons know the two pictures."""
INDENT = "   "
BAND_MARKS = {Band.HOT: "🔥", Band.WARM: "🌤", Band.COLD: "❄️", Band.UNFIT: "✖️"}


def report(figures: Figures, language: str) -> Html:
    """Return the whole report; sources that have no room are counted."""
    text = "\n\n".join("\n".join(block) for block in _blocks(figures, language) if block)
    if not figures.sources:
        return Html(text)
    blocks = [_source(each, figures, language) for each in figures.sources]
    text += "\n\n" + say(language, "insight.sources")
    for number, block in enumerate(blocks):
        if len(text) + len(block) > MESSAGE_LENGTH:
            return Html(f"{text}\n{say(language, 'insight.more_sources', n=len(blocks) - number)}")
        text += f"\n{block}"
    return Html(text)


def report_buttons(figures: Figures, language: str) -> Buttons:
    """Return the spans to choose from, with the one that is shown marked, and the pictures."""
    spans = []
    for span in Span:
        name = span_name(span, language)
        marked = f"· {name} ·" if span is figures.span else name
        spans.append(_button(marked, InsightAction.STATS, span))
    pictures = tuple(
        _button(plain(language, key), InsightAction.PICTURE, figures.span, number)
        for number, key in ((FUNNEL, "insight.picture"), (SOURCES, "insight.picture_of_sources"))
    )
    return (tuple(spans), pictures) if figures.funnel.at(Step.STARTED) else (tuple(spans),)


def heading(figures: Figures, language: str) -> Html:
    """Say which days the figures are about, and of which moment they are."""
    moment = day_and_time(language, figures.now, figures.timezone)
    if figures.since is None or figures.span is Span.TODAY:
        return say(language, "insight.heading", span=span_name(figures.span, language), moment=moment)
    first = date(language, figures.since, figures.timezone)
    named = span_name(figures.span, language)
    return say(language, "insight.heading_since", span=named, first=first, moment=moment)


def span_name(span: Span, language: str) -> str:
    """Return what a span is called."""
    return plain(language, f"insight.span.{span}")


def source_label(source: str | None, figures: Figures, language: str) -> str:
    """Say a source in words that an admin understands."""
    if source is None:
        return plain(language, "insight.no_link")
    return isolated(source_name(figures.quiz, source, language) if figures.quiz else source)


def _blocks(figures: Figures, language: str) -> Iterator[list[str]]:
    funnel = figures.funnel
    yield [heading(figures, language)]
    if funnel.at(Step.STARTED):
        yield [_step(figures, step, language) for step in REACH]
    else:
        yield [say(language, "insight.nobody")]
    if funnel.at(Step.CONTACT):
        sales = SALES if funnel.at(Step.HOT) else (Step.HOT,)
        yield [_step(figures, step, language) for step in sales]
        yield [_bands(figures, language)]
    if funnel.scrubbed:
        yield [say(language, "insight.scrubbed", n=funnel.scrubbed)]
    yield list(_waits(figures, language))
    yield [_untaken(figures, language)]


def _step(figures: Figures, step: Step, language: str) -> Html:
    share = figures.funnel.share(step)
    return say(language, f"insight.step.{step}", n=figures.funnel.at(step), share=f"{share} %")


def _bands(figures: Figures, language: str) -> Html:
    bands = figures.funnel.bands
    said = [f"{mark} {plain(language, f'band.{band}')} {bands.get(band, 0)}" for band, mark in BAND_MARKS.items()]
    if unbanded := bands.get(None, 0):
        said.append(plain(language, "insight.no_band", n=unbanded))
    return say(language, "insight.bands", bands=" · ".join(said))


def _waits(figures: Figures, language: str) -> Iterator[Html]:
    if figures.waits is not None:
        yield _wait("insight.waits", figures.waits, language)
    if figures.waits_at_work is not None:
        yield _wait("insight.waits_at_work", figures.waits_at_work, language)


def _wait(key: str, waits: Waits, language: str) -> Html:
    return say(
        language,
        key,
        median=duration(language, waits.median),
        long=duration(language, waits.ninety_fifth),
        leads=count(language, "insight.leads", waits.count),
    )


def _untaken(figures: Figures, language: str) -> Html:
    untaken = figures.untaken
    if untaken.oldest is None:
        return say(language, "insight.all_taken")
    time = duration(language, figures.now - untaken.oldest)
    return say(language, "insight.untaken", n=untaken.count, time=time)


def _source(each: SourceFigures, figures: Figures, language: str) -> Html:
    funnel = each.funnel
    counts = {str(step): funnel.at(step) for step in Step}
    lines = [
        say(language, "insight.source", source=source_label(each.source, figures, language), **counts),
    ]
    if each.cost:
        lines.append(
            say(
                language,
                "insight.cost",
                cost=money_text(language, each.cost),
                contact=money_text(language, per(each.cost, funnel.at(Step.CONTACT))),
                hot=money_text(language, per(each.cost, funnel.at(Step.HOT))),
                customer=money_text(language, per(each.cost, funnel.at(Step.WON))),
            )
        )
    if each.won or each.cost:
        lines.append(_won(each, language))
    if each.unpriced and (each.won or each.cost):
        lines.append(say(language, "insight.unpriced", n=each.unpriced))
    return Html(f"\n{INDENT}".join(lines))


def _won(each: SourceFigures, language: str) -> Html:
    percent = roi(each.cost, each.won)
    won = money_text(language, each.won)
    if percent is None:
        return say(language, "insight.won", won=won)
    return say(language, "insight.won_roi", won=won, roi=f"{percent:+d} %".replace("-", "−"))


def _button(text: str, action: InsightAction, span: Span, number: int = 0) -> TapButton:
    return TapButton(text=text, data=encode(InsightTapped(action, number, span)))
