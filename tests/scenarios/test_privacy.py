"""/privacy: what is held, the exact texts, a copy, taking back, and deleting everything."""

from __future__ import annotations

from pathlib import Path

import pytest

import bot.telegram
from storage.columns import Base
from tests.scenarios import kept
from tests.scenarios.actor import PHONE
from tests.scenarios.over_http import ANNA, Guest, House
from tests.scenarios.stories import HOT_LEAD, WARM_LEAD

RECEIPT, EXPORT, ERASE = "📄 The exact texts I agreed to", "📦 Send me my data", "🗑 Delete everything"
NO_CONTACT, NO_FOLLOW_UPS = "↩️ Please don’t contact me any more", "↩️ No more follow-up messages"
YES, NO = "Yes, delete everything", "No, keep it"
ERASED = "🗑 Erased at the person’s own request"

ADAPTER = Path(bot.telegram.__file__).parent
SENDS_DOCUMENTS = any(
    "SendDocument" in path.read_text(encoding="utf-8") for path in ADAPTER.rglob("*.py") if "with_" in str(path)
)


async def _tables(house: House) -> dict[str, int]:
    """Count what is left in every table that could hold something of a person, but updates handled long ago."""
    about = {"alembic_version", "revisions", "quizzes", "media", "pictures", "states", "audit", "inbox"}
    counted = {}
    for name in Base.metadata.tables:
        if name not in about:
            ((number,),) = await kept.rows(house, f"SELECT count(*) FROM {name}")  # noqa: S608 - our own tables
            counted[name] = number
    return counted


async def _erases(guest: Guest) -> None:
    await guest.says("/privacy")
    guest.skims()
    await guest.taps(ERASE)
    guest.sees("Delete everything we hold about you?", "cannot be undone", buttons=[YES, NO])
    await guest.taps(YES)
    guest.sees("we have deleted everything about you", "/start")


# What is shown -------------------------------------------------------------------------------------------


async def test_privacy_says_what_is_held_and_why_with_a_button_for_each_right(
    house: House, anna: Guest, max_: Guest, vera: Guest
) -> None:
    await anna.starts("quick-furniture--ads_oct")
    await anna.goes_through(WARM_LEAD)
    await anna.says("/privacy")
    anna.sees(
        "What we hold about you, and why",
        "Responsible: Daylight Office Furniture",
        "Anna @anna, ID 7000000001",
        "Answers you gave: 5",
        f"Contact: {PHONE} (confirmed to be yours)",
        "How you found us: ads_oct",
        "being contacted by a person, since March 2, 2026",
        "follow-up messages in this chat, since March 2, 2026",
        buttons=[RECEIPT, EXPORT, NO_CONTACT, NO_FOLLOW_UPS, ERASE],
    )
    max_.sees_nothing()
    vera.sees_nothing()


async def test_privacy_works_for_somebody_who_never_began(anna: Guest) -> None:
    await anna.says("/privacy")
    anna.sees("Daylight Office Furniture", "Anna", "We do not have your agreement", buttons=[EXPORT, ERASE])


async def test_privacy_in_the_middle_leaves_the_question_open(house: House, anna: Guest) -> None:
    await anna.goes_through(HOT_LEAD, until="when_needed")
    await anna.says("/privacy")
    anna.sees("Answers you gave: 1", buttons=[EXPORT, ERASE])
    await anna.taps("This month")
    anna.sees_change("✓ This month")
    anna.skims()
    assert await kept.answers_of(house, anna) == ["role", "when_needed"]


@pytest.mark.parametrize(
    ("language", "title", "erase"),
    [
        ("uk", "Що ми про вас зберігаємо і навіщо", "🗑 Видалити все"),
        ("ru", "Что мы о вас храним и зачем", "🗑 Удалить всё"),
    ],
)
async def test_privacy_speaks_the_persons_language(house: House, language: str, title: str, erase: str) -> None:
    guest = house.guest(100, "Олена", language=language)
    await guest.says("/privacy")
    guest.sees(title, "Олена")
    assert erase in guest.labels_on_screen()


async def test_the_receipt_has_every_decision_word_for_word_with_its_record(house: House, anna: Guest) -> None:
    await anna.goes_through(WARM_LEAD)
    await anna.says("/stop")
    await anna.says("/privacy")
    anna.skims()
    await anna.taps(RECEIPT)
    records = await kept.rows(house, "SELECT record FROM consents ORDER BY id")
    async with house.view() as view:
        texts = [each.event.text for each in await view.consents.history((await kept.prospect_of(house, anna)).id)]
    assert len(texts) == 3
    anna.sees(
        "Every decision of yours, word for word",
        "You agreed: being contacted by a person",
        "When: March 2, 2026, 12:00:00 +0200",
        "How: by a button",
        "Given to: Daylight Office Furniture",
        "You took it back: follow-up messages",
        "How: by a command",
        *texts,
        *(record for (record,) in records),
        buttons=[],
    )


async def test_the_receipt_of_somebody_who_decided_nothing_is_no_message(anna: Guest) -> None:
    await anna.says("/privacy")
    anna.skims()
    await anna.taps_data("p:receipt:")
    anna.is_told("You have not been asked for any agreement yet")


@pytest.mark.skipif(not SENDS_DOCUMENTS, reason="the adapter cannot send documents yet")
async def test_the_export_comes_as_two_documents_and_is_not_kept(house: House, anna: Guest) -> None:
    await anna.goes_through(WARM_LEAD)
    await anna.says("/privacy")
    anna.skims()
    await anna.taps(EXPORT)
    anna.sees("to read: open it in any browser")
    anna.sees("complete, for programs")
    documents = [message.document for message in anna.person.messages if message.document]
    assert [document.name for document in documents] == ["my-data.html", "my-data.json"]
    contents = [(document.content or b"").decode() for document in documents]
    assert all(PHONE in content for content in contents)
    assert await kept.rows(house, "SELECT id FROM files") == []
    assert await kept.rows(house, "SELECT id FROM outbox WHERE forget") == []


# Taking back ---------------------------------------------------------------------------------------------


async def test_the_contact_consent_can_be_taken_back_and_whoever_has_the_card_sees_it(
    house: House, anna: Guest, max_: Guest, vera: Guest
) -> None:
    await anna.goes_through(HOT_LEAD)
    for manager in (max_, vera):
        manager.sees("Hot lead")
    await anna.says("/privacy")
    anna.skims()
    await anna.taps(NO_CONTACT)
    anna.sees("Nobody will call or write to you any more")
    for manager in (max_, vera):
        manager.sees_change("Took the consent back", buttons=[])
    assert (await kept.stages(house))[-1] == "lost"
    last = await kept.rows(house, "SELECT purpose, event, method, actor FROM consents ORDER BY id DESC LIMIT 1")
    assert last == [("contact", "withdrawn", "button", "prospect")]
    await anna.says("/privacy")
    anna.sees("What we hold", buttons=[RECEIPT, EXPORT, NO_FOLLOW_UPS, ERASE])


async def test_who_takes_it_back_in_the_middle_becomes_no_lead(
    house: House, anna: Guest, max_: Guest, vera: Guest
) -> None:
    await anna.goes_through(HOT_LEAD, until="phone")
    await anna.says("/privacy")
    anna.skims()
    await anna.taps(NO_CONTACT)
    anna.sees("Nobody will call or write to you any more")
    await anna.says(PHONE)
    await anna.taps("Yes, send me ideas")
    assert not any("manager will contact you" in line.text for line in anna.skims())
    assert await kept.rows(house, "SELECT id FROM leads") == []
    max_.sees_nothing()
    vera.sees_nothing()


async def test_a_second_tap_takes_nothing_back_once_more(house: House, anna: Guest) -> None:
    await anna.goes_through(WARM_LEAD)
    await anna.says("/privacy")
    anna.skims()
    await anna.taps(NO_FOLLOW_UPS)
    anna.sees("You will get no more follow-up messages")
    await anna.taps(NO_FOLLOW_UPS)
    anna.is_told("taken back already")
    assert len(await kept.rows(house, "SELECT id FROM consents WHERE event = 'withdrawn'")) == 1
    for days in (1, 3, 60):
        await house.later(days=days)
    anna.sees_nothing()


# Deleting everything -------------------------------------------------------------------------------------


async def test_delete_everything_leaves_nothing_and_start_begins_anew_as_a_stranger(
    house: House, anna: Guest, boris: Guest, max_: Guest, vera: Guest
) -> None:
    await boris.starts()
    boris.skims()
    before = await _tables(house)
    await anna.goes_through(HOT_LEAD)
    for manager in (max_, vera):
        manager.sees("Hot lead", PHONE)
    await _erases(anna)
    for manager in (max_, vera):
        assert manager.sees_change(ERASED, buttons=[]).text == ERASED
    after = await _tables(house)
    assert after.pop("erasures") == 1
    assert after.pop("outbox") == before.pop("outbox") + 2  # the two cards' edits, without a word about her
    assert after.pop("journal") == before.pop("journal") + 1  # somebody was erased
    assert {name: number for name, number in after.items() if number != before[name]} == {}
    await house.later(days=60)
    boris.skims()  # he is asked once more: the silence is his
    await anna.starts()
    anna.sees("Hi Anna!")
    anna.sees("Who is the furniture for?")


async def test_no_keeps_everything(house: House, anna: Guest) -> None:
    await anna.goes_through(WARM_LEAD)
    await anna.says("/privacy")
    anna.skims()
    await anna.taps(ERASE)
    anna.sees("Delete everything we hold about you?")
    await anna.taps(NO)
    anna.sees_change("everything stays as it was", buttons=[])
    assert await kept.rows(house, "SELECT id FROM erasures") == []
    assert len(await kept.answers_of(house, anna)) == 5


async def test_a_second_tap_on_delete_does_not_write_the_person_down_again(house: House, anna: Guest) -> None:
    await anna.starts()
    await _erases(anna)
    await anna.taps(YES)
    anna.is_told("Everything is deleted already")
    assert await kept.rows(house, f"SELECT id FROM prospects WHERE telegram_id = {ANNA}") == []  # noqa: S608 - our own
    assert len(await kept.rows(house, "SELECT id FROM erasures")) == 1


async def test_who_leaves_after_being_erased_is_not_written_down_again(house: House, anna: Guest) -> None:
    await anna.starts()
    await _erases(anna)
    await anna.does("blocks the bot", lambda phone: phone.blocks())
    await anna.does("lets the bot in again", lambda phone: phone.unblocks())
    assert await kept.rows(house, f"SELECT id FROM prospects WHERE telegram_id = {ANNA}") == []  # noqa: S608 - our own


async def test_an_old_confirmation_deletes_nothing(house: House, anna: Guest) -> None:
    await anna.starts()
    await anna.says("/privacy")
    await anna.taps(ERASE)
    anna.skims()
    await house.later(hours=1)
    await anna.taps(YES)
    anna.is_told("nothing was deleted")
    assert len(await kept.rows(house, f"SELECT id FROM prospects WHERE telegram_id = {ANNA}")) == 1  # noqa: S608 - our own


async def test_a_confirmation_from_before_an_erasure_does_not_delete_who_began_anew(
    house: House, anna: Guest
) -> None:
    await anna.starts()
    await _erases(anna)
    await house.later(minutes=1)
    await anna.starts()
    anna.skims()
    await anna.taps(YES)
    anna.is_told("nothing was deleted")
    assert len(await kept.rows(house, f"SELECT id FROM prospects WHERE telegram_id = {ANNA}")) == 1  # noqa: S608 - our own


FORGED = (
    "p:now:",
    "p:now:zz",
    "p:now:-5",
    f"p:now:{'f' * 40}",
    "p:now:1",
    "p:back:everything",
    "p:steal:",
    "p:",
    "p",
)


async def test_forged_data_deletes_and_takes_back_nothing(house: House, anna: Guest, ada: Guest) -> None:
    await anna.goes_through(WARM_LEAD)
    for data in FORGED:
        await anna.taps_data(data)  # fails when the spinner does not end
        anna.skims()
        ada.sees_nothing()
    assert await kept.rows(house, "SELECT id FROM erasures") == []
    assert await kept.rows(house, "SELECT id FROM consents WHERE event = 'withdrawn'") == []


async def test_nobody_deletes_or_takes_back_for_another_person(house: House, anna: Guest, boris: Guest) -> None:
    await anna.goes_through(WARM_LEAD)
    await anna.says("/privacy")
    await anna.taps(ERASE)
    anna.skims()
    await boris.starts()
    boris.skims()
    for label in (NO_CONTACT, NO_FOLLOW_UPS, YES):
        await boris.taps_data(anna.button_data(label))
        boris.skims()
    assert len(await kept.answers_of(house, anna)) == 5
    assert await kept.rows(house, "SELECT id FROM consents WHERE event = 'withdrawn'") == []
