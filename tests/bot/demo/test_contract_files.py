"""Files, albums and places at the emulator, asked by aiogram and by python-telegram-bot, over real HTTP."""

import pytest

from bot.clock import StandingClock
from bot.demo.emulator import Emulator, Limits, Person
from bot.demo.emulator.files import LARGEST_DOWNLOAD, LARGEST_PHOTO
from bot.demo.serving import served
from tests.bot.demo.clients import AiogramClient, Client, PtbClient


@pytest.mark.parametrize("kind", ["video", "voice", "document", "audio"])
async def test_every_kind_of_file_is_sent_and_sent_again_by_its_id(
    client: Client, anna: Person, kind: str
) -> None:
    anna.starts()
    file_id = await client.send_file(anna.id, kind, b"content", buttons=[[("Yes", "y")]])
    assert await client.send_file(anna.id, kind, file_id) == file_id
    assert await client.download(file_id) == b"content"
    first, second = anna.messages[-2:]
    assert first.media is not None
    assert second.media == first.media
    assert (first.media.kind, first.text, first.buttons[0][0].text) == (kind, "A file", "Yes")


async def test_a_file_of_one_kind_is_no_file_of_another(client: Client, anna: Person) -> None:
    anna.starts()
    file_id = await client.send_file(anna.id, "video", b"content")
    with pytest.raises(client.errors["bad request"], match=r"(?i)can't use file of type Video as Document"):
        await client.send_file(anna.id, "document", file_id)


async def test_a_forgotten_id_is_refused(client: Client, emulator: Emulator, anna: Person) -> None:
    anna.starts()
    file_id = await client.send_file(anna.id, "video", b"content")
    emulator.forget_files()
    with pytest.raises(client.errors["bad request"], match=r"(?i)invalid file_id"):
        await client.send_file(anna.id, "video", file_id)


async def test_a_photo_over_10_mb_is_refused(client: Client, anna: Person) -> None:
    anna.starts()
    with pytest.raises(client.errors["bad request"], match=r"(?i)too big for a photo"):
        await client.photo(anna.id, bytes(LARGEST_PHOTO + 1))


async def test_a_file_over_20_mb_cannot_be_fetched(client: Client, anna: Person) -> None:
    sent = anna.sends_video(content=bytes(LARGEST_DOWNLOAD + 1)).video
    assert sent is not None
    with pytest.raises(client.errors["bad request"], match=r"(?i)file is too big"):
        await client.download(sent.file_id)


async def test_an_album_is_messages_that_belong_together(client: Client, anna: Person) -> None:
    anna.starts()
    known = await client.photo(anna.id, b"known")
    ids = await client.album(anna.id, [b"new", known], ["One", "Two"])
    assert ids[1] == known
    first, second = anna.messages[-2:]
    assert (first.text, second.text) == ("One", "Two")
    assert first.album == second.album
    assert await client.download(ids[0]) == b"new"


async def test_a_refused_album_sends_nothing(client: Client, anna: Person) -> None:
    anna.starts()
    with pytest.raises(client.errors["bad request"], match=r"(?i)failed to send message #2"):
        await client.album(anna.id, [b"new", "AgAC" + "x" * 30], ["One", "Two"])
    assert len(anna.messages) == 1


async def test_an_album_counts_as_its_photos(clock: StandingClock) -> None:
    emulator = Emulator(now=clock.now, limits=Limits(per_second=3, burst_to_a_person=99))
    anna = emulator.person(5, first_name="Anna")
    anna.starts()
    async with served(emulator.app) as address, AiogramClient(emulator.token, address) as client:
        await client.album(anna.id, [b"1", b"2", b"3"], ["", "", ""])
        with pytest.raises(client.errors["flood"]):
            await client.send(anna.id, "one more")


async def test_a_key_that_asks_for_the_place_shares_it(client: Client, anna: Person) -> None:
    anna.starts()
    await client.ask_place(anna.id, "Where are you?", "My place")
    shared = anna.presses("My place").location
    assert shared is not None
    assert (shared.latitude, shared.longitude) == anna.place
    assert len(await client.updates()) == 2


async def test_whatever_people_send_can_be_read(client: Client, emulator: Emulator, anna: Person) -> None:
    anna.sends_video()
    anna.sends_audio()
    anna.sends_album("one", "two")
    anna.sends_venue("Office", "Main St 1", 50.4, 30.5)
    anna.moves(anna.sends_location(50.4, 30.5, live=True).id, 50.5, 30.5)
    anna.sends_poll("Chairs?", "Yes", "No")
    anna.sends_dice()
    anna.forwards_contact()
    group = emulator.group(-1001234567890, title="Sales", members=[anna])
    group.adds_bot(anna)
    group.says_anonymously("/start@hotlead_demo_bot")
    channel = emulator.channel(-1009, title="News")
    group.says_as_channel(channel, "@hotlead_demo_bot")
    assert len(await client.updates()) == 14
    channel.posts("News")
    assert len(await client.updates()) == 15


@pytest.mark.parametrize("library", [AiogramClient, PtbClient], ids=["aiogram", "ptb"])
async def test_an_album_of_one_is_an_ordinary_message(
    library: type[AiogramClient | PtbClient], emulator: Emulator, address: str, anna: Person
) -> None:
    anna.starts()
    async with library(emulator.token, address) as client:
        await client.album(anna.id, [b"alone"], ["One"])
    assert anna.messages[-1].album is None
