"""Ratios: one that fell is shown, a new one is stored."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.ratios import Ratios


def test_a_ratio_that_fell_by_more_than_allowed_is_shown(
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


def test_ratios_are_put_in_place_of_the_stored_ones_when_that_is_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "ratios.json"
    Ratios(file).store({"updates": 1.0, "sending": 0.97})
    Ratios(file).store({"updates": 0.5})

    assert json.loads(file.read_text()) == {"updates": 0.5, "sending": 0.97}
