"""The settings, from the environment or a `.env` file; everything that can be set is here."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    NoDecode,
    SettingsConfigDict,
)

from bot.mail.port import MailError, read_sender, read_server
from bot.texts import LANGUAGES
from dialogs.problems import did_you_mean

TELEGRAM = "https://api.telegram.org"
LISTEN = "127.0.0.1:8080"
PORTS = 2**16
SHORTEST_TOKEN = 16
Framework = Literal["aiogram", "ptb"]
"""What the bot talks to Telegram with; one of them is enough."""
SECRET = re.compile(rf"[A-Za-z0-9_-]{{{SHORTEST_TOKEN},256}}")
WEBHOOK_PORTS = (443, 80, 88, 8443)
"""Source: Bot API, setWebhook."""
LARGEST_ID = 2**52
"""Telegram's ids have «at most 52 significant bits». Source: Bot API, User."""


NOT_A_TOKEN = "this is no bot token; @BotFather gives one like 123456:ABC-DEF…"  # noqa: S105 - says what one looks like
SAID = {"float_parsing": "write a number, as 30", "bool_parsing": "write true or false"}
"""What is wrong in an operator's words, where pydantic has only a programmer's."""


class SettingsError(Exception):
    """The settings cannot be used; each line says which one and why."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or type(self).__doc__)


class Choice(BaseSettings):
    """The choice of a framework alone: it is all of the settings that the demo heeds."""

    model_config = SettingsConfigDict(
        env_prefix="HOTLEAD_", env_file=".env", extra="ignore", env_ignore_empty=True
    )

    framework: Framework = Field(
        default="aiogram", description="aiogram or ptb (python-telegram-bot), whichever is installed."
    )


class Settings(Choice):
    """What Hotlead runs with. Each field is set by HOTLEAD_ and its name in capitals."""

    bot_token: SecretStr | None = Field(default=None, description="The token from @BotFather.")
    bot_api: str = Field(default=TELEGRAM, description="The base address of the Bot API server.")
    database: str | None = Field(
        default=None, description="A SQLAlchemy address; default: hotlead.db in the data folder."
    )
    data: Path = Field(default=Path("data"), description="The data folder.")
    keys: Path | None = Field(
        default=None, description="The key file, outside the database; default: keys in the data folder."
    )
    quiz: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Files or ids of the quizzes to run, comma-separated; the first is the default.",
    )
    admins: Annotated[tuple[int, ...], NoDecode] = Field(default=(), description="Telegram ids, comma-separated.")
    managers: Annotated[tuple[int, ...], NoDecode] = Field(
        default=(), description="Telegram ids of who gets hot leads, comma-separated."
    )
    language: str | None = Field(
        default=None, description="en, uk or ru: for people whose own language the quiz does not speak."
    )

    pace: float = Field(
        default=30, gt=0, le=1000, description="Messages a second that Telegram takes from the bot at most."
    )
    public_url: str | None = Field(
        default=None, description="Where people reach our web server from outside, behind a proxy: https://…"
    )
    listen: str | None = Field(
        default=None,
        description="host:port of the web server; default: 127.0.0.1:8080 with a public address, else none.",
    )
    receive: str = Field(
        default="polling",
        description="polling: we ask Telegram for updates; webhook: it posts them to our web server.",
    )
    webhook_url: str | None = Field(
        default=None, description="Where Telegram reaches our web server, if not at the public address."
    )
    webhook_secret: SecretStr | None = Field(
        default=None, description="What Telegram shows with each update; default: one from the key file."
    )
    metrics_token: SecretStr | None = Field(
        default=None, description="What a monitor shows to see /metrics: Authorization: Bearer …"
    )

    smtp: SecretStr | None = Field(
        default=None, description="The mail server: smtp://user:password@host:587 or smtps://…:465."
    )
    mail_from: str | None = Field(default=None, description="Who e-mails are from: an address, perhaps a name.")
    private_receivers: bool = Field(
        default=False,
        description="true: notices may go to private networks, and unencrypted: to n8n on the same machine.",
    )

    @field_validator("quiz", mode="before")
    @classmethod
    def _names(cls, value: object) -> object:
        return (
            tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value
        )

    @field_validator("admins", "managers", mode="before")
    @classmethod
    def _ids(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        parts = [part.strip() for part in value.split(",") if part.strip()]
        wrong = [part for part in parts if not part.isdecimal() or not 0 < int(part) < LARGEST_ID]
        if wrong:
            raise ValueError(f"`{wrong[0]}` is no Telegram id; write numbers with commas (send /id to the bot)")
        return tuple(dict.fromkeys(int(part) for part in parts))

    @field_validator("bot_token")
    @classmethod
    def _token(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and number_in(value.get_secret_value()) is None:
            raise ValueError(NOT_A_TOKEN)
        return value

    @field_validator("smtp")
    @classmethod
    def _server(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            try:
                read_server(value.get_secret_value())
            except MailError as error:
                raise ValueError(str(error)) from None
        return value

    @field_validator("mail_from")
    @classmethod
    def _sender(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                read_sender(value)
            except MailError as error:
                raise ValueError(str(error)) from None
        return value

    @model_validator(mode="after")
    def _mail_is_whole(self) -> Self:
        if (self.smtp is None) != (self.mail_from is None):
            missing = "HOTLEAD_SMTP" if self.smtp is None else "HOTLEAD_MAIL_FROM"
            raise ValueError(f"{missing} is missing; HOTLEAD_SMTP and HOTLEAD_MAIL_FROM come together")
        return self

    @field_validator("receive")
    @classmethod
    def _way(cls, value: str) -> str:
        if value not in ("polling", "webhook"):
            raise ValueError(f"`{value}` is no way to receive; write polling or webhook")
        return value

    @field_validator("webhook_secret")
    @classmethod
    def _showable(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not SECRET.fullmatch(value.get_secret_value()):
            raise ValueError(
                f"Telegram takes A-Z a-z 0-9 _ - only; write {SHORTEST_TOKEN} to 256 of them, or leave it out"
            )
        return value

    @model_validator(mode="after")
    def _webhook_is_whole(self) -> Self:
        if self.receive != "webhook":
            return self
        name = "HOTLEAD_PUBLIC_URL" if self.webhook_url is None else "HOTLEAD_WEBHOOK_URL"
        where = self.webhook_url or self.public_url
        if where is None:
            raise ValueError(
                f"{name} is missing; to receive by webhook, Telegram must know where: https://bot.acme.example"
            )
        if (port := urlsplit(where).port) is not None and port not in WEBHOOK_PORTS:
            raise ValueError(
                f"{name}: Telegram posts to the ports {', '.join(map(str, WEBHOOK_PORTS))} only, not to {port}"
            )
        return self

    @field_validator("public_url", "webhook_url")
    @classmethod
    def _public(cls, value: str | None) -> str | None:
        if value is None:
            return None
        try:
            parts = urlsplit(value)
            host, port = parts.hostname, parts.port
        except ValueError:
            host = port = parts = None
        if parts is None or not host or parts.scheme != "https" or port == 0:
            raise ValueError(f"`{value}` is no public address; it starts with https:// and names a host")
        if "@" in parts.netloc or parts.query or parts.fragment or not re.fullmatch(r"[\w./~-]*", parts.path):
            raise ValueError(f"`{value}` is more than an address; write https://host, perhaps with a /path")
        return value.rstrip("/")

    @field_validator("listen")
    @classmethod
    def _host_and_port(cls, value: str | None) -> str | None:
        if value is None:
            return None
        host, _, port = value.rpartition(":")
        fits = port.isdecimal() and port.isascii() and int(port) < PORTS
        if (
            not fits
            or not host
            or (("[" in host or ":" in host) and not re.fullmatch(r"\[[0-9a-f:.]+\]", host, re.IGNORECASE))
        ):
            raise ValueError(f"`{value}` is nothing to listen on; write host:port, as 127.0.0.1:8080")
        return value

    @field_validator("metrics_token")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(rf"[!-~]{{{SHORTEST_TOKEN},}}", value.get_secret_value()):
            raise ValueError(f"this is no token; take {SHORTEST_TOKEN} letters and digits or more")
        return value

    @field_validator("language")
    @classmethod
    def _language(cls, value: str | None) -> str | None:
        if value is not None and value not in LANGUAGES:
            raise ValueError(f"`{value}` has no catalogue; use one of {', '.join(LANGUAGES)}")
        return value

    @field_validator("bot_api")
    @classmethod
    def _address(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError(f"`{value}` is no address; it starts with https:// or http://")
        return value.rstrip("/")

    @property
    def bot_id(self) -> int | None:
        """Telegram's number of the bot that the token is of; None without one."""
        return None if self.bot_token is None else number_in(self.bot_token.get_secret_value())

    @property
    def listens_on(self) -> tuple[str, int] | None:
        """Where the web server listens; None when there is none."""
        public = self.public_url is not None or self.receive == "webhook"
        where = self.listen or (LISTEN if public else None)
        if where is None:
            return None
        host, _, port = where.rpartition(":")
        return host.strip("[]"), int(port)

    @property
    def webhooks_at(self) -> str | None:
        """The address below which Telegram posts updates; None where they are polled."""
        return (self.webhook_url or self.public_url) if self.receive == "webhook" else None

    @property
    def database_address(self) -> str:
        """The SQLAlchemy address of the database."""
        return self.database or f"sqlite+aiosqlite:///{self.data / 'hotlead.db'}"

    @property
    def key_file(self) -> Path:
        """The file with the keys of the database."""
        return self.keys or self.data / "keys"

    @property
    def erased_file(self) -> Path:
        """The list of who was erased, which a restore replays."""
        return self.data / "erased"


def number_in(token: str) -> int | None:
    """Return the bot's number, with which its token begins; None for what is no token."""
    number, colon, secret = token.partition(":")
    return int(number) if number.isdecimal() and colon and secret else None


def read_settings(**given: str) -> Settings:
    """Read the settings; what is `given` comes before all else.

    Raises SettingsError with a line for each that is wrong; secrets are not shown.
    """
    try:
        return Settings(**given)  # type: ignore[arg-type]  # each is read as it would be from the environment
    except ValidationError as invalid:
        raise _explained(invalid) from None


def unknown_settings() -> list[str]:
    """Say which names in the environment or the `.env` file look like a setting and are none.

    A line without `=` is a name as a whole: what follows its first word may be a secret, and is not shown.
    """
    known = {f"HOTLEAD_{name}".upper() for name in Settings.model_fields}
    found = {*EnvSettingsSource(Settings).env_vars, *DotEnvSettingsSource(Settings).env_vars}
    written = sorted(name.upper() for name in found if name.upper().startswith("HOTLEAD_"))
    return [_unknown(name, known) for name in written if name not in known]


def _unknown(written: str, known: Collection[str]) -> str:
    name = re.split(r"\W", written, maxsplit=1)[0]
    if name != written:
        return f"{name} is followed by no `=`. Write {name}=value."
    return f"{name} is no setting. {did_you_mean(name, known)}"


def read_framework() -> Framework:
    """Read which framework is chosen. Raises SettingsError."""
    try:
        return Choice().framework
    except ValidationError as invalid:
        raise _explained(invalid) from None


def _explained(invalid: ValidationError) -> SettingsError:
    lines = []
    for error in invalid.errors(include_input=False, include_url=False):
        said = SAID.get(error["type"]) or error["msg"].removeprefix("Value error, ")
        name = "".join(f"HOTLEAD_{part}: ".upper() for part in error["loc"][:1])
        lines.append(f"{name}{said}")
    return SettingsError("\n".join(lines))
