"""Checks requests against Telegram's machine-readable specification."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.demo.emulator.files import Upload

_ARRAY = "Array of "


@dataclass(frozen=True)
class Violation:
    """A request that the specification does not allow."""

    method: str
    field: str
    problem: str


class Specification:
    """Required fields and simple types; fields that it does not know pass, for libraries are newer."""

    def __init__(self, path: Path) -> None:
        document = json.loads(path.read_text(encoding="utf-8"))
        self._methods: dict[str, Any] = document["methods"]
        self._types: dict[str, Any] = document["types"]

    def violations(self, method: str, params: Mapping[str, Any]) -> list[Violation]:
        """Return everything in the request that the specification does not allow."""
        if method not in self._methods:
            return []
        fields = self._methods[method].get("fields", [])
        found = self._faults(fields, {name: _decoded(value) for name, value in params.items()})
        return [Violation(method, name, problem) for name, problem in found]

    def _faults(self, fields: list[Any], given: Mapping[str, Any]) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        for field in fields:
            name, value = field["name"], given.get(field["name"])
            if value is None:
                found += [(name, "is required")] if field["required"] else []
            elif not any(self._fits(value, kind) for kind in field["types"]):
                found.append((name, f"is no {' or '.join(field['types'])}: {value!r:.80}"))
        return found

    def _fits(self, value: Any, kind: str) -> bool:
        if kind.startswith(_ARRAY):
            inner = kind.removeprefix(_ARRAY)
            return isinstance(value, list) and all(self._fits(item, inner) for item in value)
        match kind:
            case "String":
                return not isinstance(value, Upload)
            case "Integer":
                return isinstance(value, int) and not isinstance(value, bool)
            case "Float":
                return isinstance(value, int | float) and not isinstance(value, bool)
            case "Boolean" | "True":
                return isinstance(value, bool)
            case "InputFile":
                return isinstance(value, Upload | str)
            case _:
                return self._fits_type(value, self._types.get(kind, {}))

    def _fits_type(self, value: Any, described: Mapping[str, Any]) -> bool:
        if not isinstance(value, dict):
            return False
        if subtypes := described.get("subtypes"):
            return any(self._fits(value, subtype) for subtype in subtypes)
        return not self._faults(described.get("fields", []), value)


def _decoded(value: Any) -> Any:
    """Read what came as a string: a number, a flag, JSON, or just text."""
    if not isinstance(value, str):
        return value
    if value.lower() in {"true", "false"}:
        return value.lower() == "true"
    try:
        return json.loads(value)
    except ValueError:
        return value
