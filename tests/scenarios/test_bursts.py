"""Many things at once, in any order, and a Telegram that refuses: one answer, one reply, and the chat goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.demo.emulator import Refusal
from bot.telegram.updates import Incoming, TapReceived, TextReceived
from tests.scenarios import kept
from tests.scenarios.conftest import Opening
from tests.scenarios.lines import Read
from tests.scenarios.on_engine import MONDAY_NOON
from tests.scenarios.over_http import ADA, ANNA, FIRST_UPDATE, Guest, House
from tests.scenarios.small import AGREE, PHONE, Step, Trying
from tests.scenarios.stories import HOT_LEAD

NEEDS: Step = {
    "id": "needs",
    "ask": "What do you need?",
    "several": {"min": 1},
    "choices": [{"id": name.lower(), "text": name} for name in ("Desks", "Chairs", "Lamps")],
}
HURRY: Step = {"id": "hurry", "ask": "How urgent?", "rating": {"max": 3}}
VISIT: Step = {"id": "visit", "ask": "When?", "date": {"times": "10-18", "every": "2h"}}
NAME: Step = {"id": "name", "ask": "Your name?", "name": "first"}
TAX: Step = {"id": "tax", "ask": "Tax number?", "optional": True, "text": {}}

ONCE = [
    (NEEDS, "☐ Desks", "☑ Desks"),
    (HURRY, "2", "✓ 2/3"),
    (VISIT, "›", "April"),
    (VISIT, "4", "When?"),
    (NAME, "Anna", "✓ Anna"),
    (TAX, "Skip", "– skipped"),
    (AGREE, "✅ I agree", "✓ I agree"),
    (HURRY, "← Back", "Who is it for?"),
]


@pytest.mark.parametrize(
    ("step", "label", "after"), ONCE, ids=lambda value: value if isinstance(value, str) else ""
)
async def test_twenty_taps_at_once_are_one(trying: Trying, step: Step, label: str, after: str) -> None:
    steps = (step, PHONE) if step is AGREE else (step,)
    async with trying(*steps) as (house, anna):
        anna.skims()
        taps = [anna.person.taps(label) for _ in range(20)]
        await house.quiet()
        assert all(tap.answered for tap in taps)
        came = anna.skims()
        said = "\n".join("\n".join([line.text, *line.labels]) for line in came)
        assert after in said
        assert len([line for line in came if line.what == "message"]) <= 1
        assert len([line for line in came if line.what == "edit"]) <= 1
        answers = await kept.rows(
            house, "SELECT question, count(*) FROM answers WHERE question != 'who' GROUP BY 1"
        )
        assert all(count == 1 for _, count in answers)


async def test_twenty_taps_on_a_language_ask_the_question_once(house: House, anna: Guest) -> None:
    await anna.goes_through(HOT_LEAD, until="when_needed")
    await anna.says("/language")
    anna.skims()
    taps = [anna.person.taps("Українська") for _ in range(20)]
    await house.quiet()
    assert Counter(tap.text for tap in taps) == {"Далі — українською.": 20}
    anna.sees("На коли потрібно?")
    anna.sees_nothing()


async def test_twenty_taps_to_change_an_answer_ask_it_once(house: House, anna: Guest) -> None:
    await anna.goes_through(HOT_LEAD, until="agree")
    await anna.says("/answers")
    anna.skims()
    taps = [anna.person.taps("✏️ Buyer") for _ in range(20)]
    await house.quiet()
    assert all(tap.answered for tap in taps)
    anna.sees_change("may a manager contact you", buttons=[])
    anna.sees("Who is the furniture for?")
    anna.sees_nothing()


async def test_twenty_forwarded_messages_are_met_with_one_reply_and_no_answer(house: House, anna: Guest) -> None:
    await anna.starts()
    anna.skims()
    for number in range(20):
        anna.person.forwards("For a company" if number % 2 else f"Have you seen this? {number}")
    await house.quiet()
    anna.sees_one_reply("tap one of the buttons", "Who is the furniture for?")
    assert await kept.answers_of(house, anna) == []


async def test_twenty_messages_after_the_end_are_met_with_one_reply(anna: Guest, house: House) -> None:
    await anna.starts()
    await anna.taps("Just looking")
    anna.skims()
    for number in range(20):
        anna.person.says(f"And {number}?")
    await house.quiet()
    anna.sees_one_reply("I am a bot")


async def test_twenty_quick_answers_answer_one_question_each(trying: Trying) -> None:
    sizes = [{"id": f"size{n}", "ask": f"Size {n}?", "number": {"min": 0, "max": 99}} for n in range(4)]
    async with trying(*sizes) as (house, anna):
        anna.skims()
        for number in range(4):
            anna.person.says(str(number))
        await house.quiet()
        anna.skims()
        said = [await kept.answer(house, anna, f"size{n}") for n in range(4)]
        assert [getattr(answer, "number", None) for answer in said] == [0, 1, 2, 3]


@pytest.mark.parametrize("swapped", [False, True])
async def test_a_text_and_a_tap_may_come_in_any_order(trying: Trying, swapped: bool) -> None:
    async with trying(HURRY, NEEDS) as (house, anna):
        anna.skims()
        updates = house.emulator._world.updates
        await house.closes()
        anna.person.taps("2")
        anna.person.says("desks")
        if swapped:
            updates._waiting.reverse()
        await house.restarts_after(seconds=1)
        anna.skims()
        session = (await kept.session_of(house, anna)).session
        if swapped:  # «desks» was no rating; the tap then was
            assert (list(session.answers), session.at) == (["who", "hurry"], "needs")
        else:
            assert (list(session.answers), session.over) == (["who", "hurry", "needs"], True)


@pytest.mark.parametrize(
    "refused",
    [
        Refusal(
            400,
            "Bad Request: message is not modified: specified new message content and reply markup are …",
        ),
        Refusal(400, "Bad Request: message to edit not found"),
        Refusal(400, "Bad Request: message can't be edited"),
    ],
    ids=["not modified", "deleted", "too old"],
)
async def test_an_edit_that_is_refused_costs_nothing(
    house: House, anna: Guest, ada: Guest, refused: Refusal
) -> None:
    await anna.starts()
    anna.skims()
    house.emulator.fail(refused, method="editMessageText")
    await anna.taps("For a company")
    anna.sees("What do you need?")
    ada.sees_nothing()
    assert await kept.answers_of(house, anna) == ["role"]


async def test_a_spinner_that_is_too_old_to_be_ended_costs_nothing(house: House, anna: Guest, ada: Guest) -> None:
    await anna.starts()
    anna.skims()
    old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    house.emulator.fail(Refusal(400, old), method="answerCallbackQuery")
    await anna.taps_unanswered("For a company")
    anna.sees_change("✓ For a company")
    anna.sees("What do you need?")
    ada.sees_nothing()


HOSTILE = ('<b>"{who}</b>', "Anna\u202egpj.exe", "&lt;script&gt;", "{company} %s {0}")


@pytest.mark.parametrize("words", HOSTILE)
async def test_hostile_words_stay_words_wherever_they_are_shown(trying: Trying, words: str) -> None:
    wish: Step = {"id": "wish", "ask": "Any wish?", "text": {}}
    echo: Step = {"id": "echo", "ask": "You said {wish}. How urgent?", "rating": {"max": 3}}
    city: Step = {"id": "city", "ask": "Where?", "city": True}
    async with trying(wish, echo, city) as (_, anna):
        anna.skims()
        await anna.says(words)
        anna.sees_change("Any wish?", f"✓ {words}")
        anna.sees(f"You said {words}. How urgent?")
        await anna.says("/answers")
        listed = anna.sees("Any wish?")
        assert not set(listed.text) & set("\u202e\u202d")
        await anna.taps("2")
        anna.skims()
        await anna.says(f"Kyiv {words[:20]}")
        anna.skims()


class _Bomb(str):
    """A text with which nothing can be done."""

    __slots__ = ()

    def strip(self, chars: str | None = None, /) -> str:
        raise RuntimeError("cannot handle «+380671234567»")

    def split(self, sep: str | None = None, maxsplit: int = -1) -> list[str]:  # type: ignore[override]  # narrower
        raise RuntimeError("cannot handle «+380671234567»")


def _explosively(read: Read, body: str) -> Incoming | None:
    """Let one word, typed or behind a button, make a handler fail."""
    incoming = read(body)
    if incoming is None or "boom" not in body:
        return incoming
    match incoming.happening:
        case TapReceived(tap_id=tap, message_id=message):
            return Incoming(incoming.update_id, incoming.person, TapReceived(tap, _Bomb("boom"), message))
        case _:
            return Incoming(incoming.update_id, incoming.person, TextReceived(_Bomb("boom")))


@pytest.fixture
async def fragile(opening: Opening, tmp_path: Path) -> AsyncIterator[House]:
    house = House(tmp_path, MONDAY_NOON, _explosively)
    async with opening(house, quiz=("office-furniture",), admins=(ADA,)):
        ada = house.guest(ADA, "Ada")
        await ada.starts()
        ada.skims()
        yield house


async def test_who_meets_a_fault_of_ours_is_told_kindly_and_goes_on(fragile: House) -> None:
    anna, ada = fragile.guest(ANNA, "Anna", language="uk"), fragile.guests[ADA]
    await anna.starts()
    anna.skims()
    await anna.says("boom")
    anna.sees("Щось пішло не так на нашому боці")
    ada.sees("could not be handled", f"update {FIRST_UPDATE + 2}", "RuntimeError")
    tap = await anna.taps_data("boom")
    assert tap.answered  # the spinner ended
    anna.sees("Щось пішло не так на нашому боці")
    ada.sees_nothing()  # of one trouble she is told once
    await anna.taps("Для компанії")
    anna.sees_change("✓ Для компанії")
    anna.sees("Що потрібно?")
    async with fragile.view() as view:
        assert await view.inbox.parked() == 2


async def test_a_burst_of_faults_is_told_once(fragile: House) -> None:
    anna, ada = fragile.guest(ANNA, "Anna"), fragile.guests[ADA]
    await anna.starts()
    anna.skims()
    for _ in range(5):
        anna.person.says("boom")
    await fragile.quiet()
    anna.sees_one_reply("Something went wrong on our side")
    ada.sees("could not be handled")
    ada.sees_nothing()
