"""Where every request of the bot is answered: token, faults, limits, the method itself, the record."""

import asyncio
from dataclasses import dataclass
from typing import Any

from bot.demo.emulator import refusals
from bot.demo.emulator.faults import (
    ConnectionDropAfter,
    Delay,
    Faults,
    ServerError,
    TimeoutAfter,
    TimeoutBefore,
    TooManyRequests,
)
from bot.demo.emulator.ledger import Ledger
from bot.demo.emulator.limits import FloodGate, Limits
from bot.demo.emulator.messages import Media
from bot.demo.emulator.methods import GET_UPDATES, METHODS, known_as
from bot.demo.emulator.parameters import Parameters
from bot.demo.emulator.refusals import Refusal, Refused, too_many_requests
from bot.demo.emulator.spec import Specification, Violation
from bot.demo.emulator.world import World

_LONGEST_TOKEN = 80
DOWNLOAD = "download"
"""Names the download of a file where faults are planned: it is no method of the Bot API."""


@dataclass(frozen=True)
class Answer:
    """What goes back: an object as JSON or a page as text; or nothing, after `silent_for` seconds."""

    status: int
    body: Any
    silent_for: float | None = None

    @classmethod
    def of(cls, refusal: Refusal) -> "Answer":
        """Return the answer that carries a refusal."""
        body: dict[str, Any] = {
            "ok": False,
            "error_code": refusal.code,
            "description": refusal.description,
        }
        if refusal.parameters:
            body["parameters"] = dict(refusal.parameters)
        return cls(refusal.code, body)


class Desk:
    """Answers the requests of one bot."""

    def __init__(
        self, world: World, token: str, limits: Limits | None, specification: Specification | None
    ) -> None:
        self.world = world
        self.faults = Faults()
        self.ledger = Ledger()
        self.violations: list[Violation] = []
        self._token = token
        self._gate = FloodGate(limits)
        self._specification = specification
        self._closing = asyncio.Event()

    async def answer(self, token: str, name: str, asked: Parameters) -> Answer:
        """Answer one request and write it down."""
        at = self.world.now()
        method = known_as(name)
        try:
            answer = await self._carry_out(self._admitted(token, method), asked)
        except Refused as refused:
            answer = Answer.of(refused.refusal)
        self.ledger.record(
            at,
            method or name,
            asked.recorded(),
            answer.status,
            answer.body,
            lost=answer.silent_for is not None,
        )
        self.world.changed.ring()
        return answer

    async def download(self, token: str, path: str) -> Media | Answer:
        """Return a file, or the answer in place of it; faults are planned for the method `download`."""
        if not self.check_token(token):
            return Answer.of(refusals.UNAUTHORIZED)
        media = self.world.files.at(path)
        match self.faults.take(DOWNLOAD, ""):
            case Refusal() as refusal:
                return Answer.of(refusal)
            case ServerError(status, body):
                return Answer(status, body)
            case TooManyRequests(retry_after):
                return Answer.of(too_many_requests(retry_after))
            case TimeoutBefore(seconds) | TimeoutAfter(seconds):
                return Answer(504, None, silent_for=seconds)
            case ConnectionDropAfter():
                return Answer(504, None, silent_for=0)
            case Delay(seconds):
                await self.stay_silent(seconds)
            case None:
                pass
        return media or Answer.of(refusals.NOT_FOUND_PATH)

    async def stay_silent(self, seconds: float) -> None:
        """Wait that long, or until the emulator stops."""
        try:
            async with asyncio.timeout(seconds):
                await self._closing.wait()
        except TimeoutError:
            pass

    def check_token(self, token: str) -> bool:
        """Return whether this is the bot's token."""
        return token == self._token

    def open(self) -> None:
        """Let requests wait (again)."""
        self._closing.clear()
        self.world.updates.open()
        self.world.courier.open()

    def close(self) -> None:
        """End every wait at once."""
        self._closing.set()
        self.world.updates.close()
        self.world.courier.close()

    def _admitted(self, token: str, method: str | None) -> str:
        if ":" not in token or token.startswith("0") or len(token) > _LONGEST_TOKEN:
            raise Refused(refusals.TOKEN_FORM)
        if not self.check_token(token):
            raise Refused(refusals.UNAUTHORIZED)
        if method is None:
            raise Refused(refusals.METHOD_NOT_FOUND)
        return method

    async def _carry_out(self, method: str, asked: Parameters) -> Answer:
        if self._specification is not None:
            self.violations += self._specification.violations(method, asked.recorded())
        fault = self.faults.take(method, asked.text("chat_id"))
        while isinstance(fault, Delay):
            await self.stay_silent(fault.seconds)
            fault = self.faults.take(method, asked.text("chat_id"))
        match fault:
            case None:
                return await self._result(method, asked)
            case Refusal():
                raise Refused(fault)
            case TooManyRequests(retry_after):
                raise Refused(too_many_requests(retry_after))
            case ServerError(status, body):
                return Answer(status, body)
            case TimeoutBefore(seconds):
                return Answer(504, None, silent_for=seconds)
            case TimeoutAfter(seconds):
                carried_out = await self._result(method, asked)
                return Answer(carried_out.status, carried_out.body, silent_for=seconds)
            case ConnectionDropAfter():
                carried_out = await self._result(method, asked)
                return Answer(carried_out.status, carried_out.body, silent_for=0)

    async def _result(self, method: str, asked: Parameters) -> Answer:
        try:
            self._limit(method, asked)
            if method == GET_UPDATES:
                result = await self._updates(asked)
            else:
                result = METHODS[method](self.world, asked)
        except Refused as refused:
            return Answer.of(refused.refusal)
        return Answer(200, {"ok": True, "result": result})

    def _limit(self, method: str, asked: Parameters) -> None:
        counts = method.startswith(("send", "editMessage")) and method != "sendChatAction"
        if counts:
            chat_id = asked.integer("chat_id")
            messages = max(len(asked.items("media") or ()), 1)
            self._gate.pass_through(self.world.chats.get(chat_id), self.world.now(), messages)

    async def _updates(self, asked: Parameters) -> list[dict[str, Any]]:
        if self.world.courier.webhook is not None:
            raise Refused(refusals.WEBHOOK_ACTIVE)
        return await self.world.updates.poll(
            offset=asked.integer("offset"),
            limit=asked.integer("limit", 100),
            seconds=asked.integer("timeout"),
            allowed=asked.items("allowed_updates"),
        )
