"""The commands of `hotlead bots`, and the option by which others name a bot."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from bot.commands.explaining import explained

NamedBot = Annotated[
    str | None, typer.Option("--bot", metavar="@NAME", help="Which bot is meant, when there are several.")
]
Name = Annotated[str, typer.Argument(metavar="@NAME", help="The bot's @name, as `hotlead bots list` shows it.")]


def _id(whose: str) -> Any:
    return typer.Option(metavar="ID", min=1, max=2**52 - 1, help=f"The Telegram id of {whose}; may be repeated.")


bots = typer.Typer(help="Several bots on one database, run by one process.", no_args_is_help=True)


@bots.command("add")
@explained
def add_bot(
    *,
    token_file: Annotated[
        Path | None, typer.Option(help="A file with the token, `-` for standard input; otherwise it is asked for.")
    ] = None,
    quiz: Annotated[
        list[str] | None, typer.Option(help="A quiz file, or one that ships; may be repeated.")
    ] = None,
    manager: Annotated[
        list[int] | None,
        typer.Option(min=1, max=2**52 - 1, help="A Telegram id of who gets hot leads; can be repeated."),
    ] = None,
    admin: Annotated[
        list[int] | None, typer.Option(min=1, max=2**52 - 1, help="A Telegram id; can be repeated.")
    ] = None,
    language: Annotated[
        str | None, typer.Option(help="en, uk or ru: for people whose own language the quiz does not speak.")
    ] = None,
    pace: Annotated[
        float | None, typer.Option(min=0.1, max=1000, help="Messages a second; otherwise HOTLEAD_PACE.")
    ] = None,
) -> None:
    """Take in a bot, or a new token of one; a process that runs sees it within seconds."""
    import asyncio

    from bot.commands import enlisting

    terms = enlisting.Terms(tuple(quiz or ()), tuple(manager or ()), tuple(admin or ()), language, pace)
    asyncio.run(enlisting.add_bot(enlisting.asked_token(token_file), terms))


@bots.command("list")
@explained
def list_bots() -> None:
    """Print every bot: id, @name, quizzes, and whether it runs. Never a token."""
    import asyncio

    from bot.clock import FlowingClock
    from bot.commands import enlisting

    asyncio.run(enlisting.list_bots(FlowingClock().now()))


@bots.command("pause")
@explained
def pause_bot(name: Name) -> None:
    """Let a bot neither receive nor send; nothing that waits is lost, and its links still lead on."""
    import asyncio

    from bot.commands import enlisting

    asyncio.run(enlisting.pause_bot(name))


@bots.command("resume")
@explained
def resume_bot(name: Name) -> None:
    """Let a paused bot go on where it stopped."""
    import asyncio

    from bot.commands import enlisting

    asyncio.run(enlisting.resume_bot(name))
