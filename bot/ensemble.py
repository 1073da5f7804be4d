"""The ensemble: every bot that the database serves, in one process, each on its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

import structlog
from pydantic import SecretStr

from bot.bell import Bell
from bot.clock import Clock
from bot.entrance import port_of, web_server
from bot.intake import FIRST_PAUSE, LONGEST_PAUSE
from bot.leadership import Election
from bot.mail.port import Postman
from bot.main import Hotlead, build
from bot.pace import Pace
from bot.receivers.port import Courier
from bot.roles import ALL_ROLES, Roles
from bot.settings import Settings
from bot.telegram.port import Messenger, TelegramError, TokenRefusedError
from bot.work import Library, Setup, Workshop
from bot.worker import place_of
from storage.bots import Bots, KeptBot
from storage.database import Database
from storage.erasing import ErasureList
from storage.errors import DatabaseFailedError

if TYPE_CHECKING:
    from bot.web.serving import WebServer

LOOK_EVERY = timedelta(seconds=3)
"""How often it is looked whether bots were added, changed, paused or resumed: another process does that."""
REFUSED_PAUSE = timedelta(minutes=10)
"""How long a token that was refused is left alone; a new one is tried at once."""
STOPPED = "stopped"
"""Under this name it is kept why a bot does not run though it should: `hotlead status` reads it."""

log = structlog.get_logger()


class Greeting(Protocol):
    """What is done with every bot that is about to run."""

    async def __call__(self, hotlead: Hotlead, *, is_kept: bool) -> None:
        """Greet a bot; `is_kept` tells one of the database from the settings' own."""
        ...


@dataclass(frozen=True)
class Player:
    """One bot as it is to be run; when anything of it changes, it starts anew."""

    id: int
    name: str
    """its @name, or its number until that is known"""
    settings: Settings
    published: tuple[str, ...] = ()
    """quizzes of the database to run; empty for the files that the settings name"""


@dataclass(frozen=True)
class Stand:
    """What all players share."""

    settings: Settings
    clock: Clock
    database: Database
    line: Callable[[Settings], Messenger]
    """opens a bot's line to Telegram"""
    postman: Postman | None = None
    courier: Courier | None = None
    room: Callable[[], int | None] = lambda: None
    pace: Pace | None = None
    """instead of the settings' own; for tests"""
    roles: Roles = ALL_ROLES
    election: Election | None = None
    """decides who leads, where other processes may do the same"""


class Ensemble:
    """Runs the settings' bot and those of the database that are not paused; none of them ends another.

    Where the settings' bot is the only one, whatever ends it ends the process, with its reason.
    """

    def __init__(self, stand: Stand, greet: Greeting | None = None) -> None:
        """`greet` is awaited with every bot that is about to run."""
        self._stand = stand
        self._clock = stand.clock
        self._database = stand.database
        self._greet = greet
        self._tasks: dict[int, tuple[Player, asyncio.Task[None]]] = {}
        self._kept: dict[int, KeptBot] = {}
        self.changed = Bell()
        """rung when the bots of the database should be looked at now"""
        self.names: dict[int, str] = {}
        """every bot that is known, paused ones too"""
        self.playing: dict[int, Hotlead] = {}
        self.stopped: dict[int, str] = {}
        """why a bot that should run does not"""
        self._listening = asyncio.Event()
        self.web = self._web()
        """the web server, where the settings want one"""

    async def run(self) -> None:
        """Run until cancelled."""
        self._kept = await self._read()
        try:
            async with asyncio.TaskGroup() as group:
                if self.web is not None:
                    group.create_task(self.web.run(), name=type(self.web).__name__)
                while True:
                    await self._follow(group)
                    await self.changed.wait(self._clock, self._clock.now() + LOOK_EVERY)
                    self._kept = await self._read()
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None  # one cause is clearer than a group of one

    # who is to run -------------------------------------------------------------------------------------------

    async def _read(self) -> dict[int, KeptBot]:
        """Look which bots the database keeps; while it fails, they are the same as before."""
        try:
            async with self._database.look() as connection:
                return {bot.id: bot for bot in await Bots(connection).all()}
        except DatabaseFailedError:
            return self._kept

    def _players(self) -> Iterator[Player]:
        settings = self._stand.settings
        named = settings.bot_id
        if named is not None:
            yield Player(named, self.names.get(named, str(named)), settings)
        for bot in self._kept.values():
            if bot.paused_at is None and bot.id != named:
                yield Player(bot.id, f"@{bot.username}", settings_of(settings, bot), bot.quizzes)

    async def _follow(self, group: asyncio.TaskGroup) -> None:
        """Stop who is not to run, or not like this; start who is."""
        named = self._stand.settings.bot_id
        self.names |= {bot.id: f"@{bot.username}" for bot in self._kept.values()}
        if named is not None:
            self.names.setdefault(named, str(named))
        wanted = {player.id: player for player in self._players()}
        leaving = [
            task
            for number, (player, task) in self._tasks.items()
            if number not in wanted
            or (wanted[number].settings, wanted[number].published) != (player.settings, player.published)
        ]
        for task in leaving:
            task.cancel()
        if leaving:
            await asyncio.wait(leaving)
        self._tasks = {number: each for number, each in self._tasks.items() if not each[1].done()}
        for number, player in wanted.items():
            if number not in self._tasks:
                task = group.create_task(self._keep_playing(player), name=player.name)
                self._tasks[number] = (player, task)

    def _is_alone(self, player: Player) -> bool:
        return player.id == self._stand.settings.bot_id and not self._kept.keys() - {player.id}

    # one of them ---------------------------------------------------------------------------------------------

    async def _keep_playing(self, player: Player) -> None:
        """Run a bot for ever, whatever ends it; what is wrong with it is told once, and shown until it is over."""
        pause = FIRST_PAUSE
        try:
            with structlog.contextvars.bound_contextvars(bot=player.name):
                while True:
                    began = self._clock.now()
                    pause = await self._played(player, pause)
                    await self._clock.sleep_until(self._clock.now() + pause)
                    has_run = self._clock.now() - began > 2 * LONGEST_PAUSE + pause
                    pause = FIRST_PAUSE if has_run else min(pause * 2, LONGEST_PAUSE)
        finally:
            self.stopped.pop(player.id, None)

    async def _played(self, player: Player, pause: timedelta) -> timedelta:
        """Run a bot until it ends; return how long to wait before the next try."""
        try:
            await self._play(player)
        except TokenRefusedError:
            if self._is_alone(player):
                raise
            await self._stops(player, "Telegram refuses its token; `hotlead bots add` takes a new one")
            return REFUSED_PAUSE
        except (TelegramError, DatabaseFailedError) as error:
            # Only while it starts: a network that is not there yet is waited for, and so is a database of several
            # processes, as by one that slept through its start.
            if isinstance(error, DatabaseFailedError) and self._is_alone(player) and not self._database.is_shared:
                raise
            server = player.settings.bot_api
            log.warning("cannot_start_yet", reason=str(error), server=server, again_in=pause.total_seconds())
        except Exception as error:
            if self._is_alone(player):
                raise
            ours = type(error).__module__.partition(".")[0] in ("bot", "storage", "qualification", "dialogs")
            await self._stops(player, (str(error).splitlines() or [""])[0] if ours else place_of(error))
        return pause

    async def _play(self, player: Player) -> None:
        stand = self._stand
        messenger = stand.line(player.settings)
        try:
            hotlead = await build(
                player.settings,
                self._clock,
                messenger,
                self._database,
                stand.pace,
                postman=stand.postman,
                courier=stand.courier,
                room=stand.room,
                published=player.published,
                is_alone=False,
                listening=self._listening,
                roles=stand.roles,
                election=stand.election,
            )
            await self._begins(player, hotlead)
            announcing = asyncio.create_task(hotlead.announce())
            try:
                await hotlead.run()
            finally:
                del self.playing[player.id]
                announcing.cancel()
                await asyncio.wait([announcing])
                if hotlead.site is not None:
                    await hotlead.site.finish()
        finally:
            await messenger.close()

    async def _begins(self, player: Player, hotlead: Hotlead) -> None:
        self.names[player.id] = f"@{hotlead.identity.username}"
        structlog.contextvars.bind_contextvars(bot=self.names[player.id])
        async with hotlead.workshop.work() as work:
            await work.unit.states.drop(STOPPED)
        self.stopped.pop(player.id, None)
        if self._greet is not None:
            await self._greet(hotlead, is_kept=player.id != self._stand.settings.bot_id)
        self.playing[player.id] = hotlead

    async def _stops(self, player: Player, reason: str) -> None:
        """Tell and remember why a bot does not run; the others go on."""
        if self.stopped.get(player.id) != reason:
            log.error("bot_stopped", reason=reason)
        self.stopped[player.id] = reason
        try:
            async with self._database.unit(player.id) as unit:
                await unit.states.keep(STOPPED, reason)
        except DatabaseFailedError as error:
            log.error("database_failed", part=type(self).__name__, reason=str(error))  # noqa: TRY400 - one line

    # what the web sees ---------------------------------------------------------------------------------------

    def _web(self) -> WebServer | None:
        settings = self._stand.settings
        if port_of(settings, self._stand.roles) is None:
            return None
        # Who serves nothing need not wait for it to be imported.
        from bot.web.admission import Admission  # noqa: PLC0415
        from bot.web.sites import Present, Sites  # noqa: PLC0415

        def present() -> Present:
            sites = {number: each.site for number, each in self.playing.items() if each.site is not None}
            return Present(self.names, sites, self.stopped)

        token = settings.metrics_token.get_secret_value() if settings.metrics_token else None
        admission = Admission(settings.public_url, token)
        sites = Sites(present, self._resting, self._database, self._clock, admission, self._stand.room)
        return web_server(settings, self._stand.roles, sites, self._listening)

    def _resting(self, bot_id: int) -> Workshop:
        fingerprint = self._database.keyring.fingerprint
        setup = Setup((), username=self.names[bot_id].removeprefix("@"), fingerprint=fingerprint)
        erasures = ErasureList(self._stand.settings.erased_file, fingerprint)
        return Workshop(self._database, bot_id, self._clock, setup, Library(), erasures)


def settings_of(settings: Settings, bot: KeptBot) -> Settings:
    """Return the settings under which a bot of the database runs: its own where it has any."""
    own = {
        "bot_token": SecretStr(bot.token),
        "quiz": bot.quizzes,
        "managers": bot.managers,
        "admins": bot.admins,
        "language": bot.language,
        "pace": bot.pace or settings.pace,
    }
    return settings.model_copy(update=own)
