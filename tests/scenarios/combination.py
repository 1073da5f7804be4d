"""What the scenarios run on: a framework, a way to receive, a database; `HOTLEAD_SCENARIOS` names others."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from typing import Literal, Self, get_args, get_type_hints

import pytest


@dataclass(frozen=True)
class Combination:
    """One of each; what is left out stays as it is first tried."""

    framework: Literal["aiogram", "ptb"] = "aiogram"
    receive: Literal["polling", "webhook"] = "polling"
    database: Literal["sqlite", "postgresql"] = "sqlite"

    @classmethod
    def named(cls, words: str) -> Self:
        """Read words like `ptb webhook`. Raises ValueError at a word that names nothing."""
        hints = get_type_hints(cls)
        choices = {word: field.name for field in fields(cls) for word in get_args(hints[field.name])}
        chosen: dict[str, str] = {}
        for word in words.split():
            if word not in choices:
                raise ValueError(f"HOTLEAD_SCENARIOS: {word!r} is none of {', '.join(choices)}")
            chosen[choices[word]] = word
        return cls(**chosen)  # type: ignore[arg-type]  # each word is one of its own field


CHOSEN = Combination.named(os.environ.get("HOTLEAD_SCENARIOS", ""))

ABOUT_A_FILE = pytest.mark.skipif(CHOSEN.database != "sqlite", reason="about SQLite's file, log and backups")
"""For scenarios of what a database server has no counterpart of."""
