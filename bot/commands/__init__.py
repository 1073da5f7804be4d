"""The commands of `hotlead`; each imports what it needs when it runs, so that all of them start fast."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, ParamSpec

import typer

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

P = ParamSpec("P")
WRONG_SETTINGS = 2
"""The exit code when the settings, a file or the token cannot be used."""


def main() -> None:
    """Run `hotlead`. An error that nobody foresaw is shown without its own words: they may hold people's data."""
    from bot.logs import traceback_of

    try:
        app()
    except Exception as error:  # noqa: BLE001 - the last place where it can be shown
        typer.echo(f"hotlead: an error that nobody foresaw\n{traceback_of(error)}", err=True)
        sys.exit(1)


def _explained(command: Callable[P, None]) -> Callable[P, None]:
    """Turn what an operator can mend into one line and an exit code, without a traceback."""

    @wraps(command)
    def explained(*args: P.args, **kwargs: P.kwargs) -> None:
        from bot.entry.errors import EntryError
        from bot.follow_ups.editing import PeopleInsideError
        from bot.publishing import NoSuchQuizError
        from bot.settings import SettingsError
        from bot.telegram.port import TelegramError
        from bot.web.errors import WebError
        from dialogs.errors import QuizRefusedError
        from storage.errors import StorageError

        try:
            command(*args, **kwargs)
        except (
            EntryError,
            NoSuchQuizError,
            PeopleInsideError,
            QuizRefusedError,
            SettingsError,
            StorageError,
            TelegramError,
            WebError,
        ) as error:
            typer.echo(f"hotlead: {error}", err=True)
            raise typer.Exit(WRONG_SETTINGS) from None
        except KeyboardInterrupt:
            raise typer.Exit(0) from None

    return explained


File = Annotated[Path, typer.Argument(help="A quiz file, or the id of a quiz that ships.")]


@app.command()
@_explained
def demo(
    port: Annotated[int, typer.Option(help="The port of the page; a busy one is passed over.")] = 8080,
    *,
    browser: Annotated[bool, typer.Option(help="Open the page in a browser, if there is one.")] = True,
) -> None:
    """Watch a chat become a hot lead: no token, no server, no account."""
    import asyncio

    from bot.demo.run import run_demo

    asyncio.run(run_demo(port, open_browser=browser))


@app.command()
@_explained
def run() -> None:
    """Run the bot. Needs HOTLEAD_BOT_TOKEN; see `hotlead doctor`."""
    import asyncio

    from bot.commands.running import run_bot

    asyncio.run(run_bot())


@app.command()
@_explained
def check(files: Annotated[list[Path], typer.Argument(help="Quiz files.")]) -> None:
    """Say what is wrong with quiz files, the score range, and which bands can be reached."""
    from bot.commands.checking import check_files

    sys.exit(check_files(files))


@app.command()
def schema() -> None:
    """Print the JSON Schema of quiz files: editors complete and check with it."""
    import json

    from bot.commands.checking import json_schema

    typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


@app.command()
@_explained
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
@_explained
def publish(
    files: Annotated[list[Path], typer.Argument(help="Quiz files.")], inside: WhatOfThoseInside = None
) -> None:
    """Make quiz files the newest revisions; who is in the middle of one finishes on theirs."""
    import asyncio

    from bot.commands.publishing import publish_files

    asyncio.run(publish_files(files, inside))


QuizId = Annotated[str, typer.Argument(help="The id of a published quiz.", metavar="QUIZ")]


@app.command()
@_explained
def revisions(quiz: QuizId) -> None:
    """List a quiz's revisions: number, when, by whom, state, people in the middle."""
    import asyncio

    from bot.commands.publishing import list_revisions

    asyncio.run(list_revisions(quiz))


@app.command()
@_explained
def diff(
    quiz: QuizId,
    first: Annotated[str | None, typer.Argument(metavar="[FROM]", help="A revision's number.")] = None,
    second: Annotated[str | None, typer.Argument(metavar="[TO]", help="A revision's number, or a file.")] = None,
) -> None:
    """Say what changed, word by word: between the last two revisions, two numbers, or a number and a file."""
    import asyncio

    from bot.commands.publishing import show_difference

    asyncio.run(show_difference(quiz, first, second))


@app.command()
@_explained
def rollback(
    quiz: QuizId,
    number: Annotated[int, typer.Argument(help="The revision to go back to.")],
    inside: WhatOfThoseInside = None,
) -> None:
    """Publish an older revision once more, as the newest; who is in the middle finishes on theirs."""
    import asyncio

    from bot.commands.publishing import roll_back_to

    asyncio.run(roll_back_to(quiz, number, inside))


@app.command()
@_explained
def rescore(
    quiz: Annotated[Path, typer.Option(help="A changed quiz file, not published yet.", metavar="FILE")],
) -> None:
    """Say who would be in another band under a changed quiz file, and why. Nothing is changed."""
    import asyncio

    from bot.clock import FlowingClock
    from bot.commands.rescoring import rescore_leads

    asyncio.run(rescore_leads(quiz, FlowingClock()))


@app.command()
@_explained
def doctor() -> None:
    """Say what is configured, what is missing, and whether Telegram can be reached."""
    import asyncio

    from bot.commands.running import examine_setup

    sys.exit(asyncio.run(examine_setup()))


@app.command()
@_explained
def message(
    number: Annotated[int, typer.Argument(help="The message's number: `outbox` in the log.")],
    *,
    text: Annotated[bool, typer.Option("--text", help="Show its text too: it may be personal.")] = False,
) -> None:
    """Say what became of a message: when it was put in, tried, and sent, or why not. No name, no text."""
    import asyncio

    from bot.commands.looking import show_message

    asyncio.run(show_message(number, with_text=text))


@app.command()
@_explained
def status(
    *,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Say how the bot is, whether it runs or not: what waits, the pace, the last backup, what needs attention."""
    import asyncio

    from bot.clock import FlowingClock
    from bot.commands.watching import show_status

    asyncio.run(show_status(FlowingClock().now(), as_json=json))


links = typer.Typer(help="Deep links: one for each advert, flyer and post.", no_args_is_help=True)
app.add_typer(links, name="links")
Token = Annotated[str, typer.Argument(help="What stands after `start=` in the link's address.")]


@links.command("list")
@_explained
def list_links() -> None:
    """Print every link with its address, and how many people, leads and hot leads came by it."""
    import asyncio

    from bot.commands import linking

    asyncio.run(linking.list_links())


@links.command("create")
@_explained
def create_link(
    name: Annotated[str, typer.Argument(help="The campaign's name, as managers see it.")],
    quiz: Annotated[str | None, typer.Option(help="The quiz's id; otherwise the first that runs.")] = None,
    language: Annotated[str | None, typer.Option(help="The chat's language; otherwise the person's own.")] = None,
    utm: Annotated[str | None, typer.Option(help="utm_source=…&utm_medium=…, or an address with them.")] = None,
) -> None:
    """Make a link and print its address."""
    import asyncio

    from bot.commands import linking

    asyncio.run(linking.create_link(name, quiz, language, utm))


@links.command("retire")
@_explained
def retire_link(token: Token) -> None:
    """Put a link out of use; whoever still comes by it is counted."""
    import asyncio

    from bot.commands import linking

    asyncio.run(linking.retire_link(token))


@links.command("qr")
@_explained
def write_qr(token: Token, file: Annotated[Path, typer.Argument(help="The PNG file to write.")]) -> None:
    """Write a link's QR picture."""
    import asyncio

    from bot.commands import linking

    asyncio.run(linking.write_qr(token, file))


@keys.command(name="rotate")
@_explained
def rotate_keys() -> None:
    """Seal everything with a new key and retire the old one. Stop the bot first; interrupted, run it again."""
    import asyncio

    from bot.commands import keeping

    asyncio.run(keeping.rotate_keys())


@keys.command(name="show")
@_explained
def show_keys() -> None:
    """Say which key seals how many values; keys themselves are never shown."""
    import asyncio

    from bot.commands import keeping

    asyncio.run(keeping.show_keys())


@app.command()
@_explained
def backup(
    file: Annotated[Path | None, typer.Argument(help="Where to; default: here, named after the time.")] = None,
) -> None:
    """Copy the database while the bot runs. The keys are not in the copy: keep them elsewhere."""
    from bot.commands.keeping import make_backup

    make_backup(file)


@app.command()
@_explained
def restore(
    file: Annotated[Path, typer.Argument(help="A backup.")],
    *,
    replace: Annotated[bool, typer.Option("--replace", help="Give up the present database for it.")] = False,
) -> None:
    """Put a backup in place; nothing in it is sent again, and follow-ups are held until `hotlead release`."""
    import asyncio

    from bot.commands.keeping import restore_backup

    asyncio.run(restore_backup(file, replace=replace))


@app.command()
@_explained
def release() -> None:
    """Let follow-ups go that a restore holds back, and erasing by the clock."""
    import asyncio

    from bot.commands.keeping import release_what_is_held

    asyncio.run(release_what_is_held())


@app.command()
@_explained
def move(
    to: Annotated[str, typer.Option("--to", metavar="ADDRESS", help="Where to: an empty database.")],
    origin: Annotated[
        str | None, typer.Option("--from", metavar="ADDRESS", help="Where from; default: the present database.")
    ] = None,
) -> None:
    """Copy the database into another one, SQLite or PostgreSQL. Stop the bot first; interrupted, run it again."""
    from bot.commands.moving import move_database

    move_database(origin, to)
