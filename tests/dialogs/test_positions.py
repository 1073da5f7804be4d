"""YAML as quiz files are written: words stay words, lines are remembered, traps are refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.document import Dialog
from dialogs.loading import read
from dialogs.positions import parse
from tests.dialogs.samples import FURNITURE, HEAD


def _value(written: str) -> object:
    data, _, problems = parse(f"a: {written}", "q.yaml")
    assert problems == []
    return data["a"]


@pytest.mark.parametrize(
    "word", ["yes", "no", "on", "off", "Yes", "NO", "y", "True", "Null", "2026-03-02", "1:30"]
)
def test_words_stay_words_as_in_yaml_1_2(word: str) -> None:
    assert _value(word) == word


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-3", -3),
        ("+3", 3),
        ("012", 12),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1.0e3", 1000.0),
        ("'12'", "12"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("5m", "5m"),
        ("ціна", "ціна"),
    ],
)
def test_numbers_and_a_few_words_have_their_types(written: str, value: object) -> None:
    assert _value(written) == value
    assert type(_value(written)) is type(value)


def test_every_part_has_its_line() -> None:
    _, positions, _ = parse("a: 1\nb:\n  - c: 2\n  - d: |\n      long\n      text\n    e: 3\n", "q.yaml")
    lines = [
        positions.line_of(path)
        for path in [("a",), ("b",), ("b", 0), ("b", 0, "c"), ("b", 1, "d"), ("b", 1, "e"), ("b", 1, "none"), ()]
    ]
    assert lines == [1, 2, 3, 3, 4, 7, 4, 1]


def test_a_name_that_stands_twice_is_told_with_both_lines() -> None:
    _, _, problems = parse("a: 1\nb: {c: 1, c: 2}\na: 3\n", "q.yaml")
    assert [(problem.line, problem.message) for problem in problems] == [
        (2, "`c` stands here twice (first in line 2)"),
        (3, "`a` stands here twice (first in line 1)"),
    ]


@pytest.mark.parametrize(
    "source",
    [
        "a: &x {b: 1}\nc: *x\n",
        "a: &x [*x]\n",
        "a: &a [1]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n",
        "a: &x {b: 1}\nc:\n  <<: *x\n",
    ],
    ids=["an alias", "itself", "a bomb", "a merge"],
)
def test_aliases_are_refused(source: str) -> None:
    _, _, problems = parse(source, "q.yaml")
    assert {problem.message for problem in problems} == {"`*aliases` are not supported here"}


@pytest.mark.parametrize("source", ["a: !!python/object/apply:os.system [ls]", "a: !!python/name:os.system x"])
def test_a_tag_never_runs_anything(source: str) -> None:
    data, _, _ = parse(source, "q.yaml")
    assert data["a"] in (["ls"], "x")


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("a: !!int abc", id="a tag that lies"),
        pytest.param("a: !!float abc", id="another"),
        pytest.param(f"a: {'9' * 4400}", id="4400 digits"),
        pytest.param("a: " + "[" * 3000 + "]" * 3000, id="3000 brackets"),
    ],
)
def test_reading_yaml_never_raises(source: str) -> None:
    assert parse(source, "q.yaml")[2] != []


@pytest.mark.parametrize(
    "source", ["\ufeff" + HEAD, HEAD.replace("\n", "\r\n")], ids=["a byte order mark", "CRLF"]
)
def test_what_windows_editors_add_is_no_error(source: str) -> None:
    data, _, problems = parse(source, "q.yaml")
    assert problems == []
    assert next(iter(data)) == "quiz"


@given(st.text(st.sampled_from("ab:{}[],-'\"|>&*!#%@`\t\n \\\0і🔥?~<1"), max_size=40))
def test_whatever_stands_in_a_file_is_told_as_problems(source: str) -> None:
    draft = read(source, "q.yaml", Dialog)
    assert draft.problems
    assert all(problem.line >= 1 and problem.file == "q.yaml" for problem in draft.problems)


@given(st.integers(0, len(HEAD + FURNITURE)), st.sampled_from(["", "\t", ":", "{", "]", '"', "- ", "\n", "і"]))
def test_a_slip_of_the_finger_anywhere_never_ends_in_a_traceback(place: int, slip: str) -> None:
    whole = f"{HEAD}steps:\n{FURNITURE}"
    draft = read(whole[:place] + slip + whole[place + 1 :], "q.yaml", Dialog)
    assert draft.problems or draft.document is not None


def test_every_error_of_a_file_is_told_at_once_with_its_line() -> None:
    draft = read(
        "quiz: Sample\n"  # 1: a capital letter
        "languages: [en]\n"
        "title: Sample\n"
        "controler: {name: A, contact: a}\n"  # 4: misspelt
        "steps:\n"
        "  - {id: hello, sya: Hi}\n"  # 6: misspelt
        "  - {id: ціна, ask: Price?, number: {}}\n"  # 7: no Latin letters
        "  - {id: role, ask: Who?, choices: [{id: a, text: A, points: many}, {id: b, text: B}]}\n"  # 8: a word
        "  - {id: sure, ask: Sure?, choices: [{id: a, text: A}, {id: b}]}\n"  # 9: no text
        "  - {id: bye, end: Bye}\n",
        "q.yaml",
        Dialog,
    )
    assert sorted((problem.line, problem.message) for problem in draft.problems) == [
        (1, "`Sample` cannot be an id"),
        (1, "`controller` is missing"),
        (4, "`controler` is not a word that can stand here"),
        (6, "this step does nothing"),
        (7, "`ціна` cannot be an id"),
        (8, "`points` must be a number, not `many`"),
        (9, "`text` is missing"),
    ]


@pytest.mark.parametrize(
    "source",
    ["[" * 100_000, "{a: " * 5000 + "}" * 5000, "- " * 20_000, "when: " + "{not: " * 3000 + "{a: b}" + "}" * 3000],
    ids=["open brackets", "braces", "dashes", "conditions"],
)
def test_a_file_of_brackets_inside_each_other_is_refused_and_does_not_end_the_process(source: str) -> None:
    data, _, problems = parse(f"quiz: q\nsteps:\n  {source}\n", "deep.yaml")
    assert data is None
    assert [(each.line, each.message) for each in problems] == [(3, "the parts lie too deep inside each other")]
