"""`hotlead receivers`: an operator adds receivers, looks how they are, and sends notices again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from random import SystemRandom

import typer

from bot.clock import FlowingClock
from bot.commands.choosing import bot_database
from bot.receivers.bodies import body_of
from bot.receivers.errors import NoSuchReceiverError, ReceiverRefusedError
from bot.receivers.guard import checked_url, host_of
from bot.receivers.signing import ID_MARK, new_id, new_secret
from bot.settings import read_settings
from dialogs.problems import did_you_mean
from dialogs.values import Duration
from storage.receivers import NoticeKind, NoticeState, Receiver
from storage.records import Action
from storage.states import USERNAME
from storage.unit import Unit

SHOWN = 20
WANTED = tuple(kind for kind in NoticeKind if kind is not NoticeKind.TEST)
"""What a receiver may want; a test comes to any."""
OLD_KEPT = Duration(hours=24)
"""How long the old secret signs beside a new one, unless the operator says otherwise."""
SOON = "a process that runs sends them within seconds"


async def add_receiver(url: str, kinds: str | None, bot: str | None = None) -> None:
    """Add a receiver and print its secret. Raises ReceiverRefusedError."""
    checked_url(url, private=read_settings().private_receivers)
    wanted, secret = _kinds(kinds), new_secret(SystemRandom())
    async with _unit(bot) as unit:
        number = await unit.receivers.add(url, secret, wanted, FlowingClock().now())
    typer.echo(f"{host_of(url)} is receiver {number}, and is told {_told(wanted)}.")
    typer.echo(f"Its secret, shown only now: {secret}")
    typer.echo(f"See whether it works: hotlead receivers test {number}")


async def list_receivers(bot: str | None = None) -> None:
    """Print every receiver."""
    now = FlowingClock().now()
    async with _unit(bot) as unit:
        found, counts = await unit.receivers.all(), await unit.receivers.counts()
    if not found:
        typer.echo("There are no receivers yet: hotlead receivers add URL")
    for each in found:
        numbers = counts.get(each.id, {})
        waiting = numbers.get(NoticeState.WAITING, 0) + numbers.get(NoticeState.SENDING, 0)
        given_up = numbers.get(NoticeState.GIVEN_UP, 0)
        typer.echo(f"{each.id}  {host_of(each.url)}  {_told(each.kinds)}  {_state(each)}")
        last = f"last {each.result} at {each.tried_at:%Y-%m-%d %H:%M} UTC" if each.tried_at else "never tried"
        typer.echo(f"    {waiting} wait · {given_up} given up · {last}")
        if _old_counts(each, now):
            typer.echo(f"    its old secret signs, too, until {each.old_secret_until:%Y-%m-%d %H:%M} UTC")


async def list_notices(number: int, bot: str | None = None) -> None:
    """Print what a receiver does not have. Raises NoSuchReceiverError."""
    async with _unit(bot) as unit:
        await _known(unit, number)
        found = await unit.notices.undelivered(number, SHOWN)
    if not found:
        typer.echo("Everything is delivered.")
    for each in found:
        next_try = f", again at {each.due_at:%Y-%m-%d %H:%M:%S} UTC" if each.state is NoticeState.WAITING else ""
        why = f": {each.result}" if each.result else ""
        typer.echo(f"{each.public_id}  {each.kind}  of {each.created_at:%Y-%m-%d %H:%M} UTC")
        typer.echo(f"    {each.state.replace('_', ' ')}, tried {each.attempts} ×{why}{next_try}")


async def pause_receiver(number: int, bot: str | None = None) -> None:
    """Leave a receiver alone. Raises NoSuchReceiverError."""
    async with _unit(bot) as unit:
        receiver = await _known(unit, number)
        if receiver.paused_at is None:
            await unit.receivers.pause(number, FlowingClock().now())
    typer.echo(f"receiver {number} is paused{' already' if receiver.paused_at else ''}")


async def resume_receiver(number: int, bot: str | None = None) -> None:
    """Go on telling a receiver. Raises NoSuchReceiverError."""
    async with _unit(bot) as unit:
        receiver = await _known(unit, number)
        await unit.receivers.resume(number)
    typer.echo(f"receiver {number} {'is told again' if receiver.paused_at else 'was not paused'}; {SOON}")


async def rotate_secret(number: int, keep: str | None, *, at_once: bool, bot: str | None = None) -> None:
    """Give a receiver a new secret and print it. Raises NoSuchReceiverError, ReceiverRefusedError."""
    kept = _kept(keep, at_once=at_once)
    now, secret = FlowingClock().now(), new_secret(SystemRandom())
    until = now + kept if kept else None
    async with _unit(bot) as unit:
        receiver = await _known(unit, number)
        await unit.receivers.rotate(number, secret, until)
        await unit.audit.note(None, Action.ROTATE, str(number), now)
    there = host_of(receiver.url)
    typer.echo(f"receiver {number} has a new secret, shown only now: {secret}")
    if until is None:
        typer.echo(f"Enter it at {there} at once: only this one signs now; what is refused is tried again.")
        return
    typer.echo(f"Enter it at {there} before {until:%Y-%m-%d %H:%M} UTC: until then the old one signs, too.")
    if _old_counts(receiver, now):
        typer.echo(f"The one before the old one is over: if {there} still has that, enter the new one now.")


async def remove_receiver(number: int, bot: str | None = None) -> None:
    """Remove a receiver. Raises NoSuchReceiverError."""
    async with _unit(bot) as unit:
        await _known(unit, number)
        await unit.receivers.remove(number)
    typer.echo(f"receiver {number} is removed, and so is what waited for it")


async def try_receiver(number: int, bot: str | None = None) -> None:
    """Put in a notice that says nothing. Raises NoSuchReceiverError."""
    now, name = FlowingClock().now(), new_id(SystemRandom())
    async with _unit(bot) as unit:
        receiver = await _known(unit, number)
        data = {"bot": await unit.states.read(USERNAME), "receiver": number}
        await unit.notices.put(number, name, NoticeKind.TEST, body_of(NoticeKind.TEST, data, now), now)
    paused = f" once it is not paused: hotlead receivers resume {number}" if receiver.paused_at else ""
    typer.echo(f"{name} waits for receiver {number}, and goes out{paused or '; ' + SOON}")
    typer.echo(f"What came of it: hotlead receivers notices {number}")


async def replay_notices(what: str, since: str | None, bot: str | None = None) -> None:
    """Send notices again. Raises NoSuchReceiverError, ReceiverRefusedError."""
    now = FlowingClock().now()
    if what.startswith(ID_MARK):
        async with _unit(bot) as unit:
            found = await unit.notices.replay_one(what, now)
        if not found:
            raise NoSuchReceiverError(f"there is no notice {what}, or it is on its way already")
        typer.echo(f"{what} is sent again; {SOON}")
        return
    if not (what.isascii() and what.isdecimal()):
        raise NoSuchReceiverError(f"`{what}` is neither a receiver's number nor a notice's {ID_MARK}…")
    moment = _moment(since) if since is not None else None
    async with _unit(bot) as unit:
        await _known(unit, int(what))
        number = await unit.notices.replay(int(what), now, moment)
    some = "1 notice is" if number == 1 else f"{number} notices are"
    typer.echo(f"{some} sent again; {SOON}" if number else "there is nothing to send again")


def _kinds(written: str | None) -> tuple[NoticeKind, ...]:
    kinds: list[NoticeKind] = []
    for word in (part.strip() for part in (written or "").split(",") if part.strip()):
        known = next((kind for kind in WANTED if kind == word), None)
        if known is None:
            raise ReceiverRefusedError(f"--kinds: there is no `{word}`. {did_you_mean(word, WANTED)}")
        kinds.append(known)
    return tuple(dict.fromkeys(kinds))


def _kept(keep: str | None, *, at_once: bool) -> Duration:
    if at_once:
        if keep is not None:
            raise ReceiverRefusedError("--keep and --now exclude each other")
        return Duration()
    try:
        kept = Duration.read(keep.strip().lower()) if keep is not None else OLD_KEPT
    except ValueError as error:
        raise ReceiverRefusedError(f"--keep: {error}") from None
    if not kept:
        raise ReceiverRefusedError(f"--keep {keep}: to be rid of the old secret at once write --now")
    return kept


def _old_counts(receiver: Receiver, now: datetime) -> bool:
    return receiver.old_secret_until is not None and receiver.old_secret_until > now


def _told(kinds: tuple[NoticeKind, ...]) -> str:
    return ", ".join(kinds) or "everything"


def _state(receiver: Receiver) -> str:
    if receiver.paused_at is not None:
        why = "it wants no more (410)" if receiver.is_gone else "paused"
        return f"{why} since {receiver.paused_at:%Y-%m-%d %H:%M} UTC"
    if receiver.failing_since is not None:
        return f"failing since {receiver.failing_since:%Y-%m-%d %H:%M} UTC"
    return "fine" if receiver.tried_at else "new"


def _moment(written: str) -> datetime:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise ReceiverRefusedError(f"--since {written}: write 2026-03-01, or 2026-03-01T12:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


async def _known(unit: Unit, number: int) -> Receiver:
    receiver = await unit.receivers.find(number)
    if receiver is None:
        raise NoSuchReceiverError(f"there is no receiver {number}; see `hotlead receivers list`")
    return receiver


@asynccontextmanager
async def _unit(bot: str | None) -> AsyncIterator[Unit]:
    """Begin a unit of work on a bot's database."""
    async with bot_database(bot) as (database, bot_id), database.unit(bot_id) as unit:
        yield unit
