"""What every test shares: a database migrated once, and Hypothesis, which never looks at a clock."""

from __future__ import annotations

import asyncio
import gc
from pathlib import Path

import hypothesis
import pytest

from storage.database import Database
from tests.keys import a_keyring

hypothesis.settings.register_profile("hotlead", deadline=None, print_blob=True)
hypothesis.settings.load_profile("hotlead")


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables, made once: migrating takes longer than most tests."""
    path = tmp_path_factory.mktemp("migrated") / "hotlead.db"

    async def make() -> None:
        await (await Database.open(f"sqlite+aiosqlite:///{path}", a_keyring())).close()

    asyncio.run(make())
    return path


def pytest_collection_finish() -> None:
    """Spare collections what was imported: it stays till the end, and going through it takes time."""
    gc.collect()
    gc.freeze()
