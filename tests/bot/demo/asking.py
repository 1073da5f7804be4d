"""Plain HTTP requests, for what no library would send."""

from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import aiohttp


@dataclass(frozen=True)
class Reply:
    status: int
    body: dict[str, Any]
    retry_after: str | None

    @property
    def description(self) -> str:
        return str(self.body["description"])

    @property
    def result(self) -> Any:
        assert self.body["ok"], self.body
        return self.body["result"]


class Asker:
    """Sends requests to one emulator, in any form that Telegram takes."""

    def __init__(self, address: str, token: str) -> None:
        self.address = address
        self.token = token
        self._session = aiohttp.ClientSession()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def __call__(self, method: str, **params: Any) -> Reply:
        return await self.request(f"/bot{self.token}/{method}", json=params)

    async def request(self, path: str, verb: str = "POST", **how: Any) -> Reply:
        async with self._session.request(verb, self.address + path, **how) as response:
            return Reply(response.status, await response.json(), response.headers.get("Retry-After"))
