"""`hotlead run` and `hotlead doctor`: what an operator does."""

from __future__ import annotations

import asyncio
import gc
import signal
from contextlib import AsyncExitStack, suppress
from functools import partial

import structlog
import typer

from bot.clock import Clock, FlowingClock
from bot.commands.keeping import check_keeping
from bot.commands.receiving import check_receiving, check_web
from bot.ensemble import Ensemble, Stand, settings_of
from bot.leadership import Election
from bot.logs import set_up_logs
from bot.mail.port import MailError, Postman, read_sender, read_server
from bot.main import Hotlead
from bot.opening import open_database
from bot.pace import Pace
from bot.publishing import load_file, quiz_path, shipped_quizzes
from bot.receivers.port import Courier
from bot.roles import ALL_ROLES, Role, Roles, listed
from bot.settings import TELEGRAM, Settings, SettingsError, read_settings, unknown_settings
from bot.teams.claiming import CLAIM_MARK, open_claim, shown
from bot.telegram import frameworks
from bot.telegram.addresses import chat_address
from bot.telegram.port import Messenger, TelegramError, TokenRefusedError
from bot.watching import machine
from bot.work import Work
from dialogs.problems import did_you_mean
from dialogs.steps import ContactRequest
from qualification.quiz import Quiz
from storage.bots import Bots, KeptBot
from storage.database import file_of
from storage.errors import StorageError
from storage.lock import locked

NO_BOT = (
    "HOTLEAD_BOT_TOKEN is missing; @BotFather gives you one: write HOTLEAD_BOT_TOKEN=… into a file named .env"
    " here (or `hotlead bots add`)"
)

log = structlog.get_logger()


def messenger_for(settings: Settings) -> Messenger:
    """Return a line to Telegram. Raises SettingsError without a token, or a framework."""
    if settings.bot_token is None:
        raise SettingsError(NO_BOT)
    server = None if settings.bot_api == TELEGRAM else settings.bot_api
    return frameworks.messenger(settings.framework, settings.bot_token.get_secret_value(), server)


def postman_for(settings: Settings, clock: Clock) -> Postman | None:
    """Return a line to the mail server; None when there is none in the settings."""
    if settings.smtp is None or settings.mail_from is None:
        return None
    from bot.mail.with_aiosmtplib import SmtpPostman

    server = read_server(settings.smtp.get_secret_value())
    return SmtpPostman(server, read_sender(settings.mail_from), clock)


def courier_for(settings: Settings, clock: Clock) -> Courier:
    """Return the way to receivers."""
    from bot.receivers.with_aiohttp import AiohttpCourier

    return AiohttpCourier(clock, private=settings.private_receivers)


async def run_bot(roles: Roles = ALL_ROLES, receive: str | None = None, pace: Pace | None = None) -> None:
    """Run every bot until Ctrl-C or SIGTERM.

    `receive` is the way to receive, and `pace` that of sending, if not those of the settings.
    """
    set_up_logs()
    settings = read_settings(**({"receive": receive} if receive else {}))
    file = file_of(settings.database_address)
    if roles != ALL_ROLES and file is not None:
        raise SettingsError(
            f"--only is for several processes on one PostgreSQL, and {file} has one process:"
            " leave --only out, or set HOTLEAD_DATABASE=postgresql://…"
        )
    if settings.bot_token is not None and not settings.quiz:
        raise SettingsError(
            f"HOTLEAD_QUIZ is missing; name a quiz file, or one that ships: {', '.join(shipped_quizzes())}"
        )
    if settings.bot_token is None and file is not None and not file.exists():
        raise SettingsError(NO_BOT)
    with locked(file):
        await _run_on_database(settings, roles, pace)


async def _run_on_database(settings: Settings, roles: Roles, pace: Pace | None) -> None:
    async with AsyncExitStack() as stack:
        database = await open_database(settings)
        stack.push_async_callback(database.close)
        async with database.look() as connection:
            if settings.bot_token is None and not await Bots(connection).known():
                raise SettingsError(NO_BOT)
        leadership = database.leadership()
        election = await stack.enter_async_context(Election(leadership).open()) if leadership else None
        clock = FlowingClock()
        stand = Stand(
            settings,
            clock,
            database,
            messenger_for,
            postman=postman_for(settings, clock),
            courier=courier_for(settings, clock),
            room=partial(machine.room, file_of(settings.database_address)),
            pace=pace,
            roles=roles,
            election=election,
        )
        await _run_until_told(Ensemble(stand, _say_hello))


async def _run_until_told(ensemble: Ensemble) -> None:
    running = asyncio.create_task(ensemble.run())
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, running.cancel)
    with suppress(asyncio.CancelledError):
        await running
    log.info("stopped")


async def _say_hello(hotlead: Hotlead, *, is_kept: bool = False) -> None:
    """Tell that a bot runs, and what it lacks. Who may claim one that the database keeps, `hotlead bots` shows."""
    gc.collect()
    gc.freeze()  # what is there now stays for ever: no collection need go through it again, while somebody waits
    log.info(
        "running",
        bot=f"@{hotlead.identity.username}",
        quizzes=", ".join(hotlead.workshop.setup.quizzes),
        link=chat_address(hotlead.identity.username),
        does=listed(hotlead.roles),
    )
    if Role.RECEIVE in hotlead.roles:
        await _check_staff(hotlead, claimable=not is_kept)
    async with hotlead.workshop.view() as view:
        for name in hotlead.workshop.setup.quizzes:
            newest = await view.quizzes.newest(name)
            if newest is not None and not hotlead.workshop.setup.can_mail:
                quiz = await hotlead.workshop.library.quiz(view, name, newest.number)
                if confirms_emails(quiz):
                    remedy = "set HOTLEAD_SMTP and HOTLEAD_MAIL_FROM; until then addresses are taken as they are"
                    log.warning("emails_cannot_be_confirmed", quiz=name, remedy=remedy)
        if await view.states.held():
            log.warning("follow_ups_are_held", why="a backup was restored", remedy="hotlead release lets them go")


async def _check_staff(hotlead: Hotlead, *, claimable: bool = True) -> None:
    """Warn of staff whom Telegram does not let the bot write to; show how to claim a bot that nobody owns."""
    async with hotlead.workshop.work() as work:
        if claimable:
            await show_claim(work)
        members = {each.telegram_id for each in await work.unit.members.all() if each.role.takes_leads}
        staff = sorted({*work.setup.managers, *work.setup.admins, *members})
        never_wrote = [each for each in staff if await work.unit.prospects.by_telegram_id(each) is None]
    if not staff:
        remedy = "claim the bot and send it /invite, or name people in HOTLEAD_MANAGERS; leads are kept"
        log.warning("nobody_gets_hot_leads", remedy=remedy)
    for telegram_id in never_wrote:
        log.warning(
            "staff_never_started", telegram_id=telegram_id, remedy="ask them to press Start in the bot's chat"
        )


async def show_claim(work: Work) -> None:
    """Show the operator how to own a bot that nobody owns: on the terminal, never in the logs."""
    code = await open_claim(work)
    if code is not None:
        link = f"https://t.me/{work.setup.username}?start={CLAIM_MARK}{code}"
        typer.echo(f"\nThis bot has no owner yet. Open {link}\nor send it: /claim {shown(code)}\n")


async def examine_setup() -> int:
    """Print what is configured and what is missing; return the exit code: 2 when the bot cannot run so."""
    try:
        settings = read_settings()
    except SettingsError as error:
        for line in str(error).splitlines():
            tell(False, "settings", line)
        return 2
    for unknown in unknown_settings():
        tell(None, "settings", unknown)
    kept = await _kept(settings)
    checks = [
        _check_quizzes(settings, is_alone=not kept),
        await check_keeping(settings, tell),
        await _check_telegram(settings, is_alone=not kept),
        *[await _check_telegram(settings_of(settings, bot)) for bot in kept],
        await _check_mail(settings),
        check_web(settings, tell),
    ]
    tell(
        bool(settings.managers) or None,
        "managers",
        f"{len(settings.managers)} get hot leads"
        if settings.managers
        else "none in the settings: HOTLEAD_MANAGERS, or /invite in the chat; /team shows who joined",
    )
    tell(
        bool(settings.admins) or None,
        "admins",
        f"{len(settings.admins)}" if settings.admins else "none in the settings; /team shows who joined",
    )
    return 0 if all(checks) else 2


async def _kept(settings: Settings) -> list[KeptBot]:
    """Return the bots of the database that are not paused; none while there is no database that opens."""
    file = file_of(settings.database_address)
    if file is not None and not file.exists():
        return []
    try:
        database = await open_database(settings)
    except StorageError:
        return []  # that is told by another check
    try:
        async with database.look() as connection:
            return [bot for bot in await Bots(connection).all() if bot.paused_at is None]
    finally:
        await database.close()


def _check_quizzes(settings: Settings, *, is_alone: bool) -> bool:
    if settings.bot_token is None and not is_alone:
        return True
    if not settings.quiz:
        return tell(False, "quiz", f"HOTLEAD_QUIZ is missing; these ship: {', '.join(shipped_quizzes())}")
    fine = True
    for named in settings.quiz:
        path = quiz_path(named)
        if path is None:
            fine = _check_published(settings, named) and fine
            continue
        try:
            quiz = load_file(path).quiz
        except Exception as error:  # noqa: BLE001 - whatever it is, the doctor says it and goes on
            fine = tell(False, "quiz", f"{named}: {error}")
        else:
            tell(True, "quiz", f"{named}: no errors")
            if settings.smtp is None and confirms_emails(quiz):
                tell(None, "quiz", f"{named}: e-mails cannot be confirmed without HOTLEAD_SMTP")
    return fine


def _check_published(settings: Settings, named: str) -> bool:
    file = file_of(settings.database_address)
    if file is not None and not file.exists():
        return tell(False, "quiz", f"{named}: no file of that name. {did_you_mean(named, shipped_quizzes())}")
    return tell(None, "quiz", f"{named}: no file of that name; it must have been published before")


async def _check_telegram(settings: Settings, *, is_alone: bool = True) -> bool:
    if settings.bot_token is None and not is_alone:
        return True
    try:
        messenger = messenger_for(settings)
    except SettingsError as error:
        return tell(False, "token", str(error))
    try:
        identity = await messenger.identify()
    except TokenRefusedError as error:
        return tell(False, "token", str(error))
    except TelegramError as error:
        return tell(False, "telegram", f"{error} ({settings.bot_api})")
    else:
        found = f"{settings.bot_api} answers: this is @{identity.username} (by {settings.framework})"
        fine = tell(True, "telegram", found)
        return await check_receiving(settings, messenger, identity, tell) and fine
    finally:
        await messenger.close()


async def _check_mail(settings: Settings) -> bool:
    """Say whether e-mails could be sent; who has no mail server hears nothing of it."""
    postman = postman_for(settings, FlowingClock())
    if settings.smtp is None or postman is None:
        return True
    server = read_server(settings.smtp.get_secret_value())
    try:
        await postman.check()
    except MailError as error:
        return tell(False, "mail", f"{server} ({server.security}): {error}")
    return tell(True, "mail", f"{server} answers ({server.security}), and would take e-mails from us")


def confirms_emails(quiz: Quiz) -> bool:
    """Tell whether a quiz wants e-mail addresses to be confirmed."""
    return any(isinstance(step, ContactRequest) and step.confirm for step in quiz.steps)


def tell(fine: bool | None, what: str, found: str) -> bool:
    """Print a finding of the doctor: fine, not fine, or (None) worth knowing; tell whether the bot can run so."""
    mark = {True: "✓", False: "✗", None: "!"}[fine]
    typer.echo(f"{mark} {what:9} {found}")
    return fine is not False
