"""`hotlead chat`: a quiz in the terminal, as a prospect sees it."""

from __future__ import annotations

import textwrap
from pathlib import Path

import typer

from bot.clock import FlowingClock
from bot.conversation.showing import Shown
from bot.hand_off.reasons import reason, standing
from bot.publishing import NoSuchQuizError, load_file, quiz_path
from bot.rehearsal import Rehearsal, as_text, labels, unmarked
from bot.telegram.requests import EditText, SendAlbum, SendMedia
from dialogs.engine import open_step
from dialogs.problems import did_you_mean
from dialogs.rendering import answer_text
from dialogs.session import ContactShared, Event, Over, Typed
from dialogs.steps import ContactRequest, NumberQuestion
from qualification.quiz import Quiz
from qualification.score import Origin


def chat_in_terminal(file: Path, language: str | None, name: str) -> None:
    """Walk a quiz: type a button's number or words, an answer, or nothing to share your phone. Ctrl-D ends it.

    Raises NoSuchQuizError, QuizRefusedError.
    """
    path = quiz_path(str(file))
    if path is None:
        raise NoSuchQuizError(f"{file}: there is no such file")
    quiz = load_file(path).quiz
    if language is not None and language not in quiz.languages:
        raise NoSuchQuizError(f"{file} does not speak `{language}`. {did_you_mean(language, quiz.languages)}")
    walk = Rehearsal(quiz, language or quiz.fallback, name, FlowingClock().now())
    _print(walk.begin())
    while walk.session is not None and not walk.session.over:
        try:
            typed = input("> ").strip()
        except EOFError:
            typer.echo()
            break
        outcome, shown = walk.happen(_event(walk, typed))
        if isinstance(outcome, Over):
            break
        _print(shown)
    _print_score(quiz, walk)


def _event(walk: Rehearsal, typed: str) -> Event:
    step = open_step(walk.quiz, walk.session) if walk.session else None
    offered = labels(walk.asked[-1]) if walk.asked and not isinstance(step, NumberQuestion) else []
    if typed.isdecimal() and 1 <= int(typed) <= len(offered):
        typed = offered[int(typed) - 1]
    tapped = walk.button(typed)
    if tapped is not None:
        return tapped
    if not typed and isinstance(step, ContactRequest) and step.contact == "phone":
        return ContactShared("+380671234567", own=True)
    return Typed(typed)


def _print(shown: list[Shown]) -> None:
    for request in shown:
        if isinstance(request, EditText) and not request.buttons:
            typer.echo(typer.style(f"  {as_text(request).splitlines()[-1]}", fg="green"))
            continue
        if isinstance(request, SendMedia | SendAlbum):
            named = [request.name] if isinstance(request, SendMedia) else [each.name for each in request.media]
            typer.echo(f"  [{', '.join(named)}]")
        for line in as_text(request).splitlines():
            typer.echo(textwrap.indent(textwrap.fill(line, 76), "  "))
        for place, label in enumerate(labels(request), start=1):
            typer.echo(typer.style(f"    {place}  {label}", fg="cyan"))
        typer.echo()


def _print_score(quiz: Quiz, walk: Rehearsal) -> None:
    found = walk.score()
    typer.echo(typer.style(f"{found.total} points: {found.band}", bold=True))
    for entry in found.reasons:
        if entry.product:
            continue
        said = ""
        if entry.origin is Origin.ANSWER and walk.session is not None:
            said = f": {answer_text(quiz, entry.rule, walk.session.answers[entry.rule], walk.language)}"
        typer.echo(f"  {entry.points:+4d}  {unmarked(reason(quiz, entry, walk.language))}{said}")
    for line in standing(quiz, found, walk.language):
        typer.echo(f"  {unmarked(line)}")
