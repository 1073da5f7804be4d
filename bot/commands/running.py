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
from bot.intake import FIRST_PAUSE, LONGEST_PAUSE
from bot.leadership import Election
from bot.logs import set_up_logs
from bot.mail.port import MailError, Postman, read_sender, read_server
from bot.main import Hotlead, build
from bot.opening import open_database
from bot.publishing import load_file, quiz_path, shipped_quizzes
from bot.roles import ALL_ROLES, Role, Roles, listed
from bot.settings import TELEGRAM, Settings, SettingsError, read_settings
from bot.teams.claiming import CLAIM_MARK, open_claim, shown
from bot.telegram.addresses import chat_address
from bot.telegram.port import Messenger, TelegramError, TokenRefusedError
from bot.watching import machine
from dialogs.steps import ContactRequest
from qualification.quiz import Quiz
from storage.database import Database, file_of
from storage.errors import DatabaseFailedError
from storage.lock import locked

log = structlog.get_logger()


def messenger_for(settings: Settings) -> Messenger:
    """Return a line to Telegram. Raises SettingsError without a token."""
    if settings.bot_token is None:
        raise SettingsError(
            "HOTLEAD_BOT_TOKEN is missing; @BotFather gives you one, then: HOTLEAD_BOT_TOKEN=… hotlead run"
        )
    # aiogram takes seconds to import: who only checks a quiz should not wait for it.
    from bot.telegram.with_aiogram import AiogramMessenger

    server = None if settings.bot_api == TELEGRAM else settings.bot_api
    return AiogramMessenger(settings.bot_token.get_secret_value(), server)


def postman_for(settings: Settings, clock: Clock) -> Postman | None:
    """Return a line to the mail server; None when there is none in the settings."""
    if settings.smtp is None or settings.mail_from is None:
        return None
    from bot.mail.with_aiosmtplib import SmtpPostman

    server = read_server(settings.smtp.get_secret_value())
    return SmtpPostman(server, read_sender(settings.mail_from), clock)


async def run_bot(roles: Roles = ALL_ROLES) -> None:
    """Run until Ctrl-C or SIGTERM."""
    set_up_logs()
    settings = read_settings()
    file = file_of(settings.database_address)
    if roles != ALL_ROLES and file is not None:
        raise SettingsError(
            f"--only is for several processes on one PostgreSQL, and {file} has one process:"
            " leave --only out, or set HOTLEAD_DATABASE=postgresql://…"
        )
    if not settings.quiz:
        raise SettingsError(
            f"HOTLEAD_QUIZ is missing; name a quiz file, or one that ships: {', '.join(shipped_quizzes())}"
        )
    messenger = messenger_for(settings)
    try:
        with locked(file):
            await _run_on_database(settings, messenger, roles)
    finally:
        await messenger.close()


async def _run_on_database(settings: Settings, messenger: Messenger, roles: Roles) -> None:
    async with AsyncExitStack() as stack:
        database = await open_database(settings)
        stack.push_async_callback(database.close)
        leadership = database.leadership()
        election = Election(leadership) if leadership else None
        hotlead = await _build(settings, messenger, database, roles, election)
        if election is not None:  # not before all is built: that takes a while in which nothing else is done
            await stack.enter_async_context(election.open())
        # aiogram's quarter of a million objects stay for good: neither a collection nor the exit visits them.
        gc.freeze()
        await _run_until_told(hotlead)


async def _build(
    settings: Settings, messenger: Messenger, database: Database, roles: Roles, election: Election | None
) -> Hotlead:
    """Build everything and say hello; a network that is not there yet is waited for, a wrong token is not.

    A database of several processes is waited for, too: whoever slept in the middle of it begins anew.
    """
    clock, pause = FlowingClock(), FIRST_PAUSE
    room = partial(machine.room, file_of(settings.database_address))
    while True:
        try:
            postman = postman_for(settings, clock)
            hotlead = await build(
                *(settings, clock, messenger, database),
                postman=postman,
                room=room,
                roles=roles,
                election=election,
            )
            await _say_hello(hotlead)
        except TokenRefusedError:
            raise
        except (TelegramError, DatabaseFailedError) as error:
            if isinstance(error, DatabaseFailedError) and not database.is_shared:
                raise
            log.warning(
                "cannot_start_yet", reason=str(error), server=settings.bot_api, again_in=pause.total_seconds()
            )
            await clock.sleep_until(clock.now() + pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        else:
            return hotlead


async def _run_until_told(hotlead: Hotlead) -> None:
    gc.collect()
    gc.freeze()  # what is there now stays for ever: no collection need go through it again, while somebody waits
    running = asyncio.create_task(hotlead.run())
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, running.cancel)
    announcing = asyncio.create_task(hotlead.announce())
    with suppress(asyncio.CancelledError):
        await running
    announcing.cancel()
    await asyncio.wait([announcing])
    log.info("stopped")


async def _say_hello(hotlead: Hotlead) -> None:
    log.info(
        "running",
        bot=f"@{hotlead.identity.username}",
        quizzes=", ".join(hotlead.workshop.setup.quizzes),
        link=chat_address(hotlead.identity.username),
        does=listed(hotlead.roles),
    )
    if Role.RECEIVE in hotlead.roles:
        await _check_staff(hotlead)
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


async def _check_staff(hotlead: Hotlead) -> None:
    """Warn of staff whom Telegram does not let the bot write to.

    Where nobody is an owner, show the operator how to become one: on the terminal, never in the logs.
    """
    async with hotlead.workshop.work() as work:
        code = await open_claim(work)
        members = {each.telegram_id for each in await work.unit.members.all() if each.role.takes_leads}
        staff = sorted({*work.setup.managers, *work.setup.admins, *members})
        never_wrote = [each for each in staff if await work.unit.prospects.by_telegram_id(each) is None]
    if code is not None:
        link = f"https://t.me/{hotlead.identity.username}?start={CLAIM_MARK}{code}"
        typer.echo(f"\nThis bot has no owner yet. Open {link}\nor send it: /claim {shown(code)}\n")
    if not staff:
        remedy = "claim the bot and send it /invite, or name people in HOTLEAD_MANAGERS; leads are kept"
        log.warning("nobody_gets_hot_leads", remedy=remedy)
    for telegram_id in never_wrote:
        log.warning(
            "staff_never_started", telegram_id=telegram_id, remedy="ask them to press Start in the bot's chat"
        )


async def examine_setup() -> int:
    """Print what is configured and what is missing; return the exit code: 2 when the bot cannot run so."""
    try:
        settings = read_settings()
    except SettingsError as error:
        for line in str(error).splitlines():
            tell(False, "settings", line)
        return 2
    checks = [
        _check_quizzes(settings),
        await check_keeping(settings, tell),
        await _check_telegram(settings),
        await _check_mail(settings),
    ]
    tell(
        bool(settings.managers) or None,
        "managers",
        f"{len(settings.managers)} get hot leads"
        if settings.managers
        else "none in the settings: HOTLEAD_MANAGERS, or /invite in the chat",
    )
    tell(bool(settings.admins) or None, "admins", f"{len(settings.admins)}" if settings.admins else "none")
    return 0 if all(checks) else 2


def _check_quizzes(settings: Settings) -> bool:
    if not settings.quiz:
        return tell(False, "quiz", f"HOTLEAD_QUIZ is missing; these ship: {', '.join(shipped_quizzes())}")
    fine = True
    for named in settings.quiz:
        path = quiz_path(named)
        if path is None:
            tell(None, "quiz", f"{named}: no file of that name; it must have been published before")
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


async def _check_telegram(settings: Settings) -> bool:
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
    finally:
        await messenger.close()
    return tell(True, "telegram", f"{settings.bot_api} answers: this is @{identity.username}")


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
