"""`hotlead links`: an operator lists, makes and retires deep links, and writes their QR pictures."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import SystemRandom

import typer

from bot.clock import FlowingClock
from bot.commands.choosing import bot_database, candidates
from bot.commands.running import messenger_for
from bot.entry.campaigns import LONGEST_NAME, campaign_name
from bot.entry.errors import LinkRefusedError, NoSuchLinkError
from bot.entry.pictures import address_of, qr_picture
from bot.entry.utm import read_utm
from bot.settings import Settings, read_settings
from dialogs.problems import did_you_mean
from qualification.loading import load_published
from storage.links import Link, Utm
from storage.unit import Unit


async def list_links(bot: str | None = None) -> None:
    """Print every link of a campaign with its counts."""
    async with _unit(bot) as (unit, username):
        reaches = await unit.links.campaigns()
        referred = await unit.links.referred()
    for reach in reaches:
        link = reach.link
        about = [link.campaign, link.quiz, link.language, *(f"utm_{k}={v}" for k, v in link.utm.given.items())]
        about.append(f"retired {link.retired_at:%Y-%m-%d}" if link.retired_at else None)
        typer.echo(f"{address_of(username, link)}  {' · '.join(part for part in about if part)}")
        typer.echo(f"    first {reach.first} · last {reach.last} · leads {reach.leads} · hot {reach.hot}")
    if not reaches:
        typer.echo("There are no links yet: hotlead links create NAME")
    if referred:
        typer.echo(f"Came by a recommendation: {referred}")


async def create_link(
    name: str, quiz: str | None, language: str | None, utm: str | None, bot: str | None = None
) -> None:
    """Make a link and print its address. Raises LinkRefusedError."""
    campaign = campaign_name(name)
    if campaign is None:
        raise LinkRefusedError(f"a campaign's name has 1 to {LONGEST_NAME} letters")
    async with _unit(bot) as (unit, username):
        marks = _marks(utm)
        await _check_target(unit, quiz, language)
        link = await unit.links.create(
            campaign, FlowingClock().now(), SystemRandom(), quiz=quiz, language=language, utm=marks
        )
    typer.echo(address_of(username, link))


async def retire_link(token: str, bot: str | None = None) -> None:
    """Put a link out of use. Raises NoSuchLinkError."""
    async with _unit(bot) as (unit, _):
        link = await _named(unit, token)
        await unit.links.retire(link.id, FlowingClock().now())
    typer.echo(f"{link.token} is retired: whoever still comes by it is counted")


async def write_qr(token: str, file: Path, bot: str | None = None) -> None:
    """Write a link's QR picture. Raises NoSuchLinkError, LinkRefusedError."""
    if file.suffix.lower() != ".png":
        raise LinkRefusedError(f"{file}: the picture is a PNG; let its name end in .png")
    async with _unit(bot) as (unit, username):
        address = address_of(username, await _named(unit, token))
    _write(file, qr_picture(address))
    typer.echo(f"{file}: {address}")


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise LinkRefusedError(f"{file}: {error.strerror or error}") from error


def _marks(utm: str | None) -> Utm | None:
    if utm is None:
        return None
    marks = read_utm(utm)
    if marks is None:
        raise LinkRefusedError("no UTM marks are in --utm; they look like utm_source=instagram&utm_medium=story")
    return marks


async def _check_target(unit: Unit, quiz: str | None, language: str | None) -> None:
    """Check that the quiz is there, and that it (or any, where none is named) speaks the language."""
    published = await unit.quizzes.ids()
    if quiz is not None and quiz not in published:
        raise LinkRefusedError(f"no quiz `{quiz}` was published. {did_you_mean(quiz, published)}")
    if language is None:
        return
    spoken: set[str] = set()
    for each in [quiz] if quiz else published:
        revision = await unit.quizzes.newest(each)
        if revision is not None:
            spoken.update(load_published(revision.source, each).languages)
    if language not in spoken:
        raise LinkRefusedError(f"no quiz speaks `{language}`. {did_you_mean(language, spoken)}")


async def _named(unit: Unit, token: str) -> Link:
    link = await unit.links.by_token(token.strip().upper())
    if link is None:
        raise NoSuchLinkError(f"there is no link `{token}`; see `hotlead links list`")
    return link


@asynccontextmanager
async def _unit(bot: str | None) -> AsyncIterator[tuple[Unit, str]]:
    """Begin a unit of work on a bot's database; give the bot's username along."""
    async with bot_database(bot) as (database, bot_id):
        async with database.look() as connection:
            settings = read_settings()
            names = {each.id: each.username for each in await candidates(connection, settings)}
        username = names[bot_id] or await _ask_username(settings)
        async with database.unit(bot_id) as unit:
            yield unit, username


async def _ask_username(settings: Settings) -> str:
    """Ask Telegram for the bot's username: a bot that never ran has not kept it."""
    messenger = messenger_for(settings)
    try:
        return (await messenger.identify()).username
    finally:
        await messenger.close()
