"""The composition root: builds everything, for production, the demo and the tests alike."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import structlog

from bot.arrivals import Arrivals
from bot.bell import Bell
from bot.clock import Clock
from bot.conversation.commands import PROSPECT_COMMANDS
from bot.delivery import Delivery
from bot.entrance import address_of, port_of, site_of, web_server
from bot.gathering import Gathering
from bot.insight.alarms import Watch
from bot.intake import Intake
from bot.leadership import Election, Led, Part, name_of
from bot.mail.port import Postman
from bot.mail.post import Post
from bot.pace import Pace
from bot.publishing import NoSuchQuizError, load_file, quiz_path, shipped_quizzes
from bot.receivers.dispatch import Dispatch
from bot.receivers.port import Courier
from bot.registration import Registration
from bot.revisions import publish_file
from bot.ringing import Ringing
from bot.roles import ALL_ROLES, Role, Roles
from bot.settings import Settings
from bot.telegram.port import BotIdentity, Messenger, TelegramError
from bot.texts import LANGUAGES, plain
from bot.timers import Timers
from bot.watching.pulse import Pulse, WatchedMessenger
from bot.web.receiving import Door
from bot.work import Library, Setup, Workshop
from bot.worker import Worker
from dialogs.problems import did_you_mean
from storage.database import Database
from storage.erasing import ErasureList
from storage.errors import DatabaseBusyError, DatabaseFailedError
from storage.leadership import Duty, Seat
from storage.states import USERNAME

if TYPE_CHECKING:
    from bot.web.serving import WebServer
    from bot.web.site import Site

LED = {Role.RECEIVE: Duty.RECEIVING, Role.SEND: Duty.SENDING}
"""Roles that only one process at a time fulfils."""

log = structlog.get_logger()


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
    dispatch: Dispatch | None
    """sends notices to receivers; None where nothing could carry them"""
    pulse: Pulse
    ringing: Ringing
    take: Callable[[list[tuple[int, str]]], Awaitable[None]]
    """keeps updates that somebody else received: when it returns, they are on the disk"""
    site: Site | None = None
    """what it answers the web, where the settings want a web server"""
    web: WebServer | None = None
    """the web server, where the settings want one, and nobody else serves the site"""
    roles: Roles = ALL_ROLES
    election: Election | None = None
    """decides who leads, where other processes may do the same; None where there can be no others"""

    async def run(self, *, receive: bool = True) -> None:
        """Run until cancelled. A database that fails is waited for; whatever else ends one part ends all.

        Whoever receives updates by themselves, and lets us `take` them, wants us not to.
        """
        try:
            async with asyncio.TaskGroup() as parts:
                for part in self.parts(receive=receive):
                    parts.create_task(self._keep_going(part), name=name_of(part))
        except ExceptionGroup as group:
            raise group.exceptions[0] from None  # one cause is clearer than a group of one

    def parts(self, *, receive: bool = True) -> Iterator[Part]:
        """Name what this process runs: the parts of its roles, each of which only one process may run led."""
        if Role.SEND in self.roles:
            yield self._led(Duty.SENDING, self.delivery)
            yield self._led(Duty.MAILING, self.post)
            if self.dispatch is not None:
                yield self._led(Duty.NOTIFYING, self.dispatch)
        if Role.WORK in self.roles:
            yield self.worker
            yield self._led(Duty.TIMING, self.timers)
        if receive and Role.RECEIVE in self.roles:
            yield self._led(Duty.RECEIVING, self.intake)
        yield self.ringing
        if self.web is not None:
            yield self.web

    def _led(self, duty: Duty, part: Part) -> Part:
        return part if self.election is None else Led(Seat(duty, self.identity.id), self.election, part)

    async def _keep_going(self, part: Part) -> None:
        """Run a part again when the database failed: nothing was confirmed that is not on disk."""
        while True:
            try:
                await part.run()
            except DatabaseFailedError as error:
                if not isinstance(error, DatabaseBusyError):
                    self.pulse.database_failed()
                    log.error("database_failed", part=name_of(part), reason=str(error))  # noqa: TRY400 - one line
                await self.workshop.wait_after(error)

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
    courier: Courier | None = None,
    room: Callable[[], int | None] = lambda: None,
    published: tuple[str, ...] = (),
    is_alone: bool = True,
    listening: asyncio.Event | None = None,
    roles: Roles = ALL_ROLES,
    election: Election | None = None,
) -> Hotlead:
    """Put one bot together. Raises TelegramError, NoSuchQuizError, QuizRefusedError.

    `room` tells how many bytes are free on the database's disk; None when nobody knows. `published` names quizzes
    of the database to run, in place of the settings' files. A bot that is not alone leaves its site to a web
    server of others, which sets `listening`. With an `election` other processes may do the same on the same
    database.
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
    inbox, outbox, mail, notices, due = Bell(), Bell(), Bell(), Bell(), Bell()
    bells = {"inbox": inbox, "outbox": outbox, "mail": mail, "notices": notices, "due": due}
    ringing = Ringing(database, identity.id, clock, bells)

    def told() -> None:
        notices.ring()
        ringing.tell(("notices",))

    workshop = Workshop(database, identity.id, clock, setup, Library(), erasures, told=told)
    await database.scrub()  # a process that ended between an erasure and its scrub left bytes in the log

    def leads(duty: Duty) -> bool:
        return election is None or election.is_certain(Seat(duty, identity.id))

    def does(role: Role) -> bool:
        return role in roles and (role is Role.WORK or leads(LED[role]))

    pulse = Pulse(clock, does)
    pace = pace or Pace(settings.pace)
    sends_alone = None if election is None else partial(leads, Duty.SENDING)
    watched = WatchedMessenger(messenger, pulse)

    def committed() -> None:
        outbox.ring()
        mail.ring()
        due.ring()
        ringing.tell(("outbox", "mail", "due"))

    def received() -> None:
        inbox.ring()
        ringing.tell(("inbox",))

    arrivals = Arrivals(workshop, received, committed)

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
    site = site_of(settings, workshop, pulse, due, room, door) if port_of(settings, roles) else None
    return Hotlead(
        identity=identity,
        workshop=workshop,
        messenger=messenger,
        intake=intake,
        worker=Worker(workshop, messenger.read, inbox, committed),
        timers=Timers(workshop, due, committed, Watch(workshop, pulse, room)),
        delivery=Delivery(watched, workshop, pace, outbox, due.ring, sends_alone),
        post=Post(postman, workshop, mail, committed),
        dispatch=Dispatch(courier, workshop, notices) if courier is not None else None,
        pulse=pulse,
        ringing=ringing,
        take=take,
        site=site,
        web=web_server(settings, roles, site, listening) if is_alone and site is not None else None,
        roles=roles,
        election=election,
    )


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
