"""The port: all that the product needs of a mail server, and how one is named in the settings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.utils import getaddresses
from enum import StrEnum
from typing import Protocol
from urllib.parse import unquote, urlsplit

from email_validator import EmailNotValidError, validate_email

from bot.telegram.requests import NotSent, Refused, SendMail, Sent, Unknown

MailResult = Sent | Refused | NotSent | Unknown
"""What may come of an e-mail; the same words as for Telegram."""
TLS_PORT, SUBMISSION_PORT = 465, 587
"""RFC 8314 and RFC 6409."""
LOCAL = re.compile(r"localhost|127(\.\d{1,3}){3}|::1")
"""Hosts whose line no stranger can listen to."""


class MailError(Exception):
    """E-mail cannot be sent; the message says why, without any address."""


class Security(StrEnum):
    """How the line to a mail server is kept private."""

    TLS = "TLS from the start"
    STARTTLS = "STARTTLS"
    NONE = "no encryption"


@dataclass(frozen=True)
class MailServer:
    """A mail server and the account on it."""

    host: str
    port: int
    security: Security
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class Postman(Protocol):
    """A line to a mail server."""

    async def send(self, mail: SendMail) -> MailResult:
        """Send an e-mail; what came of it is a value, and no reason in it names an address."""
        ...

    async def check(self) -> None:
        """Connect, log in and leave, without sending anything. Raises MailError."""
        ...


def read_server(written: str) -> MailServer:
    """Read a server as the settings name it. Raises MailError, which repeats nothing that may be secret."""
    try:
        url = urlsplit(written)
        host, port = url.hostname, url.port
    except ValueError:
        raise MailError(_EXAMPLE) from None
    if url.scheme not in {"smtp", "smtps"} or not host or url.path.strip("/") or url.query or url.fragment:
        raise MailError(_EXAMPLE)
    if (url.username is None) != (url.password is None):
        raise MailError("a user and a password come together: smtp://user:password@host:587")
    user, password = unquote(url.username or "") or None, unquote(url.password or "") or None
    if url.scheme == "smtps":
        return MailServer(host, port or TLS_PORT, Security.TLS, user, password)
    if port == TLS_PORT:
        raise MailError("port 465 speaks TLS from the start: write smtps:// instead of smtp://")
    security = Security.NONE if LOCAL.fullmatch(host) else Security.STARTTLS
    return MailServer(host, port or SUBMISSION_PORT, security, user, password)


def read_sender(written: str) -> Address:
    """Read who e-mails are from: an address, perhaps with a name. Raises MailError."""
    try:
        ((name, spec),) = getaddresses([written])  # exactly one
        valid = validate_email(spec, check_deliverability=False)
        if valid.ascii_email is None:
            raise MailError("the part before the @ has to be in Latin letters")
        return Address(name, addr_spec=valid.ascii_email)
    except (EmailNotValidError, ValueError, IndexError):
        raise MailError(
            "this is no e-mail address; write office@acme.example or Acme <office@acme.example>"
        ) from None


_EXAMPLE = (
    "this is no mail server; write smtp://user:password@host:587 or smtps://user:password@host:465, "
    "with %40 for an @ in the user or the password"
)
