"""What /stats, /costs and the buttons below them do; each tap is checked anew, for buttons can be forged."""

from __future__ import annotations

from bot.entry.drafting import drop_draft
from bot.insight.access import may_change, may_see
from bot.insight.costs import cost_list, removal
from bot.insight.entering import begin_entry, drop_entry, enter_line, take_days, take_source
from bot.insight.figures import gather
from bot.insight.goals import goal_text
from bot.insight.pictures import send_chart
from bot.insight.report import SOURCES, report, report_buttons
from bot.telegram.requests import EditText, SendText
from bot.telegram.taps import InsightAction, InsightTapped
from bot.telegram.updates import TapReceived
from bot.texts import plain, say
from bot.work import Work
from qualification.funnel import Span
from storage.records import Prospect


async def insight_command(work: Work, person: Prospect, name: str, argument: str) -> bool:
    """Carry out a command about numbers or costs; tell whether it was one, from somebody who may.

    Any other command says that the admin turned to something else: a cost that was begun is forgotten.
    """
    changing = await may_change(work, person.telegram_id)
    begun = changing and await drop_entry(work, person)
    match name:
        case "stats" if await may_see(work, person.telegram_id):
            await work.send(await _stats(work, person, Span.WEEK))
        case "goal" if await may_see(work, person.telegram_id):
            html = goal_text(argument, work.language_of(person))
            await work.send(SendText(chat_id=person.telegram_id, html=html))
        case "costs" if changing and argument:
            await enter_line(work, person, argument)
        case "costs" if changing:
            await work.send(await cost_list(work, person, 0))
        case "cancel" if begun:
            text = say(work.language_of(person), "costs.cancelled")
            await work.send(SendText(chat_id=person.telegram_id, html=text))
        case _:
            return False
    await drop_draft(work, person)  # a link that was begun before is not meant any more either
    return True


async def insight_tapped(work: Work, person: Prospect, tapped: InsightTapped, tap: TapReceived) -> None:
    """Carry out a tap about numbers or costs."""
    if tapped.action in (InsightAction.STATS, InsightAction.PICTURE):
        if tapped.choice in list(Span) and await may_see(work, person.telegram_id):
            await work.answer_tap(tap.tap_id)
            if tapped.action is InsightAction.STATS:
                await _show(work, await _stats(work, person, Span(tapped.choice)), tap)
            else:
                figures = await gather(work, Span(tapped.choice))
                await send_chart(work, person, figures, by_source=tapped.number == SOURCES)
            return
    elif await may_change(work, person.telegram_id):
        await _tapped_costs(work, person, tapped, tap)
        return
    await work.answer_tap(tap.tap_id, plain(work.language_of(person), "tap.unknown"))


async def _tapped_costs(work: Work, admin: Prospect, tapped: InsightTapped, tap: TapReceived) -> None:
    match tapped.action:
        case InsightAction.COSTS:
            await work.answer_tap(tap.tap_id)
            await _show(work, await cost_list(work, admin, min(tapped.number, 10_000)), tap)
        case InsightAction.NEW:
            await work.answer_tap(tap.tap_id)
            await drop_draft(work, admin)
            await begin_entry(work, admin)
        case InsightAction.SOURCE:
            await take_source(work, admin, tapped.number, tap)
        case InsightAction.DAYS:
            await take_days(work, admin, tapped.choice, tap)
        case InsightAction.REMOVE | InsightAction.REMOVE_NOW:
            await _remove(work, admin, tapped, tap)
        case _:
            await work.answer_tap(tap.tap_id, plain(work.language_of(admin), "tap.unknown"))


async def _remove(work: Work, admin: Prospect, tapped: InsightTapped, tap: TapReceived) -> None:
    """Ask whether a cost is to go, or let it go; one that is gone already shows the list as it is."""
    stored, language = await work.unit.costs.by_id(tapped.number), work.language_of(admin)
    if stored is not None and tapped.action is InsightAction.REMOVE:
        await work.answer_tap(tap.tap_id)
        await _show(work, await removal(work, admin, stored), tap)
        return
    if stored is not None and await work.unit.costs.remove(stored.id):
        await work.note("cost_removed", None, cost=stored.id, admin=admin.telegram_id)
    await work.answer_tap(tap.tap_id, plain(language, "costs.removed"))
    await _show(work, await cost_list(work, admin, 0), tap)


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
