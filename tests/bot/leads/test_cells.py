"""Cells: what was typed comes back as it was typed, and no spreadsheet takes it for a formula."""

from __future__ import annotations

import csv
import io
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.leads.cells import Cell, harmless, separator_for, written

FORMULA = tuple("=+-@＝＋－＠")
DANGEROUS = (*FORMULA, "\t", "\r", "\0")
SEPARATORS = (",", ";")
AWKWARD = st.text(st.sampled_from("=+-@＝＋－＠\t\r\n\0;,\"' aя🙂\u202e\u200b\u2028"), max_size=12)


def read(content: bytes, separator: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline=""), delimiter=separator))


@pytest.mark.parametrize("beginning", DANGEROUS)
def test_no_cell_begins_so_that_a_spreadsheet_calculates(beginning: str) -> None:
    told = harmless(f"{beginning}1+1")
    assert not told.startswith(DANGEROUS)
    assert told.endswith("1+1")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ('=HYPERLINK("http://evil","x")', '\'=HYPERLINK("http://evil","x")'),
        ("+380671234567", "'+380671234567"),
        ("-5", "'-5"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("＝1+1", "'＝1+1"),
        ("\t=1+1", "' =1+1"),
        ("\r\n=1+1", "'=1+1"),
        ("\0=1+1", "'=1+1"),
        ("\u200b\u202e=1+1", "'=1+1"),
        ('  "=1+1', "'  \"=1+1"),
        ("\u00a0=1+1", "'\u00a0=1+1"),
    ],
)
def test_an_apostrophe_stands_before_what_would_be_a_formula(typed: str, told: str) -> None:
    assert harmless(typed) == told


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("Anna;=1+1", "Anna;'=1+1"),
        ("Anna, =1+1", "Anna,' =1+1"),
        ('Anna;"=1+1";', 'Anna;\'"=1+1";'),
        ("Anna\n=1+1\r@x", "Anna\n'=1+1\n'@x"),
    ],
)
def test_a_text_that_is_split_where_another_country_splits_cells_begins_no_formula(typed: str, told: str) -> None:
    assert harmless(typed) == told


@pytest.mark.parametrize(
    "typed",
    [
        "Anna",
        "a = b",
        "1-5 places",
        "anna@example.org",
        "Київ, вул. Лесі Українки 5",
        'She said "yes"; then, after a while, "no"',
        "👩‍👩‍👧🏽🏴󠁧󠁢󠁳󠁣󠁴󠁿",
        "'quoted'",
        "two\nlines",
    ],
)
def test_what_is_harmless_stays_as_it_was_typed(typed: str) -> None:
    assert harmless(typed) == typed
    assert read(written([[typed]]), ",") == [[typed]]


def test_marks_that_turn_the_direction_of_writing_and_control_characters_are_left_out() -> None:
    assert harmless("Anna\u202egpj.exe\u2066\u200f\x07\x1b[31m\ud800") == "Annagpj.exe[31m"


def test_our_own_numbers_stay_numbers() -> None:
    cells: list[Cell] = [-5, 0, 2.5, Decimal("-12500.50"), None, ""]
    assert written([cells]) == b'-5,0,2.5,-12500.50,"",""\r\n'


def test_every_row_ends_as_the_standard_says_and_every_text_stands_in_quotes() -> None:
    assert written([["a", 'b"c'], ["d", 1]]) == b'"a","b""c"\r\n"d",1\r\n'


def test_cells_are_parted_as_excel_expects_where_the_language_is_spoken() -> None:
    assert [separator_for(language) for language in ("en", "uk", "ru")] == [",", ";", ";"]


@given(rows=st.lists(st.lists(AWKWARD, min_size=2, max_size=2), max_size=5), separator=st.sampled_from(SEPARATORS))
@example(rows=[["=1", "+1"]], separator=";")
def test_what_went_in_is_read_back_and_begins_no_formula_however_it_is_split(
    rows: list[list[str]], separator: str
) -> None:
    content = written(rows, separator)
    assert read(content, separator) == [[harmless(cell) for cell in row] for row in rows]
    assert not [cell for row in read(content, separator) for cell in row if cell.startswith(DANGEROUS)]
    split_elsewhere = [cell for other in SEPARATORS for row in read(content, other) for cell in row]
    assert not [cell for cell in split_elsewhere if cell.lstrip(' "\r\n').startswith(FORMULA)]


@given(st.text())
def test_nothing_that_can_be_seen_is_lost(typed: str) -> None:
    def seen(text: str) -> str:
        return "".join(letter for letter in text if unicodedata.category(letter)[0] not in "CZ" and letter != "'")

    assert seen(harmless(typed)) == seen(typed)
    assert harmless(harmless(typed)) == harmless(typed)
