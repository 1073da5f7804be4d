"""Turns a quiz file's text into a typed document, and tells every error of it at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from dialogs.document import Dialog
from dialogs.positions import Path, Positions, parse
from dialogs.problems import Problem, Severity, did_you_mean, worded
from dialogs.steps import ASKED, STEP_KINDS, AnyStep, step_kind
from dialogs.values import Document

D = TypeVar("D", bound=Dialog)

ANSWERED = (
    "Add `choices:`, `number: {}`, `rating: {}`, `text: {}`, `name: full`, `date: {}`, `city: true`, `file: {}` "
    "or `contact: phone`."
)
STEP_WORDS = ("say", "ask", "contact", "consent", "end")


@dataclass
class Draft(Generic[D]):
    """A quiz file on its way to a document: what could be read of it, and what is wrong."""

    file: str
    positions: Positions
    problems: list[Problem]
    data: Any = None
    document: D | None = None
    steps: dict[int, AnyStep] = field(default_factory=dict)
    """The steps that are well-formed, by their place in the file."""
    named: dict[Path, str] = field(default_factory=dict)
    """Other parts that problems name as they name steps, by their path."""

    @property
    def step_ids(self) -> list[str]:
        """The ids of all steps, also of those that have errors."""
        return [str(step["id"]) for step in _raw_steps(self.data) if isinstance(step, Mapping) and "id" in step]

    @property
    def all_steps_read(self) -> bool:
        """Whether every step is well-formed, so that one that is missed is really missing."""
        return len(self.steps) == len(_raw_steps(self.data))

    @property
    def errors(self) -> list[Problem]:
        """What keeps the quiz from being published."""
        return [problem for problem in self.problems if problem.severity is Severity.ERROR]

    def report(self, path: Path, message: str, remedy: str = "", severity: Severity = Severity.ERROR) -> None:
        """Note a problem at a place of the file."""
        self.problems.append(
            Problem(self.file, self.positions.line_of(path), message, remedy, self._step_at(path), severity)
        )

    def warn(self, path: Path, message: str, remedy: str = "") -> None:
        """Note something that is worth a look but does not keep the quiz from being published."""
        self.report(path, message, remedy, Severity.WARNING)

    def step_at_line(self, line: int) -> str | None:
        """Name the step that a line belongs to."""
        places = [path for path, at in self.positions.lines.items() if len(path) == 2 and at <= line]  # noqa: PLR2004
        return self._step_at(max(places, key=lambda path: self.positions.lines[path], default=()))

    def _step_at(self, path: Path) -> str | None:
        around = (self.named.get(path[:length]) for length in range(len(path), 0, -1))
        if (part := next(filter(None, around), None)) is not None:
            return part
        place = path[1] if path[:1] == ("steps",) and len(path) > 1 else None
        if not isinstance(place, int):
            return None
        step = _raw_steps(self.data)[place]
        named = step.get("id") if isinstance(step, Mapping) else None
        return str(named) if named is not None else f"number {place + 1}"


def read(source: str, file: str, model: type[D]) -> Draft[D]:
    """Read a quiz file's text into `model`. Never raises for what stands in the file: see `problems`."""
    data, positions, problems = parse(source, file)
    draft = Draft[D](file, positions, problems, data)
    draft.problems[:] = [replace(problem, step=draft.step_at_line(problem.line)) for problem in problems]
    if problems and data is None:
        return draft
    if not isinstance(data, Mapping):
        draft.report((), "this file holds no quiz", "It starts with lines like `quiz: my-quiz` and `steps:`.")
        return draft
    _read_steps(draft)
    steps = [draft.steps[place] for place in sorted(draft.steps)]
    try:
        draft.document = model.model_validate({**data, "steps": steps} if "steps" in data else data)
    except ValidationError as invalid:
        _note(draft, (), None, (error for error in invalid.errors() if not _empty_steps(error, draft)))
    return draft


def _empty_steps(error: ErrorDetails, draft: Draft[Any]) -> bool:
    """Whether pydantic only misses steps that were there, with errors that are already noted."""
    return error["loc"] == ("steps",) and error["type"] == "too_short" and bool(draft.problems)


def _raw_steps(data: object) -> list[Any]:
    steps = data.get("steps") if isinstance(data, Mapping) else None
    return steps if isinstance(steps, list) else []


def _read_steps(draft: Draft[Any]) -> None:
    if "steps" in draft.data and not isinstance(draft.data["steps"], list):
        draft.report(("steps",), "`steps` must be a list", "Start each step with `- id: …`.")
    for place, raw in enumerate(_raw_steps(draft.data)):
        path: Path = ("steps", place)
        kind = step_kind(raw) if isinstance(raw, Mapping) else None
        if kind is None:
            draft.report(path, *_no_kind(raw))
            continue
        try:
            draft.steps[place] = STEP_KINDS[kind].model_validate(raw)
        except ValidationError as invalid:
            _note(draft, path, kind, invalid.errors())


def _no_kind(raw: object) -> tuple[str, str]:
    if not isinstance(raw, Mapping):
        return "this is no step", "A step has an `id` and one of `say`, `ask`, `contact`, `consent`, `end`."
    if "ask" in raw:
        known = [*ASKED, "contact"]
        meant = (difflib.get_close_matches(str(word), known, n=1) for word in raw if word not in ("id", "ask"))
        close = next((words[0] for words in meant if words), None)
        return "`ask` needs to know what is answered", f"Did you mean `{close}`?" if close else ANSWERED
    unknown = [str(word) for word in raw if word not in ("id", "when", "go")]
    hint = next((h for word in unknown if "mean" in (h := did_you_mean(word, STEP_WORDS))), "")
    return "this step does nothing", hint or "Add one of `say`, `ask`, `contact`, `consent`, `end`."


def _note(draft: Draft[Any], base: Path, kind: str | None, errors: Iterable[ErrorDetails]) -> None:
    words = list(_vocabulary(Document))
    found = list(errors)
    for error in found:
        # A list whose only items are wrong is also called too short; the items' own errors say it better.
        if error["type"] == "too_short" and any(_inside(error["loc"], other["loc"]) for other in found):
            continue
        path = _place(draft.data, base, error["loc"])
        named = ErrorDetails(**{**error, "loc": _name(error, path)})
        draft.report(path, *worded(named, words, kind))


def _inside(loc: tuple[int | str, ...], other: tuple[int | str, ...]) -> bool:
    return len(other) > len(loc) and other[: len(loc)] == loc


def _name(error: ErrorDetails, path: Path) -> Path:
    """What to call the part: the last word of its place that an admin wrote or should have written."""
    if error["type"] == "missing" or (error["loc"] and error["loc"][-1] == "[key]"):
        return error["loc"]
    words = [part for part in path if isinstance(part, str)]
    return tuple(words[-1:])


def _place(data: object, base: Path, loc: tuple[int | str, ...]) -> Path:
    """Follow a place of pydantic's through the raw data, passing over the names of union members."""
    path: Path = ()
    for part in (*base, *loc):
        match data, part:
            case dict(), _ if part in data:
                data = data[part]
            case list(), int() if part < len(data):
                data = data[part]
            case _:
                continue
        path = (*path, part)
    return path


def _vocabulary(model: type[Document]) -> Iterator[str]:
    for child in model.__subclasses__():
        for name, info in child.model_fields.items():
            yield info.alias or name
        yield from _vocabulary(child)
