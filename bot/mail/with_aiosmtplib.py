"""The mail server through aiosmtplib: every way it can end becomes a value."""

from __future__ import annotations

import re
import secrets
import ssl
from collections.abc import Callable, Iterator
from contextlib import suppress
from email.headerregistry import Address

import aiosmtplib

from bot.clock import Clock
from bot.mail.letters import letter
from bot.mail.port import MailError, MailResult, MailServer, Security
from bot.telegram.requests import NotSent, Refused, SendMail, Sent, Unknown

ANSWER_WITHIN = 20.0
"""Seconds that the server has for each answer."""
FAREWELL_WITHIN = 2.0
TEMPORARY, PERMANENT = range(400, 500), range(500, 600)
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")
"""RFC 3463: what a server says in numbers beside its words, which may hold the address."""


class SmtpPostman:
    """A postman who goes anew for every letter: codes are few, and a line kept open breaks unseen."""

    def __init__(
        self,
        server: MailServer,
        sender: Address,
        clock: Clock,
        *,
        token: Callable[[], str] = secrets.token_hex,
        trust: ssl.SSLContext | None = None,
        answer_within: float = ANSWER_WITHIN,
    ) -> None:
        self._server = server
        self._sender = sender
        self._clock = clock
        self._token = token
        self._trust = trust
        self._answer_within = answer_within

    async def send(self, mail: SendMail) -> MailResult:
        """Send an e-mail; what came of it is a value, and no reason in it names an address."""
        try:
            message = letter(mail, self._sender, self._clock.now(), self._token())
        except MailError as error:
            return Refused(str(error))
        client = self._client()
        try:
            return await self._hand_over(client, message["To"].addresses[0].addr_spec, message.as_bytes())
        finally:
            client.close()

    async def check(self) -> None:
        """Connect, log in and leave, without sending anything. Raises MailError."""
        client = self._client()
        try:
            await client.connect()
            await client.ehlo()
            await client.noop()
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise MailError(_said(error)) from None
        else:
            await self._leave(client)
        finally:
            client.close()

    def _client(self) -> aiosmtplib.SMTP:
        server = self._server
        return aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            local_hostname=self._sender.domain,  # else a look-up of our own name, which may take its time
            timeout=self._answer_within,
            use_tls=server.security is Security.TLS,
            start_tls=server.security is Security.STARTTLS,
            tls_context=self._trust,
        )

    async def _hand_over(self, client: aiosmtplib.SMTP, to: str, message: bytes) -> MailResult:
        """Go through the steps of RFC 5321: up to DATA nothing was sent, after it only an answer tells."""
        try:
            await client.connect()
            await client.mail(self._sender.addr_spec)
            await client.rcpt(to)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            return Refused(_said(error)) if _for_good(error) else NotSent(_said(error))
        try:
            await client.data(message)
        except aiosmtplib.SMTPDataError as error:
            if error.code not in (*TEMPORARY, *PERMANENT):
                return Unknown(_said(error))
            return Refused(_said(error)) if _for_good(error) else NotSent(_said(error))
        except (aiosmtplib.SMTPException, OSError) as error:
            return Unknown(_said(error))
        await self._leave(client)
        return Sent()

    async def _leave(self, client: aiosmtplib.SMTP) -> None:
        """Say good-bye; the letter is with the server, whatever it says to that."""
        with suppress(aiosmtplib.SMTPException, OSError):
            await client.quit(timeout=min(self._answer_within, FAREWELL_WITHIN))


def _for_good(error: BaseException) -> bool:
    """Tell whether trying again is of no use: a 5xx, a certificate nobody vouches for, no STARTTLS or login."""
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in _causes(error)):
        return True
    match error:
        case aiosmtplib.SMTPResponseException(code=code):
            return code in PERMANENT
        case aiosmtplib.SMTPConnectError() | aiosmtplib.SMTPServerDisconnected() | aiosmtplib.SMTPTimeoutError():
            return False
        case aiosmtplib.SMTPException() | ValueError():
            return True  # the library itself will not do it: what the settings ask for is not offered
        case _:
            return False


def _said(error: BaseException) -> str:
    """Say what happened, in numbers and our own words: the server's may hold the address."""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"the certificate is not trusted: {cause.verify_message}"
    match error:
        case aiosmtplib.SMTPAuthenticationError(code=code):
            return f"the login was refused ({_numbers(code, error.message)})"
        case aiosmtplib.SMTPResponseException(code=code):
            return f"the mail server said {_numbers(code, error.message)}"
        case TimeoutError():
            return "no answer in time"
        case aiosmtplib.SMTPConnectError():
            reasons = [cause.strerror for cause in _causes(error) if isinstance(cause, OSError) and cause.strerror]
            return f"cannot be reached{''.join(f': {reason}' for reason in reasons[-1:])}"
        case ssl.SSLError():
            return f"TLS failed: {error.reason or 'no reason given'}"
        case aiosmtplib.SMTPServerDisconnected() | OSError():
            return "the connection broke"
        case aiosmtplib.SMTPException(message=message) if "STARTTLS" in message:
            return "the mail server does not offer STARTTLS"
        case aiosmtplib.SMTPException(message=message) if "AUTH" in message or "authentication" in message:
            return "the mail server offers no login that works here"
        case _:
            return type(error).__name__


def _numbers(code: int, words: str) -> str:
    enhanced = _ENHANCED.match(words)
    return f"{code} {enhanced[0]}" if enhanced else f"{code}"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__
