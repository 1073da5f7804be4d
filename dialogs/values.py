"""The small typed values a quiz document is written in: texts, ids, durations, hours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    GetCoreSchemaHandler,
    RootModel,
    StringConstraints,
    Tag,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

ID_LENGTH = 24
"""Letters in an id. Telegram gives a button 64 bytes of data; a tap carries a session and two ids in them."""

RESERVED_IDS = frozenset({"all", "any", "not"})
"""Words with a meaning of their own inside `when`."""


class Document(BaseModel):
    """A part of a quiz document: unknown words are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def _not_reserved(value: str) -> str:
    if value in RESERVED_IDS:
        raise PydanticCustomError(
            "reserved_id", "`{id}` has a meaning of its own in `when`; choose another id", {"id": value}
        )
    return value


Id = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=ID_LENGTH),
    AfterValidator(_not_reserved),
]
Points = Annotated[int, Field(ge=-100_000, le=100_000)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]


def _text_shape(value: object) -> str | None:
    return "one" if isinstance(value, str) else "several" if isinstance(value, dict) else None


class Text(
    RootModel[
        Annotated[
            Annotated[str, StringConstraints(min_length=1), Tag("one")]
            | Annotated[dict[Language, Annotated[str, StringConstraints(min_length=1)]], Tag("several")],
            Discriminator(
                _text_shape,
                custom_error_type="text_shape",
                custom_error_message="this is no text: write one, or one per language",
            ),
        ]
    ]
):
    """A text for people: one string for every language, or one per language."""

    model_config = ConfigDict(frozen=True)

    def written_in(self, language: str, fallback: str) -> str:
        """Return the text in `language`, else in `fallback`, else in whatever language there is."""
        match self.root:
            case str(text):
                return text
            case texts:
                return texts.get(language) or texts.get(fallback) or next(iter(texts.values()), "")

    @property
    def languages(self) -> frozenset[str] | None:
        """The languages it is written in; None when one text serves all."""
        return None if isinstance(self.root, str) else frozenset(k for k, v in self.root.items() if v)

    @property
    def variants(self) -> dict[str, str]:
        """Every text there is, by language; a text for all languages stands under an empty name."""
        return {"": self.root} if isinstance(self.root, str) else dict(self.root)


_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
LONGEST = timedelta(days=3650)
"""Ten years: nobody waits longer, and no calendar ends before."""
_DURATION = re.compile(r"(\d+)([smhdw])")


class Duration(timedelta):
    """A length of time written as `30s`, `5m`, `2h`, `3d` or `1w`; parts add up: `1h30m`."""

    @classmethod
    def read(cls, written: str) -> Duration:
        """Read `5m` and the like. Raises ValueError with what would have been right."""
        parts = _DURATION.findall(written)
        if not parts or "".join(n + u for n, u in parts) != written.replace(" ", ""):
            raise ValueError(f"`{written}` is no length of time; write 30s, 5m, 2h, 3d or 1w")
        seconds = sum(int(number) * _SECONDS[unit] for number, unit in parts)
        if seconds > LONGEST.total_seconds():
            raise ValueError(f"`{written}` is too long; {LONGEST.days}d is the longest")
        return cls(seconds=seconds)

    def __str__(self) -> str:
        left, words = int(self.total_seconds()), ""
        for unit, seconds in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
            count, left = divmod(left, seconds)
            words += f"{count}{unit}" if count else ""
        return words or "0m"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Read from text, write to text."""
        return core_schema.no_info_plain_validator_function(
            cls._validated, serialization=core_schema.to_string_ser_schema()
        )

    @classmethod
    def _validated(cls, value: object) -> Duration:
        if isinstance(value, Duration):
            return value
        try:
            return cls.read(str(value))
        except ValueError as error:
            raise PydanticCustomError("duration", "{why}", {"why": str(error)}) from None

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: object) -> JsonSchemaValue:
        """Tell editors how it is written."""
        return {"type": "string", "pattern": r"^(\d+[smhdw])+$", "examples": ["5m", "2h", "3d"]}


@dataclass(frozen=True)
class Hours:
    """Allowed hours of a day, written `10-19`: from 10:00 until just before 19:00, local time."""

    first: int
    last: int

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Read from text, write to text."""
        return core_schema.no_info_plain_validator_function(
            cls._validated, serialization=core_schema.to_string_ser_schema()
        )

    @classmethod
    def _validated(cls, value: object) -> Hours:
        if isinstance(value, Hours):
            return value
        found = re.fullmatch(r"(\d{1,2})\s*[-–]\s*(\d{1,2})", str(value).strip())
        first, last = (int(found[1]), int(found[2])) if found else (0, 0)
        if not 0 <= first < last <= 24:  # noqa: PLR2004 - hours of a day
            raise PydanticCustomError(
                "hours", "`{value}` are no hours of a day; write 10-19", {"value": str(value)}
            )
        return cls(first, last)

    def __str__(self) -> str:
        return f"{self.first}-{self.last}"

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: object) -> JsonSchemaValue:
        """Tell editors how it is written."""
        return {"type": "string", "pattern": r"^\d{1,2}-\d{1,2}$", "examples": ["10-19"]}
