"""`hotlead publish`, `revisions`, `diff` and `rollback`: a quiz's past and its newest revision."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

import typer

from bot.administration.differences import Marks, blocks
from bot.clock import FlowingClock
from bot.commands.choosing import bot_database
from bot.follow_ups.editing import Way, by_sequence, settle
from bot.publishing import NoSuchQuizError, examine_file, load_file, quiz_path
from bot.revisions import (
    NoSuchRevisionError,
    history_of,
    publish_file,
    repeated,
    revision_named,
    roll_back,
)
from bot.settings import Settings, read_settings
from dialogs.problems import did_you_mean
from qualification.changes import compare
from qualification.loading import load_published
from qualification.quiz import Quiz
from storage.records import Inside, Revision, RevisionState
from storage.unit import Unit

PLAIN = Marks(removed=lambda text: f"[-{text}-]", added=lambda text: f"{{+{text}+}}")
COLOURED = Marks(
    removed=lambda text: typer.style(text, fg="red", strikethrough=True),
    added=lambda text: typer.style(text, fg="green"),
    strong=lambda text: typer.style(text, bold=True),
    faint=lambda text: typer.style(text, dim=True),
)


async def publish_files(files: Iterable[Path], inside: str | None = None, bot: str | None = None) -> None:
    """Publish quiz files; what has errors is refused, with all of them. Raises QuizRefusedError and others."""
    way, settings = way_named(inside), read_settings()
    async with bot_database(bot) as (database, bot_id):
        for named in files:
            file = load_file(named_path(str(named)))
            is_named = bot_id != settings.bot_id or _is_named(settings, file.quiz.quiz)
            people: dict[Inside, int] = {}
            async with database.unit(bot_id) as unit:
                now = FlowingClock().now()
                revision, is_new = await publish_file(unit, file, now)
                is_run = is_named or file.quiz.quiz in await unit.quizzes.from_the_chat()
                if is_new:
                    people = await settle(unit, file.quiz, revision.number, way, now)
            said = "published as" if is_new else "nothing changed, it stays"
            typer.echo(f"{file.quiz.quiz}: {said} revision {revision.number}")
            _tell_inside(people, way)
            if is_new and not is_run:
                typer.echo("  the bot does not run it yet: add it to HOTLEAD_QUIZ, and start the bot again")


def _is_named(settings: Settings, quiz: str) -> bool:
    """Tell whether HOTLEAD_QUIZ names a quiz, by its id or by a file; where it names none, nothing runs yet."""
    for named in settings.quiz:
        if quiz == named or quiz == _id_in(named):
            return True
    return not settings.quiz  # `hotlead run` asks for it


def _id_in(named: str) -> str | None:
    path = quiz_path(named)
    with suppress(NoSuchQuizError):  # a file that cannot be read is another one, and told of by the doctor
        document = examine_file(path)[0].document if path is not None else None
        return document.quiz if document is not None else None
    return None


def way_named(inside: str | None) -> Way | None:
    """Return what an operator wants for the people inside follow-ups. Raises NoSuchQuizError for another word."""
    if inside is None:
        return None
    known = {way.replace("_", "-"): way for way in Way}
    if inside not in known:
        raise NoSuchQuizError(f"--inside {inside}: {did_you_mean(inside, known)}")
    return known[inside]


def _tell_inside(people: Mapping[Inside, int], way: Way | None) -> None:
    for name, number in by_sequence(people).items():
        typer.echo(f"  {number} inside `{name}`: {(way or Way.AS_THEY_WERE).replace('_', ' ')}")


async def list_revisions(quiz: str, bot: str | None = None) -> None:
    """Print every revision of a quiz, the newest first. Raises NoSuchQuizError."""
    async with bot_database(bot) as (database, bot_id), database.view(bot_id) as unit:
        history = await history_of(unit, quiz)
        people = await unit.sessions.in_the_middle(quiz)
        paused_at = await unit.quizzes.paused_at(quiz)
    newest = next((each.number for each in history if each.state is RevisionState.PUBLISHED), None)
    typer.echo(f"revision  {'when (UTC)':16}  {'by':16}  {'state':9}")
    for each in history:
        notes = [_row(each, history)]
        if each.number in people:
            notes.append(f"{people[each.number]} in the middle")
        if each.number == newest:
            notes.append("← new sessions start here")
        typer.echo("  ".join(notes))
    if paused_at is not None:
        typer.echo(f"paused since {paused_at:%Y-%m-%d %H:%M}: it takes no new sessions")


def _row(revision: Revision, history: list[Revision]) -> str:
    when = revision.published_at or revision.drafted_at
    by = "operator" if revision.drafted_by is None else f"admin {revision.drafted_by}"
    row = f"{revision.number:8}  {when:%Y-%m-%d %H:%M}  {by:16}  {revision.state:9}"
    same = repeated(revision, history)
    return f"{row}  same as {same}" if same else row


async def show_difference(quiz: str, first: str | None, second: str | None, bot: str | None = None) -> None:
    """Print what changed between two revisions, or a revision and a file. Raises NoSuchQuizError."""
    async with bot_database(bot) as (database, bot_id), database.view(bot_id) as unit:
        published = [each for each in await history_of(unit, quiz) if each.state is RevisionState.PUBLISHED]
        if not published:
            raise NoSuchRevisionError(f"quiz `{quiz}` has only drafts: name the two to compare")
        newest = str(published[0].number)
        match first, second:
            case None, _:
                if len(published) == 1:
                    typer.echo(f"{quiz}: revision {newest} is the only one that was published")
                    return
                sides = (str(published[1].number), newest)
            case str(named), None:
                sides = (named, newest) if named.isdecimal() else (newest, named)
            case named, other:
                sides = (named, other)
        before, after = [await _document(unit, quiz, side) for side in sides]
    marks = COLOURED if _is_terminal() else PLAIN
    typer.echo(f"{quiz}: from {_called(sides[0])} to {_called(sides[1])}")
    changes = compare(before, after)
    for block in blocks(changes, before, after, "en", marks):
        typer.echo(f"\n{block}")
    if not changes:
        typer.echo("nothing that people see or that scores them has changed")


def _called(side: str) -> str:
    return f"revision {side}" if side.isdecimal() else side


def _is_terminal() -> bool:
    return sys.stdout.isatty()


async def roll_back_to(quiz: str, number: int, inside: str | None = None, bot: str | None = None) -> None:
    """Publish an older revision once more. Raises NoSuchQuizError, NoSuchRevisionError, PeopleInsideError."""
    way, now = way_named(inside), FlowingClock().now()
    async with bot_database(bot) as (database, bot_id):
        async with database.unit(bot_id) as unit:
            revision = await roll_back(unit, quiz, number, None, now)
            document = load_published(revision.source, f"{quiz} (revision {number})")
            people = await settle(unit, document, revision.number, way, now)
        typer.echo(f"{quiz}: published as revision {revision.number}, the same as revision {number}")
        _tell_inside(people, way)


async def _document(unit: Unit, quiz: str, named: str) -> Quiz:
    if not named.isdecimal():
        return load_file(named_path(named)).quiz
    revision = await revision_named(unit, quiz, int(named))
    return load_published(revision.source, f"{quiz} (revision {named})")


def named_path(named: str) -> Path:
    """Return the file of a quiz that an operator named. Raises NoSuchQuizError."""
    path = quiz_path(named)
    if path is None:
        raise NoSuchQuizError(f"{named}: there is no such file")
    return path
