"""`hotlead run --only`: a part of a fleet."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.roles import Role
from tests.bot.commands.typing import hotlead


@pytest.mark.parametrize("role", Role)
def test_with_sqlite_only_is_refused_with_the_remedy(tmp_path: Path, role: Role) -> None:
    ended = hotlead(
        "run", "--only", role, data=str(tmp_path), bot_token="42:secret_secret", quiz="office-furniture"
    )
    assert ended.exit_code == 2
    assert len(ended.output.strip().splitlines()) == 1
    assert "HOTLEAD_DATABASE=postgresql://" in ended.output
    assert not list(tmp_path.iterdir())


def test_a_role_that_does_not_exist_is_refused() -> None:
    ended = hotlead("run", "--only", "rest")
    assert ended.exit_code == 2
    assert "receive" in ended.output
