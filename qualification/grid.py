"""The fit × activity grid: how well somebody fits, how active they are, and the band of each cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field

from dialogs.values import Document, Id, Text

Levels = Annotated[dict[Id, int], Field(min_length=2)]
"""Levels from the lowest to the highest, each with the points it begins at. Below the second is the first."""
CellBand = Literal["hot", "warm", "cold"]
PROMISE: tuple[CellBand, ...] = ("cold", "warm", "hot")
"""The bands of cells, from the least promising."""

FIT: Mapping[str, int] = {"stranger": 0, "unsuitable": 20, "suitable": 40, "very_suitable": 60}
ACTIVITY: Mapping[str, int] = {"inactive": 0, "less_active": 10, "active": 30, "very_active": 60}
CELLS: Mapping[str, tuple[CellBand, ...]] = {
    "stranger": ("cold", "cold", "cold", "warm"),
    "unsuitable": ("cold", "cold", "warm", "warm"),
    "suitable": ("warm", "warm", "hot", "hot"),
    "very_suitable": ("hot", "hot", "hot", "hot"),
}
"""Who fits very well and has just left a contact waits for a call now, whatever they do later."""


class Grid(Document):
    """Bands by fit and activity, each for itself. Without more words: four levels by four."""

    fit: Levels = Field(default=dict(FIT), description="The levels of fit, from the lowest: where each begins.")
    activity: Levels = Field(
        default=dict(ACTIVITY), description="The levels of activity, from the lowest: where each begins."
    )
    cells: dict[Id, tuple[CellBand, ...]] = Field(
        default=dict(CELLS),
        description="For each level of fit its bands, from the lowest activity up.",
    )
    names: dict[Id, Text] = Field(
        default_factory=dict, description="What managers read for levels of your own: «regular guest»."
    )

    def fit_level(self, points: float) -> str:
        """Return the level of so much fit."""
        return _level(self.fit, points)

    def activity_level(self, points: float) -> str:
        """Return the level of so much activity."""
        return _level(self.activity, points)

    def cell(self, fit: str, activity: str) -> CellBand:
        """Return the band of two levels."""
        return self.cells[fit][list(self.activity).index(activity)]

    def losses(self) -> Iterator[tuple[str, str, str]]:
        """Name the cells where more fit or activity makes a lead less promising: fit, activity, and than what."""
        promise = {(f, a): PROMISE.index(self.cell(f, a)) for f in self.fit for a in self.activity}
        for (fit, activity), here in promise.items():
            for lower, higher in pairwise(self.activity):
                if higher == activity and promise[fit, lower] > here:
                    yield fit, activity, lower
            for lower, higher in pairwise(self.fit):
                if higher == fit and promise[lower, activity] > here:
                    yield fit, activity, lower


def _level(levels: Mapping[str, int], points: float) -> str:
    reached = [level for place, (level, begins) in enumerate(levels.items()) if place == 0 or points >= begins]
    return reached[-1]
