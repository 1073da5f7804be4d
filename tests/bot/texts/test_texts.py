"""Texts with their plurals, lengths of time, moments, and values that cannot become markup."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.texts import (
    LANGUAGES,
    Html,
    MissingTextError,
    catalogue_language,
    clock_time,
    count,
    day_and_time,
    duration,
    escaped,
    language_name,
    plain,
    say,
)


@pytest.mark.parametrize(
    ("n", "english", "ukrainian", "russian"),
    [
        (0, "0 points", "0 балів", "0 баллов"),
        (1, "1 point", "1 бал", "1 балл"),
        (2, "2 points", "2 бали", "2 балла"),
        (4, "4 points", "4 бали", "4 балла"),
        (5, "5 points", "5 балів", "5 баллов"),
        (11, "11 points", "11 балів", "11 баллов"),
        (14, "14 points", "14 балів", "14 баллов"),
        (21, "21 points", "21 бал", "21 балл"),
        (22, "22 points", "22 бали", "22 балла"),
        (25, "25 points", "25 балів", "25 баллов"),
        (101, "101 points", "101 бал", "101 балл"),
        (111, "111 points", "111 балів", "111 баллов"),
        (-1, "-1 point", "-1 бал", "-1 балл"),
        (-25, "-25 points", "-25 балів", "-25 баллов"),
    ],
)
def test_points_are_counted_in_every_language(n: int, english: str, ukrainian: str, russian: str) -> None:
    assert [count(language, "points", n) for language in LANGUAGES] == [english, ukrainian, russian]


@pytest.mark.parametrize(
    ("seconds", "english", "ukrainian", "russian"),
    [
        (0, "1 second", "1 секунду", "1 секунду"),
        (5, "5 seconds", "5 секунд", "5 секунд"),
        (59, "59 seconds", "59 секунд", "59 секунд"),
        (60, "1 minute", "1 хвилину", "1 минуту"),
        (119, "1 minute", "1 хвилину", "1 минуту"),
        (2 * 60, "2 minutes", "2 хвилини", "2 минуты"),
        (5 * 60, "5 minutes", "5 хвилин", "5 минут"),
        (21 * 60, "21 minutes", "21 хвилину", "21 минуту"),
        (3600, "1 hour", "1 годину", "1 час"),
        (90 * 60, "1 hour 30 minutes", "1 годину 30 хвилин", "1 час 30 минут"),
        (2 * 3600 + 60, "2 hours 1 minute", "2 години 1 хвилину", "2 часа 1 минуту"),
        (24 * 3600, "1 day", "1 день", "1 день"),
        (25 * 3600, "1 day 1 hour", "1 день 1 годину", "1 день 1 час"),
        (24 * 3600 + 59 * 60, "1 day", "1 день", "1 день"),
        (5 * 86400, "5 days", "5 днів", "5 дней"),
        (-5, "1 second", "1 секунду", "1 секунду"),
    ],
)
def test_a_length_of_time_is_said_as_after_within(
    seconds: int, english: str, ukrainian: str, russian: str
) -> None:
    said = [duration(language, timedelta(seconds=seconds)) for language in LANGUAGES]
    assert said == [english, ukrainian, russian]


MOMENT = datetime(2026, 11, 23, 8, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "day"),
    [("en", "Mon, 23 Nov, 10:05"), ("uk", "пн, 23 лист., 10:05"), ("ru", "пн, 23 нояб., 10:05")],
)
def test_a_moment_is_said_in_the_quizs_time_zone(language: str, day: str) -> None:
    assert clock_time(language, MOMENT, "Europe/Kyiv") == "10:05"
    assert day_and_time(language, MOMENT, "Europe/Kyiv") == day


@pytest.mark.parametrize(
    ("code", "language"),
    [("uk", "uk"), ("uk-UA", "uk"), ("RU", "ru"), ("de", "en"), ("pt-BR", "en"), ("", "en"), (None, "en")],
)
def test_a_language_without_a_catalogue_gets_english(code: str | None, language: str) -> None:
    assert catalogue_language(code) == language
    assert plain(code, "button.take") == plain(language, "button.take")


@pytest.mark.parametrize(("code", "name"), [("en", "English"), ("uk", "Українська"), ("ru", "Русский")])
def test_a_language_is_called_by_its_own_name(code: str, name: str) -> None:
    assert language_name(code) == name


HOSTILE = "</b><a href='tg://x'>&amp; {points}"


def test_a_value_is_escaped_and_never_read_as_a_place() -> None:
    said = say("en", "denial.not_yours", name=HOSTILE)
    assert said == "This lead is with &lt;/b&gt;&lt;a href='tg://x'&gt;&amp;amp; {points}"
    assert isinstance(said, Html)


def test_html_that_is_html_already_is_not_escaped_twice() -> None:
    assert escaped(Html("<b>Anna</b>")) == "<b>Anna</b>"
    assert escaped("<b>Anna</b>") == "&lt;b&gt;Anna&lt;/b&gt;"
    assert escaped(5) == "5"


def test_words_for_buttons_are_not_escaped() -> None:
    assert plain("en", "denial.not_yours", name="A & B") == "This lead is with A & B"


@pytest.mark.parametrize("ask", [say, plain])
def test_a_text_that_is_not_there_is_an_error_and_not_its_key(ask: Callable[[str, str], str]) -> None:
    with pytest.raises(MissingTextError, match=r"no text 'no\.such' in uk\.po"):
        ask("uk", "no.such")
