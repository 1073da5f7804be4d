"""The words of /stats: what is said and what is left out, and that any name stays words."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from bot.insight.report import report, report_buttons
from bot.texts import LANGUAGES
from storage.statistics import Untaken
from tests.bot.insight.samples import NOW, a_funnel, a_source, euros, figures


def test_a_source_with_a_cost_tells_what_each_cost_and_what_came_back() -> None:
    said = report(figures(a_source(cost=euros("500"), won=euros("1200"))), "en")
    assert "• <b>ads_oct</b>: began 40, contacts 20, hot 8, won 2" in said
    assert "Cost €500.00: a contact €25.00, a hot lead €62.50, a customer €250.00" in said
    assert "Brought in €1,200.00, ROI +140 %" in said


def test_a_cost_that_brought_nothing_has_no_price_of_anybody() -> None:
    said = report(figures(a_source(funnel=a_funnel(3), cost=euros("500"))), "en")
    assert "Cost €500.00: a contact —, a hot lead —, a customer —" in said
    assert "Brought in —, ROI −100 %" in said


def test_different_currencies_stand_side_by_side_and_give_no_roi() -> None:
    cost = {"EUR": Decimal(500), "UAH": Decimal(900)}
    said = report(figures(a_source(cost=cost, won={"USD": Decimal(70)})), "en").replace("\xa0", " ")
    assert "Cost €500.00 + UAH 900.00" in said
    assert "Brought in $70.00" in said
    assert "ROI" not in said


def test_deals_without_an_amount_are_told_beside_the_roi_that_they_are_missing_from() -> None:
    said = report(figures(a_source(cost=euros("500"), won=euros("1200"), unpriced=1)), "en")
    assert "Won without an amount entered: 1" in said
    assert "amount" not in report(figures(a_source(unpriced=1)), "en")


def test_what_is_not_there_is_not_told() -> None:
    said = report(figures(funnel=a_funnel(3, 1)), "en")
    assert "Left a contact: <b>0</b>" in said
    assert "Hot:" not in said
    assert "repeated" not in said
    no_heat = report(figures(funnel=a_funnel(3, 1, 1)), "en")
    assert "Hot: <b>0</b> · 0 %" in no_heat
    assert "Taken" not in no_heat


def test_the_oldest_untaken_lead_is_told_with_its_age() -> None:
    said = report(figures(untaken=Untaken(2, NOW - timedelta(minutes=14))), "uk")
    assert "просто зараз: <b>2</b>, найдовше чекають 14 хвилин" in said


def test_a_picture_of_nobody_is_not_offered() -> None:
    assert len(report_buttons(figures(), "en")) == 2
    assert len(report_buttons(figures(funnel=a_funnel()), "en")) == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["<3</a>", "\u202egnp.exe", "Ω" * 64, "🎪" * 40, "&amp; & <b>", "said:"])
def test_a_hostile_source_stays_words_and_the_message_fits(language: str, name: str) -> None:
    money = {"EUR": Decimal("1234567.891"), "UAH": Decimal(10**9)}
    said = report(figures(*[a_source(f"{name}{n}", cost=money, won=money) for n in range(40)]), language)
    assert len(said) < 4096
    assert "</a>" not in said
    assert said.count("<b>") == said.count("</b>")
    assert "\u202e" not in said.replace("\u2068\u202e", "")
