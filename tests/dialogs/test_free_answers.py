"""Answers that nobody can foresee: texts with a pattern, names, cities, files."""

from __future__ import annotations

import json
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from dialogs.answers import Attached, Number, Place, Written
from dialogs.bounds import TextBounds
from dialogs.engine import advance
from dialogs.numbers import digits, read_range
from dialogs.places import read_city, zone_at, zone_of_city
from dialogs.session import (
    Button,
    ContactShared,
    Event,
    FileSent,
    LocationShared,
    Refusal,
    Rejected,
    Repeated,
    SaveFile,
    SomethingElseSent,
    Stale,
    Tapped,
    Turn,
    Typed,
)
from tests.dialogs.samples import NOON, a_dialog, after, walk


def _asked(question: str, *events: Event) -> Turn:
    return walk(*events, dialog=a_dialog(f"  - {{id: q, ask: What?, {question}}}\n  - {{id: bye, end: Bye}}\n"))


def _refused(question: str, event: Event) -> Refusal | None:
    outcome = _asked(question, event).outcome
    return outcome.reason if isinstance(outcome, Rejected) else None


# Texts ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bounds", "typed", "reason"),
    [
        ("{min: 3}", "ab", Refusal.TOO_SHORT),
        ("{min: 3}", " ab ", Refusal.TOO_SHORT),
        ("{min: 3}", "abc", None),
        ("{max: 5}", "abcdef", Refusal.TOO_LONG),
        ("{}", "", Refusal.TOO_SHORT),
        ("{}", "   ", Refusal.TOO_SHORT),
        ("{pattern: '[0-9]{8}'}", "12345678", None),
        ("{pattern: '[0-9]{8}'}", " 12345678\n", None),
        ("{pattern: '[0-9]{8}'}", "123456789", Refusal.NOT_THE_SHAPE),
        ("{pattern: '[0-9]{8}'}", "x12345678", Refusal.NOT_THE_SHAPE),
        ("{pattern: '[0-9]{8}'}", "12345678\nx", Refusal.NOT_THE_SHAPE),
        ("{pattern: 'a|b'}", "ab", Refusal.NOT_THE_SHAPE),  # the whole answer, on either side of the bar
        ("{pattern: '\\w+'}", "Привіт", None),
    ],
)
def test_a_text_keeps_to_its_length_and_its_pattern(bounds: str, typed: str, reason: Refusal | None) -> None:
    assert _refused(f"text: {bounds}", Typed(typed)) == reason


@pytest.mark.parametrize("pattern", ["[a-", "(", "a)|(b", "*", "(?=a)b", r"(a)\1", "(?x)a#", "[0-9]{3}{"])
def test_what_cannot_be_read_as_a_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(ValidationError, match="is no pattern"):
        TextBounds(pattern=pattern)


def test_a_pattern_is_matched_in_steps_that_grow_with_the_text_and_not_with_its_ways() -> None:
    """A matcher that goes back over the text needs 2^2999 steps here, so that an answer at all is the proof.

    It is also why looking ahead and repeating a group are refused above: no matcher in linear time has them.
    """
    assert not TextBounds(pattern="(a+)+$").matches("a" * 2_999 + "!")
    assert TextBounds(pattern="(a+)+$").matches("a" * 3_000)


# Numbers from to ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "low", "high"),
    [
        ("10–15", 10, 15),
        ("10-15", 10, 15),
        ("10 — 15 people", 10, 15),
        ("from 10 to 15", 10, 15),
        ("between 10 and 15", 10, 15),
        ("10 or 15", 10, 15),
        ("від 10 до 15", 10, 15),
        ("от 10 до 15", 10, 15),
        ("з 10 до 15", 10, 15),
        ("10..15", 10, 15),
        ("2,5–3", 2.5, 3),
        ("10–15k", 10_000, 15_000),
        ("10k–15k", 10_000, 15_000),
        ("10-15 тис.", 10_000, 15_000),
        ("10 000 – 15 000", 10_000, 15_000),
    ],
)
def test_a_range_is_read_with_both_its_ends(typed: str, low: float, high: float) -> None:
    span = read_range(typed)
    assert span is not None
    assert (span.low, span.high) == (low, high)


@pytest.mark.parametrize(
    "typed", ["15–10", "10", "1-2-3", "-5-10", "−5–10", "10–15 млн", "", "10k–15 000 000 000k x 3"]
)
def test_what_is_no_range_is_none(typed: str) -> None:
    assert read_range(typed) is None


def test_a_range_counts_with_its_middle_and_is_remembered_as_it_was_said() -> None:
    answer = _asked("number: {min: 1, max: 20}", Typed("від 10 до 15")).session.answers["q"]
    assert answer == Number(number=12.5, said="10–15")


@pytest.mark.parametrize(("typed", "reason"), [("0–5", Refusal.TOO_SMALL), ("15–21", Refusal.TOO_BIG)])
def test_both_ends_of_a_range_keep_to_the_bounds(typed: str, reason: Refusal) -> None:
    assert _refused("number: {min: 1, max: 20}", Typed(typed)) is reason


def test_large_numbers_keep_all_their_digits() -> None:
    assert [digits(number) for number in (1_500_000, 2.5, -3, 0)] == ["1500000", "2.5", "-3", "0"]
    answer = _asked("number: {}", Typed("1 000 000 – 2 500 000")).session.answers["q"]
    assert answer == Number(number=1_750_000, said="1000000–2500000")


@given(st.text(alphabet="0123456789 .,-–kкto до", max_size=30))
def test_whatever_is_typed_reading_a_range_never_fails(text: str) -> None:
    span = read_range(text)
    assert span is None or span.low < span.high


# Names ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "typed", "name"),
    [
        ("first", "Anna", "Anna"),
        ("first", "  Анна-Марія ", "Анна-Марія"),
        ("first", "O’Brien", "O’Brien"),
        ("first", "Соломія", "Соломія"),
        ("first", "李明", "李明"),
        ("full", "Анна  Коваль", "Анна Коваль"),
        ("full", "Jean-Luc O'Neil Jr.", "Jean-Luc O'Neil Jr."),
    ],
)
def test_a_name_is_kept_as_it_was_written(kind: str, typed: str, name: str) -> None:
    assert _asked(f"name: {kind}", Typed(typed)).session.answers == {"q": Written(text=name)}


@pytest.mark.parametrize(
    ("kind", "typed", "reason"),
    [
        ("first", "<3</a>", Refusal.NOT_A_NAME),
        ("first", "😀", Refusal.NOT_A_NAME),
        ("first", "Anna 😀", Refusal.NOT_A_NAME),
        ("first", "Anna1", Refusal.NOT_A_NAME),
        ("first", "42", Refusal.NOT_A_NAME),
        ("first", "A", Refusal.NOT_A_NAME),
        ("first", "--", Refusal.NOT_A_NAME),
        ("first", "", Refusal.NOT_A_NAME),
        ("first", "Anna\u202egro.live", Refusal.NOT_A_NAME),  # written from right to left
        ("first", "An\u200bna", Refusal.NOT_A_NAME),  # an invisible space
        ("first", "anna@acme.com", Refusal.NOT_A_NAME),
        ("first", "A" * 81, Refusal.NOT_A_NAME),
        ("full", "Anna", Refusal.NOT_FULL_NAME),
    ],
)
def test_what_is_no_name_is_refused(kind: str, typed: str, reason: Refusal) -> None:
    assert _refused(f"name: {kind}", Typed(typed)) is reason


def test_the_name_that_telegram_tells_is_taken_with_one_tap() -> None:
    tap = Tapped("q", Button.SUGGESTED, text="Anna")
    assert _asked("name: first", tap).session.answers == {"q": Written(text="Anna")}
    assert _asked("name: first", tap, tap).outcome == Repeated("q")


@pytest.mark.parametrize(("text", "outcome"), [("<3", Rejected("q", Refusal.NOT_A_NAME)), ("", Stale("q"))])
def test_a_name_in_a_button_is_read_as_strictly_as_a_typed_one(text: str, outcome: object) -> None:
    assert _asked("name: first", Tapped("q", Button.SUGGESTED, text=text)).outcome == outcome


# Cities -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Kyiv", "Europe/Kyiv"),
        ("Kiev", "Europe/Kyiv"),
        ("Київ", "Europe/Kyiv"),
        ("Киев", "Europe/Kyiv"),
        ("м. Київ", "Europe/Kyiv"),
        ("Kyiv, Ukraine", "Europe/Kyiv"),
        (" kyiv. ", "Europe/Kyiv"),
        ("Нью-Йорк", "America/New_York"),
        ("new york", "America/New_York"),
        ("London", "Europe/London"),
        ("Львів", None),
        ("Біла Церква", None),
    ],
)
def test_a_city_gives_its_time_zone_where_that_is_known_and_is_kept_in_any_case(
    typed: str, zone: str | None
) -> None:
    city = read_city(typed)
    assert city is not None
    assert zone_of_city(city, ("en", "uk", "ru")) == zone
    assert _asked("city: true", Typed(typed)).session.answers["q"] in (
        Place(name=city, timezone=zone),
        Place(name=city, timezone=zone_of_city(city, ("en", "uk"))),
    )


@pytest.mark.parametrize("typed", ["", "1", "12345", "<b>", "a@b.c", "😀", "x", "C" * 81, "https://kyiv.ua"])
def test_what_can_be_no_city_is_refused(typed: str) -> None:
    assert _refused("city: true", Typed(typed)) is Refusal.NOT_A_CITY


def test_a_shared_place_gives_its_time_zone_and_is_kept_only_roughly() -> None:
    answer = _asked("city: true", LocationShared(50.450123, 30.523456)).session.answers["q"]
    assert answer == Place(name="50.45, 30.52", timezone="Europe/Kyiv", latitude=50.45, longitude=30.52)


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [(91, 0), (-91, 0), (0, 181), (0, -181), (float("nan"), 0), (0, float("inf"))],
)
def test_a_place_that_is_not_on_earth_is_refused(latitude: float, longitude: float) -> None:
    assert _refused("city: true", LocationShared(latitude, longitude)) is Refusal.NOT_A_CITY
    assert zone_at(latitude, longitude) is None


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_every_place_on_earth_can_be_shared(latitude: float, longitude: float) -> None:
    session = _asked("city: true", LocationShared(latitude, longitude)).session
    assert type(session).model_validate_json(session.model_dump_json()) == session
    assert session.over


@pytest.mark.parametrize("language", ["xx", "qqq"])
def test_a_language_that_nobody_wrote_city_names_for_breaks_nothing(language: str) -> None:
    assert zone_of_city("Kyiv", (language,)) == "Europe/Kyiv"


# Files ------------------------------------------------------------------------------------------------


def _file(
    kind: Literal["photo", "document", "voice"] = "document", mime: str = "application/pdf", size: int = 1_000
) -> FileSent:
    return FileSent(kind, "plan", mime, size, "file-1")


MEGABYTE = 1024 * 1024


@pytest.mark.parametrize(
    ("bounds", "sent", "reason"),
    [
        ("{}", _file(), None),
        ("{}", _file("photo", "image/jpeg"), None),
        ("{}", _file("voice", "audio/ogg"), Refusal.WRONG_FILE_TYPE),
        ("{types: [photo]}", _file("document", "image/png"), None),  # sent as a file, to keep its size
        ("{types: [photo]}", _file("document", "IMAGE/PNG"), None),
        ("{types: [photo]}", _file("document", "image/svg+xml"), Refusal.WRONG_FILE_TYPE),
        ("{types: [photo]}", _file(), Refusal.WRONG_FILE_TYPE),
        ("{types: [pdf]}", _file(), None),
        ("{types: [pdf]}", _file("document", "text/html"), Refusal.WRONG_FILE_TYPE),
        ("{types: [pdf]}", _file("photo", "image/jpeg"), Refusal.WRONG_FILE_TYPE),
        ("{types: [video]}", _file("document", "video/mp4"), None),
        ("{types: [audio]}", _file("document", "audio/mpeg"), None),
        ("{max_mb: 2}", _file(size=2 * MEGABYTE), None),
        ("{max_mb: 2}", _file(size=2 * MEGABYTE + 1), Refusal.FILE_TOO_LARGE),
        ("{types: [photo]}", _file(size=99 * MEGABYTE), Refusal.WRONG_FILE_TYPE),
    ],
)
def test_a_file_has_a_welcome_type_and_size(bounds: str, sent: FileSent, reason: Refusal | None) -> None:
    assert _refused(f"file: {bounds}", sent) == reason


def test_a_file_is_kept_by_telegrams_name_for_it_and_fetched() -> None:
    turn = _asked("file: {}", _file())
    kept = Attached(type="document", name="plan", mime="application/pdf", size=1_000, file_id="file-1")
    assert SaveFile("q", kept) in turn.effects
    assert turn.session.answers == {"q": kept}


# What else may be sent --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("choices: [{id: a, text: A}]", Refusal.USE_BUTTONS),
        ("several: {}, choices: [{id: a, text: A}, {id: b, text: B}]", Refusal.USE_BUTTONS),
        ("rating: {}", Refusal.USE_BUTTONS),
        ("number: {}", Refusal.NOT_TEXT),
        ("text: {}", Refusal.NOT_TEXT),
        ("name: first", Refusal.NOT_TEXT),
        ("date: {}", Refusal.NOT_A_DAY),
        ("city: true", Refusal.NOT_A_CITY),
        ("file: {}", Refusal.NOT_A_FILE),
    ],
)
def test_a_question_says_what_it_wants_instead(question: str, wanted: Refusal) -> None:
    assert _refused(question, SomethingElseSent()) is wanted
    assert _refused(question, ContactShared("+380671234567", own=True)) is wanted
    if "city" not in question:
        assert _refused(question, LocationShared(50, 30)) is wanted
    if "file" not in question:
        assert _refused(question, _file()) is wanted


def test_words_are_no_file() -> None:
    assert _refused("file: {}", Typed("here it is")) is Refusal.NOT_A_FILE


@pytest.mark.parametrize("question", ["number: {}", "text: {}", "city: true", "file: {}"])
@pytest.mark.parametrize(
    "choice", ["1", "yes", "", Button.SUGGESTED, Button.SKIP, Button.DONE, Button.DAYS, "x" * 60]
)
def test_a_forged_button_on_a_question_without_buttons_changes_nothing(question: str, choice: str) -> None:
    assert _asked(question, Tapped("q", choice)).outcome == Stale("q")


def test_a_session_with_every_kind_of_answer_survives_being_stored() -> None:
    dialog = a_dialog(
        "  - {id: day, ask: When?, date: {times: 10-18}}\n"
        "  - {id: city, ask: Where?, city: true}\n"
        "  - {id: file, ask: Your plan?, file: {}}\n"
        "  - {id: wishes, ask: What?, several: {min: 0}, choices: [{id: a, text: A}, {id: b, text: B}]}\n"
        "  - {id: name, ask: Who?, name: full, optional: true}\n"
        "  - {id: size, ask: Size?, number: {}}\n"
        "  - {id: bye, end: Bye}\n"
    )
    session = after(
        Typed("tomorrow at 11"),
        LocationShared(50.45, 30.52),
        _file(),
        Tapped("wishes", Button.DONE),
        Tapped("name", Button.SKIP),
        Typed("10–15"),
        dialog=dialog,
    )
    assert session.over
    raw = json.loads(session.model_dump_json())
    assert raw["answers"]["day"] == {"kind": "day", "day": "2026-03-03", "at": "11:00:00"}
    assert type(session).model_validate(raw) == session
    assert advance(dialog, session, Typed("x"), NOON).session == session
