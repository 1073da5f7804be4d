"""The emulator, asked by aiogram and by python-telegram-bot, over real HTTP."""

import asyncio

import pytest

from bot.clock import StandingClock
from bot.demo.emulator import (
    Button,
    ConnectionDropAfter,
    Emulator,
    Person,
    Refusal,
    ServerError,
    TimeoutAfter,
    TimeoutBefore,
    TooManyRequests,
)
from tests.bot.demo.clients import AiogramClient, Client, PtbClient


async def test_the_bot_knows_its_name(client: Client, emulator: Emulator) -> None:
    assert await client.username() == "hotlead_demo_bot"
    assert emulator.bot_id == 42


async def test_a_deep_link_arrives_with_the_language_of_the_phone(client: Client, anna: Person) -> None:
    anna.starts(payload="ads_oct")
    anna.language = "en"
    anna.says("hello")
    first, second = await client.updates()
    assert (first.text, first.language) == ("/start ads_oct", "uk")
    assert (second.text, second.language) == ("hello", "en")
    assert second.id == first.id + 1


async def test_a_sent_message_is_seen_with_its_formatting_and_buttons(client: Client, anna: Person) -> None:
    anna.starts()
    sent = await client.send(
        anna.id, "<b>For whom?</b> &lt;3", buttons=[[("A company", "q:1:company")]], html=True
    )
    message = anna.messages[-1]
    assert message.id == sent
    assert message.from_bot
    assert message.text == "For whom? <3"
    assert message.html == "<b>For whom?</b> &lt;3"
    assert message.buttons == ((Button("A company", data="q:1:company"),),)


async def test_a_tap_reaches_the_bot_and_its_answer_ends_the_spinner(client: Client, anna: Person) -> None:
    anna.starts()
    await client.send(anna.id, "For whom?", buttons=[[("A company", "q:company"), ("Me", "q:me")]])
    tap = anna.taps("A company")
    assert not tap.answered
    seen = (await client.updates())[-1]
    assert (seen.tap, seen.data) == (tap.id, "q:company")
    await client.answer(tap.id, "Noted", alert=True)
    await tap.wait_answered(timeout=1)
    assert (tap.text, tap.alert) == ("Noted", True)


async def test_an_edit_replaces_text_and_buttons(client: Client, anna: Person, clock: StandingClock) -> None:
    anna.starts()
    sent = await client.send(anna.id, "For whom?", buttons=[[("Me", "q:me")]])
    await client.edit(anna.id, sent, "For whom? ✓ Me")
    message = anna.messages[-1]
    assert (message.id, message.text, message.buttons) == (sent, "For whom? ✓ Me", ())
    assert message.edited_at == clock.now()


async def test_a_deleted_message_is_gone(client: Client, anna: Person) -> None:
    anna.starts()
    await client.delete(anna.id, await client.send(anna.id, "oops"))
    assert [message.text for message in anna.messages] == ["/start"]


async def test_a_contact_key_shares_the_own_number_and_hides(client: Client, anna: Person) -> None:
    anna.starts()
    await client.ask_contact(anna.id, "Where can we reach you?", "Share my number")
    assert [[key.text for key in row] for row in anna.keyboard] == [["Share my number"]]
    anna.presses("Share my number")
    assert anna.keyboard == ()
    assert (await client.updates())[-1].contact_of == anna.id


async def test_somebody_elses_contact_carries_no_id_of_the_sender(client: Client, anna: Person) -> None:
    anna.starts()
    anna.shares_contact(phone="+15550100", first_name="Bob")
    assert (await client.updates())[-1].contact_of is None


async def test_an_uploaded_photo_comes_back_byte_for_byte(client: Client, anna: Person) -> None:
    anna.starts()
    picture = bytes(range(256)) * 20
    file_id = await client.photo(anna.id, picture, caption="A chair")
    assert await client.download(file_id) == picture
    message = anna.messages[-1]
    assert message.text == "A chair"
    assert message.photo is not None
    assert message.photo.content == picture


async def test_a_photo_is_sent_again_by_its_id_and_by_an_address(client: Client, anna: Person) -> None:
    anna.starts()
    file_id = await client.photo(anna.id, b"picture")
    assert await client.photo(anna.id, file_id) == file_id
    await client.photo(anna.id, "https://acme.example/chair.png")
    photo = anna.messages[-1].photo
    assert photo is not None
    assert (photo.url, photo.content) == ("https://acme.example/chair.png", None)


async def test_a_document_keeps_its_name(client: Client, anna: Person) -> None:
    anna.starts()
    file_id = await client.document(anna.id, "прайс.pdf", b"%PDF")
    document = anna.messages[-1].document
    assert document is not None
    assert document.name == "прайс.pdf"
    assert await client.download(file_id) == b"%PDF"


async def test_typing_is_seen_until_the_next_message(client: Client, anna: Person) -> None:
    anna.starts()
    await client.type_in(anna.id)
    assert anna.action == "typing"
    await client.send(anna.id, "Hi")
    assert anna.action is None


async def test_every_kind_of_message_can_be_read(client: Client, anna: Person) -> None:
    anna.starts()
    anna.forwards("somebody said this")
    anna.edits(anna.says("helo").id, "hello")
    anna.sends_photo(caption="me")
    anna.sends_voice()
    anna.sends_sticker()
    anna.sends_document("cv.txt", b"text")
    anna.sends_location(50.45, 30.52)
    anna.blocks()
    anna.unblocks()
    assert len(await client.updates()) == 11


# Refusals: the kind decides which exception each library raises.


async def test_an_unknown_chat_is_not_found(client: Client) -> None:
    with pytest.raises(client.errors["bad request"], match=r"(?i)chat not found"):
        await client.send(404, "Hi")


async def test_a_person_who_never_wrote_cannot_be_written_to(client: Client, anna: Person) -> None:
    with pytest.raises(client.errors["forbidden"], match="bot can't initiate conversation with a user"):
        await client.send(anna.id, "Hi")


async def test_a_block_is_told_and_starting_again_ends_it(client: Client, anna: Person) -> None:
    anna.starts()
    anna.blocks()
    with pytest.raises(client.errors["forbidden"], match="bot was blocked by the user"):
        await client.send(anna.id, "Hi")
    anna.starts()
    await client.send(anna.id, "Welcome back")


async def test_a_deleted_account_is_told(client: Client, anna: Person) -> None:
    anna.starts()
    anna.deactivates()
    with pytest.raises(client.errors["forbidden"], match="user is deactivated"):
        await client.send(anna.id, "Hi")


async def test_an_edit_that_changes_nothing_is_refused(client: Client, anna: Person) -> None:
    anna.starts()
    sent = await client.send(anna.id, "Same", buttons=[[("A", "a")]])
    with pytest.raises(client.errors["bad request"], match=r"(?i)message is not modified"):
        await client.edit(anna.id, sent, "Same", buttons=[[("A", "a")]])


async def test_a_second_answer_to_a_tap_comes_too_late(client: Client, anna: Person) -> None:
    anna.starts()
    await client.send(anna.id, "?", buttons=[[("A", "a")]])
    tap = anna.taps("A")
    await client.answer(tap.id)
    with pytest.raises(client.errors["bad request"], match=r"(?i)query is too old"):
        await client.answer(tap.id)


async def test_data_of_more_than_64_bytes_is_refused(client: Client, anna: Person) -> None:
    anna.starts()
    await client.send(anna.id, "?", buttons=[[("A", "я" * 32)]])
    with pytest.raises(client.errors["bad request"], match=r"(?i)BUTTON_DATA_INVALID"):
        await client.send(anna.id, "?", buttons=[[("A", "я" * 32 + "a")]])


async def test_a_migrated_group_names_its_successor(client: Client, emulator: Emulator) -> None:
    group = emulator.group(-123, title="Sales")
    successor = group.migrates(to=-1001234567890)
    with pytest.raises(client.errors["migrated"]) as refused:
        await client.send(group.id, "A hot lead")
    assert client.migrated_to(refused.value) == successor.id
    await client.send(successor.id, "A hot lead")
    assert successor.messages[-1].text == "A hot lead"


# Faults.


async def test_a_429_says_how_long_to_wait(client: Client, emulator: Emulator, anna: Person) -> None:
    anna.starts()
    emulator.fail(TooManyRequests(7), method="sendMessage", chat=anna.id, times=2)
    for _ in range(2):
        with pytest.raises(client.errors["flood"]) as refused:
            await client.send(anna.id, "Hi")
        assert client.retry_after(refused.value) == 7
    await client.send(anna.id, "Hi")


async def test_a_gateway_answers_with_a_page(client: Client, emulator: Emulator, anna: Person) -> None:
    anna.starts()
    emulator.fail(ServerError(502))
    with pytest.raises(client.errors["gateway"]):
        await client.send(anna.id, "Hi")
    assert len(anna.messages) == 1


async def test_a_restarting_server_says_so(client: Client, emulator: Emulator, anna: Person) -> None:
    emulator.fail(Refusal(500, "Internal Server Error: restart"))
    with pytest.raises(client.errors["server"], match="restart"):
        await client.send(anna.id, "Hi")


@pytest.mark.parametrize("fault", [ConnectionDropAfter(), TimeoutAfter(0.01)])
async def test_a_message_may_arrive_though_the_bot_never_hears_so(
    client: Client, emulator: Emulator, anna: Person, fault: ConnectionDropAfter | TimeoutAfter
) -> None:
    anna.starts()
    emulator.fail(fault, method="sendMessage")
    with pytest.raises(client.errors["network"]):
        await client.send(anna.id, "Hi")
    assert [message.text for message in anna.messages] == ["/start", "Hi"]
    assert emulator.calls[-1].lost


async def test_a_request_may_be_lost_before_anything_is_done(
    client: Client, emulator: Emulator, anna: Person
) -> None:
    anna.starts()
    emulator.fail(TimeoutBefore(0.01), method="sendMessage")
    with pytest.raises(client.errors["network"]):
        await client.send(anna.id, "Hi")
    assert [message.text for message in anna.messages] == ["/start"]


# Long polling.


async def test_updates_stay_until_a_higher_offset_confirms_them(client: Client, anna: Person) -> None:
    anna.starts()
    anna.says("one")
    first, second = await client.updates()
    assert await client.updates() == [first, second]
    assert await client.updates(offset=second.id) == [second]
    assert await client.updates() == [second]
    assert await client.updates(offset=second.id + 1) == []


async def test_a_waiting_poll_ends_with_the_first_update(client: Client, anna: Person) -> None:
    async with asyncio.TaskGroup() as tasks:
        poll = tasks.create_task(client.updates(seconds=30))
        await asyncio.sleep(0.02)
        anna.says("hello")
        async with asyncio.timeout(2):
            seen = await poll
    assert [update.text for update in seen] == ["hello"]


async def test_a_second_poller_ends_the_first_with_conflict(
    client: Client, emulator: Emulator, address: str
) -> None:
    async def poll() -> None:
        with pytest.raises(client.errors["conflict"], match="terminated by other getUpdates request"):
            await client.updates(seconds=30)

    async with AiogramClient(emulator.token, address) as other, asyncio.TaskGroup() as tasks:
        tasks.create_task(poll())
        await asyncio.sleep(0.02)
        assert await other.updates() == []


@pytest.mark.parametrize("library", [AiogramClient, PtbClient], ids=["aiogram", "ptb"])
async def test_a_wrong_token_is_unauthorized(
    library: type[AiogramClient | PtbClient], address: str, anna: Person
) -> None:
    async with library("43:somebody-else", address) as stranger:
        with pytest.raises(stranger.errors["unauthorized"], match="Unauthorized"):
            await stranger.send(anna.id, "Hi")
