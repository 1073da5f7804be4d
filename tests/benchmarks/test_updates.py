"""The benchmark of updates: its people walk every bot to the end, and a ratio that fell is named."""

from __future__ import annotations

import asyncio
import json
from importlib import import_module
from pathlib import Path

import pytest

from benchmarks.people import UPDATES, People
from benchmarks.ratios import Ratios
from benchmarks.updates import CONTESTANTS


@pytest.mark.parametrize("contestant", CONTESTANTS)
async def test_two_people_walk_to_the_end_of_every_bot(contestant: str, tmp_path: Path) -> None:
    people = People()
    bot = await import_module(f"benchmarks.contestants.{contestant}").run(people, tmp_path)
    await people.walk(1_000_000, people=2, at_once=2)
    bot.cancel()
    await asyncio.wait([bot])

    assert sorted(people.walked) == [1_000_000, 1_000_001]
    assert len(people.turns) == 2 * UPDATES


def test_a_ratio_that_fell_by_more_than_allowed_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ratios = Ratios(tmp_path / "ratios.json")
    assert ratios.compare({"updates": 1.0, "sending": 0.97}) == []
    assert ratios.compare({"updates": 0.86, "sending": 0.99}) == []

    behind = ratios.compare({"updates": 0.84, "sending": 0.97})

    assert behind == ["updates: 0.840, was 1.000"]
    assert "REGRESSION updates" in capsys.readouterr().out


def test_ratios_that_are_new_are_stored_and_the_others_stay(tmp_path: Path) -> None:
    file = tmp_path / "ratios.json"
    Ratios(file).compare({"updates": 1.0})
    Ratios(file).compare({"updates": 2.0, "sending": 0.97})

    assert json.loads(file.read_text()) == {"updates": 1.0, "sending": 0.97}
