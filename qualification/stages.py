"""The stages of a lead's life and the moves between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from qualification.errors import IllegalHistoryError
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
    Stage.UNFIT: frozenset({Stage.LEAD, Stage.LOST, Stage.FROZEN}),
    Stage.LOST: frozenset({Stage.LEAD}),
    Stage.FROZEN: frozenset({Stage.LEAD, Stage.LOST}),
}
"""What may follow what. A customer stays one; a new quiz opens a new lead."""

CLOSED = frozenset({Stage.CUSTOMER, Stage.LOST})
"""Stages in which a lead is no longer open."""


@dataclass(frozen=True)
class IllegalMove:
    """A move that was refused: nothing changed. `instead` is the stage to go to first, if there is a way."""

    present: Stage
    to: Stage
    instead: Stage | None = None
    open_lead: int | None = None
    """the person's other open lead for the quiz, which is in the way of opening this one again"""

    def __str__(self) -> str:
        refused = f"a lead cannot go from {self.present} to {self.to}"
        if self.open_lead is not None:
            return f"{refused}: the person has another open lead, {self.open_lead}"
        return f"{refused}; move it to {self.instead} first" if self.instead else refused


def may_move(present: Stage, to: Stage) -> bool:
    """Tell whether the move is legal."""
    return to in MOVES[present]


def refused(present: Stage, to: Stage) -> IllegalMove | None:
    """Return why a move is illegal, and what would be legal instead; None when it may be made."""
    if may_move(present, to):
        return None
    return IllegalMove(present, to, next(iter(way(present, to)), None))


def way(present: Stage, to: Stage) -> tuple[Stage, ...]:
    """Return the stages on the shortest legal way, the last one included; none where there is no way."""
    ways: dict[Stage, tuple[Stage, ...]] = {present: ()}
    ahead = [present]
    for stage in ahead:
        for following in (each for each in Stage if each in MOVES[stage] and each not in ways):
            ways[following] = (*ways[stage], following)
            ahead.append(following)
    return ways.get(to, ())


def replay(moves: Iterable[tuple[Stage | None, Stage]]) -> Stage | None:
    """Return the stage that a history ends in. Raises IllegalHistoryError when it cannot have happened so."""
    present: Stage | None = None
    for before, after in moves:
        legal = after is Stage.LEAD if before is None else may_move(before, after)
        if before is not present or not legal:
            raise IllegalHistoryError(f"a lead at {present} cannot have gone from {before} to {after}")
        present = after
    return present


def diagram() -> str:
    """Draw the stages as a state machine, for Mermaid: the documentation shows this."""
    lines = ["stateDiagram-v2", f"    [*] --> {Stage.LEAD}"]
    lines += [f"    {stage} --> {to}" for stage in Stage for to in Stage if to in MOVES[stage]]
    lines += [f"    {stage} --> [*]" for stage in Stage if not MOVES[stage]]
    return "\n".join(lines)


def stage_of(band: Band) -> Stage:
    """Return the stage of a freshly scored lead: hot and warm are qualified by marketing, cold is not yet."""
    match band:
        case Band.HOT | Band.WARM:
            return Stage.MQL
        case Band.COLD:
            return Stage.LEAD
        case Band.UNFIT:
            return Stage.UNFIT


def stages_after(present: Stage, band: Band) -> tuple[Stage, ...]:
    """Return the way of a lead that was scored anew: an SQL stays one, whatever the points, unless it is unfit."""
    to = stage_of(band)
    if present is Stage.SQL and to is not Stage.UNFIT:
        return ()
    return way(present, to)
