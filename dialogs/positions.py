"""Reads YAML and remembers where everything stood, so that an error can name its line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from dialogs.problems import Problem

Path = tuple[str | int, ...]
DEEPEST = 100
"""Parts inside each other; a quiz with conditions inside conditions needs ten."""
CURLY = re.compile(r"[:\[,-]\s*[“”„]")
"""Where a text begins with a quote that word processors make of a straight one."""


class _Yaml12(yaml.CSafeLoader):
    """Scalars as YAML 1.2's core schema reads them: `yes` and `no` are words, and so are dates."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - where PyYAML looks for them


_SCALARS: dict[str, tuple[str, str, Callable[[str], Any]]] = {
    "null": (r"^(?:~|null|)$", "~n", lambda _: None),
    "bool": (r"^(?:true|false)$", "tf", lambda word: word == "true"),
    "int": (r"^[-+]?[0-9]+$", "-+0123456789", int),
    "float": (r"^[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$", "-+.0123456789", float),
}
for _name, (_pattern, _first, _) in _SCALARS.items():
    _Yaml12.add_implicit_resolver(f"tag:yaml.org,2002:{_name}", re.compile(_pattern), [*_first, ""])


@dataclass(frozen=True)
class Positions:
    """The lines of a document's parts, by path; lines count from 1."""

    lines: dict[Path, int]

    def line_of(self, path: Path) -> int:
        """Return the line of the part, or of the nearest part around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def parse(source: str, file: str) -> tuple[Any, Positions, list[Problem]]:
    """Read YAML. Returns the data, the positions, and what is wrong with the YAML itself."""
    try:
        if (line := _too_deep(source)) is not None:
            deep = "the parts lie too deep inside each other"
            return None, Positions({}), [Problem(file, line, deep, "Are there brackets too many?")]
        root = yaml.compose(source, Loader=_Yaml12)
    except yaml.MarkedYAMLError as error:
        return None, Positions({}), [_syntax(error, source, file)]
    except (yaml.YAMLError, UnicodeError) as error:
        return None, Positions({}), [Problem(file, 1, "this is not YAML", str(error).splitlines()[0])]
    reading = _Reading(file)
    data = reading.build(root, ()) if root is not None else None
    return data, Positions(reading.lines), reading.problems


def _too_deep(source: str) -> int | None:
    """Return the line where parts lie deeper inside each other than any quiz needs; None when nowhere.

    Events are read one by one. Building the whole at once goes down with the parts, in C: a file of ten thousand
    brackets would end the process.
    """
    depth = 0
    for event in yaml.parse(source, Loader=_Yaml12):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                return event.start_mark.line + 1 if event.start_mark else 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return None


class _Reading:
    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Path, int] = {}
        self.problems: list[Problem] = []
        self._seen: set[int] = set()

    def build(self, node: yaml.Node, path: Path) -> Any:
        line = node.start_mark.line + 1
        self.lines.setdefault(path, line)
        if id(node) in self._seen:
            # An alias inside itself never ends, and a few nested ones fill the memory.
            self._refuse(line, "`*aliases` are not supported here", "Write the part out in full.")
            return None
        self._seen.add(id(node))
        match node:
            case yaml.MappingNode():
                return dict(self._pairs(node, path))
            case yaml.SequenceNode():
                return [self.build(item, (*path, place)) for place, item in enumerate(node.value)]
            case _:
                return self._scalar(node, line)

    def _pairs(self, node: yaml.MappingNode, path: Path) -> Iterator[tuple[str, Any]]:
        seen: dict[str, int] = {}
        for key_node, value_node in node.value:
            line, key = key_node.start_mark.line + 1, str(key_node.value)
            if not isinstance(key_node, yaml.ScalarNode):
                self._refuse(line, "a name must be a single word", "Did a `{variable}` lose its quotes?")
                continue
            if node.flow_style and value_node.start_mark.index == key_node.end_mark.index:  # no colon
                remedy = "A text with a comma in it, or one that begins with `{`, needs quotes around it."
                self._refuse(line, f"`{key}` stands alone in braces", remedy)
                continue
            if key in seen:
                self._refuse(
                    line, f"`{key}` stands here twice (first in line {seen[key]})", "Keep one of the two."
                )
                continue
            seen[key] = line
            self.lines[(*path, key)] = line
            yield key, self.build(value_node, (*path, key))

    def _scalar(self, node: yaml.Node, line: int) -> Any:
        kind = _SCALARS.get(node.tag.rpartition(":")[2])
        try:
            return kind[2](node.value) if kind else str(node.value)
        except ValueError:
            self._refuse(line, "this number cannot be read", "Put it in quotes if it is a text.")
            return None

    def _refuse(self, line: int, message: str, remedy: str) -> None:
        self.problems.append(Problem(self.file, line, message, remedy))


def _syntax(error: yaml.MarkedYAMLError, source: str, file: str) -> Problem:
    # A quote or a bracket that is never closed is noticed far below; the mend is where it opens.
    is_open = any(opening in (error.context or "") for opening in ("quoted scalar", "flow"))
    opened = error.context_mark if is_open else None
    mark = opened or error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    what = error.problem or "unreadable"
    written = source.splitlines()[line - 1 : line]
    if written and CURLY.search(written[0]):
        remedy = 'A curly quote is a letter like any other: put the text in straight ones, as "this".'
    elif "\\t" in what or "tab" in what:
        remedy = "Indent with spaces, not with tabs."
    elif "mapping values are not allowed" in what:
        remedy = "A text with a colon in it needs quotes around it."
    elif "could not find expected ':'" in what:
        remedy = "A name needs a colon and a space after it, and a text of several lines needs quotes."
    elif "expected ',' or" in what:
        remedy = "A bracket or a quote is not closed, a comma is missing, or a text with a colon needs quotes."
    elif "found unexpected end of stream" in what:
        remedy = "A quote that opens here or above is never closed."
    elif "expected <block end>" in what:
        remedy = "Is the line indented like its neighbours?"
    elif "cannot start any token" in what:
        remedy = "Put the text in quotes."
    else:
        remedy = "Look at the quotes and the indentation of this line and the one above."
    return Problem(file, line, f"the YAML breaks off here: {what}", remedy)
