"""The parameters of a request, whatever way they came: as strings, as JSON, or as files."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.demo.emulator.files import Upload

ATTACHED = "attach://"
"""Begins the name of an upload in the same request."""
_TRUE = {"true", "yes", "1"}


@dataclass(frozen=True)
class Parameters:
    """The fields of one request."""

    values: Mapping[str, Any] = field(default_factory=dict)
    uploads: Mapping[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return a field as the string that Telegram would see; empty when it is missing."""
        value = self.values.get(name)
        if value is None:
            return ""
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    def integer(self, name: str, default: int = 0) -> int:
        """Return a field as a number; what is no number counts as missing."""
        try:
            return int(self.text(name))
        except ValueError:
            return default

    def flag(self, name: str) -> bool:
        """Return whether a field says yes."""
        return self.text(name).lower() in _TRUE

    def mapping(self, name: str) -> dict[str, Any]:
        """Return a field that holds a JSON object; an empty one when it holds something else."""
        value = self._json(name)
        return value if isinstance(value, dict) else {}

    def items(self, name: str) -> list[Any] | None:
        """Return a field that holds a JSON array; None when it is missing or holds something else."""
        value = self._json(name)
        return value if isinstance(value, list) else None

    def holds_json(self, name: str) -> bool:
        """Tell whether a field can be read as JSON."""
        return self._json(name) is not None

    def _json(self, name: str) -> Any:
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            return None

    def upload(self, name: str) -> Upload | None:
        """Return the file that was sent in the field itself, or attached to it by name."""
        value = self.text(name)
        if value.startswith(ATTACHED):
            return self.uploads.get(value.removeprefix(ATTACHED))
        return self.uploads.get(name)

    def recorded(self) -> dict[str, Any]:
        """Return everything that was asked, for the record."""
        return {**self.values, **self.uploads}
