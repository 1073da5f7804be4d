"""Mail servers for tests, on this machine and in the test's own loop: real ones, and ones that misbehave."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
import warnings
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.mail.port import MailServer, Security

HOST = "127.0.0.1"
USER, PASSWORD = "bot@acme.example", "pa:ss/wo@rd"


@dataclass
class Mailroom:
    """What a real server got, and what it is to say: to recipients (one answer each), and to what follows DATA."""

    to_recipients: list[str] = field(default_factory=list)
    to_data: list[str] = field(default_factory=list)
    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = self.to_recipients.pop(0) if self.to_recipients else "250 2.1.5 OK"
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        answer = self.to_data.pop(0) if self.to_data else "250 2.0.0 OK"
        if answer.startswith("2"):
            content = envelope.original_content or b""
            self.bodies.append(content)
            letter = message_from_bytes(content, policy=default)
            assert isinstance(letter, EmailMessage)
            self.letters.append(letter)
            self.recipients += envelope.rcpt_tos
            self.senders.append(envelope.mail_from or "")
        return answer

    def server(
        self, security: Security = Security.NONE, user: str | None = None, password: str | None = None
    ) -> MailServer:
        return MailServer(HOST, self.port, security, user, password)


def _authenticate(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
    fine = isinstance(data, LoginPassword) and data.login == USER.encode() and data.password == PASSWORD.encode()
    return AuthResult(success=fine, handled=False)


@asynccontextmanager
async def a_server(
    *,
    tls: bool = False,
    starttls: bool = False,
    login: bool = False,
    to_recipients: Sequence[str] = (),
    to_data: Sequence[str] = (),
) -> AsyncIterator[Mailroom]:
    """Run a real mail server."""
    room = Mailroom(list(to_recipients), list(to_data))

    def connected() -> SMTP:
        with warnings.catch_warnings():
            # It warns of a login without STARTTLS; here that is the point, or there is TLS from the start.
            warnings.simplefilter("ignore")
            return SMTP(
                room,
                hostname="mx.test",
                tls_context=identity() if starttls else None,
                require_starttls=starttls,
                authenticator=_authenticate if login else None,
                auth_required=login,
                auth_require_tls=False,
            )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(connected, HOST, 0, ssl=identity() if tls else None)
    room.port = server.sockets[0].getsockname()[1]
    try:
        yield room
    finally:
        server.close()
        await server.wait_closed()


@asynccontextmanager
async def a_script(answers: Sequence[str], heard: list[str] | None = None) -> AsyncIterator[MailServer]:
    """Run a server that gives these answers, one to the connection and to each command, and then hangs up.

    An answer `…` is none at all: the client may wait for ever.
    """
    free = asyncio.Event()
    gone: list[asyncio.Task[Any]] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        gone.append(task)
        body = False
        for number, answer in enumerate(answers):
            if number:
                line = await reader.readuntil(b"\r\n.\r\n" if body else b"\r\n")
                if heard is not None:
                    heard.append(line.decode().strip())
            if answer == "…":
                await free.wait()
                break
            body = answer.startswith("354")
            writer.write(f"{answer}\r\n".encode())
            await writer.drain()
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    server = await asyncio.start_server(talk, HOST, 0)
    try:
        yield MailServer(HOST, server.sockets[0].getsockname()[1], Security.NONE)
    finally:
        free.set()
        server.close()
        await asyncio.gather(*gone, return_exceptions=True)
        await server.wait_closed()


@cache
def _certificate() -> tuple[bytes, bytes]:
    """Make a certificate of this machine's own, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mx.test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    written = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate.public_bytes(serialization.Encoding.PEM), written


@cache
def identity() -> ssl.SSLContext:
    """Return what a server shows of itself."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as folder:
        for name, content in zip(("certificate", "key"), _certificate(), strict=True):
            (Path(folder) / name).write_bytes(content)
        context.load_cert_chain(Path(folder) / "certificate", Path(folder) / "key")
    return context


@cache
def trust() -> ssl.SSLContext:
    """Return a client's trust in that certificate, and in no other."""
    return ssl.create_default_context(cadata=_certificate()[0].decode())
