"""The published JSON Schema: editors accept the shipped quizzes with it and mark what is broken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bot.commands.checking import json_schema
from bot.publishing import SHIPPED, shipped_quizzes
from dialogs.positions import parse
from qualification.loading import examine
from tests.dialogs.broken_quizzes import GOOD, SLIPS

SCHEMA = json_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

SEEN_BY_AN_EDITOR = [
    "a misspelt word",
    "a misspelt word in a step",
    "a misspelt step",
    "a question without a way to answer",
    "a text where a step should be",
    "a step without an id",
    "a part left out",
    "an id in Cyrillic",
    "an id with a capital letter",
    "an id that is too long",
    "points in words",
    "an unknown purpose",
    "a length of time in words",
    "a country in words",
    "an empty text",
    "no text at all",
    "silence after nothing",
]


def _data(source: str) -> Any:
    data, _, problems = parse(source, "quiz.yaml")
    assert problems == []
    return data


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("name", shipped_quizzes())
def test_the_shipped_quizzes_keep_to_the_schema(name: str) -> None:
    source = (Path(SHIPPED) / f"{name}.yaml").read_text(encoding="utf-8")
    assert [error.message for error in VALIDATOR.iter_errors(_data(source))] == []


def test_a_follow_up_needs_no_id_in_a_file() -> None:
    assert "id:" not in GOOD.partition("sequences:")[2]
    assert VALIDATOR.is_valid(_data(GOOD))


@pytest.mark.parametrize("name", SEEN_BY_AN_EDITOR)
def test_an_editor_marks_what_is_broken(name: str) -> None:
    assert not VALIDATOR.is_valid(_data(SLIPS[name].source))


@pytest.mark.parametrize("points", ["9223372036854775808", "-99999999999999999999"])
def test_points_that_the_ledger_cannot_hold_are_refused(points: str) -> None:
    assert examine(GOOD.replace("points: 30", f"points: {points}"), "quiz.yaml").errors
