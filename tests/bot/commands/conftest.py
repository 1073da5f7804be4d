"""An empty folder without settings for each command."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from bot.settings import Settings
from tests.bot.hooks import error_hooks_as_before


@pytest.fixture(autouse=True)
def _an_empty_room(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A folder without settings; and the logs as they were before a command set them up."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"HOTLEAD_{name.upper()}", raising=False)
    with error_hooks_as_before():
        yield
    structlog.reset_defaults()
