"""Compares two revisions of a quiz: what was added, taken out, moved, said in other words, or set differently."""

from __future__ import annotations

import difflib
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import yaml
from pydantic import BaseModel

from dialogs.values import Document, Text
from qualification.quiz import Quiz

Place = tuple[str, ...]
"""Where in the document: the words of the file and the ids, such as `steps`, `role`, `choices`, `company`."""


class Word(StrEnum):
    """What became of some words of a text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True)
class Span:
    """Neighbouring words with the same fate."""

    word: Word
    text: str


@dataclass(frozen=True)
class Added:
    """Something with an id is new: a step, a choice, a rule, a sequence or one of its messages."""

    place: Place


@dataclass(frozen=True)
class Removed:
    """Something with an id is gone."""

    place: Place


@dataclass(frozen=True)
class Moved:
    """Something with an id stands elsewhere in its list: now behind `after`, or first."""

    place: Place
    after: str | None


@dataclass(frozen=True)
class Reworded:
    """A text reads differently; `language` is empty for a text that serves every language."""

    place: Place
    language: str
    words: tuple[Span, ...]


@dataclass(frozen=True)
class Altered:
    """A value is another one, as it is written in the file; empty where it stands no more, or did not yet."""

    place: Place
    before: str
    after: str


Change = Added | Removed | Moved | Reworded | Altered


def compare(before: Quiz, after: Quiz) -> tuple[Change, ...]:
    """Return what changed from one document to another; nothing when people would notice nothing."""
    return tuple(_Comparison(before, after).parts((), before, after))


def reworded(before: str, after: str) -> tuple[Span, ...]:
    """Compare two texts word by word."""
    old, new = _words(before), _words(after)
    spans: list[Span] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for _, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        gone, come = "".join(old[old_from:old_to]), "".join(new[new_from:new_to])
        spans += [Span(Word.SAME, gone)] if gone == come else [Span(Word.REMOVED, gone), Span(Word.ADDED, come)]
    return tuple(_joined(span for span in spans if span.text))


def _words(text: str) -> list[str]:
    return re.findall(r"\s+|\w+|[^\w\s]", text)


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    """Let changes that only a gap parts become one: three replaced words in a row read better than three pairs."""
    gone = come = gap = ""
    for span in spans:
        match span.word:
            case Word.SAME if (gone or come) and span.text.isspace():
                gap += span.text
            case Word.SAME:
                yield from _replaced(gone, come)
                yield Span(Word.SAME, gap + span.text)
                gone = come = gap = ""
            case Word.REMOVED:
                gone, come, gap = gone + gap + span.text, come + gap, ""
            case Word.ADDED:
                gone, come, gap = gone + gap, come + gap + span.text, ""
    yield from _replaced(gone, come)
    if gap:
        yield Span(Word.SAME, gap)


def _replaced(gone: str, come: str) -> Iterator[Span]:
    if gone:
        yield Span(Word.REMOVED, gone)
    if come:
        yield Span(Word.ADDED, come)


class _Comparison:
    """Goes through two documents side by side, whatever kinds of steps they have."""

    def __init__(self, before: Quiz, after: Quiz) -> None:
        self._before = before
        self._after = after
        self._languages = [language for language in after.languages if language in before.languages]

    def parts(self, place: Place, before: BaseModel, after: BaseModel) -> Iterator[Change]:
        """Compare the named parts of two documents; they may be of different kinds."""
        old, new = _parts(before), _parts(after)
        alike = type(before) is type(after)
        for name in dict.fromkeys((*old, *new)):
            # Between two kinds of steps, what nobody wrote is no change.
            if alike or _wrote(before, name) or _wrote(after, name):
                yield from self._values((*place, name), old.get(name), new.get(name))

    def _values(self, place: Place, before: Any, after: Any) -> Iterator[Change]:
        if before == after:
            return
        match before, after:
            case (Text() | None, Text() | None):
                yield from self._texts(place, before, after)
            case (Document(), Document()):
                yield from self.parts(place, before, after)
            case (dict(), dict()):
                yield from self._named(place, before, after)
            case (tuple(), tuple()) if _have_ids(before) and _have_ids(after):
                yield from self._named(place, _by_id(before), _by_id(after))
            case _ if (old := _written(before)) != (new := _written(after)):
                yield Altered(place, old, new)

    def _texts(self, place: Place, before: Text | None, after: Text | None) -> Iterator[Change]:
        shared = all(text is None or text.languages is None for text in (before, after))
        for language in [""] if shared or not self._languages else self._languages:
            old = self._before.read(before, language) if before else ""
            new = self._after.read(after, language) if after else ""
            if old != new:
                yield Reworded(place, language, reworded(old, new))

    def _named(self, place: Place, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
        yield from (Removed((*place, name)) for name in before if name not in after)
        moved = _moved([name for name in before if name in after], [name for name in after if name in before])
        previous: str | None = None
        for name, value in after.items():
            if name not in before:
                yield Added((*place, name))
            else:
                if name in moved:
                    yield Moved((*place, name), previous)
                yield from self._values((*place, name), before[name], value)
            previous = name


def _parts(document: BaseModel) -> dict[str, Any]:
    """Return a document's parts by the words of the file, those with names of the admin's own too."""
    named = {info.alias or name: getattr(document, name) for name, info in type(document).model_fields.items()}
    return {**named, **(document.__pydantic_extra__ or {})}


def _wrote(document: BaseModel, name: str) -> bool:
    """Tell whether a part stands in the file, by the word it has there."""
    fields = type(document).model_fields
    return any((fields[field].alias or field) == name for field in document.model_fields_set if field in fields)


def _have_ids(items: Sequence[Any]) -> bool:
    return all(isinstance(item, Document) and "id" in type(item).model_fields for item in items)


def _by_id(items: Sequence[Any]) -> dict[str, Any]:
    return {item.id: item for item in items}


def _moved(before: Sequence[str], after: Sequence[str]) -> set[str]:
    """Name the fewest that have to be moved to come from one order to the other."""
    places = [before.index(name) for name in after]
    # The longest run of names that kept their order stays; each entry holds the best run of its length.
    ends: list[int] = []
    tails: list[int] = []
    behind: dict[int, int | None] = {}
    for at, place in enumerate(places):
        length = bisect_left(ends, place)
        behind[at] = tails[length - 1] if length else None
        ends[length:] = [place, *ends[length + 1 :]]
        tails[length:] = [at, *tails[length + 1 :]]
    stay: set[str] = set()
    at_last = tails[-1] if tails else None
    while at_last is not None:
        stay.add(after[at_last])
        at_last = behind[at_last]
    return set(after) - stay


def _written(value: Any) -> str:
    """Return a value as an admin writes it, on one line; nothing for what is not there."""
    plain = _plain(value)
    if plain is None or plain == []:
        return ""
    if isinstance(plain, bool):
        return str(plain).lower()
    if not isinstance(plain, dict | list):
        return str(plain)
    flow: str = yaml.safe_dump(
        plain, default_flow_style=True, allow_unicode=True, sort_keys=False, width=float("inf")
    )
    return flow.strip()


def _plain(value: Any) -> Any:
    match value:
        case BaseModel():
            return _plain(value.model_dump(mode="json", by_alias=True, exclude_defaults=True))
        case list() | tuple():
            return [_plain(each) for each in value]
        case dict():
            return {name: _plain(each) for name, each in value.items()}
        case float() if value.is_integer():
            return int(value)
        case None | bool() | int() | float() | str():
            return value
        case _:
            return str(value)
