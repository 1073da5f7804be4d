"""The commands of `hotlead receivers`."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.commands.bots import NamedBot
from bot.commands.explaining import explained

receivers = typer.Typer(
    help="Addresses that are told what happens to leads. A CRM, say, Zapier or n8n.",
    no_args_is_help=True,
)
Number = Annotated[int, typer.Argument(metavar="ID", help="The number that `hotlead receivers list` shows.")]


@receivers.command("add")
@explained
def add_receiver(
    url: Annotated[str, typer.Argument(metavar="URL", help="https://…")],
    kinds: Annotated[
        str | None, typer.Option(help="What it wants to know, with commas: lead.hot,lead.won; otherwise all.")
    ] = None,
    bot: NamedBot = None,
) -> None:
    """Add an address, and print the secret that proves what comes from us: this once."""
    import asyncio

    from bot.commands import notifying

    asyncio.run(notifying.add_receiver(url, kinds, bot))


@receivers.command("list")
@explained
def list_receivers(bot: NamedBot = None) -> None:
    """Print every receiver: what it wants, how the last try ended, and what waits. Never its whole address."""
    import asyncio

    from bot.commands import notifying

    asyncio.run(notifying.list_receivers(bot))


@receivers.command("notices")
@explained
def list_notices(number: Number, bot: NamedBot = None) -> None:
    """Print a receiver's notices that are not delivered, the newest first: id, tries, and why not."""
    import asyncio

    from bot.commands import notifying

    asyncio.run(notifying.list_notices(number, bot))


@receivers.command("pause")
@explained
def pause_receiver(number: Number, bot: NamedBot = None) -> None:
    """Tell a receiver nothing for now; what happens meanwhile waits, for 30 days."""
    import asyncio

    from bot.commands import notifying

    asyncio.run(notifying.pause_receiver(number, bot))


@receivers.command("resume")
@explained
def resume_receiver(number: Number, bot: NamedBot = None) -> None:
    """Tell a paused receiver again, beginning with what waited."""
    import asyncio

    from bot.commands import notifying

    asyncio.run(notifying.resume_receiver(number, bot))


@receivers.command("rotate")
@explained
def rotate_secret(
    number: Number,
    keep: Annotated[
        str | None, typer.Option(metavar="SPAN", help="How long the old one signs, too: 2h, 7d; otherwise 24h.")
    ] = None,
    at_once: Annotated[
        bool, typer.Option("--now", help="The old one signs nothing more, from now on: it leaked.")
    ] = False,
    bot: NamedBot = None,
) -> None:
    """Give a receiver a new secret, and print it: this once. The old one signs, too, while you change over."""
    import asyncio

    from bot.commands import notifying

    asyncio.run(notifying.rotate_secret(number, keep, at_once=at_once, bot=bot))


@receivers.command("remove")
@explained
def remove_receiver(number: Number, bot: NamedBot = None) -> None:
    """Remove a receiver, its secret, and what waits for it."""
    import asyncio

    from bot.commands import notifying

    asyncio.run(notifying.remove_receiver(number, bot))


@receivers.command("test")
@explained
def try_receiver(number: Number, bot: NamedBot = None) -> None:
    """Send a receiver a notice that says nothing: `receiver.test`."""
    import asyncio

    from bot.commands import notifying

    asyncio.run(notifying.try_receiver(number, bot))


@receivers.command("replay")
@explained
def replay_notices(
    what: Annotated[str, typer.Argument(metavar="ID", help="A receiver's number, or a notice's msg_….")],
    since: Annotated[
        str | None,
        typer.Option(metavar="MOMENT", help="2026-03-01, or 2026-03-01T12:00, in UTC: delivered ones, too."),
    ] = None,
    bot: NamedBot = None,
) -> None:
    """Send again what was given up, or everything since a moment, or one notice; each under its old id."""
    import asyncio

    from bot.commands import notifying

    asyncio.run(notifying.replay_notices(what, since, bot))
