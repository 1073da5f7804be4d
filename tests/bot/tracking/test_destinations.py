"""Where tracked links may lead: https, and to one site that a browser and we read alike."""

from __future__ import annotations

from random import SystemRandom

import pytest

from bot.tracking.destinations import destination
from bot.tracking.errors import UnsafeDestinationError
from bot.tracking.tokens import TOKEN, fingerprint_of, new_token


@pytest.mark.parametrize(
    ("written", "leads_to"),
    [
        ("https://acme.example", "https://acme.example"),
        ("https://acme.example/a/b?c=d&e=f#g", "https://acme.example/a/b?c=d&e=f#g"),
        ("https://acme.example:8443/", "https://acme.example:8443/"),
        (
            "https://acme.example/ціни?як=так",
            "https://acme.example/%D1%86%D1%96%D0%BD%D0%B8?%D1%8F%D0%BA=%D1%82%D0%B0%D0%BA",
        ),
        ("https://acme.example/100%25?x=%2F", "https://acme.example/100%25?x=%2F"),
        ("https://МЕБЛІ.укр/x", "https://xn--90ahtb7k.xn--j1amh/x"),
        ("https://меблі.укр:8443/", "https://xn--90ahtb7k.xn--j1amh:8443/"),
        ('https://acme.example/"<x>', "https://acme.example/%22%3Cx%3E"),
    ],
)
def test_an_address_is_written_so_that_a_header_can_hold_it(written: str, leads_to: str) -> None:
    assert destination(written) == leads_to
    assert leads_to.isascii()


@pytest.mark.parametrize(
    "written",
    [
        "http://acme.example",
        "//evil.example",
        "javascript:alert(1)",
        "tg://resolve?domain=x",
        "https:///nothing",
        "https://",
        "",
        "https://acme.example@evil.example/",
        "https://acme.example\\@evil.example/",
        "https://acme.example/\r\nSet-Cookie: a=b",
        "https://acme.example/a b",
        " https://acme.example/",
        "https://acme.example:99999/",
        "https://[::1/",
        "https://acme.example/" + "x" * 2000,
        "https://" + "я" * 80 + ".example/",
    ],
)
def test_anything_else_is_no_destination(written: str) -> None:
    with pytest.raises(UnsafeDestinationError):
        destination(written)


def test_a_token_is_128_bits_of_chance_and_is_not_kept_as_it_is() -> None:
    drawn: list[int] = []

    class Chance(SystemRandom):
        def randbytes(self, n: int) -> bytes:
            drawn.append(n * 8)
            return super().randbytes(n)

    tokens = {new_token(Chance()) for _ in range(100)}
    assert len(tokens) == 100
    assert all(TOKEN.fullmatch(token) for token in tokens)
    assert set(drawn) == {128}
    assert fingerprint_of("t", lambda purpose, value: f"{purpose}|{value}") == "tracked link|t"
