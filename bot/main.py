"""The composition root: builds everything, for production, the demo and the tests alike."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import structlog

from bot.arrivals import Arrivals
from bot.bell import Bell
from bot.clock import Clock
from bot.conversation.commands import PROSPECT_COMMANDS
from bot.delivery import Delivery
from bot.gathering import Gathering
from bot.insight.alarms import Watch
from bot.intake import Intake
from bot.mail.port import Postman
from bot.mail.post import Post
from bot.pace import Pace
from bot.publishing import NoSuchQuizError, load_file, quiz_path, shipped_quizzes
from bot.registration import Address, Registration, secret_of
from bot.revisions import publish_file
from bot.settings import Settings
from bot.telegram.port import BotIdentity, Messenger, TelegramError
from bot.texts import LANGUAGES, plain
from bot.timers import Timers
from bot.watching.pulse import Pulse, WatchedMessenger
from bot.web.receiving import PATH as WEBHOOKS
from bot.web.receiving import Door
from bot.work import Library, Setup, Workshop
from bot.worker import Worker, pause_after
from dialogs.problems import did_you_mean
from storage.database import Database
from storage.erasing import ErasureList
from storage.errors import DatabaseBusyError, DatabaseFailedError

if TYPE_CHECKING:
    from bot.web.asking import Answer, Asked
    from bot.web.serving import WebServer
    from bot.web.site import Site

USERNAME = "username"
"""Under this name the bot's own is remembered: a command can write addresses without asking Telegram."""

log = structlog.get_logger()


class Part(Protocol):
    """Something that runs as long as the bot does."""

    async def run(self) -> None:
        """Run until cancelled."""
        ...


class Answering(Protocol):
    """What the web server asks."""

    async def answer(self, asked: Asked) -> Answer:
        """Answer a request."""
        ...

    async def finish(self) -> None:
        """Bring to an end what is under way."""
        ...


@dataclass(frozen=True)
class Hotlead:
    """The whole bot, ready to run."""

    identity: BotIdentity
    workshop: Workshop
    messenger: Messenger
    intake: Intake | Registration
    worker: Worker
    timers: Timers
    delivery: Delivery
    post: Post
    pulse: Pulse
    take: Callable[[list[tuple[int, str]]], Awaitable[None]]
    """keeps updates that somebody else received: when it returns, they are on the disk"""
    site: Site | None = None
    """what it answers the web, where the settings want a web server"""
    web: WebServer | None = None
    """the web server, where the settings want one, and nobody else serves the site"""

    async def run(self, *, receive: bool = True) -> None:
        """Run until cancelled. A database that fails is waited for; whatever else ends one part ends all.

        Whoever receives updates by themselves, and lets us `take` them, wants us not to.
        """
        try:
            async with asyncio.TaskGroup() as parts:
                web = () if self.web is None else (self.web,)
                intake = (self.intake,) if receive else ()
                for part in (self.delivery, self.post, self.worker, self.timers, *intake, *web):
                    parts.create_task(self._keep_going(part), name=type(part).__name__)
        except ExceptionGroup as group:
            raise group.exceptions[0] from None  # one cause is clearer than a group of one

    async def _keep_going(self, part: Part) -> None:
        """Run a part again when the database failed: nothing was confirmed that is not on disk."""
        while True:
            try:
                await part.run()
            except DatabaseFailedError as error:
                if not isinstance(error, DatabaseBusyError):
                    self.pulse.database_failed()
                    log.error("database_failed", part=type(part).__name__, reason=str(error))  # noqa: TRY400 - one line
                clock = self.workshop.clock
                await clock.sleep_until(clock.now() + pause_after(error))

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
    settings: Settings,
    clock: Clock,
    messenger: Messenger,
    database: Database,
    pace: Pace | None = None,
    *,
    postman: Postman | None = None,
    room: Callable[[], int | None] = lambda: None,
    published: tuple[str, ...] = (),
    is_alone: bool = True,
    listening: asyncio.Event | None = None,
) -> Hotlead:
    """Put one bot together. Raises TelegramError, NoSuchQuizError, QuizRefusedError.

    `room` tells how many bytes are free on the database's disk; None when nobody knows. `published` names quizzes
    of the database to run, in place of the settings' files. A bot that is not alone leaves its site to a web
    server of others, which sets `listening`.
    """
    identity = await messenger.identify()
    quizzes = published or await publish(database, identity.id, settings.quiz or shipped_quizzes()[:1], clock)
    setup = Setup(
        quizzes,
        settings.managers,
        settings.admins,
        settings.language,
        identity.username,
        public_url=settings.public_url,
        can_mail=postman is not None,
        fingerprint=database.keyring.fingerprint,
    )
    async with database.unit(identity.id) as unit:
        await unit.states.keep(USERNAME, identity.username)
    erasures = ErasureList(settings.erased_file, database.keyring.fingerprint)
    workshop = Workshop(database, identity.id, clock, setup, Library(), erasures)
    await database.scrub()  # a process that ended between an erasure and its scrub left bytes in the log
    inbox, outbox, mail, due = Bell(), Bell(), Bell(), Bell()

    pulse = Pulse(clock)
    watched = WatchedMessenger(messenger, pulse)

    def committed() -> None:
        outbox.ring()
        mail.ring()
        due.ring()

    arrivals = Arrivals(workshop, inbox, committed)

    async def take(updates: list[tuple[int, str]]) -> None:
        await arrivals.keep(updates)
        pulse.heard()

    address = address_of(settings, workshop)
    listening = listening or asyncio.Event()
    door: Door | None = None
    intake: Intake | Registration
    if address is None:
        intake = Intake(watched, arrivals, clock)
    else:
        intake = Registration(watched, arrivals, pulse, clock, address, listening)
        door = Door(address.secret, Gathering(intake.take))
    site = _site(settings, workshop, pulse, due, room, door)
    return Hotlead(
        identity=identity,
        workshop=workshop,
        messenger=messenger,
        intake=intake,
        worker=Worker(workshop, messenger.read, inbox, committed),
        timers=Timers(workshop, due, committed, Watch(workshop, pulse, room)),
        delivery=Delivery(watched, workshop, pace or Pace(settings.pace), outbox, due.ring),
        post=Post(postman, workshop, mail, committed),
        pulse=pulse,
        take=take,
        site=site,
        web=web_server(settings, site, listening) if is_alone and site is not None else None,
    )


def address_of(settings: Settings, workshop: Workshop) -> Address | None:
    """Return where Telegram posts a bot's updates, and what it shows there; None where they are polled."""
    if settings.webhooks_at is None:
        return None
    given = settings.webhook_secret.get_secret_value() if settings.webhook_secret else None
    secret = secret_of(given, workshop.setup.fingerprint, workshop.bot_id)
    return Address(f"{settings.webhooks_at}{WEBHOOKS}{workshop.bot_id}", secret)


def _site(
    settings: Settings,
    workshop: Workshop,
    pulse: Pulse,
    due: Bell,
    room: Callable[[], int | None],
    door: Door | None,
) -> Site | None:
    """Put together what the bot answers the web, if there is a web server; its updates come by the `door`."""
    if settings.listens_on is None:
        return None
    from bot.web.redirecting import Redirects  # noqa: PLC0415
    from bot.web.site import Site  # noqa: PLC0415

    token = settings.metrics_token.get_secret_value() if settings.metrics_token else None
    return Site(workshop, pulse, Redirects(workshop, due), room, token, door)


def web_server(settings: Settings, site: Answering, listening: asyncio.Event) -> WebServer | None:
    """Put the web server together, if there is to be one; `listening` is set once it is."""
    if settings.listens_on is None:
        return None
    # Who serves nothing need not wait for a web server to be imported.
    from bot.web.serving import WebServer  # noqa: PLC0415

    host, port = settings.listens_on
    posted = WEBHOOKS if settings.webhooks_at is not None else None
    return WebServer(host, port, site.answer, site.finish, posted=posted, started=listening)


async def publish(
    database: Database, bot_id: int, named: Iterable[str], clock: Clock, named_in: str = "HOTLEAD_QUIZ"
) -> tuple[str, ...]:
    """Publish the named quiz files, or take quizzes that were published before; return their ids.

    A file that was published before stays history, even if others came since: a start undoes nobody's work.
    """
    ids: list[str] = []
    for name in named:
        path = quiz_path(name)
        async with database.unit(bot_id) as unit:
            if path is not None:
                file = load_file(path)
                ids.append((await publish_file(unit, file, clock.now(), again=False))[0].quiz)
            elif await unit.quizzes.newest(name) is not None:
                ids.append(name)
            else:
                known = [*await unit.quizzes.ids(), *shipped_quizzes()]
                raise NoSuchQuizError(
                    f"{named_in}: there is no quiz file or published quiz `{name}`. " + did_you_mean(name, known)
                )
    return tuple(dict.fromkeys(ids))
