"""The stages of a lead's life and the moves between them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from qualification.score import Band


class Stage(StrEnum):
    """Where a lead stands with the business."""

    LEAD = "lead"
    MQL = "mql"
    SQL = "sql"
    CUSTOMER = "customer"
    UNFIT = "unfit"
    LOST = "lost"
    FROZEN = "frozen"


MOVES: Mapping[Stage, frozenset[Stage]] = {
    Stage.LEAD: frozenset({Stage.MQL, Stage.UNFIT, Stage.LOST, Stage.FROZEN}),
    Stage.MQL: frozenset({Stage.SQL, Stage.LEAD, Stage.UNFIT, Stage.LOST, Stage.FROZEN}),
    Stage.SQL: frozenset({Stage.CUSTOMER, Stage.LEAD, Stage.UNFIT, Stage.LOST, Stage.FROZEN}),
    Stage.CUSTOMER: frozenset(),
    Stage.UNFIT: frozenset({Stage.LEAD}),
    Stage.LOST: frozenset({Stage.LEAD}),
    Stage.FROZEN: frozenset({Stage.LEAD, Stage.LOST}),
}
"""What may follow what. A customer stays one; a new quiz opens a new lead."""

CLOSED = frozenset({Stage.CUSTOMER, Stage.LOST})
"""Stages in which a lead is no longer open."""


def may_move(present: Stage, to: Stage) -> bool:
    """Tell whether the move is legal."""
    return to in MOVES[present]


def stage_of(band: Band) -> Stage:
    """Return the stage of a freshly scored lead: hot and warm are qualified by marketing, cold is not yet."""
    match band:
        case Band.HOT | Band.WARM:
            return Stage.MQL
        case Band.COLD:
            return Stage.LEAD
        case Band.UNFIT:
            return Stage.UNFIT
