"""What a suite found: a table to print, ratios to compare, and who could not take part."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

Figures = dict[str, float]
"""What was measured once: name → figure."""


class SkippedError(Exception):
    """A contestant cannot take part here; the message says why, in one sentence."""


@dataclass
class Report:
    """One table. Ratios are of one run, ours beside another, and more is better in each."""

    title: str
    head: tuple[str, ...]
    rows: list[tuple[str, ...]] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    ratios: dict[str, float] = field(default_factory=dict)

    def add(self, *cells: str | float) -> None:
        """Add a line; figures are shown with three digits that count."""
        self.rows.append(tuple(cell if isinstance(cell, str) else _shown(cell) for cell in cells))

    def skip(self, what: str, why: object) -> None:
        """Note that a contestant did not take part."""
        self.skipped.append(f"{what} is skipped: {str(why).splitlines()[0]}")

    def text(self) -> str:
        """Return the table as Markdown."""
        lines = [f"**{self.title}**", ""]
        if self.rows:
            lines += [f"| {' | '.join(row)} |" for row in (self.head, ("---",) * len(self.head), *self.rows)]
        return "\n".join([*lines, *(f"- {line}" for line in self.skipped), ""])


def _shown(figure: float) -> str:
    return f"{figure:.0f}" if abs(figure) >= 100 else f"{figure:.3g}"  # noqa: PLR2004 - three digits


def medians(
    rounds: int, names: Sequence[str], measure: Callable[[str], Figures], report: Report
) -> dict[str, Figures]:
    """Measure everybody in each round, one after another; return each one's medians. Who cannot is skipped."""
    found: dict[str, list[Figures]] = {name: [] for name in names}
    for _ in range(rounds):
        for name in list(found):
            try:
                found[name].append(measure(name))
            except (SkippedError, ImportError) as why:
                report.skip(name, why)
                del found[name]
    return {name: {key: median(one[key] for one in of) for key in of[0]} for name, of in found.items()}
