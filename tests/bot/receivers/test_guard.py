"""Where a notice may go: nowhere but into the public network, however an address is written or resolved."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.clock import StandingClock
from bot.receivers.errors import ReceiverRefusedError
from bot.receivers.guard import PRIVATE, checked_url, is_public
from bot.receivers.port import Answered, Unanswered
from bot.receivers.with_aiohttp import AiohttpCourier, PublicResolver
from tests.bot.bench import NOON
from tests.bot.receivers.listening import Listening, listening

PUBLIC, PUBLIC_6 = "93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"
INSIDE = (
    *(
        "127.0.0.1",
        "127.8.8.8",
        "169.254.169.254",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - an address to refuse
    ),
    *("224.0.0.1", "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1"),
    *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fec0::1", "ff02::1", "2001:db8::1"),
    *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe"),
    *("2002:7f00:1::", "2002:a9fe:a9fe::1", "2001:0:7f00:1::", "64:ff9b:1::7f00:1"),
)


@dataclass
class StubNames(AbstractResolver):
    """A DNS that says what a test wants, each time something else."""

    says: list[Sequence[str]]
    asked: list[str] = field(default_factory=list)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.append(host)
        found = self.says.pop(0) if len(self.says) > 1 else self.says[0]
        return [
            ResolveResult(
                hostname=host,
                host=each,
                port=port,
                family=socket.AF_INET6 if ":" in each else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for each in found
        ]

    async def close(self) -> None:
        return


@pytest.mark.parametrize("address", INSIDE)
def test_no_address_inside_counts_as_public(address: str) -> None:
    assert not is_public(ip_address(address.partition("%")[0]))


@pytest.mark.parametrize(
    "address", [PUBLIC, PUBLIC_6, f"::ffff:{PUBLIC}", "64:ff9b::5db8:d822", "2002:5db8:d822::"]
)
def test_public_ones_do(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "[::1]", "169.254.169.254", "[::ffff:127.0.0.1]", "0.0.0.0", "10.0.0.1"),  # noqa: S104 - an address to refuse
        *("2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0", "0x7f.1", "017700000001", "[64:ff9b::7f00:1]"),
    ],
)
def test_an_address_in_numbers_is_understood_however_it_is_written(host: str) -> None:
    with pytest.raises(ReceiverRefusedError) as refused:
        checked_url(f"https://{host}/hook", private=False)
    assert str(refused.value) == PRIVATE
    assert checked_url(f"https://{host}/hook", private=True)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("http://acme.example/", "anybody on the way"),
        ("ftp://acme.example/", "no address"),
        ("acme.example", "no address"),
        ("https://", "no address"),
        ("https://acme.example:0/", "no address"),
        ("https://acme.example:99999/", "no address"),
        ("https://[::1/", "no address"),
        ("https://anna:secret@acme.example/", "no user and password"),
        ("https://acme.example@127.0.0.1/", "no user and password"),
        ("https://acme.example\\@127.0.0.1/", "no user and password"),
        ("https://127.0.0.1\\.acme.example/", "no host"),
        ("https://%31%32%37.0.0.1/", "no host"),
        ("https://127。0。0。1/", "ASCII"),
        ("https://acme.example/a b", "ASCII"),
        ("https://acme.example/\r\nHost: x", "ASCII"),
        ("https://acme.example/#here", "#fragment"),
        ("https://acme.example/" + "a" * 2000, "2000 letters"),
    ],
)
def test_what_is_no_address_for_notices_is_refused_and_not_repeated(written: str, why: str) -> None:
    with pytest.raises(ReceiverRefusedError, match=why) as refused:
        checked_url(written, private=False)
    assert "secret" not in str(refused.value)


def test_any_port_and_path_will_do() -> None:
    assert checked_url("https://acme.example:8443/hooks/1?key=2", private=False)
    assert checked_url(f"https://{PUBLIC}/", private=False)
    assert checked_url("http://n8n:5678/webhook/leads", private=True)


# What a name leads to --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", INSIDE)
async def test_a_name_that_leads_inside_is_not_resolved(address: str) -> None:
    with pytest.raises(ReceiverRefusedError):
        await PublicResolver(StubNames([(address,)])).resolve("acme.example")


async def test_one_address_inside_among_public_ones_is_enough_to_refuse() -> None:
    with pytest.raises(ReceiverRefusedError):
        await PublicResolver(StubNames([(PUBLIC, "10.0.0.1", PUBLIC_6)])).resolve("acme.example")
    found = await PublicResolver(StubNames([(PUBLIC, PUBLIC_6)])).resolve("acme.example")
    assert [each["host"] for each in found] == [PUBLIC, PUBLIC_6]


async def test_a_name_that_leads_elsewhere_a_moment_later_is_judged_anew() -> None:
    names = PublicResolver(StubNames([(PUBLIC,), ("127.0.0.1",)]))
    assert await names.resolve("acme.example")
    with pytest.raises(ReceiverRefusedError):
        await names.resolve("acme.example")


def courier(names: StubNames, *, private: bool = False) -> AiohttpCourier:
    return AiohttpCourier(StandingClock(NOON), names=names, private=private, answer_within=5)


async def test_nothing_is_connected_to_that_a_name_leads_to_inside() -> None:
    async with listening() as there:
        names = StubNames([("127.0.0.1",)])
        result = await courier(names).post(f"https://acme.example:{there.port}/", b"{}", {})
        assert result == Unanswered(PRIVATE)
        assert names.asked == ["acme.example"]
        assert there.heard == []


async def test_an_address_in_numbers_that_was_allowed_once_is_refused_when_it_is_sent_to() -> None:
    async with listening() as there:
        names = StubNames([(PUBLIC,)])
        for host in ("127.0.0.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"):
            result = await courier(names).post(f"https://{host}:{there.port}/", b"{}", {})
            assert result == Unanswered(PRIVATE)
        assert (names.asked, there.heard) == ([], [])


async def test_the_address_that_was_checked_is_the_one_connected_to() -> None:
    """The name is asked for once a try: there is no moment between the check and the use of it."""
    async with listening() as there:
        names = StubNames([("127.0.0.1",), ("203.0.113.1",)])
        url = f"http://acme.example:{there.port}/"
        assert await courier(names, private=True).post(url, b"{}", {}) == Answered(204)
        assert names.asked == ["acme.example"]
        assert there.heard[0].headers["host"] == f"acme.example:{there.port}"


async def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would resolve the name itself."""
    async with listening() as there, listening() as proxy:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        names = StubNames([("127.0.0.1",)])
        await courier(names, private=True).post(f"http://acme.example:{there.port}/", b"{}", {})
        assert (len(there.heard), proxy.heard) == (1, [])


def leading_to(other: Listening) -> web.Response:
    return web.Response(status=302, headers={"Location": other.url, "Set-Cookie": "a=b"})


async def test_a_redirect_is_not_followed_wherever_it_leads() -> None:
    async with listening() as there, listening() as inside:
        there.sayings = [leading_to(inside)]
        names = StubNames([("127.0.0.1",)])
        result = await courier(names, private=True).post(f"http://acme.example:{there.port}/", b"{}", {})
        assert result == Answered(302)
        assert inside.heard == []
