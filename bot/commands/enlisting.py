"""`hotlead bots`: an operator takes in bots, lists, pauses and resumes them."""

from __future__ import annotations

import getpass
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import typer
from pydantic import SecretStr

from bot.arrivals import HEARD
from bot.clock import Clock, FlowingClock
from bot.commands.choosing import Candidate, candidates, chosen
from bot.commands.running import messenger_for, show_claim
from bot.ensemble import STOPPED, settings_of
from bot.main import publish
from bot.opening import open_database
from bot.publishing import shipped_quizzes
from bot.settings import NOT_A_TOKEN, Settings, SettingsError, number_in, read_settings
from bot.telegram.port import BotIdentity
from bot.texts import LANGUAGES
from bot.watching.status import RUNS_IF_HEARD
from bot.work import Library, Setup, Workshop
from storage.bots import Bots, KeptBot, bots_with
from storage.database import Database
from storage.erasing import ErasureList
from storage.glancing import glance

STDIN = Path("-")


@dataclass(frozen=True)
class Terms:
    """How an added bot is to work; what is left out stays as it is."""

    quizzes: tuple[str, ...] = ()
    managers: tuple[int, ...] = ()
    admins: tuple[int, ...] = ()
    language: str | None = None
    pace: float | None = None


def asked_token(file: Path | None) -> str:
    """Return the token from a file, standard input, or the terminal, which does not show it. Raises SettingsError.

    It is no argument: those stay in the shell's history, and everybody on the machine sees them.
    """
    try:
        if file is not None and file != STDIN:
            token = file.read_text(encoding="ascii")
        elif file is None and sys.stdin.isatty():
            token = getpass.getpass("The bot's token, from @BotFather (it is not shown): ")
        else:
            token = sys.stdin.readline()
    except EOFError:
        token = ""
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else NOT_A_TOKEN
        raise SettingsError(f"--token-file {file}: {reason}") from None
    token = token.strip()
    if number_in(token) is None:
        raise SettingsError(NOT_A_TOKEN if token else "no token was given")
    return token


async def add_bot(token: str, terms: Terms) -> None:
    """Take in a bot, or what is new of one. Raises SettingsError, TelegramError, NoSuchQuizError, StorageError."""
    settings, clock = read_settings(), FlowingClock()
    if terms.language is not None and terms.language not in LANGUAGES:
        raise SettingsError(f"--language {terms.language}: use one of {', '.join(LANGUAGES)}")
    identity = await _verified(settings, token)
    if identity.id == settings.bot_id:
        raise SettingsError(
            f"@{identity.username} is the bot of HOTLEAD_BOT_TOKEN already; unset that first, if the database"
            " is to keep it"
        )
    database = await open_database(settings)
    try:
        bot, is_new = await _keep(database, identity, token, terms, clock)
        said = "was added" if is_new else "has a new token" if bot.paused_at is None else "has a new token, paused"
        typer.echo(f"@{bot.username} {said}: {', '.join(bot.quizzes)}")
        typer.echo("A process that runs takes it in within seconds; otherwise: hotlead run")
        await _show_claim(database, settings_of(settings, bot), bot, clock)
    finally:
        await database.close()


async def _verified(settings: Settings, token: str) -> BotIdentity:
    """Ask Telegram whose token it is. Raises TokenRefusedError, TelegramError."""
    messenger = messenger_for(settings.model_copy(update={"bot_token": SecretStr(token)}))
    try:
        return await messenger.identify()
    finally:
        await messenger.close()


async def _keep(
    database: Database, identity: BotIdentity, token: str, terms: Terms, clock: Clock
) -> tuple[KeptBot, bool]:
    async with database.look() as connection:
        before = next((bot for bot in await Bots(connection).all() if bot.id == identity.id), None)
    if before is None and not terms.quizzes:
        shipped = ", ".join(shipped_quizzes())
        raise SettingsError(f"--quiz is missing; name a quiz file, or one that ships: {shipped}")
    quizzes = await publish(database, identity.id, terms.quizzes, clock, named_in="--quiz")
    old = before or KeptBot(identity.id, identity.username)
    bot = KeptBot(
        id=identity.id,
        username=identity.username,
        quizzes=quizzes or old.quizzes,
        managers=terms.managers or old.managers,
        admins=terms.admins or old.admins,
        language=terms.language or old.language,
        pace=terms.pace or old.pace,
        paused_at=old.paused_at,
        token=token,
    )
    async with database.transaction() as connection:
        is_new = await Bots(connection).keep(bot, clock.now())
    return bot, is_new


async def _show_claim(database: Database, settings: Settings, bot: KeptBot, clock: Clock) -> None:
    """Show how to become the owner of a bot that has none: here, because this is the operator's terminal."""
    fingerprint = database.keyring.fingerprint
    setup = Setup(bot.quizzes, bot.managers, bot.admins, username=bot.username, fingerprint=fingerprint)
    erasures = ErasureList(settings.erased_file, fingerprint)
    async with Workshop(database, bot.id, clock, setup, Library(), erasures).work() as work:
        await show_claim(work)


async def list_bots(now: datetime) -> None:
    """Print every bot in a table."""
    settings = read_settings()
    async with glance(settings.database_address) as connection:
        bots = await candidates(connection, settings)
        heard, stopped = await bots_with(connection, HEARD), await bots_with(connection, STOPPED)
    if not bots:
        typer.echo("There are no bots yet: hotlead bots add")
        return
    rows = [("id", "name", "quizzes", "state")]
    for bot in bots:
        quizzes = bot.kept.quizzes if bot.kept else settings.quiz
        state = _state(bot, heard.get(bot.id), stopped.get(bot.id), now)
        rows.append((str(bot.id), bot.called if bot.username else "?", ", ".join(quizzes), state))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        number, name, runs, state = row
        typer.echo(f"{number:>{widths[0]}}  {name:{widths[1]}}  {runs:{widths[2]}}  {state}")


def _state(bot: Candidate, heard: str | None, stopped: str | None, now: datetime) -> str:
    named = "" if bot.kept else " (HOTLEAD_BOT_TOKEN)"
    if bot.kept is not None and bot.kept.paused_at is not None:
        return f"paused since {bot.kept.paused_at:%Y-%m-%d %H:%M} UTC"
    if stopped is not None:
        return f"does not run: {stopped}{named}"
    is_heard = heard is not None and now - datetime.fromisoformat(heard) <= RUNS_IF_HEARD
    return f"{'running' if is_heard else 'not running'}{named}"


async def pause_bot(named: str) -> None:
    """Let a bot rest. Raises SettingsError, StorageError."""
    await _turn(named, FlowingClock().now())


async def resume_bot(named: str) -> None:
    """Let a bot go on. Raises SettingsError, StorageError."""
    await _turn(named, None)


async def _turn(named: str, paused_at: datetime | None) -> None:
    """Pause a bot, or (None) let it go on."""
    settings = read_settings()
    database = await open_database(settings)
    try:
        async with database.transaction() as connection:
            bot = chosen(named, await candidates(connection, settings))
            if bot.kept is None:
                raise SettingsError(
                    f"{bot.called} is the bot of HOTLEAD_BOT_TOKEN, and runs as long as that is set; unset it and"
                    " `hotlead bots add` it, to have it paused and resumed"
                )
            was_paused = bot.kept.paused_at is not None
            if was_paused != (paused_at is not None):
                await Bots(connection).pause(bot.id, paused_at)
    finally:
        await database.close()
    if paused_at is None:
        said = "goes on" if was_paused else "is not paused"
    elif was_paused:
        said = "is paused already"
    else:
        said = "is paused: nothing is received or sent. Telegram keeps what people write for 24 hours"
    typer.echo(f"{bot.called} {said}")
