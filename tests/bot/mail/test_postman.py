"""The postman at real mail servers: what arrives, and what every way to fail becomes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.headerregistry import Address

import pytest

from bot.clock import StandingClock
from bot.mail.port import MailError, MailServer, Security
from bot.mail.with_aiosmtplib import SmtpPostman
from bot.telegram.requests import NotSent, Refused, SendMail, Sent, Unknown
from tests.bot.mail.servers import PASSWORD, USER, a_script, a_server, trust

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ANNA = "anna.secret@example.org"
US = Address("", addr_spec="office@acme.example")
PATIENCE = 5.0
LETTER = SendMail(
    chat_id=1,
    to=ANNA,
    subject="Код підтвердження від «Світло & Ко»",
    text="Вітаємо!\n\nВаш код: 042042\n.\nКрапка лишилася.",
    sender="Світло & Ко",
    until=NOON + timedelta(minutes=15),
)
HELLO = ["220 mx.test", "250 mx.test", "250 sender", "250 recipient"]
"""What a server says up to DATA."""


def a_postman(server: MailServer, sender: Address = US, answer_within: float = PATIENCE) -> SmtpPostman:
    return SmtpPostman(
        server, sender, StandingClock(NOON), token=lambda: "a-token", trust=trust(), answer_within=answer_within
    )


# What arrives ---------------------------------------------------------------------------------------------------


async def test_a_letter_arrives_as_it_was_written() -> None:
    async with a_server() as room:
        assert await a_postman(room.server()).send(LETTER) == Sent()
    (letter,) = room.letters
    assert room.recipients == [ANNA]
    assert room.senders == ["office@acme.example"]
    assert letter["To"] == ANNA
    assert letter["Subject"] == LETTER.subject
    assert letter["From"] == "Світло & Ко <office@acme.example>"
    assert letter["Message-ID"] == "<a-token@acme.example>"
    assert letter["Date"].datetime == NOON
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content_type() == "text/plain"
    assert letter.get_content().replace("\r\n", "\n") == f"{LETTER.text}\n"


async def test_a_letter_passes_through_servers_that_know_seven_bits_only() -> None:
    async with a_server() as room:
        await a_postman(room.server()).send(LETTER)
    assert max(room.bodies[0]) < 128


@pytest.mark.parametrize(
    ("sender", "company", "shown"),
    [
        (Address("Acme, Ltd", addr_spec="office@acme.example"), "Other", '"Acme, Ltd" <office@acme.example>'),
        (US, 'O\'Hara "Best" <x@y.example>', '"O\'Hara \\"Best\\" <x@y.example>" <office@acme.example>'),
        (US, "", "office@acme.example"),
    ],
)
async def test_the_senders_own_name_goes_before_the_companys(sender: Address, company: str, shown: str) -> None:
    async with a_server() as room:
        await a_postman(room.server(), sender).send(LETTER.model_copy(update={"sender": company}))
    assert room.letters[0]["From"] == shown
    assert [each.addr_spec for each in room.letters[0]["From"].addresses] == ["office@acme.example"]


@pytest.mark.parametrize("evil", ["\r\nBcc: eve@evil.example", "\nBcc: eve@evil.example", "\u2028Bcc: x\x0b\x00y"])
async def test_no_text_can_add_a_header(evil: str) -> None:
    letter = LETTER.model_copy(update={"subject": f"Hi{evil}", "sender": f"Acme{evil}"})
    async with a_server() as room:
        assert await a_postman(room.server()).send(letter) == Sent()
    assert room.recipients == [ANNA]
    assert "Bcc" not in room.letters[0]
    assert room.letters[0]["Subject"].startswith("Hi Bcc")


@pytest.mark.parametrize(
    "to",
    [
        "anna@example.org\r\nRCPT TO:<eve@evil.example>",
        "anna@example.org, eve@evil.example",
        "Anna <anna@example.org>",
        "anna@example.org> SIZE=1",
        "",
        "анна@example.org",
    ],
)
async def test_what_is_not_one_plain_address_is_refused_before_any_connection(to: str) -> None:
    async with a_server() as room:
        result = await a_postman(room.server()).send(LETTER.model_copy(update={"to": to}))
    assert isinstance(result, Refused)
    assert "example" not in result.reason
    assert room.recipients == []


async def test_a_domain_in_other_letters_is_written_as_the_network_knows_it() -> None:
    async with a_server() as room:
        assert await a_postman(room.server()).send(LETTER.model_copy(update={"to": "anna@приклад.укр"})) == Sent()
    assert room.recipients == ["anna@xn--80aikifvh.xn--j1amh"]


# Encryption and login -------------------------------------------------------------------------------------------


async def test_a_letter_goes_through_starttls_with_a_login() -> None:
    async with a_server(starttls=True, login=True) as room:
        postman = a_postman(room.server(Security.STARTTLS, USER, PASSWORD))
        await postman.check()
        assert await postman.send(LETTER) == Sent()
    assert len(room.letters) == 1


async def test_a_letter_goes_through_tls_from_the_start() -> None:
    async with a_server(tls=True, login=True) as room:
        postman = a_postman(room.server(Security.TLS, USER, PASSWORD))
        await postman.check()
        assert await postman.send(LETTER) == Sent()
    assert len(room.letters) == 1


async def test_where_starttls_is_not_offered_neither_login_nor_letter_is_sent() -> None:
    heard: list[str] = []
    async with a_script(["220 mx", "250-mx\r\n250 AUTH PLAIN LOGIN", "250 -"], heard) as script:
        server = MailServer(script.host, script.port, Security.STARTTLS, USER, PASSWORD)
        assert await a_postman(server).send(LETTER) == Refused("the mail server does not offer STARTTLS")
    assert heard == ["EHLO acme.example"]


async def test_a_certificate_that_nobody_vouches_for_is_refused() -> None:
    for tls, security in ((True, Security.TLS), (False, Security.STARTTLS)):
        async with a_server(tls=tls, starttls=not tls) as room:
            stranger = SmtpPostman(room.server(security), US, StandingClock(NOON), answer_within=PATIENCE)
            result = await stranger.send(LETTER)
        assert isinstance(result, Refused)
        assert result.reason.startswith("the certificate is not trusted: ")
        assert room.letters == []


async def test_a_wrong_login_is_refused_and_shows_no_secret() -> None:
    async with a_server(login=True) as room:
        postman = a_postman(room.server(user=USER, password="wrong-secret"))
        result = await postman.send(LETTER)
        with pytest.raises(MailError) as found:
            await postman.check()
    assert result == Refused("the login was refused (535 5.7.8)")
    assert str(found.value) == "the login was refused (535 5.7.8)"
    assert room.letters == []


async def test_a_login_that_the_server_does_not_offer_is_refused() -> None:
    async with a_script(HELLO[:2]) as script:
        server = MailServer(script.host, script.port, Security.NONE, USER, PASSWORD)
        result = await a_postman(server).send(LETTER)
    assert result == Refused("the mail server offers no login that works here")


# What goes wrong ------------------------------------------------------------------------------------------------


async def test_a_refused_recipient_is_told_without_the_address() -> None:
    async with a_server(to_recipients=[f"550 5.1.1 <{ANNA}>: no such user"]) as room:
        assert await a_postman(room.server()).send(LETTER) == Refused("the mail server said 550 5.1.1")


async def test_a_temporary_refusal_is_not_sent_and_the_next_try_arrives() -> None:
    async with a_server(to_recipients=[f"451 4.7.1 {ANNA} greylisted"]) as room:
        postman = a_postman(room.server())
        assert await postman.send(LETTER) == NotSent("the mail server said 451 4.7.1")
        assert await postman.send(LETTER) == Sent()


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        ("554 5.7.1 spam", Refused("the mail server said 554 5.7.1")),
        ("452 4.3.1 disk full", NotSent("the mail server said 452 4.3.1")),
    ],
)
async def test_a_refusal_after_data_is_as_sure_as_one_before(answer: str, result: Refused | NotSent) -> None:
    async with a_server(to_data=[answer]) as room:
        assert await a_postman(room.server()).send(LETTER) == result


CUT: dict[str, tuple[list[str], type]] = {
    "before the greeting": ([], NotSent),
    "after the greeting": (HELLO[:1], NotSent),
    "after the sender": (HELLO[:3], NotSent),
    "after the recipient": (HELLO, Unknown),
    "in the middle of DATA": ([*HELLO, "354 go on"], Unknown),
}


@pytest.mark.parametrize("moment", CUT)
async def test_a_connection_that_breaks_is_unknown_only_once_data_may_have_arrived(moment: str) -> None:
    answers, expected = CUT[moment]
    async with a_script(answers) as server:
        assert isinstance(await a_postman(server).send(LETTER), expected)


SILENT: dict[str, tuple[list[str], NotSent | Unknown | Sent]] = {
    "at the greeting": (["…"], NotSent("no answer in time")),
    "at the recipient": ([*HELLO[:3], "…"], NotSent("no answer in time")),
    "after the letter": ([*HELLO, "354 go on", "…"], Unknown("no answer in time")),
    "at the good-bye": ([*HELLO, "354 go on", "250 taken", "…"], Sent()),
}


@pytest.mark.parametrize("moment", SILENT)
async def test_a_server_that_does_not_answer_is_not_waited_for_longer_than_told(moment: str) -> None:
    answers, expected = SILENT[moment]
    async with a_script(answers) as server:
        assert await a_postman(server, answer_within=0.2).send(LETTER) == expected


async def test_an_answer_that_is_no_answer_after_the_letter_is_unknown() -> None:
    for answer in ("nonsense", "299 odd"):
        async with a_script([*HELLO, "354 go on", answer]) as server:
            assert isinstance(await a_postman(server).send(LETTER), Unknown)


async def test_where_nobody_listens_nothing_is_sent_and_the_check_says_so() -> None:
    async with a_script([]) as server:
        pass
    postman = a_postman(server)
    result = await postman.send(LETTER)
    assert isinstance(result, NotSent)
    assert result.reason.startswith("cannot be reached")
    with pytest.raises(MailError, match="cannot be reached"):
        await postman.check()


async def test_a_check_sends_nothing() -> None:
    heard: list[str] = []
    async with a_script(["220 mx", "250 mx", "250 fine", "221 bye"], heard) as server:
        await a_postman(server).check()
    assert heard == ["EHLO acme.example", "NOOP", "QUIT"]
