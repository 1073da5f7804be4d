"""A short quiz for scenarios that are not about quizzes: the furniture maker's own words, with two questions."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.publishing import quiz_path

QUICK = "quick-furniture"
KEPT = (
    "hello",
    "role",
    "when_needed",
    "agree",
    "phone",
    "letters",
    "bye",
    "no_contact",
    "catalogue",
    "until_then",
)
POINTS = {"company": 50, "self": -10, "looking": -20, "this_month": 25, "quarter": 10, "later": 0}


@cache
def quick_quiz() -> Path:
    """Return the file of the short quiz, made from the one that ships."""
    shipped = quiz_path("office-furniture")
    assert shipped is not None
    # As plain texts: YAML 1.1 takes a key `yes` for a truth.
    source = shipped.read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.load(source, yaml.CBaseLoader)  # noqa: S506 - makes texts only
    document["quiz"] = QUICK
    document["steps"] = [_shortened(step) for step in document["steps"] if step["id"] in KEPT]
    document["scoring"]["rules"] = document["scoring"]["rules"][:1]
    for timed in ("silence", "retention"):  # scenarios move the clock by years
        del document[timed]
    folder = Path(tempfile.mkdtemp(prefix="hotlead-scenarios-"))
    atexit.register(shutil.rmtree, folder)
    file = folder / f"{QUICK}.yaml"
    file.write_text(yaml.safe_dump(_typed(document), allow_unicode=True, sort_keys=False), encoding="utf-8")
    return file


def _shortened(step: dict[str, Any]) -> dict[str, Any]:
    step.pop("image", None)
    step.pop("expires", None)
    for choice in step.get("choices", ()):
        choice["points"] = POINTS[choice["id"]]
    return step


def _typed(value: Any) -> Any:
    """Return numbers as numbers again."""
    if isinstance(value, dict):
        return {name: _typed(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_typed(part) for part in value]
    return int(value) if isinstance(value, str) and value.lstrip("-").isdecimal() else value
