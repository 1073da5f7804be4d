"""The stages of a lead and the moves between them."""

from __future__ import annotations

from itertools import product

import pytest

from qualification.score import Band
from qualification.stages import CLOSED, MOVES, Stage, may_move, stage_of

LEGAL = {
    ("lead", "mql"), ("lead", "unfit"), ("lead", "lost"), ("lead", "frozen"),
    ("mql", "sql"), ("mql", "lead"), ("mql", "unfit"), ("mql", "lost"), ("mql", "frozen"),
    ("sql", "customer"), ("sql", "lead"), ("sql", "unfit"), ("sql", "lost"), ("sql", "frozen"),
    ("unfit", "lead"),
    ("lost", "lead"),
    ("frozen", "lead"), ("frozen", "lost"),
}  # fmt: skip


@pytest.mark.parametrize(("present", "to"), list(product(Stage, Stage)))
def test_only_the_legal_moves_are_allowed(present: Stage, to: Stage) -> None:
    assert may_move(present, to) is ((present, to) in LEGAL)


def test_every_stage_has_its_moves() -> None:
    assert MOVES.keys() == set(Stage)


def test_a_customer_stays_one() -> None:
    assert MOVES[Stage.CUSTOMER] == frozenset()


def test_customers_and_the_lost_are_no_longer_open() -> None:
    assert {Stage.CUSTOMER, Stage.LOST} == CLOSED


@pytest.mark.parametrize(
    ("band", "stage"),
    [(Band.HOT, Stage.MQL), (Band.WARM, Stage.MQL), (Band.COLD, Stage.LEAD), (Band.UNFIT, Stage.UNFIT)],
)
def test_a_band_gives_a_fresh_lead_its_stage(band: Band, stage: Stage) -> None:
    assert stage_of(band) is stage
