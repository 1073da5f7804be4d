"""An e-mail that is confirmed: the code arrives by mail and is typed back in the chat."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.telegram.requests import Refused
from tests.bot.fakes import FakePostman
from tests.scenarios import kept
from tests.scenarios.conftest import Opening
from tests.scenarios.inquiry import AGAIN, EMAIL, OTHER, OTHER_EMAIL, SKIP, answers, code_in, comes_to, inquiry
from tests.scenarios.on_engine import MONDAY_NOON
from tests.scenarios.over_http import ANNA, MAX, Guest, House

HIDDEN, OTHER_HIDDEN = "y•••@pumps.example", "s•••@pumps.example"
BUTTONS = [AGAIN, OTHER, SKIP, "← Back"]


@pytest.fixture
def postman() -> FakePostman:
    return FakePostman()


@pytest.fixture
async def house(opening: Opening, tmp_path: Path, postman: FakePostman) -> AsyncIterator[House]:
    house = House(tmp_path, MONDAY_NOON)
    house.postman = postman
    quiz = inquiry(tmp_path, "full_name", "wish", "plan", "phone")
    async with opening(house, quiz=(str(quiz),), managers=(MAX,)) as opened:
        manager = opened.guest(MAX, "Max")
        await manager.starts()
        manager.skims()
        yield opened


@pytest.fixture
async def anna(house: House) -> Guest:
    guest = house.guest(ANNA, "Anna")
    await comes_to(guest, "agree")
    return guest


async def _consents(house: House) -> list[tuple[str, str, str]]:
    return [
        (str(purpose), str(event), str(method))
        for purpose, event, method in await kept.rows(
            house, "SELECT purpose, event, method FROM consents ORDER BY id"
        )
    ]


def _wrong(postman: FakePostman) -> str:
    return f"{(int(code_in(postman)) + 1) % 1_000_000:06}"


async def test_the_right_code_confirms_the_address_the_consent_and_the_card(
    house: House, anna: Guest, postman: FakePostman, max_: Guest
) -> None:
    await anna.says(EMAIL)
    anna.sees("A code is on its way", HIDDEN, "15 min", buttons=BUTTONS)
    (letter,) = postman.posted
    assert (letter.to, letter.sender) == (EMAIL, "Acme")
    await anna.says(f"the code is {code_in(postman)}")
    anna.sees("your e-mail address is confirmed")
    anna.skims_changes()
    assert await _consents(house) == [("contact", "given", "button"), ("contact", "confirmed", "code")]
    anna.sees("When do you need it?")
    await answers(anna, "when")
    await answers(anna, "letters")
    anna.skims()
    max_.sees("Hot lead", EMAIL, "confirmed by a code")
    assert await kept.rows(house, "SELECT count(*) FROM codes WHERE settled_at IS NULL") == [(0,)]


async def test_the_record_tells_that_the_consent_was_confirmed(anna: Guest, postman: FakePostman) -> None:
    await answers(anna, "email", postman)
    await anna.says("/privacy")
    anna.skims()
    await anna.taps("📄 The exact texts I agreed to")
    anna.sees("You agreed: being contacted by a person", "How: by a code from an e-mail")


async def test_a_wrong_code_is_told_with_the_tries_left_and_the_right_one_still_counts(
    anna: Guest, postman: FakePostman
) -> None:
    await anna.says(EMAIL)
    anna.skims()
    await anna.says(_wrong(postman))
    anna.skims_changes()
    anna.sees("That is not the code", "4 tries are left", buttons=BUTTONS)
    await anna.says(code_in(postman))
    assert any("is confirmed" in line.text for line in anna.skims())


async def test_after_five_wrong_codes_only_a_new_one_counts(
    house: House, anna: Guest, postman: FakePostman
) -> None:
    await anna.says(EMAIL)
    anna.skims()
    first = code_in(postman)
    for _ in range(5):
        await anna.says(_wrong(postman))
    assert "Too many tries did not match" in anna.skims()[-1].text
    await anna.says(first)
    assert "Too many tries did not match" in anna.skims()[-1].text
    await house.later(minutes=1)
    await anna.taps(AGAIN)
    assert "A code is on its way" in anna.skims()[-1].text
    await anna.says(code_in(postman))
    assert any("is confirmed" in line.text for line in anna.skims())


async def test_a_new_code_waits_a_minute_and_makes_the_old_one_worthless(
    house: House, anna: Guest, postman: FakePostman
) -> None:
    await anna.says(EMAIL)
    anna.skims()
    first = code_in(postman)
    await anna.taps(AGAIN)
    assert "The next code can go out in 1 min" in anna.skims()[-1].text
    assert len(postman.posted) == 1
    await house.later(minutes=1)
    await anna.taps(AGAIN)
    anna.skims()
    assert len(postman.posted) == 2
    if first != code_in(postman):
        await anna.says(first)
        assert "That is not the code" in anna.skims()[-1].text
    await anna.says(code_in(postman))
    assert any("is confirmed" in line.text for line in anna.skims())


@pytest.mark.parametrize("how", ["taps", "types"])
async def test_another_address_gets_a_code_of_its_own(
    how: str, house: House, anna: Guest, postman: FakePostman, max_: Guest
) -> None:
    await anna.says(EMAIL)
    anna.skims()
    await house.later(minutes=1)
    if how == "taps":
        await anna.taps(OTHER)
        assert anna.skims()[-1].text.endswith("Your e-mail?")
    await anna.says(OTHER_EMAIL)
    line = anna.skims()[-1]
    assert "A code is on its way" in line.text
    assert OTHER_HIDDEN in line.text
    assert [letter.to for letter in postman.posted] == [EMAIL, OTHER_EMAIL]
    await anna.says(code_in(postman))
    await answers(anna, "when")
    await answers(anna, "letters")
    anna.skims()
    card = max_.sees("Hot lead", OTHER_EMAIL, "confirmed by a code")
    assert EMAIL not in card.text


async def test_who_goes_on_unconfirmed_is_a_lead_and_the_card_says_so(
    house: House, anna: Guest, postman: FakePostman, max_: Guest
) -> None:
    await anna.says(EMAIL)
    code = code_in(postman)
    await anna.taps(SKIP)
    anna.skims()
    assert await _consents(house) == [("contact", "given", "button")]
    await anna.says(code)  # too late: it is no answer to the next question either
    anna.skims()
    await answers(anna, "when")
    await answers(anna, "letters")
    anna.skims()
    card = max_.sees("Hot lead", EMAIL)
    assert "confirmed by a code" not in card.text


async def test_an_expired_code_is_told_and_a_new_one_counts(
    house: House, anna: Guest, postman: FakePostman
) -> None:
    await anna.says(EMAIL)
    anna.skims()
    await house.later(minutes=15)
    await anna.says(code_in(postman))
    assert "This code is too old by now" in anna.skims()[-1].text
    await anna.taps(AGAIN)
    anna.skims()
    await anna.says(code_in(postman))
    assert any("is confirmed" in line.text for line in anna.skims())


async def test_a_letter_that_is_refused_is_told_in_the_chat_without_the_whole_address(
    anna: Guest, postman: FakePostman
) -> None:
    postman.results = [Refused("the mail server said 550 5.1.1")]
    await anna.says(EMAIL)
    texts = [line.text for line in anna.skims()]
    assert f"I could not deliver an e-mail to {HIDDEN}" in texts[-1]
    assert EMAIL not in "".join(texts)


async def test_a_code_survives_a_restart(house: House, anna: Guest, postman: FakePostman) -> None:
    await anna.says(EMAIL)
    anna.skims()
    await house.restarts()
    await anna.says(code_in(postman))
    assert any("is confirmed" in line.text for line in anna.skims())
