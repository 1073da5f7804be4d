"""The stages of a lead and the moves between them."""

from __future__ import annotations

from itertools import pairwise, product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualification.errors import IllegalHistoryError
from qualification.score import Band
from qualification.stages import (
    CLOSED,
    MOVES,
    IllegalMove,
    Stage,
    diagram,
    may_move,
    refused,
    replay,
    stage_of,
    stages_after,
    way,
)

LEGAL = {
    ("lead", "mql"), ("lead", "unfit"), ("lead", "lost"), ("lead", "frozen"),
    ("mql", "sql"), ("mql", "lead"), ("mql", "unfit"), ("mql", "lost"), ("mql", "frozen"),
    ("sql", "customer"), ("sql", "lead"), ("sql", "unfit"), ("sql", "lost"), ("sql", "frozen"),
    ("unfit", "lead"), ("unfit", "lost"), ("unfit", "frozen"),
    ("lost", "lead"),
    ("frozen", "lead"), ("frozen", "lost"),
}  # fmt: skip
DOCUMENT = Path(__file__).parents[2] / "docs" / "stages.md"
ALL_MOVES = list(product(Stage, Stage))


@pytest.mark.parametrize(("present", "to"), ALL_MOVES)
def test_only_the_legal_moves_are_allowed(present: Stage, to: Stage) -> None:
    assert may_move(present, to) is ((present, to) in LEGAL)
    assert (refused(present, to) is None) is ((present, to) in LEGAL)


def test_every_stage_has_its_moves() -> None:
    assert MOVES.keys() == set(Stage)


def test_a_customer_stays_one() -> None:
    assert MOVES[Stage.CUSTOMER] == frozenset()


def test_customers_and_the_lost_are_no_longer_open() -> None:
    assert {Stage.CUSTOMER, Stage.LOST} == CLOSED


@pytest.mark.parametrize(("present", "to"), ALL_MOVES)
def test_every_refusal_names_both_stages_and_the_remedy(present: Stage, to: Stage) -> None:
    illegal = refused(present, to)
    if illegal is None:
        return
    assert (illegal.present, illegal.to) == (present, to)
    assert f"from {present} to {to}" in str(illegal)
    if illegal.instead is not None:
        assert may_move(present, illegal.instead)
        assert f"move it to {illegal.instead} first" in str(illegal)
    else:
        assert present in (to, Stage.CUSTOMER)


def test_another_open_lead_is_named_where_it_is_in_the_way() -> None:
    assert str(IllegalMove(Stage.LOST, Stage.LEAD, open_lead=7)).endswith("the person has another open lead, 7")


@pytest.mark.parametrize(
    ("present", "to", "stages"),
    [
        ("mql", "customer", ["sql", "customer"]),
        ("frozen", "customer", ["lead", "mql", "sql", "customer"]),
        ("unfit", "mql", ["lead", "mql"]),
        ("lost", "frozen", ["lead", "frozen"]),
        ("customer", "lead", []),
        ("lead", "lead", []),
    ],
)
def test_the_way_to_a_stage_is_the_shortest_one(present: str, to: str, stages: list[str]) -> None:
    assert [str(stage) for stage in way(Stage(present), Stage(to))] == stages


@given(st.sampled_from(Stage), st.sampled_from(Stage))
def test_every_step_of_a_way_is_a_legal_move(present: Stage, to: Stage) -> None:
    stages = (present, *way(present, to))
    assert all(may_move(before, after) for before, after in pairwise(stages))
    assert len(set(stages)) == len(stages)


@given(st.lists(st.sampled_from(Stage), max_size=30))
def test_whatever_is_tried_the_history_replays_to_the_present_stage(attempts: list[Stage]) -> None:
    present = Stage.LEAD
    moves: list[tuple[Stage | None, Stage]] = [(None, present)]
    for to in attempts:
        if refused(present, to) is None:
            moves.append((present, to))
            present = to
    assert replay(moves) is present


@pytest.mark.parametrize(
    "moves",
    [
        [(None, Stage.MQL)],
        [(None, Stage.LEAD), (Stage.LEAD, Stage.CUSTOMER)],
        [(None, Stage.LEAD), (Stage.MQL, Stage.SQL)],
        [(None, Stage.LEAD), (None, Stage.LEAD)],
    ],
)
def test_a_history_that_cannot_have_happened_is_no_history(moves: list[tuple[Stage | None, Stage]]) -> None:
    with pytest.raises(IllegalHistoryError, match="cannot have gone from"):
        replay(moves)


@pytest.mark.parametrize(
    ("band", "stage"),
    [(Band.HOT, Stage.MQL), (Band.WARM, Stage.MQL), (Band.COLD, Stage.LEAD), (Band.UNFIT, Stage.UNFIT)],
)
def test_a_band_gives_a_fresh_lead_its_stage(band: Band, stage: Stage) -> None:
    assert stage_of(band) is stage


@pytest.mark.parametrize(
    ("present", "band", "stages"),
    [
        (Stage.LEAD, Band.HOT, ["mql"]),
        (Stage.MQL, Band.WARM, []),
        (Stage.MQL, Band.COLD, ["lead"]),
        (Stage.SQL, Band.COLD, []),
        (Stage.SQL, Band.HOT, []),
        (Stage.SQL, Band.UNFIT, ["unfit"]),
        (Stage.FROZEN, Band.WARM, ["lead", "mql"]),
        (Stage.UNFIT, Band.COLD, ["lead"]),
        (Stage.FROZEN, Band.UNFIT, ["lead", "unfit"]),
        (Stage.CUSTOMER, Band.HOT, []),
    ],
)
def test_who_is_scored_anew_goes_the_way_of_the_band(present: Stage, band: Band, stages: list[str]) -> None:
    assert [str(stage) for stage in stages_after(present, band)] == stages


def test_the_documentation_draws_the_stages_as_the_code_has_them() -> None:
    assert f"```mermaid\n{diagram()}\n```" in DOCUMENT.read_text(encoding="utf-8")
