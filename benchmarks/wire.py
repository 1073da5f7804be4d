"""A Bot API over HTTP with people behind it, light enough not to be measured: bytes in, prepared bytes out."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from benchmarks.people import People

AT_ONCE = 100
"""Updates that Telegram hands out with one `getUpdates` at most."""
SECRET = "benchmark-secret"  # noqa: S105 - guards nothing
JSON = "application/json"


@dataclass
class Api:
    """What the bot asks of Telegram, and the updates that wait for it."""

    people: People
    polled: asyncio.Event = field(default_factory=asyncio.Event)
    """set once the bot asks for updates"""
    _waiting: deque[tuple[int, bytes]] = field(default_factory=deque)
    _came: asyncio.Event = field(default_factory=asyncio.Event)
    _webhook: str = ""

    async def put(self, update: dict[str, Any]) -> None:
        """Let an update wait until the bot asks for it."""
        self._waiting.append((update["update_id"], json.dumps(update).encode()))
        self._came.set()

    def forget(self) -> None:
        """Take everything that was handed out for confirmed: the bot that got it has ended."""
        self._waiting.clear()

    def answer(self, method: str, asked: dict[str, str]) -> bytes:
        """Answer any request but `getUpdates`."""
        if method == "setWebhook":
            self._webhook = asked.get("url", "")
        if method == "getWebhookInfo":
            state = {"url": self._webhook, "has_custom_certificate": False, "pending_update_count": 0}
            return json.dumps({"ok": True, "result": state}).encode()
        return self.people.answer(method, asked)

    async def updates(self, asked: dict[str, str]) -> bytes:
        """Answer `getUpdates`: what is before the offset is confirmed, the rest is handed out, perhaps again."""
        self.polled.set()
        offset = int(asked.get("offset") or 0)
        while self._waiting and self._waiting[0][0] < offset:
            self._waiting.popleft()
        if not self._waiting:
            self._came.clear()
            try:
                await asyncio.wait_for(self._came.wait(), float(asked.get("timeout") or 0) or 0.01)
            except TimeoutError:
                return b'{"ok":true,"result":[]}'
        handed = [body for _, body in list(self._waiting)[:AT_ONCE]]
        return b'{"ok":true,"result":[' + b",".join(handed) + b"]}"


class _Line(asyncio.Protocol):
    """One connection of the bot: one request at a time."""

    def __init__(self, api: Api, lines: set[asyncio.BaseTransport]) -> None:
        self._api = api
        self._lines = lines
        self._read = b""
        self._asking: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._lines.add(transport)

    def connection_lost(self, _: Exception | None) -> None:
        self._lines.discard(self._transport)
        if self._asking is not None:
            self._asking.cancel()

    def data_received(self, data: bytes) -> None:
        self._read += data
        head, ended, rest = self._read.partition(b"\r\n\r\n")
        if not ended:
            return
        lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        size = int(headers.get("content-length", 0))
        if len(rest) < size:
            return
        self._read = rest[size:]
        method = lines[0].split(" ")[1].rpartition("/")[2].partition("?")[0]
        asked = _fields(headers.get("content-type", ""), rest[:size].decode())
        if method.lower() == "getupdates":
            self._asking = asyncio.create_task(self._hand_out(asked))
        else:
            self._write(self._api.answer(method, asked))

    async def _hand_out(self, asked: dict[str, str]) -> None:
        self._write(await self._api.updates(asked))

    def _write(self, body: bytes) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {JSON}\r\nContent-Length: {len(body)}\r\n\r\n"
        self._transport.write(head.encode() + body)


def _fields(content_type: str, body: str) -> dict[str, str]:
    if content_type.startswith(JSON):
        return dict(json.loads(body or "{}"))
    return dict(parse_qsl(body, keep_blank_values=True))


@asynccontextmanager
async def served(people: People) -> AsyncIterator[tuple[Api, str]]:
    """Serve a Bot API; give it and its address."""
    api, lines = Api(people), set[asyncio.BaseTransport]()
    server = await asyncio.get_running_loop().create_server(lambda: _Line(api, lines), "127.0.0.1", 0)
    try:
        yield api, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for line in list(lines):
            line.close()


class Hook:
    """Posts updates to the bot's webhook, over connections that stay open, as Telegram does."""

    def __init__(self, port: int, path: str) -> None:
        self._port = port
        self._head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {JSON}\r\n"
            f"X-Telegram-Bot-Api-Secret-Token: {SECRET}\r\n"
        )
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def put(self, update: dict[str, Any]) -> None:
        """Post an update. Raises RuntimeError if the bot does not take it."""
        body = json.dumps(update).encode()
        reader, writer = self._idle.pop() if self._idle else await self._connected()
        writer.write(f"{self._head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        if " 200 " not in head.partition("\r\n")[0]:
            raise RuntimeError(f"the webhook answered: {head.partition(chr(13))[0]}")
        if "content-length: " in head:
            await reader.readexactly(int(head.partition("content-length: ")[2].partition("\r")[0]))
        else:  # in chunks: the last one is empty
            await reader.readuntil(b"0\r\n\r\n")
        self._idle.append((reader, writer))

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self._port)

    def close(self) -> None:
        """Close every connection."""
        for _, writer in self._idle:
            writer.close()


@asynccontextmanager
async def posting(port: int, path: str) -> AsyncIterator[Hook]:
    """Post to a webhook; its connections are closed at the end."""
    hook = Hook(port, path)
    try:
        yield hook
    finally:
        hook.close()
