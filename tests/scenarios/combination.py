"""What the scenarios run on: a framework, a way to receive, a database.

`HOTLEAD_SCENARIOS` names others than the first of each, as `ptb webhook`; `sample` runs about every twelfth
scenario, each on one of the seven other combinations, always the same one.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from itertools import product
from typing import Literal, Self, get_args, get_type_hints
from zlib import crc32

import pytest

SAMPLE = "sample"
EVERY_SO_MANY = 12


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
                raise ValueError(f"HOTLEAD_SCENARIOS: {word!r} is none of {SAMPLE}, {', '.join(choices)}")
            chosen[choices[word]] = word
        return cls(**chosen)  # type: ignore[arg-type]  # each word is one of its own field

    def __str__(self) -> str:
        return f"{self.framework} {self.receive} {self.database}"


class _Choice:
    """The combination that the present scenario runs on."""

    def __init__(self, said: str) -> None:
        self._is_sample = said == SAMPLE
        self.is_usual = not said
        """whether nothing else than the first of each was asked for"""
        self.present = Combination() if self._is_sample else Combination.named(said)

    def takes(self, scenario: pytest.Item) -> bool:
        """Tell whether a scenario is to run at all."""
        return not self._is_sample or crc32(scenario.nodeid.encode()) % EVERY_SO_MANY == 0

    def turn_to(self, scenario: pytest.Item) -> None:
        """Choose for a scenario, by its name; skip it when what was asked for is none for it."""
        is_about_a_file = scenario.get_closest_marker(ABOUT_A_FILE.name) is not None
        if self._is_sample:
            fitting = [each for each in OTHERS if each.database == "sqlite" or not is_about_a_file]
            self.present = fitting[crc32(scenario.nodeid.encode()) // EVERY_SO_MANY % len(fitting)]
        elif is_about_a_file and self.present.database != "sqlite":
            pytest.skip("it is about SQLite's file, its log or its backups")


_KINDS = get_type_hints(Combination)
EVERY = tuple(
    Combination(*each) for each in product(*(get_args(_KINDS[field.name]) for field in fields(Combination)))
)
OTHERS = EVERY[1:]
CHOICE = _Choice(os.environ.get("HOTLEAD_SCENARIOS", ""))
ABOUT_A_FILE = pytest.mark.about_a_file
"""For scenarios about SQLite's file, its log or its backups: a database server has no counterpart of these."""
