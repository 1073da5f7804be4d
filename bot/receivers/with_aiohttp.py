"""The way to receivers through aiohttp: every way a try can end becomes a value, and none leads inside."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from ipaddress import ip_address

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.clock import Clock
from bot.receivers.errors import ReceiverRefusedError
from bot.receivers.guard import PRIVATE, checked_url, is_public
from bot.receivers.port import Answered, CourierResult, Unanswered

ANSWER_WITHIN = 15.0
"""Seconds that a receiver has for all of it. Standard Webhooks advises 15 to 30."""
READ_AT_MOST = 4096
"""Bytes of an answer: nothing in it matters, but a short one read to its end is politer than a line cut off."""
HEADERS = {"Content-Type": "application/json", "User-Agent": "Hotlead (Standard Webhooks)"}


class PublicResolver(AbstractResolver):
    """Gives away a name's addresses only when all of them are public; aiohttp connects to these and no others."""

    def __init__(self, names: AbstractResolver) -> None:
        """`names` does the asking."""
        self._names = names

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of a name. Raises ReceiverRefusedError for one that leads inside."""
        found = await self._names.resolve(host, port, family)
        if not all(is_public(ip_address(each["host"].partition("%")[0])) for each in found):
            raise ReceiverRefusedError(PRIVATE)
        return found

    async def close(self) -> None:
        """Let go of what is open."""
        await self._names.close()


class AiohttpCourier:
    """Posts with a connection of its own for every try: the address that was checked is the one connected to."""

    def __init__(
        self,
        clock: Clock,
        *,
        private: bool = False,
        names: AbstractResolver | None = None,
        trust: ssl.SSLContext | None = None,
        answer_within: float = ANSWER_WITHIN,
    ) -> None:
        """`private` lets notices go to private networks, and unencrypted."""
        self._clock = clock
        self._private = private
        self._names = names
        self._trust = trust
        self._answer_within = answer_within

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> CourierResult:
        """Post a body to an address, once: no redirect is followed. What comes of it is a value."""
        try:
            # aiohttp asks no resolver about an address in numbers, so that is checked here, every time: the
            # operator may have thought better of it since it was added.
            target = checked_url(url, private=self._private)
            async with self._session() as session:
                return await self._posted(session, target, body, headers)
        except ReceiverRefusedError as error:
            return Unanswered(str(error))
        except TimeoutError:
            return Unanswered(f"no answer in {self._answer_within:g} s")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return Unanswered(_why(error))

    async def _posted(
        self, session: aiohttp.ClientSession, target: str, body: bytes, headers: Mapping[str, str]
    ) -> Answered:
        posting = session.post(target, data=body, headers={**HEADERS, **headers}, allow_redirects=False)
        async with posting as response:
            with suppress(aiohttp.ClientError, OSError, TimeoutError):  # it answered, whatever comes after
                await response.content.read(READ_AT_MOST)
            return Answered(response.status, self._rest(response.headers.get("Retry-After")))

    def _session(self) -> aiohttp.ClientSession:
        names = self._names or aiohttp.DefaultResolver()
        connector = aiohttp.TCPConnector(
            resolver=names if self._private else PublicResolver(names),
            use_dns_cache=False,  # what was public a moment ago may not be now
            force_close=True,
            ssl=self._trust or True,
        )
        return aiohttp.ClientSession(
            connector=connector,
            timeout=aiohttp.ClientTimeout(total=self._answer_within),
            trust_env=False,  # a proxy would resolve the name itself
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
        )

    def _rest(self, written: str | None) -> timedelta | None:
        """Read a Retry-After: seconds or a date; anything else asks for nothing. Source: RFC 9110, 10.2.3."""
        if written is None:
            return None
        if written.isascii() and written.isdecimal():
            return timedelta(seconds=min(int(written), 10**9))
        try:
            moment = parsedate_to_datetime(written)
        except ValueError:
            return None
        now: datetime = self._clock.now()
        return max((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now, timedelta(0))


def _why(error: Exception) -> str:
    """Say what went wrong without the address: aiohttp's own words hold it."""
    match error:
        case aiohttp.ClientConnectorDNSError():
            return "its name leads nowhere"
        case aiohttp.ClientConnectorCertificateError() | ssl.SSLCertVerificationError():
            return "its certificate is not to be trusted"
        case aiohttp.ClientSSLError():
            return "no encrypted connection"
        case aiohttp.ClientConnectorError():
            number = error.os_error.errno
            return f"no connection: {os.strerror(number).lower()}" if number else "no connection"
        case aiohttp.ServerDisconnectedError() | aiohttp.ClientOSError() | ConnectionError():
            return "the connection broke"
        case _:
            return type(error).__name__
