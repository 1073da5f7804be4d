"""The composition root: builds everything, for production, the demo and the tests alike."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import structlog

from bot.bell import Bell
from bot.clock import Clock
from bot.conversation.commands import PROSPECT_COMMANDS
from bot.delivery import Delivery
from bot.intake import Intake
from bot.pace import Pace
from bot.publishing import NoSuchQuizError, load_file, quiz_path, shipped_quizzes
from bot.settings import Settings
from bot.telegram.port import BotIdentity, Messenger, TelegramError
from bot.texts import LANGUAGES, plain
from bot.timers import Timers
from bot.work import Library, Setup, Workshop
from bot.worker import Worker
from dialogs.problems import did_you_mean
from storage.database import Database
from storage.erasing import ErasureList, Fingerprint
from storage.errors import DatabaseFailedError

DATABASE_PAUSE = timedelta(seconds=3)
"""How long to wait before a failing database is asked again."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Hotlead:
    """The whole bot, ready to run."""

    identity: BotIdentity
    workshop: Workshop
    messenger: Messenger
    intake: Intake
    worker: Worker
    timers: Timers
    delivery: Delivery

    async def run(self) -> None:
        """Run until cancelled. A database that fails is waited for; whatever else ends one part ends all."""
        try:
            async with asyncio.TaskGroup() as parts:
                for part in (self.delivery, self.worker, self.timers, self.intake):
                    parts.create_task(self._keep_going(part), name=type(part).__name__)
        except ExceptionGroup as group:
            raise group.exceptions[0] from None  # one cause is clearer than a group of one

    async def _keep_going(self, part: Delivery | Worker | Timers | Intake) -> None:
        """Run a part again when the database failed: nothing was confirmed that is not on disk."""
        while True:
            try:
                await part.run()
            except DatabaseFailedError as error:
                log.error("database_failed", part=type(part).__name__, reason=str(error))  # noqa: TRY400 - one line
                clock = self.workshop.clock
                await clock.sleep_until(clock.now() + DATABASE_PAUSE)

    async def announce(self) -> None:
        """Set the bot's command menu; a bot without one works all the same."""
        menu = {
            language: {name: plain(language, f"command.{name}") for name in PROSPECT_COMMANDS}
            for language in LANGUAGES
        }
        try:
            await self.messenger.announce({"": menu[LANGUAGES[0]], **menu})
        except TelegramError as error:
            log.warning("menu_not_set", reason=str(error))


async def build(
    settings: Settings, clock: Clock, messenger: Messenger, database: Database, pace: Pace | None = None
) -> Hotlead:
    """Put everything together. Raises TelegramError, NoSuchQuizError, QuizRefusedError."""
    identity = await messenger.identify()
    quizzes = await publish(database, identity.id, settings.quiz or shipped_quizzes()[:1], clock)
    setup = Setup(quizzes, settings.managers, settings.admins, settings.language)
    erasures = ErasureList(settings.data / "erased", _keyed(settings.data / "erasure.key"))
    workshop = Workshop(database, identity.id, clock, setup, Library(), erasures)
    await database.scrub()  # a process that ended between an erasure and its scrub left bytes in the log
    inbox, outbox, due = Bell(), Bell(), Bell()

    def committed() -> None:
        outbox.ring()
        due.ring()

    return Hotlead(
        identity=identity,
        workshop=workshop,
        messenger=messenger,
        intake=Intake(messenger, workshop, inbox),
        worker=Worker(workshop, messenger.read, inbox, committed),
        timers=Timers(workshop, due, committed),
        delivery=Delivery(messenger, workshop, pace or Pace(), outbox),
    )


def _keyed(file: Path) -> Fingerprint:
    """Return fingerprints with the key in a file, which is made when the first one is needed."""

    def fingerprint(purpose: str, value: str) -> str:
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)
            file.write_bytes(secrets.token_bytes(32))
        return hmac.digest(file.read_bytes(), f"{purpose}\0{value}".encode(), hashlib.sha256).hex()

    return fingerprint


async def publish(database: Database, bot_id: int, named: Iterable[str], clock: Clock) -> tuple[str, ...]:
    """Publish the named quiz files, or take quizzes that were published before; return their ids."""
    ids: list[str] = []
    for name in named:
        path = quiz_path(name)
        async with database.unit(bot_id) as unit:
            if path is not None:
                file = load_file(path)
                revision = await unit.quizzes.publish(file.quiz.quiz, file.source, file.media, clock.now())
                ids.append(revision.quiz)
            elif await unit.quizzes.newest(name) is not None:
                ids.append(name)
            else:
                known = [*await unit.quizzes.ids(), *shipped_quizzes()]
                raise NoSuchQuizError(
                    f"HOTLEAD_QUIZ: there is no quiz file or published quiz `{name}`. " + did_you_mean(name, known)
                )
    return tuple(dict.fromkeys(ids))
