"""The commands of `hotlead`; each imports what it needs when it runs, so that all of them start fast."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.bots import NamedBot, bots
from bot.commands.explaining import explained
from bot.commands.links import links
from bot.commands.receivers import receivers
from bot.roles import Role

app = typer.Typer(
    name="hotlead",
    help="A self-hosted Telegram bot that captures and qualifies leads.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

keys = typer.Typer(help="The keys that seal what is personal in the database.", no_args_is_help=True)
app.add_typer(keys, name="keys")
app.add_typer(links, name="links")
app.add_typer(bots, name="bots")
app.add_typer(receivers, name="receivers")


def main() -> None:
    """Run `hotlead`. An error that nobody foresaw is shown without its own words: they may hold people's data."""
    from bot.logs import traceback_of

    try:
        app()
    except Exception as error:  # noqa: BLE001 - the last place where it can be shown
        typer.echo(f"hotlead: an error that nobody foresaw\n{traceback_of(error)}", err=True)
        sys.exit(1)


File = Annotated[Path, typer.Argument(help="A quiz file, or the id of a quiz that ships.")]


@app.command()
@explained
def demo(
    port: Annotated[int, typer.Option(help="The port of the page; a busy one is passed over.")] = 8080,
    *,
    browser: Annotated[bool, typer.Option(help="Open the page in a browser, if there is one.")] = True,
) -> None:
    """Watch a chat become a hot lead. It needs no token, no server, no account."""
    import asyncio

    from bot.demo.run import run_demo

    asyncio.run(run_demo(port, open_browser=browser))


@app.command()
@explained
def run(
    receive: Annotated[
        str | None,
        typer.Option(metavar="WAY", help="polling or webhook; otherwise HOTLEAD_RECEIVE, which is polling."),
    ] = None,
    only: Annotated[
        list[Role] | None,
        typer.Option(help="What this process of several does; may be given more than once. Without it: all."),
    ] = None,
) -> None:
    """Run the bot. It takes along those of `hotlead bots`, if there are any; see `hotlead doctor`."""
    import asyncio

    from bot.commands.running import run_bot

    asyncio.run(run_bot(frozenset(only or Role), receive))


@app.command()
@explained
def check(files: Annotated[list[Path], typer.Argument(help="Quiz files.")]) -> None:
    """Say what is wrong with quiz files. It tells the score range, too, and which bands can be reached."""
    from bot.commands.checking import check_files

    sys.exit(check_files(files))


@app.command()
def schema() -> None:
    """Print the JSON Schema of quiz files. Editors complete and check with it."""
    import json

    from bot.commands.checking import json_schema

    typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


@app.command()
@explained
def chat(
    file: File,
    language: Annotated[str | None, typer.Option(help="A language of the quiz.")] = None,
    name: Annotated[str, typer.Option(help="The first name you go by.")] = "Anna",
) -> None:
    """Walk a quiz in the terminal, with its score and reasons."""
    from bot.commands.chatting import chat_in_terminal

    chat_in_terminal(file, language, name)


WhatOfThoseInside = Annotated[
    str | None,
    typer.Option(
        "--inside",
        metavar="WAY",
        help="What becomes of people inside follow-ups that change: as-they-were, next-step or new-people.",
    ),
]


@app.command()
@explained
def publish(
    files: Annotated[list[Path], typer.Argument(help="Quiz files.")],
    inside: WhatOfThoseInside = None,
    bot: NamedBot = None,
) -> None:
    """Make quiz files the newest revisions. Who is in the middle of one finishes on theirs."""
    import asyncio

    from bot.commands.publishing import publish_files

    asyncio.run(publish_files(files, inside, bot))


QuizId = Annotated[str, typer.Argument(help="The id of a published quiz.", metavar="QUIZ")]


@app.command()
@explained
def revisions(quiz: QuizId, bot: NamedBot = None) -> None:
    """List a quiz's revisions. Each has its number, when, by whom, its state, and how many are in the middle."""
    import asyncio

    from bot.commands.publishing import list_revisions

    asyncio.run(list_revisions(quiz, bot))


@app.command()
@explained
def diff(
    quiz: QuizId,
    first: Annotated[str | None, typer.Argument(metavar="[FROM]", help="A revision's number.")] = None,
    second: Annotated[str | None, typer.Argument(metavar="[TO]", help="A revision's number, or a file.")] = None,
    bot: NamedBot = None,
) -> None:
    """Say what changed, word by word. It compares the last two revisions, two numbers, or a number and a file."""
    import asyncio

    from bot.commands.publishing import show_difference

    asyncio.run(show_difference(quiz, first, second, bot))


@app.command()
@explained
def rollback(
    quiz: QuizId,
    number: Annotated[int, typer.Argument(help="The revision to go back to.")],
    inside: WhatOfThoseInside = None,
    bot: NamedBot = None,
) -> None:
    """Publish an older revision once more. Who is in the middle finishes on theirs."""
    import asyncio

    from bot.commands.publishing import roll_back_to

    asyncio.run(roll_back_to(quiz, number, inside, bot))


@app.command()
@explained
def rescore(
    quiz: Annotated[Path, typer.Option(help="A changed quiz file, not published yet.", metavar="FILE")],
    bot: NamedBot = None,
) -> None:
    """Say whose band a changed quiz file would change. It says why, too; nothing is changed."""
    import asyncio

    from bot.clock import FlowingClock
    from bot.commands.rescoring import rescore_leads

    asyncio.run(rescore_leads(quiz, FlowingClock(), bot))


Sequence = Annotated[str, typer.Argument(help="A sequence of the quiz's newest revision.", metavar="SEQUENCE")]


@app.command()
@explained
def enrol(
    quiz: QuizId,
    sequence: Sequence,
    *,
    band: Annotated[list[str] | None, typer.Option(help="hot, warm or cold; may be repeated.")] = None,
    stage: Annotated[list[str] | None, typer.Option(help="lead, mql or sql; may be repeated.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="Where they came from; may be repeated.")] = None,
    language: Annotated[list[str] | None, typer.Option(help="As en or uk; may be repeated.")] = None,
    active: Annotated[
        int | None, typer.Option(min=1, metavar="DAYS", help="Only who was heard of in the last so many days.")
    ] = None,
    silent: Annotated[
        int | None, typer.Option(min=1, metavar="DAYS", help="Only who was not heard of for so many days.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether to.")] = False,
    bot: NamedBot = None,
) -> None:
    """Let leads who are there already begin a sequence. It says how many, asks, and goes on where it stopped."""
    import asyncio

    from bot.clock import FlowingClock
    from bot.commands.enrolling import Chosen, enrol_leads

    found = Chosen(band or (), stage or (), source or (), language or (), active, silent)
    asyncio.run(enrol_leads(quiz, sequence, found, FlowingClock(), without_asking=yes, bot=bot))


@app.command()
@explained
def doctor() -> None:
    """Say what is configured, and what is missing. It asks Telegram, too."""
    import asyncio

    from bot.commands.running import examine_setup

    sys.exit(asyncio.run(examine_setup()))


@app.command()
@explained
def message(
    number: Annotated[int, typer.Argument(help="The message's number: `outbox` in the log.")],
    *,
    text: Annotated[bool, typer.Option("--text", help="Show its text too: it may be personal.")] = False,
    bot: NamedBot = None,
) -> None:
    """Say what became of a message. It tells when it was put in, tried and sent, or why not; no name, no text."""
    import asyncio

    from bot.commands.looking import show_message

    asyncio.run(show_message(number, with_text=text, bot=bot))


@app.command()
@explained
def status(
    *,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    bot: NamedBot = None,
) -> None:
    """Say how the bot is, whether it runs or not. It tells what waits, the pace, the last backup, any trouble."""
    import asyncio

    from bot.clock import FlowingClock
    from bot.commands.watching import show_status

    asyncio.run(show_status(FlowingClock().now(), as_json=json, bot=bot))


@keys.command(name="rotate")
@explained
def rotate_keys() -> None:
    """Seal everything with a new key and retire the old one. Stop the bot first; interrupted, run it again."""
    import asyncio

    from bot.commands import keeping

    asyncio.run(keeping.rotate_keys())


@keys.command(name="show")
@explained
def show_keys() -> None:
    """Say which key seals how many values; keys themselves are never shown."""
    import asyncio

    from bot.commands import keeping

    asyncio.run(keeping.show_keys())


@app.command()
@explained
def export(
    to: Annotated[str, typer.Option(metavar="FILE", help="Where to: a CSV file, or `-` for standard output.")],
    *,
    quiz: Annotated[str | None, typer.Option(metavar="QUIZ", help="Leads of one quiz only, by its id.")] = None,
    since: Annotated[
        str | None, typer.Option(metavar="DAY", help="Leads from that day on only, as 2026-01-31.")
    ] = None,
    language: Annotated[str, typer.Option(help="Of titles and answers: en, uk or ru.")] = "en",
    force: Annotated[bool, typer.Option("--force", help="Replace the file if there is one.")] = False,
    bot: NamedBot = None,
) -> None:
    """Write the leads as a table for spreadsheets. It holds personal data: only you can read the file."""
    import asyncio

    from bot.clock import FlowingClock
    from bot.commands.exporting import Wanted, export_leads

    wanted = Wanted(to, quiz, since, language, force)
    asyncio.run(export_leads(wanted, FlowingClock().now(), bot))


@app.command()
@explained
def backup(
    file: Annotated[Path | None, typer.Argument(help="Where to; default: here, named after the time.")] = None,
) -> None:
    """Copy the database while the bot runs. The keys are not in the copy: keep them elsewhere."""
    from bot.commands.keeping import make_backup

    make_backup(file)


@app.command()
@explained
def restore(
    file: Annotated[Path, typer.Argument(help="A backup.")],
    *,
    replace: Annotated[bool, typer.Option("--replace", help="Give up the present database for it.")] = False,
) -> None:
    """Put a backup in place. Nothing in it is sent again; follow-ups are held until `hotlead release`."""
    import asyncio

    from bot.commands.keeping import restore_backup

    asyncio.run(restore_backup(file, replace=replace))


@app.command()
@explained
def release() -> None:
    """Let go what a restore holds back. That is follow-ups, and erasing by the clock."""
    import asyncio

    from bot.commands.keeping import release_what_is_held

    asyncio.run(release_what_is_held())


@app.command()
@explained
def move(
    to: Annotated[str, typer.Option("--to", metavar="ADDRESS", help="Where to: an empty database.")],
    origin: Annotated[
        str | None, typer.Option("--from", metavar="ADDRESS", help="Where from; default: the present database.")
    ] = None,
) -> None:
    """Copy the database into another one, SQLite or PostgreSQL. Stop the bot first; interrupted, run it again."""
    from bot.commands.moving import move_database

    move_database(origin, to)
