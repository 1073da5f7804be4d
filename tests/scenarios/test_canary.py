"""The canary: after an erasure no file of the database holds a byte of what somebody told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

from storage.inbox import Inbox
from tests.scenarios import kept
from tests.scenarios.combination import ABOUT_A_FILE
from tests.scenarios.over_http import ANNA, LOOK_AGAIN, PATIENCE, Guest, House
from tests.scenarios.stories import HOT_LEAD

NAME, USERNAME = "Kanarienvogelina", "canary_username"
PHONE, EMAIL = "+380671234567", "canary-mail@example.com"
WORDS = "Ключ під килимком, canary-free-text"
FILE = b"canary-file-content-" * 40
NEIGHBOURS = range(200, 212)
SAID, NOTED = "canary-said-in-the-talk", "canary-noted-by-a-manager"
SHOWN_BEFORE = (SAID, NOTED, NAME, USERNAME, PHONE, EMAIL, "canary-free-text", str(ANNA), "canary-file-content")


def _files(house: House) -> Iterator[tuple[str, bytes]]:
    """The database with all that SQLite puts beside it, and whatever else is in the data folder but keys."""
    for path in house.folder.iterdir():
        if path.is_file() and path.suffix != ".yaml":
            yield path.name, path.read_bytes()


def _found(house: House) -> set[str]:
    canaries = (
        SAID,
        NOTED,
        NAME,
        USERNAME,
        PHONE,
        PHONE[1:],
        EMAIL,
        WORDS,
        "canary-free-text",
        str(ANNA),
        FILE[:19].decode(),
    )
    return {
        f"{canary!r} in {name}"
        for name, content in _files(house)
        for canary in canaries
        if canary.encode() in content
    }


async def _nothing_is_found(house: House) -> None:
    """Wait for the scrub: it comes after the commit that a scenario otherwise waits for."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + PATIENCE
    while _found(house) and loop.time() < deadline:
        await house.emulator._world.changed.heard(within=LOOK_AGAIN)
    assert _found(house) == set()


async def _told(house: House, guest: Guest) -> str:
    """Everything that is held about somebody, as the database tells it to who has the keys."""
    async with house.view() as view:
        person = await kept.prospect_of(house, guest)
        held = await view.holdings.of(person)
        files = [await view.files.by_id(row["id"]) for row in held["files"]]
    contents = [(file.content or b"").decode() for file in files if file]
    return json.dumps(held, default=str, ensure_ascii=False) + "".join(contents)


async def _tells_everything(house: House, anna: Guest) -> None:
    """Walk a quiz, write, send, leave a contact; and an update that failed lies parked."""
    await anna.goes_through(HOT_LEAD)
    for text in (WORDS, EMAIL):
        await anna.says(text)
    anna.skims()
    person = await kept.prospect_of(house, anna)
    session = await kept.session_of(house, anna)
    async with house._database.unit(house.emulator.bot_id) as unit:
        # What other kinds of questions and a bug would leave behind.
        await unit.files.keep(
            "answer", f"{NAME}.txt", "text/plain", house.clock.now(), content=FILE, prospect_id=person.id
        )
        await unit.prospects.came_from(person.id, WORDS)
        state = session.session.model_copy(update={"ended_with": EMAIL})
        await unit.sessions.save(session, state)
        await _parks(unit.inbox, house)


async def _is_talked_to(anna: Guest, max_: Guest) -> None:
    """A manager takes the lead, writes a note, and both say something, with a file."""
    await max_.taps("✋ Take")
    await max_.taps("⋯ More")
    await max_.taps("📝 Note")
    await max_.says(NOTED)
    await max_.replies("Hot lead ·", f"{SAID}, from the manager")
    await anna.says(f"{SAID}, from the prospect")
    await anna.sends_file(f"{SAID}.txt", SAID, SAID)
    for guest in (anna, max_):
        guest.skims()


async def _parks(inbox: Inbox, house: House) -> None:
    body = json.dumps({"message": {"from": {"id": ANNA, "first_name": NAME}, "text": WORDS}}, ensure_ascii=False)
    await inbox.keep([(999_999, body)], house.clock.now())
    (received,) = await inbox.waiting(1)
    await inbox.park(received, "ValueError", ANNA)


@ABOUT_A_FILE
async def test_after_an_erasure_no_byte_of_the_person_is_left_in_any_file(
    house: House, max_: Guest, vera: Guest, ada: Guest
) -> None:
    # Neighbours, so that pages are shared, split and balanced.
    neighbours = [house.guest(number, f"Neighbour {number}") for number in NEIGHBOURS]
    for neighbour in neighbours[::2]:
        await neighbour.starts()
    anna = house.guest(ANNA, NAME, username=USERNAME)
    await _tells_everything(house, anna)
    await _is_talked_to(anna, max_)
    for neighbour in neighbours[1::2]:
        await neighbour.starts()
    told = await _told(house, anna)
    assert [canary for canary in SHOWN_BEFORE if canary not in told] == []
    assert "'canary-free-text' in hotlead.db-wal" in _found(house)  # the one thing not sealed: a source

    await anna.says("/privacy")
    await anna.taps("🗑 Delete everything")
    await anna.taps("Yes, delete everything")
    assert "we have deleted everything" in anna.skims()[-1].text
    await _nothing_is_found(house)

    # Nor later, when the bot has been closed, and the log has become part of the file.
    left_with_managers = [message.text for message in max_.person.messages if SAID in message.text]
    assert [text for text in left_with_managers if not text.startswith(SAID)] == []  # his own words
    for guest in (*neighbours, max_, vera, ada):
        guest.skims()
    await house.restarts()
    assert _found(house) == set()
    for neighbour in neighbours:
        assert (await kept.prospect_of(house, neighbour)).first_name.startswith("Neighbour")


@ABOUT_A_FILE
async def test_after_its_time_of_keeping_no_byte_of_the_person_is_left(house: House) -> None:
    await _tells_everything(house, house.guest(ANNA, NAME, username=USERNAME))
    async with house._database.unit(house.emulator.bot_id) as unit:
        person = await unit.prospects.by_telegram_id(ANNA)
        assert person is not None
        await unit.prospects.keep_until(person.id, house.clock.now())
    house.app.timers._changed.ring()
    await house.later(seconds=1)
    await _nothing_is_found(house)
    for guest in house.guests.values():
        guest.skims()
