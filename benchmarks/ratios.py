"""The ratios that were measured last, and whether the present ones fall behind them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

FALLEN_BEHIND = 0.15
"""By so much a ratio may be worse than the stored one before it is called a regression."""


@dataclass(frozen=True)
class Ratios:
    """A file of ratios; more is better in each."""

    file: Path = Path(__file__).parent / "ratios.json"

    def compare(self, measured: dict[str, float]) -> list[str]:
        """Print what fell behind and return it; what is not in the file yet is put into it."""
        stored = self._stored()
        behind = [
            f"{what}: {ratio:.3f}, was {stored[what]:.3f}"
            for what, ratio in measured.items()
            if what in stored and ratio < stored[what] * (1 - FALLEN_BEHIND)
        ]
        for line in behind:
            print(f"REGRESSION {line}")
        known = [what for what in measured if what in stored]
        print(f"{len(known)} ratios compared with {self.file.name}, {len(behind)} fell by more than 15 %.")
        self.store({what: ratio for what, ratio in measured.items() if what not in stored})
        return behind

    def store(self, measured: dict[str, float]) -> None:
        """Put ratios in place of the stored ones; the others stay."""
        if measured:
            new = {what: float(f"{ratio:.4g}") for what, ratio in measured.items()}
            self.file.write_text(json.dumps({**self._stored(), **new}, indent=2, sort_keys=True) + "\n")
            print(f"{len(new)} ratios stored in {self.file.name}.")

    def _stored(self) -> dict[str, float]:
        return json.loads(self.file.read_text()) if self.file.exists() else {}
