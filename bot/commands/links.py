"""The commands of `hotlead links`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.bots import NamedBot
from bot.commands.explaining import explained

links = typer.Typer(help="Deep links: one for each advert, flyer and post.", no_args_is_help=True)
Token = Annotated[str, typer.Argument(help="What stands after `start=` in the link's address.")]


@links.command("list")
@explained
def list_links(bot: NamedBot = None) -> None:
    """Print every link with its address, and how many people, leads and hot leads came by it."""
    import asyncio

    from bot.commands import linking

    asyncio.run(linking.list_links(bot))


@links.command("create")
@explained
def create_link(
    name: Annotated[str, typer.Argument(help="The campaign's name, as managers see it.")],
    quiz: Annotated[str | None, typer.Option(help="The quiz's id; otherwise the first that runs.")] = None,
    language: Annotated[str | None, typer.Option(help="The chat's language; otherwise the person's own.")] = None,
    utm: Annotated[str | None, typer.Option(help="utm_source=…&utm_medium=…, or an address with them.")] = None,
    bot: NamedBot = None,
) -> None:
    """Make a link and print its address."""
    import asyncio

    from bot.commands import linking

    asyncio.run(linking.create_link(name, quiz, language, utm, bot))


@links.command("retire")
@explained
def retire_link(token: Token, bot: NamedBot = None) -> None:
    """Put a link out of use; whoever still comes by it is counted."""
    import asyncio

    from bot.commands import linking

    asyncio.run(linking.retire_link(token, bot))


@links.command("qr")
@explained
def write_qr(
    token: Token, file: Annotated[Path, typer.Argument(help="The PNG file to write.")], bot: NamedBot = None
) -> None:
    """Write a link's QR code."""
    import asyncio

    from bot.commands import linking

    asyncio.run(linking.write_qr(token, file, bot))
