"""Which bot a command is about: the one that `--bot` names, or the only one there is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.opening import open_database
from bot.settings import Settings, SettingsError, read_settings
from dialogs.problems import did_you_mean
from storage.bots import Bots, KnownBot, bots_with
from storage.database import Database, file_of
from storage.states import USERNAME


@dataclass(frozen=True)
class Candidate:
    """A bot that a command may be about."""

    id: int
    username: str | None
    """None until a bot of the settings has run once"""
    kept: KnownBot | None = None
    """what the database keeps of it; None for the bot of the settings"""

    @property
    def called(self) -> str:
        """How it is told from the others."""
        return f"@{self.username}" if self.username else str(self.id)


async def candidates(connection: AsyncConnection, settings: Settings) -> list[Candidate]:
    """Return the bot of the settings and those of the database."""
    names, found = await bots_with(connection, USERNAME), []
    if settings.bot_id is not None:
        found.append(Candidate(settings.bot_id, names.get(settings.bot_id)))
    kept = await Bots(connection).known()
    return found + [Candidate(bot.id, bot.username, bot) for bot in kept if bot.id != settings.bot_id]


def chosen(named: str | None, among: Iterable[Candidate]) -> Candidate:
    """Return the bot that is meant. Raises SettingsError when that is not clear."""
    bots = list(among)
    called = [bot.called for bot in bots]
    if named is None:
        if len(bots) == 1:
            return bots[0]
        if not bots:
            raise SettingsError("HOTLEAD_BOT_TOKEN is missing, and no bot was added; `hotlead bots add` takes one")
        raise SettingsError(f"there are several bots; name one with --bot: {', '.join(called)}")
    wanted = named.strip().removeprefix("@").lower()
    for bot in bots:
        if wanted in ((bot.username or "").lower(), str(bot.id)):
            return bot
    like = did_you_mean(f"@{wanted}", called) if called else "`hotlead bots add` takes one"
    raise SettingsError(f"there is no bot `{named}`. {like}")


@asynccontextmanager
async def bot_database(named: str | None = None) -> AsyncIterator[tuple[Database, int]]:
    """Open the database, with the number of the bot that is meant. Raises SettingsError, StorageError."""
    settings = read_settings()
    file = file_of(settings.database_address)
    if settings.bot_token is None and file is not None and not file.exists():
        raise SettingsError("HOTLEAD_BOT_TOKEN is missing; the database keeps everything by bot")
    database = await open_database(settings)
    try:
        async with database.look() as connection:
            bot = chosen(named, await candidates(connection, settings))
        yield database, bot.id
    finally:
        await database.close()
