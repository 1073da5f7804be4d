"""What /stats, /costs and the buttons below them do; each tap is checked anew, for buttons can be forged."""

from __future__ import annotations

from bot.insight.access import may_see
from bot.insight.figures import gather
from bot.insight.report import report, report_buttons
from bot.telegram.requests import EditText, SendText
from bot.telegram.taps import InsightAction, InsightTapped
from bot.telegram.updates import TapReceived
from bot.texts import plain
from bot.work import Work
from qualification.funnel import Span
from storage.records import Prospect


async def insight_command(work: Work, person: Prospect, name: str, argument: str) -> bool:
    """Carry out a command about numbers or costs; tell whether it was one, from somebody who may."""
    match name:
        case "stats" if await may_see(work, person.telegram_id):
            await work.send(await _stats(work, person, Span.WEEK))
        case _:
            return False
    return True


async def insight_tapped(work: Work, person: Prospect, tapped: InsightTapped, tap: TapReceived) -> None:
    """Carry out a tap about numbers or costs."""
    seeing = await may_see(work, person.telegram_id)
    match tapped:
        case InsightTapped(action=InsightAction.STATS, choice=choice) if seeing and choice in list(Span):
            await work.answer_tap(tap.tap_id)
            await _show(work, await _stats(work, person, Span(choice)), tap)
        case _:
            await work.answer_tap(tap.tap_id, plain(work.language_of(person), "tap.unknown"))


async def _stats(work: Work, person: Prospect, span: Span) -> SendText:
    figures, language = await gather(work, span), work.language_of(person)
    return SendText(
        chat_id=person.telegram_id,
        html=report(figures, language),
        buttons=report_buttons(figures, language),
        preview=False,
    )


async def _show(work: Work, page: SendText, tap: TapReceived) -> None:
    """Let the message that was tapped show the page; where its number is not known, send it anew."""
    if tap.message_id is None:
        await work.send(page)
        return
    await work.send(
        EditText(chat_id=page.chat_id, html=page.html, buttons=page.buttons, message_id=tap.message_id)
    )
