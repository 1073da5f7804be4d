"""Settings: each wrong value is one clear line, and the token is never shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.mail.port import MailServer, Security, read_sender, read_server
from bot.settings import TELEGRAM, Settings, SettingsError, read_settings

NO_SENDER = "this is no e-mail address; write office@acme.example or Acme <office@acme.example>"
TOKEN = "123456:AAH-secret_secret_secret_secret_sec"


@pytest.fixture(autouse=True)
def _an_empty_room(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Settings come from the environment and from a file in the folder: a test begins with neither."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"HOTLEAD_{name.upper()}", raising=False)


def _read(monkeypatch: pytest.MonkeyPatch, **values: str) -> Settings:
    for name, value in values.items():
        monkeypatch.setenv(f"HOTLEAD_{name.upper()}", value)
    return read_settings()


def test_without_any_setting_there_are_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = _read(monkeypatch)
    assert settings.bot_token is None
    assert (settings.bot_api, settings.quiz, settings.admins, settings.managers) == (TELEGRAM, (), (), ())
    assert settings.database_address == f"sqlite+aiosqlite:///{Path('data/hotlead.db')}"


@pytest.mark.parametrize(
    ("name", "written", "read"),
    [
        ("managers", "5", (5,)),
        ("managers", " 5, 6 ,,7 ", (5, 6, 7)),
        ("managers", "5,5,6", (5, 6)),
        ("admins", "7000000001", (7_000_000_001,)),
        ("admins", "", ()),
        ("quiz", "office-furniture", ("office-furniture",)),
        ("quiz", "a.yaml, b.yaml", ("a.yaml", "b.yaml")),
        ("quiz", " , ", ()),
        ("bot_api", "http://127.0.0.1:8081/", "http://127.0.0.1:8081"),
        ("language", "uk", "uk"),
        ("language", "", None),
        ("data", "elsewhere", Path("elsewhere")),
        ("public_url", "https://go.acme.example/", "https://go.acme.example"),
        ("public_url", "https://acme.example:8443/bot", "https://acme.example:8443/bot"),
        ("listen", "0.0.0.0:8080", "0.0.0.0:8080"),
    ],
)
def test_a_setting_is_read_as_people_write_it(
    monkeypatch: pytest.MonkeyPatch, name: str, written: str, read: object
) -> None:
    assert getattr(_read(monkeypatch, **{name: written}), name) == read


@pytest.mark.parametrize(
    ("name", "written", "told"),
    [
        (
            "managers",
            "5, @olena",
            "HOTLEAD_MANAGERS: `@olena` is no Telegram id; write numbers with commas (send /id to the bot)",
        ),
        (
            "admins",
            "-100123",
            "HOTLEAD_ADMINS: `-100123` is no Telegram id; write numbers with commas (send /id to the bot)",
        ),
        (
            "admins",
            "5;6",
            "HOTLEAD_ADMINS: `5;6` is no Telegram id; write numbers with commas (send /id to the bot)",
        ),
        ("language", "de", "HOTLEAD_LANGUAGE: `de` has no catalogue; use one of en, uk, ru"),
        (
            "smtp",
            "smtp://mx.example",
            "HOTLEAD_MAIL_FROM is missing; HOTLEAD_SMTP and HOTLEAD_MAIL_FROM come together",
        ),
        ("mail_from", "a@b.example", "HOTLEAD_SMTP is missing; HOTLEAD_SMTP and HOTLEAD_MAIL_FROM come together"),
        *(
            (
                "mail_from",
                wrong,
                f"HOTLEAD_MAIL_FROM: {NO_SENDER}",
            )
            for wrong in ("Acme", "Acme <office>", "office@acme.example, eve@evil.example", "a b@acme.example")
        ),
        (
            "bot_api",
            "localhost:8081",
            "HOTLEAD_BOT_API: `localhost:8081` is no address; it starts with https:// or http://",
        ),
        *(
            (
                "bot_token",
                wrong,
                "HOTLEAD_BOT_TOKEN: this is no bot token; @BotFather gives one like 123456:ABC-DEF…",
            )
            for wrong in ("nonsense", "12345", "12345:", ":ABC", "bot12345:ABC", "12 345:ABC")
        ),
        *(
            (
                "public_url",
                wrong,
                f"HOTLEAD_PUBLIC_URL: `{wrong}` is no public address; it starts with https:// and names a host",
            )
            for wrong in (
                "http://acme.example",
                "acme.example",
                "https://",
                "https://[x",
                "https://acme.example:99999",
            )
        ),
        *(
            (
                "public_url",
                wrong,
                f"HOTLEAD_PUBLIC_URL: `{wrong}` is more than an address; write https://host, perhaps with a /path",
            )
            for wrong in ("https://a@acme.example", "https://acme.example/?x=1", "https://acme.example/#x")
        ),
        *(
            (
                "listen",
                wrong,
                f"HOTLEAD_LISTEN: `{wrong}` is nothing to listen on; write host:port, as 127.0.0.1:8080",
            )
            for wrong in ("8080", ":8080", "localhost", "localhost:http", "127.0.0.1:65536", "::1:8080")
        ),
        ("receive", "pigeons", "HOTLEAD_RECEIVE: `pigeons` is no way to receive; write polling or webhook"),
        (
            "receive",
            "webhook",
            "HOTLEAD_PUBLIC_URL is missing; to receive by webhook, Telegram must know where: https://bot.acme.example",
        ),
        *(
            (
                "webhook_secret",
                wrong,
                (
                    "HOTLEAD_WEBHOOK_SECRET: Telegram takes A-Z a-z 0-9 _ - only;"
                    " write 16 to 256 of them, or leave it out"
                ),
            )
            for wrong in ("short", "a-secret-of-words and-spaces", "секрет-из-многих-букв", "x" * 257)
        ),
        ("metrics_token", "short", "HOTLEAD_METRICS_TOKEN: this is no token; take 16 letters and digits or more"),
    ],
)
def test_a_wrong_value_is_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, name: str, written: str, told: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        _read(monkeypatch, **{name: written})
    assert str(refused.value) == told


@pytest.mark.parametrize("written", ["99999999999999999999", "0"])
def test_an_id_that_nobody_can_have_is_refused(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    with pytest.raises(SettingsError):
        _read(monkeypatch, managers=written)


def test_all_wrong_values_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError) as refused:
        _read(monkeypatch, managers="x", admins="y", language="de")
    lines = str(refused.value).splitlines()
    assert [line.partition(":")[0] for line in lines] == ["HOTLEAD_ADMINS", "HOTLEAD_MANAGERS", "HOTLEAD_LANGUAGE"]


def test_the_token_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = _read(monkeypatch, bot_token=TOKEN)
    assert settings.bot_token is not None
    assert settings.bot_token.get_secret_value() == TOKEN
    shown = [str(settings), repr(settings), f"{settings}", str(settings.model_dump()), settings.model_dump_json()]
    assert not any("secret_secret" in text for text in shown)


@pytest.mark.parametrize("wrong", [f"bot{TOKEN}", TOKEN.replace(":", ";"), f" {TOKEN.replace('1', 'x')}"])
def test_a_wrong_token_is_not_repeated_in_the_error(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    with pytest.raises(SettingsError) as refused:
        _read(monkeypatch, bot_token=wrong)
    assert "secret_secret" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_file_named_env_is_read_and_the_environment_is_stronger(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("HOTLEAD_LANGUAGE=uk\nHOTLEAD_MANAGERS=5\nSOMETHING_ELSE=1\n")
    settings = _read(monkeypatch, managers="6")
    assert (settings.language, settings.managers) == ("uk", (6,))


@pytest.mark.parametrize(
    ("values", "address"),
    [
        ({"data": "d"}, "sqlite+aiosqlite:///d/hotlead.db"),
        ({"database": "sqlite+aiosqlite:///x.db"}, "sqlite+aiosqlite:///x.db"),
    ],
)
def test_the_database_is_a_file_in_the_data_folder_unless_named(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str], address: str
) -> None:
    assert _read(monkeypatch, **values).database_address == address


# The mail server ------------------------------------------------------------------------------------------------

SERVERS = {
    "smtp://bot:pw@mx.example": MailServer("mx.example", 587, Security.STARTTLS, "bot", "pw"),
    "smtp://bot:pw@mx.example:2525/": MailServer("mx.example", 2525, Security.STARTTLS, "bot", "pw"),
    "smtps://bot%40acme.example:p%3Aw%2F%40@mx.example": MailServer(
        "mx.example", 465, Security.TLS, "bot@acme.example", "p:w/@"
    ),
    "smtp://localhost:25": MailServer("localhost", 25, Security.NONE),
    "smtp://127.0.0.1": MailServer("127.0.0.1", 587, Security.NONE),
    "smtp://[::1]:25": MailServer("::1", 25, Security.NONE),
    "smtp://localhost.evil.example": MailServer("localhost.evil.example", 587, Security.STARTTLS),
    "smtp://127.0.0.1.evil.example": MailServer("127.0.0.1.evil.example", 587, Security.STARTTLS),
}


@pytest.mark.parametrize("written", SERVERS)
def test_a_mail_server_is_one_address_and_only_this_machine_may_do_without_encryption(written: str) -> None:
    assert read_server(written) == SERVERS[written]


WRONG_SERVERS = {
    "mx.example:587": "this is no mail server",
    "https://bot:hidden_pw@mx.example": "this is no mail server",
    "smtp://": "this is no mail server",
    "smtp://bot:hidden_pw@mx.example:port": "this is no mail server",
    "smtp://bot:hidden_pw@mx.example:99999": "this is no mail server",
    "smtp://bot:hidden_pw/x@mx.example": "this is no mail server",
    "smtp://bot:hidden_pw#x@mx.example": "this is no mail server",
    "smtp://bot:hidden_pw@mx.example/?tls=no": "this is no mail server",
    "smtp://hidden_pw@mx.example": "a user and a password come together",
    "smtp://bot:hidden_pw@mx.example:465": "port 465 speaks TLS from the start",
}


@pytest.mark.parametrize("written", WRONG_SERVERS)
def test_a_wrong_mail_server_is_one_clear_line_without_its_secret(
    monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        _read(monkeypatch, smtp=written, mail_from="a@b.example")
    told = str(refused.value)
    assert told.startswith(f"HOTLEAD_SMTP: {WRONG_SERVERS[written]}")
    assert len(told.splitlines()) == 1
    assert "hidden_pw" not in told
    assert refused.value.__cause__ is None


def test_the_mail_servers_password_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = _read(monkeypatch, smtp="smtp://bot:hidden_pw@mx.example", mail_from="Acme <a@b.example>")
    assert settings.smtp is not None
    server = read_server(settings.smtp.get_secret_value())
    shown = [repr(settings), str(settings.model_dump()), settings.model_dump_json(), repr(server), str(server)]
    assert not any("hidden_pw" in text for text in shown)


@pytest.mark.parametrize(
    ("written", "name", "address"),
    [
        ("office@acme.example", "", "office@acme.example"),
        ("Acme <office@acme.example>", "Acme", "office@acme.example"),
        ('"Світло, ТОВ" <office@acme.example>', "Світло, ТОВ", "office@acme.example"),
        ("office@приклад.укр", "", "office@xn--80aikifvh.xn--j1amh"),
    ],
)
def test_who_emails_are_from_may_have_a_name(written: str, name: str, address: str) -> None:
    sender = read_sender(written)
    assert (sender.display_name, sender.addr_spec) == (name, address)


@pytest.mark.parametrize(
    ("written", "where"),
    [
        ({}, None),
        ({"public_url": "https://go.acme.example"}, ("127.0.0.1", 8080)),
        ({"listen": "0.0.0.0:9000"}, ("0.0.0.0", 9000)),  # noqa: S104 - what an operator may write
        ({"listen": "[::1]:9000", "public_url": "https://go.acme.example"}, ("::1", 9000)),
        ({"receive": "webhook", "webhook_url": "https://go.acme.example"}, ("127.0.0.1", 8080)),
        ({"webhook_url": "https://go.acme.example"}, None),
    ],
)
def test_nothing_is_listened_on_unless_there_is_a_reason(
    monkeypatch: pytest.MonkeyPatch, written: dict[str, str], where: tuple[str, int] | None
) -> None:
    assert _read(monkeypatch, **written).listens_on == where


@pytest.mark.parametrize("port", ["443", "80", "88", "8443"])
def test_telegram_posts_to_four_ports(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    where = f"https://go.acme.example:{port}/bot"
    assert _read(monkeypatch, receive="webhook", public_url=where).webhooks_at == where


def test_telegram_posts_to_no_other_port(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="HOTLEAD_WEBHOOK_URL: Telegram posts to the ports 443, 80"):
        _read(
            monkeypatch,
            receive="webhook",
            public_url="https://a.example",
            webhook_url="https://go.acme.example:8000",
        )


def test_telegram_may_come_by_another_address_than_people(monkeypatch: pytest.MonkeyPatch) -> None:
    both = {"public_url": "https://go.acme.example", "webhook_url": "https://bot.acme.example/"}
    assert _read(monkeypatch, **both).webhooks_at is None
    assert _read(monkeypatch, receive="webhook", **both).webhooks_at == "https://bot.acme.example"


def test_a_secret_that_is_empty_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _read(monkeypatch, webhook_secret="").webhook_secret is None
