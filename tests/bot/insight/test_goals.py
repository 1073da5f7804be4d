"""/goal in words: the arithmetic written out, and what cannot be read is asked for."""

from __future__ import annotations

import pytest

from bot.insight.goals import goal_text


@pytest.mark.parametrize("typed", ["10 000 000 / 50 000 / 25 / 20 / 40", "10000000/50000/25%/20 %/40%"])
def test_a_goal_shows_its_arithmetic(typed: str) -> None:
    assert goal_text(typed, "en").split("\n\n")[1].split("\n") == [
        "10,000,000 ÷ 50,000 a deal = <b>200</b> deals",
        "200 ÷ 25 % who buy = <b>800</b> SQL",
        "800 ÷ 20 % of MQL = <b>4,000</b> MQL",
        "4,000 ÷ 40 % of leads = <b>10,000</b> leads",
    ]


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "10",
        "1/2/3/4",
        "1/2/3/4/5/6",
        "1/0/25/20/40",
        "1/2/101/20/40",
        "1/2/-5/20/40",
        "1/2/0/20/40",
        "a/b/c/d/e",
    ],
)
def test_what_is_no_goal_is_told_how_to_ask(typed: str) -> None:
    assert "/goal 10 000 000 / 50 000 / 25 / 20 / 40" in goal_text(typed, "en")
