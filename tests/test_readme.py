"""The README is right: its quiz has no errors, its commands exist, its settings are all of them."""

from __future__ import annotations

import re
from pathlib import Path

import typer.main

from bot.commands import app
from bot.settings import Settings
from qualification.loading import examine

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_quiz_in_the_readme_can_be_published() -> None:
    quizzes = re.findall(r"^```yaml\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    assert quizzes
    for source in quizzes:
        assert examine(source, "README.md").problems == []


def test_every_command_is_in_the_readme_and_every_one_there_exists() -> None:
    commands = set(typer.main.get_group(app).commands)
    assert set(re.findall(r"^\| `hotlead (\w+)", README, re.MULTILINE)) == commands


def test_every_setting_is_in_the_readme_and_every_one_there_exists() -> None:
    settings = {f"HOTLEAD_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"^\| `(HOTLEAD_\w+)`", README, re.MULTILINE)) == settings


def test_the_first_two_commands_of_the_readme_are_targets_of_the_makefile() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    shown = re.findall(r"^ {4}make (\w+)", README, re.MULTILINE)
    assert shown == ["demo", "test"]
    assert set(shown) <= targets


def test_every_file_the_readme_points_to_exists() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
