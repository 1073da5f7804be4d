"""`POST /webhook/<bot id>`: takes what Telegram posts, and says yes only to what is on the disk."""

from __future__ import annotations

import asyncio
import json
from hmac import compare_digest
from typing import Any

from bot.gathering import Gathering
from bot.web.asking import Answer, Asked
from bot.web.errors import BodyBrokenError, BodyTooLargeError

PATH = "/webhook/"
"""How the paths begin that updates are posted to; the bot's number follows."""
SECRET = "x-telegram-bot-api-secret-token"  # noqa: S105 - the header's name
LARGEST_UPDATE = 1024 * 1024
"""Bytes. A message has 4096 letters at most: a real update, with the one it answers, is a tenth of that."""
LARGEST_NUMBER = 2**63
MOST_WAITING = 1000
"""Updates that wait for one commit; Telegram sends forty at a time."""
PATIENCE = 20.0
"""Seconds that an update may take to the disk before Telegram is told to come again."""
COME_AGAIN = {"Retry-After": "3"}
"""Without it Telegram's own pauses grow to two minutes, for a chat whose updates were not taken."""


def path_of(bot_id: int) -> str:
    """Return the path that a bot's updates are posted to."""
    return f"{PATH}{bot_id}"


class Door:
    """Takes the updates of one bot from whoever shows its secret."""

    def __init__(self, secret: str, gathering: Gathering) -> None:
        """Let in who shows the secret; an empty one would let anybody in, and is refused."""
        if not secret:
            raise ValueError("a webhook needs a secret")
        self._secret = secret.encode()
        self._gathering = gathering

    async def answer(self, asked: Asked) -> Answer:
        """Answer Telegram, or somebody who says to be it."""
        # As bytes: a comparison of strings fails at letters that are not ASCII, and a failure is a 500.
        shown = asked.headers.get(SECRET, "").encode("utf-8", "surrogateescape")
        if not compare_digest(shown, self._secret):
            return Answer(401, "This is for Telegram.\n")
        if asked.method != "POST":
            return Answer(405, "Only POST here.\n", headers={"Allow": "POST"})
        try:
            body = await asked.read(LARGEST_UPDATE)
        except BodyTooLargeError:
            return Answer(413, f"More than {LARGEST_UPDATE} bytes.\n")
        except BodyBrokenError:
            return Answer(400, "The body is not whole.\n")
        update = read_update(body)
        if update is None:
            return Answer(400, "This is no update.\n")
        return await self._kept(*update)

    async def finish(self) -> None:
        """Let updates that are on their way to the disk get there."""
        await self._gathering.finish()

    async def _kept(self, update_id: int, body: str) -> Answer:
        if self._gathering.waiting >= MOST_WAITING:
            return Answer(503, "Too many at once.\n", headers=COME_AGAIN)
        try:
            async with asyncio.timeout(PATIENCE):
                kept = await self._gathering.keep(update_id, body)
        except TimeoutError:
            kept = False
        if not kept:
            return Answer(503, "Nothing can be stored now.\n", headers=COME_AGAIN)
        return Answer(200)  # an empty body: Telegram would take another one for a request


def read_update(body: bytes) -> tuple[int, str] | None:
    """Return an update's number and its JSON, as polling would bring it; None for what is no update.

    What is inside is not looked at here: an update that nobody can handle is parked later, and stops nobody.
    """
    try:
        update: Any = json.loads(body.decode("utf-8"))
        number = update.get("update_id") if isinstance(update, dict) else None
        if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < LARGEST_NUMBER:
            return None
        return number, json.dumps(update)
    except (ValueError, RecursionError):
        return None
