"""A new cost on its way: the admin is asked for the source, the amount and the days, or says all in one line."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.entry.campaigns import campaign_name
from bot.entry.sources import source_name
from bot.hand_off.card import isolated
from bot.insight.access import may_change
from bot.insight.costs import NAME_ON_A_BUTTON, cost_text
from bot.insight.reading import Days, Line, Price, Slip, read_days, read_line, read_price
from bot.pending import Begun, Pending
from bot.teams.roster import house_timezone
from bot.telegram.callback_data import encode
from bot.telegram.requests import Buttons, SendText, TapButton
from bot.telegram.taps import InsightAction, InsightTapped
from bot.telegram.updates import TapReceived
from bot.texts import Html, plain, say
from bot.work import Work
from qualification.costs import Cost
from storage.records import Prospect

OFFERED = 6
OFFERED_OF = timedelta(days=90)
"""The sources that are offered brought somebody in these days."""


class Asked(StrEnum):
    """What the admin was asked for last."""

    SOURCE = "source"
    PRICE = "price"
    DAYS = "days"


class Choice(StrEnum):
    """Days that a button names."""

    TODAY = "today"
    WEEK = "week"
    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"


class Entry(Begun):
    """What is known of the cost so far."""

    asked: Asked = Asked.SOURCE
    offered: tuple[str, ...] = ()
    source: str = ""
    amount: Decimal = Decimal(0)
    currency: str = ""


ENTRIES = Pending("new_cost", Entry)


async def begin_entry(work: Work, admin: Prospect) -> None:
    """Ask for the source; what was begun before is forgotten."""
    found = await work.unit.statistics.sources(work.now - OFFERED_OF)
    offered = tuple(source for source in found if source is not None)[:OFFERED]
    await ENTRIES.keep(work, admin, Entry(begun_at=work.now, offered=offered))
    quiz, language = await work.newest_quiz(), work.language_of(admin)
    rows = []
    for place, source in enumerate(offered):
        name = isolated(source_name(quiz, source, language) if quiz else source, NAME_ON_A_BUTTON)
        rows.append((TapButton(text=name, data=encode(InsightTapped(InsightAction.SOURCE, place))),))
    await _say(work, admin, "costs.ask_source", tuple(rows))


async def drop_entry(work: Work, admin: Prospect) -> bool:
    """Forget the cost that was begun; tell whether there was one."""
    return await ENTRIES.drop(work, admin)


async def enter_line(work: Work, admin: Prospect, typed: str) -> None:
    """Enter a cost that was said in one line, or say what is not understood."""
    line = read_line(typed, await _today(work))
    if isinstance(line, Slip):
        await _say(work, admin, f"costs.slip.{line}")
    else:
        await _enter(work, admin, line)


async def take_cost(work: Work, person: Prospect, text: str) -> bool:
    """Take what an admin wrote as an answer about a new cost, if one was begun; tell whether it was."""
    entry = await ENTRIES.of(work, person)
    if entry is None or not await may_change(work, person.telegram_id):
        return False
    match entry.asked:
        case Asked.SOURCE:
            await _take_named(work, person, entry, text)
        case Asked.PRICE:
            price = read_price(text)
            if isinstance(price, Slip):
                await _say(work, person, f"costs.slip.{price}")
            else:
                known = {"amount": price.amount, "currency": price.currency, "asked": Asked.DAYS}
                await ENTRIES.keep(work, person, entry.model_copy(update=known))
                await _say(work, person, "costs.ask_days", _days_buttons(work.language_of(person)))
        case Asked.DAYS:
            days = read_days(text, await _today(work))
            if days is None:
                await _say(work, person, "costs.slip.days", _days_buttons(work.language_of(person)))
            else:
                await _enter(work, person, Line(entry.source, Price(entry.amount, entry.currency), days))
    return True


async def take_source(work: Work, admin: Prospect, place: int, tap: TapReceived) -> None:
    """Take a tapped source, if that is what was asked for."""
    entry = await ENTRIES.of(work, admin)
    if entry is None or entry.asked is not Asked.SOURCE or place >= len(entry.offered):
        await work.answer_tap(tap.tap_id, plain(work.language_of(admin), "costs.not_asked"))
        return
    await work.answer_tap(tap.tap_id)
    await _ask_price(work, admin, entry, entry.offered[place])


async def take_days(work: Work, admin: Prospect, choice: str, tap: TapReceived) -> None:
    """Take tapped days, if that is what was asked for."""
    entry = await ENTRIES.of(work, admin)
    if entry is None or entry.asked is not Asked.DAYS or choice not in list(Choice):
        await work.answer_tap(tap.tap_id, plain(work.language_of(admin), "costs.not_asked"))
        return
    await work.answer_tap(tap.tap_id)
    days = _chosen(Choice(choice), await _today(work))
    await _enter(work, admin, Line(entry.source, Price(entry.amount, entry.currency), days))


async def _take_named(work: Work, admin: Prospect, entry: Entry, text: str) -> None:
    """Take a source's name; or all there is to know, said at once."""
    line = read_line(text, await _today(work))
    source = campaign_name(text)
    if isinstance(line, Line):
        await _enter(work, admin, line)
    elif source is None:
        await _say(work, admin, "costs.slip.source")
    else:
        await _ask_price(work, admin, entry, source)


async def _ask_price(work: Work, admin: Prospect, entry: Entry, source: str) -> None:
    await ENTRIES.keep(work, admin, entry.model_copy(update={"source": source, "asked": Asked.PRICE}))
    await _say(work, admin, "costs.ask_price")


async def _enter(work: Work, admin: Prospect, line: Line) -> None:
    """Keep the cost and show it as it was understood; a source that brought nobody yet may be mistyped."""
    await ENTRIES.drop(work, admin)
    zone = ZoneInfo(await house_timezone(work))
    since, until = (datetime.combine(day, time(), zone) for day in (line.days.first, _after(line.days.last)))
    cost = Cost(line.source, line.price.amount, line.price.currency, since, until)
    number = await work.unit.costs.enter(cost, admin.telegram_id, work.now)
    await work.note("cost_entered", None, cost=number, admin=admin.telegram_id)
    language = work.language_of(admin)
    parts = [say(language, "costs.entered", cost=await cost_text(work, cost, language))]
    if not await work.unit.statistics.brought_anybody(line.source):
        parts.append(say(language, "costs.nobody_yet", source=isolated(line.source)))
    everything = InsightTapped(InsightAction.COSTS)
    button = TapButton(text=plain(language, "costs.all"), data=encode(everything))
    request = SendText(chat_id=admin.telegram_id, html=Html("\n\n".join(parts)), buttons=((button,),))
    await work.send(request)


def _chosen(choice: Choice, today: date) -> Days:
    month = today.replace(day=1)
    match choice:
        case Choice.TODAY:
            return Days(today, today)
        case Choice.WEEK:
            return Days(today - timedelta(days=6), today)
        case Choice.THIS_MONTH:
            return Days(month, (month + timedelta(days=31)).replace(day=1) - timedelta(days=1))
        case Choice.LAST_MONTH:
            last = month - timedelta(days=1)
            return Days(last.replace(day=1), last)


def _after(day: date) -> date:
    return day + timedelta(days=1)


def _days_buttons(language: str) -> Buttons:
    return tuple(
        (
            TapButton(
                text=plain(language, f"costs.days.{choice}"),
                data=encode(InsightTapped(InsightAction.DAYS, choice=choice)),
            ),
        )
        for choice in Choice
    )


async def _today(work: Work) -> date:
    return work.now.astimezone(ZoneInfo(await house_timezone(work))).date()


async def _say(work: Work, admin: Prospect, key: str, buttons: Buttons = ()) -> None:
    text = say(work.language_of(admin), key)
    await work.send(SendText(chat_id=admin.telegram_id, html=text, buttons=buttons, preview=False))
