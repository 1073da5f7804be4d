"""How admins see what sources cost: the list, one cost in words, and the question before it is removed."""

from __future__ import annotations

from datetime import timedelta

from bot.entry.sources import source_name
from bot.hand_off.card import isolated
from bot.insight.money import money_text
from bot.teams.roster import house_timezone
from bot.telegram.callback_data import encode
from bot.telegram.requests import SendText, TapButton
from bot.telegram.taps import InsightAction, InsightTapped
from bot.texts import Html, date, plain, say
from bot.work import Work
from qualification.costs import Cost
from storage.costs import StoredCost
from storage.records import Prospect

ON_A_PAGE = 6
NAME_ON_A_BUTTON = 30
_MOMENT = timedelta(microseconds=1)


async def cost_list(work: Work, admin: Prospect, page: int) -> SendText:
    """Return a page of the costs, those of the latest days first."""
    language = work.language_of(admin)
    found = await work.unit.costs.listed(ON_A_PAGE + 1, page * ON_A_PAGE)
    shown = found[:ON_A_PAGE]
    lines: list[str] = [say(language, "costs.title" if shown or page else "costs.none")]
    lines += [await cost_text(work, each.cost, language) for each in shown]
    rows: list[tuple[TapButton, ...]] = [(await _removing(work, each, language),) for each in shown]
    turns = []
    if page:
        turns.append(_button("◀", InsightAction.COSTS, page - 1))
    if len(found) > ON_A_PAGE:
        turns.append(_button("▶", InsightAction.COSTS, page + 1))
    rows += [tuple(turns)] if turns else []
    rows.append((_button(plain(language, "costs.new"), InsightAction.NEW),))
    return SendText(chat_id=admin.telegram_id, html=Html("\n".join(lines)), buttons=tuple(rows), preview=False)


async def cost_text(work: Work, cost: Cost, language: str) -> Html:
    """Say what a source cost, and in which days."""
    timezone = await house_timezone(work)
    return say(
        language,
        "costs.one",
        source=await _named(work, cost, language),
        money=money_text(language, {cost.currency: cost.amount}),
        first=date(language, cost.since, timezone),
        last=date(language, cost.until - _MOMENT, timezone),
    )


async def removal(work: Work, admin: Prospect, stored: StoredCost) -> SendText:
    """Return the question whether a cost is to be removed."""
    language = work.language_of(admin)
    html = say(language, "costs.remove", cost=await cost_text(work, stored.cost, language))
    sure = _button(plain(language, "costs.remove_now"), InsightAction.REMOVE_NOW, stored.id)
    back = _button(plain(language, "button.back"), InsightAction.COSTS, 0)
    return SendText(chat_id=admin.telegram_id, html=html, buttons=((sure,), (back,)), preview=False)


async def _removing(work: Work, stored: StoredCost, language: str) -> TapButton:
    name = isolated(await _named(work, stored.cost, language), NAME_ON_A_BUTTON)
    money = money_text(language, {stored.cost.currency: stored.cost.amount})
    return _button(f"🗑 {name} · {money}", InsightAction.REMOVE, stored.id)


async def _named(work: Work, cost: Cost, language: str) -> str:
    quiz = await work.newest_quiz()
    return isolated(source_name(quiz, cost.source, language) if quiz else cost.source)


def _button(text: str, action: InsightAction, number: int = 0) -> TapButton:
    return TapButton(text=text, data=encode(InsightTapped(action, number)))
