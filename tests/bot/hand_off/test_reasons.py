"""Why a score is what it is, in words: each origin, what was capped, what faded, the grid, the products."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from bot.hand_off.reasons import answer_points, other_reasons, reason, standing
from bot.texts import LANGUAGES
from qualification.loading import load
from qualification.score import Entry, Origin, score

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
QUIZ = load(
    """
quiz: sample
languages: [en, uk, ru]
title: Sample
controller: {name: Acme, contact: a@acme.example}
steps:
  - id: role
    ask: {en: Who is it for?, uk: Для кого?, ru: Для кого?}
    choices: [{id: company, text: A, points: 60, products: {desks: 30}}, {id: self, text: B, products: {lamps: 9}}]
  - {id: agree, consent: contact, text: May we?}
  - {id: phone, contact: phone, ask: Phone?}
  - {id: letters, consent: follow_ups, text: Write?}
  - {id: bye, end: Bye}
scoring:
  grid: {names: {active: {en: lively, uk: жвава, ru: бойкая}}}
  products: {desks: {en: Desks & chairs, uk: Столи, ru: Столы}, lamps: Lamps}
  groups: [{id: money, questions: [role], points_up_to: 41, name: {en: Budget <3, uk: Бюджет, ru: Бюджет}}]
  activity: {product_link: 30, reply: 5, comeback: {after: 7d, points: 10}, half_life: 30d}
routing: {warm: {sequence: warm-up}}
sequences:
  warm-up:
    - {id: one, after: 1d, text: Hi, button: {text: Catalogue, link: "https://a.example", kind: product_link}}
""",
    "sample.yaml",
)
TAPPED = Entry(Origin.LINK, "product_link", 30, NOON, "warm-up/one")
LEDGER = (
    Entry(Origin.ANSWER, "role", 60, NOON, "company"),
    Entry(Origin.ANSWER, "role", 30, NOON, "company", "desks"),
    Entry(Origin.CAP, "money", -19, NOON, "41"),
    TAPPED,
    Entry(Origin.REPLY, "reply", 5, NOON),
    Entry(Origin.REPLY, "reply", 5, NOON + HOUR),
    Entry(Origin.REPLY, "reply", 5, NOON + 2 * HOUR),
    Entry(Origin.DAY_CAP, "reply", -5, NOON + 2 * HOUR, "10"),
    Entry(Origin.COMEBACK, "comeback", 10, NOON, str(8 * 86400)),
    Entry(Origin.SPEED, "speed", 8, NOON, "125"),
    Entry(Origin.SILENCE, "silence", -25, NOON, "5"),
)


def _lines(language: str, ledger: tuple[Entry, ...] = LEDGER, now: datetime = NOON + 2 * HOUR) -> list[str]:
    return list(other_reasons(QUIZ, score(QUIZ, ledger, now), now, language))


def test_every_point_that_no_answer_gave_has_its_words() -> None:
    assert _lines("en") == [
        "Budget &lt;3: 41 points at most <b>-19</b>",
        "tapped “Catalogue” <b>+30</b>",
        "3 messages of their own accord <b>+15</b>",
        "no more than 10 points a day for this <b>-5</b>",
        "came back after 8 days <b>+10</b>",
        "answered everything within 2 minutes <b>+8</b>",
        "5 messages without a reaction <b>-25</b>",
    ]


def test_they_read_well_in_ukrainian_and_russian() -> None:
    assert _lines("uk")[:6] == [
        "Бюджет: не більше ніж 41 бал <b>-19</b>",
        "натиснуто «Catalogue» <b>+30</b>",
        "3 повідомлення з власної ініціативи <b>+15</b>",
        "за таке не більше ніж 10 балів на день <b>-5</b>",
        "повернення через 8 днів <b>+10</b>",
        "відповіді на все за 2 хвилини <b>+8</b>",
    ]
    assert _lines("ru")[:6] == [
        "Бюджет: не больше чем 41 балл <b>-19</b>",
        "нажатие «Catalogue» <b>+30</b>",
        "3 сообщения по своей инициативе <b>+15</b>",
        "за такое не больше чем 10 баллов в день <b>-5</b>",
        "возвращение спустя 8 дней <b>+10</b>",
        "ответы на всё за 2 минуты <b>+8</b>",
    ]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "tapped “Catalogue” <b>+30</b>, now <b>+15</b> after 30 days"),
        ("uk", "натиснуто «Catalogue» <b>+30</b>, через 30 днів — уже <b>+15</b>"),
        ("ru", "нажатие «Catalogue» <b>+30</b>, спустя 30 дней — уже <b>+15</b>"),
    ],
)
def test_what_faded_is_told_with_what_is_left(language: str, told: str) -> None:
    assert _lines(language, (TAPPED,), NOON + 30 * DAY) == [told]


def test_fit_does_not_fade() -> None:
    assert _lines("en", LEDGER[:3], NOON + 300 * DAY) == ["Budget &lt;3: 41 points at most <b>-19</b>"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_add_up_to_the_total(language: str) -> None:
    found = score(QUIZ, LEDGER, NOON + 2 * HOUR)
    told = [int(points) for line in _lines(language) for points in re.findall(r"<b>([+-]\d+)</b>$", line)]
    assert sum(told) + sum(answer_points(found).values()) == found.total


def test_the_points_of_a_product_are_not_those_of_the_answer() -> None:
    assert answer_points(score(QUIZ, LEDGER, NOON)) == {"role": 60}


def test_the_place_in_the_grid_and_each_product_are_told_the_best_one_first() -> None:
    ledger = (*LEDGER, Entry(Origin.ANSWER, "role", 9, NOON, "self", "lamps"))
    grid, products = standing(QUIZ, score(QUIZ, ledger, NOON), "en")
    assert grid == "🎯 Fit: <b>good fit</b> (41) · Activity: <b>lively</b> (33)"
    assert products == "🧩 <b>Desks &amp; chairs +30</b> · Lamps +9"
    assert next(standing(QUIZ, score(QUIZ, ledger, NOON), "uk")) == (
        "🎯 Відповідність: <b>підходить</b> (41) · Активність: <b>жвава</b> (33)"
    )


def test_a_product_without_points_is_not_the_best() -> None:
    entries = (Entry(Origin.ANSWER, "role", -5, NOON, "self", "lamps"),)
    assert list(standing(QUIZ, score(QUIZ, entries, NOON), "en"))[1] == "🧩 Lamps -5"


@pytest.mark.parametrize("origin", Origin)
@pytest.mark.parametrize("language", LANGUAGES)
def test_points_of_rules_that_are_gone_still_have_words(origin: Origin, language: str) -> None:
    gone = Entry(origin, "gone", 5, NOON, "60" if origin is not Origin.LINK else "gone/gone")
    assert reason(QUIZ, gone, language).strip()
