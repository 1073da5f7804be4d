"""Merging: two leads that are one person have one hand-off between them, and can be parted again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from qualification.handoff import HandOff, Outcome, Phase
from qualification.quiz import HotRoute


class MergeState(StrEnum):
    """What was decided about two leads that left the same contact."""

    SUGGESTED = "suggested"
    MERGED = "merged"
    REFUSED = "refused"
    UNDONE = "undone"


DECISIONS: Mapping[MergeState, frozenset[MergeState]] = {
    MergeState.SUGGESTED: frozenset({MergeState.MERGED, MergeState.REFUSED}),
    MergeState.MERGED: frozenset({MergeState.UNDONE}),
    MergeState.REFUSED: frozenset({MergeState.MERGED}),
    MergeState.UNDONE: frozenset({MergeState.MERGED}),
}
"""What can be decided next: whatever it was, it can be taken back."""


def may_decide(present: MergeState, decision: MergeState) -> bool:
    """Tell whether the decision can be made now."""
    return decision in DECISIONS[present]


def kept(hand_offs: Iterable[tuple[int, HandOff]]) -> int | None:
    """Choose the hand-off that stays open when leads are merged: the first taken, else the first offered."""
    among = list(hand_offs)
    taken = [(state.taken_at, number) for number, state in among if state.taken_at is not None]
    offered = [(state.offered_at, number) for number, state in among]
    return min(taken or offered)[1] if among else None


def close_as_merged(hand_off: HandOff, now: datetime) -> HandOff:
    """Close a hand-off whose lead goes on with another one."""
    return replace(
        hand_off,
        phase=Phase.CLOSED,
        closed_at=now,
        due_at=None,
        call_at=None,
        talking_since=None,
        outcome=Outcome.MERGED,
    )


def reopen(hand_off: HandOff, route: HotRoute, now: datetime) -> HandOff:
    """Take back that a hand-off was closed by merging: it stands where it stood, and an offer waits anew."""
    if hand_off.taken_by is None:
        phase = Phase.OFFERED
    else:
        phase = Phase.CONTACTED if hand_off.contacted_at is not None else Phase.TAKEN
    due_at = now + route.take_within if phase is Phase.OFFERED else None
    return replace(hand_off, phase=phase, closed_at=None, outcome=None, due_at=due_at)
