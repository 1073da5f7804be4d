"""Names on a card: whatever somebody is called, it is one short thing that is seen, and turns nothing around."""

from __future__ import annotations

from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.hand_off.card import MOST_ACCENTS, NAME_LENGTH, card_text, isolated
from bot.texts import LANGUAGES
from storage.notes import Note
from tests.bot.hand_off.test_card import CONTACTED, NOON, OLENA, a_dossier

ISOLATE, ISOLATED = "\u200e\u2068", "\u2069\u200e"
LEFTWARDS = {"arabic": "علي بن محمد", "hebrew": "דוד 12 (Ltd)", "mixed": "Ann שלום", "digits": "١٢٣"}


@pytest.mark.parametrize("name", LEFTWARDS.values(), ids=LEFTWARDS)
def test_a_name_that_is_written_from_right_to_left_is_closed_off_from_its_line(name: str) -> None:
    assert isolated(name) == f"{ISOLATE}{name}{ISOLATED}"
    assert len(isolated(name * 30)) == NAME_LENGTH


def test_marks_that_a_name_brings_along_do_not_open_what_is_closed_off() -> None:
    assert isolated("\u202eعلي\u2069 +20") == f"{ISOLATE}علي +20{ISOLATED}"
    assert isolated("\u202eAnna\u2066") == "Anna"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LEFTWARDS.values(), ids=LEFTWARDS)
def test_everywhere_on_a_card_such_a_name_is_closed_off(name: str, language: str) -> None:
    dossier = a_dossier(CONTACTED, name, names={OLENA: name}, referrer=name, notes=(Note(OLENA, name, NOON),))
    text = card_text(dossier, 1, language)
    assert text.count(name) == text.count(f"{ISOLATE}{name}{ISOLATED}") == 5


def test_a_heap_of_accents_stays_in_its_line_and_leaves_the_name() -> None:
    heap = "A" + "\u0301\u0302\u0303\u0336\u0488" * 40 + "nna"
    shown = isolated(heap)
    assert [letter for letter in shown if category(letter) not in ("Mn", "Me")] == list("Anna")
    assert len(shown) == len("Anna") + MOST_ACCENTS


@pytest.mark.parametrize("name", ["Nguyễn Thị Hiền", "הַשָּׁלוֹם", "ผู้ใหญ่", "شَيْءٌ", "👩‍👩‍👧🏽", "❤️"])
def test_accents_that_a_writing_needs_stay(name: str) -> None:
    assert isolated(name).strip(ISOLATE + ISOLATED) == name


@pytest.mark.parametrize("name", ["\u3164", "\u200b\u200d", " ", "\u202e", "\u2800\u2800", "\u115f"])
def test_instead_of_a_name_that_cannot_be_seen_there_is_a_dash(name: str) -> None:
    assert isolated(name) == "—"
    assert "<b>—</b> @anna_k" in card_text(a_dossier(name=name), OLENA, "en")


@given(st.text(max_size=200))
def test_whatever_a_name_is_what_it_opens_it_closes(name: str) -> None:
    shown = isolated(name)
    assert shown.count(ISOLATE) == shown.count(ISOLATED) <= 1
    assert not name or shown.strip()
    assert len(shown) <= NAME_LENGTH
