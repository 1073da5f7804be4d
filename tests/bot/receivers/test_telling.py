"""Nothing happens to a lead behind the receivers' back: what changes it goes through where it is told."""

from __future__ import annotations

import re
from pathlib import Path

import bot

FOLDER = Path(bot.__file__).parent


def _where(pattern: str) -> dict[str, int]:
    found = {path: len(re.findall(pattern, path.read_text("utf-8"))) for path in FOLDER.rglob("*.py")}
    return {str(path.relative_to(FOLDER)): number for path, number in found.items() if number}


def test_every_move_of_a_lead_goes_through_the_one_place_that_tells_of_it() -> None:
    assert _where(r"\bleads\.move\(") == {"stages/moving.py": 1}


def test_every_end_of_a_consent_is_told_where_it_is_recorded() -> None:
    ends = _where(r"event=ConsentEventKind\.(?:WITHDRAWN|EXPIRED)\b")
    assert ends == {"privacy/withdrawing.py": 2}
    assert _where(r"\bawait tell_unsubscribed\(")["privacy/withdrawing.py"] == 2


def test_every_erasure_of_a_person_goes_through_the_one_place_that_tells_of_it() -> None:
    assert _where(r"\bawait erase\(") == {"privacy/erasing.py": 1}
