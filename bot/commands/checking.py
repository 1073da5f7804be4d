"""`hotlead check` and `hotlead schema`: what an admin needs to know about a quiz file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import typer

from bot.publishing import NoSuchQuizError, examine_file, quiz_path
from dialogs.rendering import answer_text
from dialogs.steps import ConsentRequest, End, Say
from qualification.errors import TooManyPathsError
from qualification.grid import Grid
from qualification.paths import Ending, paths
from qualification.quiz import Quiz
from qualification.score import Band

SCHEMA_ID = "https://json-schema.org/draft/2020-12/schema"


def check_files(files: Iterable[Path]) -> int:
    """Print what is wrong and what can be reached; return the exit code: 1 when a file has errors."""
    failed = False
    for named in files:
        path = quiz_path(str(named))
        if path is None:
            typer.echo(f"{named}: there is no such file", err=True)
            failed = True
            continue
        try:
            draft, _ = examine_file(path)
        except NoSuchQuizError as error:
            typer.echo(str(error), err=True)
            failed = True
            continue
        for problem in draft.problems:
            typer.echo(str(problem))
        if draft.errors or draft.document is None:
            failed = True
            typer.echo(f"✗ {named}: {_counted(len(draft.errors), 'error')}; it cannot be published yet\n")
        else:
            typer.echo("\n".join(_summary(str(named), draft.document)) + "\n")
    return int(failed)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of quiz files."""
    schema = Quiz.model_json_schema(by_alias=True)
    # What has no id gets one when it is read, by its place, so a file need not have it.
    for named in ("FollowUp", "Material"):
        part = schema["$defs"][named]
        part["required"] = [name for name in part["required"] if name != "id"]
    return {"$schema": SCHEMA_ID, **schema, "title": "Hotlead quiz"}


def _summary(name: str, quiz: Quiz) -> Iterable[str]:
    questions = sum(not isinstance(step, Say | End | ConsentRequest) for step in quiz.steps)
    yield f"✓ {name}: {quiz.read(quiz.title, 'en')} · {', '.join(quiz.languages)} · {questions} questions"
    try:
        found = paths(quiz)
    except TooManyPathsError as error:
        yield f"  {error}"
        return
    bands, grid = quiz.scoring.bands, quiz.scoring.grid
    reach = f"from {found.worst.total} to {found.best.total}"
    if bands is not None:
        yield f"  score {reach} by answers (hot from {bands.hot}, warm from {bands.warm})"
    if grid is not None:
        yield f"  fit {reach} by answers; what it and activity make together:"
        yield from (f"    {line}" for line in grid_table(grid))
    yield f"  best path:  {_path(quiz, found.best)}"
    yield f"  worst path: {_path(quiz, found.worst)}"
    for band in Band:
        endings = found.in_band(band)
        reached = f"reached, for example: {_path(quiz, endings[-1])}" if endings else "no path leads here"
        yield f"  {band:5} {reached}"


def grid_table(grid: Grid) -> Iterable[str]:
    """Draw the grid: a line for each level of fit, the best first, a column for each level of activity."""
    heads = [f"{level} {begins}+" for level, begins in grid.activity.items()]
    sides = {level: f"{level} {begins}+" for level, begins in grid.fit.items()}
    side = max(len(head) for head in sides.values())
    yield "  ".join([" " * side, *heads])
    for level in reversed(grid.fit):
        cells = zip(grid.cells[level], heads, strict=True)
        yield "  ".join([f"{sides[level]:{side}}", *(f"{cell:{len(head)}}" for cell, head in cells)]).rstrip()


def _path(quiz: Quiz, ending: Ending) -> str:
    said = " → ".join(f"{step}: {answer_text(quiz, step, answer, 'en')}" for step, answer in ending.path)
    return f"{said} = {ending.total}"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
