"""The small values of a quiz document: lengths of time, hours of a day, texts, ids."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from dialogs.values import ID_LENGTH, Duration, Hours, Id, Text

HOURS, IDS, DURATIONS = TypeAdapter(Hours), TypeAdapter(Id), TypeAdapter(Duration)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("30s", 30),
        ("5m", 5 * 60),
        ("2h", 2 * 3600),
        ("3d", 3 * 86400),
        ("1w", 7 * 86400),
        ("0m", 0),
        ("1h30m", 3600 + 30 * 60),
        ("1h 30m", 3600 + 30 * 60),
        ("90m", 90 * 60),
    ],
)
def test_a_length_of_time_is_a_number_with_a_unit(written: str, seconds: int) -> None:
    assert Duration.read(written) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "written", ["", "5", "m", "5 minutes", "5M", "-5m", "5,5m", "5.5m", "5m!", "1 день", "5х"]
)
def test_what_is_no_length_of_time_is_refused_with_how_to_write_one(written: str) -> None:
    with pytest.raises(ValueError, match="write 30s, 5m, 2h, 3d or 1w"):
        Duration.read(written)


@pytest.mark.parametrize("written", ["99999999999999d", "1000000w"])
def test_a_length_of_time_stays_within_the_calendar(written: str) -> None:
    with pytest.raises(ValidationError):
        DURATIONS.validate_python(written)


@given(st.integers(0, 10**8))
def test_a_length_of_time_written_out_reads_back(seconds: int) -> None:
    length = Duration(seconds=seconds)
    assert Duration.read(str(length)) == length


@pytest.mark.parametrize(("seconds", "written"), [(0, "0m"), (90, "1m30s"), (86400, "1d"), (90061, "1d1h1m1s")])
def test_a_length_of_time_is_written_with_its_largest_units(seconds: int, written: str) -> None:
    assert str(Duration(seconds=seconds)) == written


@pytest.mark.parametrize(
    ("written", "first", "last"), [("10-19", 10, 19), ("0-24", 0, 24), (" 9 – 18 ", 9, 18), ("08-09", 8, 9)]
)
def test_hours_are_written_from_and_to(written: str, first: int, last: int) -> None:
    hours = HOURS.validate_python(written)
    assert (hours.first, hours.last) == (first, last)
    assert HOURS.validate_python(HOURS.dump_python(hours)) == hours


@pytest.mark.parametrize("written", ["19-10", "10-10", "10-25", "10", "10:00-19:00", "", "-", "a-b", "10-19-20"])
def test_what_are_no_hours_of_a_day_is_refused_with_how_to_write_them(written: str) -> None:
    with pytest.raises(ValidationError, match="write 10-19"):
        HOURS.validate_python(written)


@pytest.mark.parametrize("raw", [{"first": 30, "last": 2}, {"first": 19, "last": 10}, {"first": -1, "last": 5}])
def test_hours_in_named_parts_are_checked_too(raw: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        HOURS.validate_python(raw)


@pytest.mark.parametrize(
    ("raw", "language", "read"),
    [
        ("Hi", "uk", "Hi"),
        ({"en": "Hi", "uk": "Вітаю"}, "uk", "Вітаю"),
        ({"en": "Hi", "uk": "Вітаю"}, "ru", "Hi"),  # the fallback
        ({"uk": "Вітаю"}, "ru", "Вітаю"),  # whatever there is
    ],
)
def test_a_text_is_read_in_a_language_or_the_next_best(raw: object, language: str, read: str) -> None:
    assert Text.model_validate(raw).written_in(language, "en") == read


def test_a_text_knows_its_languages() -> None:
    assert Text.model_validate("Hi").languages is None
    assert Text.model_validate({"en": "Hi", "uk": "Вітаю"}).languages == frozenset({"en", "uk"})
    assert Text.model_validate("Hi").variants == {"": "Hi"}


@pytest.mark.parametrize("raw", ["", {"en": ""}, None, 5, ["Hi"], {"english": "Hi"}, {"EN": "Hi"}])
def test_what_is_no_text_is_refused(raw: object) -> None:
    with pytest.raises(ValidationError):
        Text.model_validate(raw)


@pytest.mark.parametrize("good", ["a", "0", "when_needed", "2k_5k", "warm-up", "a" * ID_LENGTH])
def test_an_id_has_small_latin_letters_digits_and_dashes(good: str) -> None:
    assert IDS.validate_python(good) == good


@pytest.mark.parametrize(
    "bad", ["", "-a", "_a", "A", "a b", "a:b", "ціна", "é", "a\n", "a" * (ID_LENGTH + 1), "any", "all", "not"]
)
def test_what_cannot_stand_in_a_buttons_data_is_no_id(bad: str) -> None:
    with pytest.raises(ValidationError):
        IDS.validate_python(bad)
