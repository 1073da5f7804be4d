"""The published JSON Schema: editors accept the shipped quizzes with it and mark what is broken."""

from __future__ import annotations

import re
from collections.abc import Iterator
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
    "a question that a sequence cannot ask",
    "a day of the week that does not exist",
    "something that stops nothing",
    "a misspelt word of a sequence",
    "an unsafe link below a follow-up",
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


EVERY_FOLLOW_UP = """
sequences:
  warm-up:
    hours: 10-19
    weekdays: [mon, tue]
    holidays: [12-25, 2026-08-24]
    stop_on: [reply, tap, taken, stage]
    goals: [{id: sold, when: {stage: customer}}]
    silence: {slow_down: {after: 1, times: 3}, ask_to_stop: {after: 2, say: Stop?}}
    messages:
      - {after: 1d, when: {band: warm}, text: Look, image: a.jpg, buttons: [{text: A, link: "https://a.example"}]}
      - {id: ask, after: 1d, weekdays: [fri], question: {id: soon, ask: When?, number: {min: 1}}, thanks: Thanks}
      - {after: 1d, go: others, when: {soon: {max: 3}}}
  others:
    - {after: 1d, text: Look, document: a.pdf}
"""


def test_every_word_of_sequences_keeps_to_the_schema() -> None:
    source = GOOD.partition("sequences:\n")[0] + EVERY_FOLLOW_UP
    assert [error.message for error in VALIDATOR.iter_errors(_data(source))] == []
    assert examine(source, "quiz.yaml").errors == []


def _properties() -> Iterator[tuple[str, dict[str, Any]]]:
    for model in (SCHEMA, *SCHEMA["$defs"].values()):
        yield from model.get("properties", {}).items()


def test_every_default_is_written_as_an_admin_would_write_it() -> None:
    defaults = [(name, part) for name, part in _properties() if part.get("default") is not None]
    assert {"nudge_after", "hours", "every", "from", "to", "take_within"} <= {name for name, _ in defaults}
    for name, part in defaults:
        if "pattern" in part:
            assert re.search(part["pattern"], part["default"]), name


def test_words_stand_in_the_schema_as_they_stand_in_a_file() -> None:
    assert {"from", "to", "not"} <= {name for name, _ in _properties()}
    assert not {"first", "last", "not_"} & {name for name, _ in _properties()}


def test_an_editor_can_explain_the_words_of_steps() -> None:
    steps = (
        "Say",
        "SeveralQuestion",
        "DateBounds",
        "FileBounds",
        "TextBounds",
        "NumberBounds",
        "Silence",
        "Option",
    )
    explained = {"image", "album", "video", "document", "voice", "choices"}  # by their types
    for step in steps:
        model = SCHEMA["$defs"][step]
        assert model["description"]
        mute = [name for name, part in model["properties"].items() if "description" not in part]
        assert set(mute) <= explained, (step, mute)


EVERY_KIND = """
  - {id: album, say: Look, album: [a.jpg, b.jpg]}
  - {id: wishes, ask: Which?, several: {max: 2, points_up_to: 10}, choices: [{id: a, text: A}, {id: b, text: B}]}
  - {id: stars, ask: How?, rating: {max: 10, low: Bad, high: Great}, points: [{to: 5, add: 1}]}
  - {id: name, ask: Who?, name: full, points: 1, optional: true}
  - {id: day, ask: When?, date: {from: 1d, to: 2099-12-31, weekdays: [mon], times: 10-18, every: 30m}}
  - {id: city, ask: Where?, city: true, nudge_after: 1h}
  - {id: plan, ask: Your plan?, file: {types: [pdf], max_mb: 5}}
  - {id: code, ask: Code?, text: {pattern: "[0-9]{6}", hint: Six digits}}
  - {id: agree, consent: contact, text: May we?, expires: 30d}
  - {id: email, ask: E-mail?, contact: email, confirm: true}
  - {id: bye, end: Bye}
"""


def test_every_kind_of_step_keeps_to_the_schema() -> None:
    head, _, rest = GOOD.partition("steps:\n")
    scoring = "scoring: {bands: {hot: 1, warm: 0}}\n"
    source = f"{head}silence: {{hours: 8-22, abandon_after: 2d}}\nsteps:{EVERY_KIND}{scoring}"
    assert rest
    assert [error.message for error in VALIDATOR.iter_errors(_data(source))] == []
    assert examine(source, "quiz.yaml").errors == []


@pytest.mark.parametrize(
    "step",
    [
        "{id: x, ask: X?, date: {from: завтра}}",
        "{id: x, ask: X?, date: {weekdays: [fry]}}",
        "{id: x, ask: X?, rating: {max: 11}}",
        "{id: x, ask: X?, file: {types: [phto]}}",
        "{id: x, ask: X?, several: {}, choices: [{id: a, text: A}]}",
        "{id: x, say: X, album: [a.jpg]}",
        "{id: x, ask: X?, name: last}",
    ],
)
def test_an_editor_marks_slips_in_every_kind_of_step(step: str) -> None:
    assert not VALIDATOR.is_valid(_data(GOOD.replace("steps:\n", f"steps:\n  - {step}\n")))


EVERY_SCORE = """
scoring:
  grid: {fit: {low: 0, high: 20}, cells: {low: [cold, cold, warm, hot], high: [hot, hot, hot, hot]},
    names: {low: L}}
  products: {visas: Visas}
  groups: [{id: both, questions: [country, age], rules: [young], points_up_to: 40, name: Both}]
  rules: [{id: young, when: {age: {max: 17}}, products: {visas: 5}, points: 5}]
  activity: {other_link: 5, reply: 5, comeback: {after: 7d, points: 5}, speed: {within: 3m, points: 5},
    points_a_day: {reply: 10}, silence: {after: 3, points: -5}, half_life: 30d}
"""


def test_every_word_of_scoring_keeps_to_the_schema() -> None:
    source = GOOD.partition("scoring:\n")[0] + EVERY_SCORE
    assert [error.message for error in VALIDATOR.iter_errors(_data(source))] == []
    assert examine(source, "quiz.yaml").errors == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  grid:", "  bands: {hot: 2, warm: 1}\n  grid:"),
        ("  grid: {fit: {low: 0, high: 20}", "  gird: {fit: {low: 0, high: 20}"),
        ("warm, hot]", "warm, hto]"),
        ("points_up_to", "at_most"),
        ("after: 7d", "after: a week"),
        ("reply: 10", "reply: -1"),
    ],
)
def test_an_editor_marks_slips_in_scoring(old: str, new: str) -> None:
    source = GOOD.partition("scoring:\n")[0] + EVERY_SCORE
    assert old in source
    assert not VALIDATOR.is_valid(_data(source.replace(old, new, 1)))


@pytest.mark.parametrize("points", ["9223372036854775808", "-99999999999999999999"])
def test_points_that_the_ledger_cannot_hold_are_refused(points: str) -> None:
    assert examine(GOOD.replace("points: 30", f"points: {points}"), "quiz.yaml").errors
