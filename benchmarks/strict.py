"""A Bot API server that is stricter than Telegram's: 30 messages in any second, and after the 31st silence.

Run as a process of its own, so that no contestant pays for it: `python -m benchmarks.strict PORT`.
"""

from __future__ import annotations

import asyncio
import math
import sys
import time
from collections import deque
from dataclasses import dataclass, field

from aiohttp import web

LIMIT = 30
"""Messages that any trailing second holds."""
ROUND_TRIP = 0.05
"""Seconds until an answer comes, as from a data centre on the same continent."""
REPLY = "reply "
"""How the text of a message begins whose waiting is measured."""


@dataclass
class Gate:
    """Takes messages while the last second has room; the first one too many closes it for a second."""

    limit: int = LIMIT
    taken: deque[float] = field(default_factory=deque)
    closed_until: float = -math.inf

    def passes(self, now: float) -> int:
        """Return 0 for a message that is taken, else the seconds that its 429 asks for."""
        while self.taken and self.taken[0] <= now - 1:
            self.taken.popleft()
        if now < self.closed_until or len(self.taken) >= self.limit:
            if now >= self.closed_until:
                self.closed_until = now + 1
            return max(1, math.ceil(self.closed_until - now))
        self.taken.append(now)
        return 0


@dataclass
class Tally:
    """What the server saw: when each message was taken, and how many 429s it gave."""

    taken: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    replies: dict[str, float] = field(default_factory=dict)


def strict_server(round_trip: float = ROUND_TRIP) -> web.Application:
    """Return a server that knows `getMe`, `sendMessage` and, for us, `/tally`."""
    gate, tally = Gate(), Tally()

    async def answer(request: web.Request) -> web.Response:
        if request.match_info["method"].lower() == "getme":
            return web.json_response({"ok": True, "result": _ME})
        form = await request.post()
        now = time.monotonic()
        wait = gate.passes(now)
        if wait:
            tally.refused.append(now)
        else:
            tally.taken.append(now)
            if (text := str(form["text"])).startswith(REPLY):
                tally.replies[text] = now
        await asyncio.sleep(round_trip)
        if wait:
            return web.json_response(_too_many(wait), status=429)
        chat = {"id": int(str(form["chat_id"])), "type": "private", "first_name": "Anna"}
        message = {"message_id": len(tally.taken), "date": 1_790_000_000, "chat": chat, "text": str(form["text"])}
        return web.json_response({"ok": True, "result": message})

    async def told(_: web.Request) -> web.Response:
        return web.json_response(vars(tally))

    app = web.Application()
    app.router.add_get("/tally", told)
    app.router.add_route("*", "/bot{token}/{method}", answer)
    return app


def _too_many(wait: int) -> dict[str, object]:
    description = f"Too Many Requests: retry after {wait}"
    return {"ok": False, "error_code": 429, "description": description, "parameters": {"retry_after": wait}}


_ME = {
    "id": 42,
    "is_bot": True,
    "first_name": "Bench",
    "username": "bench_bot",
    "can_join_groups": True,
    "can_read_all_group_messages": False,
    "supports_inline_queries": False,
}

if __name__ == "__main__":
    web.run_app(strict_server(), host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)
