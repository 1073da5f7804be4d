"""The port over real HTTP, on each framework: what it makes of the updates it reads."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.demo.emulator import Emulator, Message, Person, typed
from bot.telegram.formatting import Style
from bot.telegram.port import Messenger
from bot.telegram.reading import Reader
from bot.telegram.requests import SendText, Sent, TapButton
from bot.telegram.updates import (
    BotBlocked,
    BotUnblocked,
    CalledInGroup,
    ContactReceived,
    FileReceived,
    GroupMoved,
    Happening,
    Incoming,
    LeftGroup,
    LocationReceived,
    MessageEdited,
    OtherReceived,
    TapReceived,
    TextReceived,
)
from bot.telegram.updates import Person as Sender
from tests.bot.telegram.samples import ANNA, CARD

BOLD = Style("bold", 2, 4)


async def _read(messenger: Messenger) -> list[Incoming | None]:
    return [messenger.read(body) for _, body in await messenger.receive(None, 0)]


@pytest.mark.parametrize(
    ("does", "happening"),
    [
        (lambda anna: anna.says("Hi <b>"), TextReceived("Hi <b>")),
        (lambda anna: anna.starts("ads_oct"), TextReceived("/start ads_oct")),
        (lambda anna: anna.says(typed("🔥 <b>Hi</b> @all")), TextReceived("🔥 Hi @all", styles=(BOLD,))),
        (lambda anna: anna.forwards("I agree"), TextReceived("I agree", forwarded=True)),
        (lambda anna: anna.shares_contact(), ContactReceived("+380671234567", own=True)),
        (lambda anna: anna.shares_contact("+48512345678", "B", 99), ContactReceived("+48512345678", own=False)),
        (lambda anna: anna.shares_contact("+48512345678", "Nobody"), ContactReceived("+48512345678", own=False)),
        (lambda anna: anna.forwards_contact(), ContactReceived("+380671234567", own=False)),
        (lambda anna: anna.sends_location(50.4, 30.5), LocationReceived(50.4, 30.5)),
        (
            lambda anna: anna.sends_location(50.4, 30.5, forwarded=True),
            LocationReceived(50.4, 30.5, forwarded=True),
        ),
        (lambda anna: anna.sends_location(50.4, 30.5, live=True), LocationReceived(50.4, 30.5)),
        (lambda anna: anna.sends_venue("Office", "Main St 1", 50.4, 30.5), LocationReceived(50.4, 30.5)),
        (lambda anna: anna.sends_sticker(), OtherReceived()),
        (lambda anna: anna.sends_poll("Chairs?", "Yes", "No"), OtherReceived()),
        (lambda anna: anna.sends_dice(), OtherReceived()),
        (lambda anna: anna.forges_mini_app_data("Yes", "yes"), OtherReceived()),
    ],
    ids=["text", "start", "formatted", "forward", "own contact", "contact of another", "contact of nobody",
         "forwarded contact", "place", "forwarded place", "live place", "venue", "sticker", "poll", "dice",
         "Mini App"],
)  # fmt: skip
async def test_what_a_person_sends_is_read(
    messenger: Messenger, anna: Person, does: Callable[[Person], object], happening: Happening
) -> None:
    does(anna)
    assert await _read(messenger) == [Incoming(1, Sender(ANNA, "Anna", "anna", "uk"), happening, 1)]


@pytest.mark.parametrize("forwarded", [False, True])
def test_an_own_contact_that_was_forwarded_is_not_shared_now(forwarded: bool) -> None:
    anna = {"id": ANNA, "is_bot": False, "first_name": "Anna"}
    message = {
        "message_id": 1,
        "date": 1_772_452_800,
        "from": anna,
        "chat": {"id": ANNA, "type": "private", "first_name": "Anna"},
        "contact": {"phone_number": "380671234567", "first_name": "Anna", "user_id": ANNA},
    }
    if forwarded:
        message["forward_origin"] = {"type": "user", "date": 1_772_452_700, "sender_user": anna}
    incoming = Reader(42).read(json.dumps({"update_id": 1, "message": message}))
    assert incoming is not None
    assert incoming.happening == ContactReceived("380671234567", own=not forwarded)


async def test_a_tap_is_read_with_its_message_and_its_data(messenger: Messenger, anna: Person) -> None:
    anna.starts()
    sent = await messenger.perform(CARD)
    assert isinstance(sent, Sent)
    tap = anna.taps("Yes")
    last = (await _read(messenger))[-1]
    assert last is not None
    assert last.happening == TapReceived(tap.id, "q:1:a:yes", sent.message_id)


async def test_blocking_and_letting_in_again_is_read(messenger: Messenger, anna: Person) -> None:
    anna.starts()
    anna.blocks()
    anna.unblocks()
    happened = [incoming.happening for incoming in await _read(messenger) if incoming]
    assert happened[1:] == [BotBlocked(), BotUnblocked()]


FILES: dict[str, tuple[Callable[[Person], Message], FileReceived]] = {
    "photo": (
        lambda anna: anna.sends_photo(b"picture", "my office"),
        FileReceived("photo", "", "photo.jpg", "image/jpeg", 7, "my office"),
    ),
    "video": (
        lambda anna: anna.sends_video("room.mp4", b"film"),
        FileReceived("video", "", "room.mp4", "video/mp4", 4),
    ),
    "document": (
        lambda anna: anna.sends_document("plan.pdf", b"%PDF", "see page 2"),
        FileReceived("document", "", "plan.pdf", "application/pdf", 4, "see page 2"),
    ),
    "with a formatted caption": (
        lambda anna: anna.sends_video("room.mp4", b"film", typed('See <a href="https://a.b/">it</a>')),
        FileReceived(
            "video", "", "room.mp4", "video/mp4", 4, "See it", styles=(Style("text_link", 4, 6, "https://a.b/"),)
        ),
    ),
    "voice": (
        lambda anna: anna.sends_voice(b"OggS!"),
        FileReceived("voice", "", "voice.ogg", "audio/ogg", 5),
    ),
    "audio": (
        lambda anna: anna.sends_audio("song.mp3", b"ID3"),
        FileReceived("audio", "", "song.mp3", "audio/mpeg", 3),
    ),
    "forwarded": (
        lambda anna: anna.sends_document("a.txt", b"x", forwarded=True),
        FileReceived("document", "", "a.txt", "text/plain", 1, forwarded=True),
    ),
    "with folders in its name": (
        lambda anna: anna.sends_document("../../etc\\\u202epass\nwd.txt", b"x"),
        FileReceived("document", "", "passwd.txt", "text/plain", 1),
    ),
    "without a name": (
        lambda anna: anna.sends_document("..", b"x"),
        FileReceived("document", "", "file", "application/octet-stream", 1),
    ),
}


@pytest.mark.parametrize("kind", FILES)
async def test_a_file_is_read_with_all_that_is_known_of_it(messenger: Messenger, anna: Person, kind: str) -> None:
    sends, expected = FILES[kind]
    media = sends(anna).media
    assert media is not None
    (incoming,) = await _read(messenger)
    assert incoming is not None
    # Of a photo's sizes the largest: the emulator knows no other by its name.
    assert incoming.happening == replace(expected, file_id=media.file_id)


async def test_an_edit_is_read_as_one_and_a_step_of_a_live_place_is_none(
    messenger: Messenger, anna: Person
) -> None:
    anna.edits(anna.says("12").id, typed("🔥 <b>Hi</b> 1200"))
    anna.edits(anna.sends_photo(caption="one").id, typed("🔥 <b>Hi</b>"))
    anna.moves(anna.sends_location(50.4, 30.5, live=True).id, 50.5, 30.5)
    happened = [incoming and incoming.happening for incoming in await _read(messenger)]
    assert happened[1] == MessageEdited("🔥 Hi 1200", styles=(BOLD,))
    assert happened[3] == MessageEdited("🔥 Hi", captioned=True, styles=(BOLD,))
    assert happened[5] is None


async def test_a_reply_and_an_edit_say_which_message_they_are_about(messenger: Messenger, anna: Person) -> None:
    first = anna.says("Hello")
    answer = anna.says("And this?", reply_to=first.id)
    picture = anna.sends_photo(caption="Look", reply_to=first.id)
    anna.edits(answer.id, "And that?")
    read = [incoming and (incoming.message_id, incoming.reply_to) for incoming in await _read(messenger)]
    assert read == [(first.id, None), (answer.id, first.id), (picture.id, first.id), (answer.id, first.id)]


# Groups ----------------------------------------------------------------------------------------------------------

GROUP = -1001234567890
BOT = "hotlead_demo_bot"


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("Hi all", False),
        ("/start", True),
        (f"/start@{BOT}", True),
        (f"/anything@{BOT.upper()}", True),
        ("/ban", False),
        ("/start@another_bot", False),
        (f"Ask @{BOT}, please", True),
        (f"Ask @{BOT}s or @another_bot", False),
        (f"mail@{BOT}", False),
    ],
)
async def test_in_a_group_the_bot_knows_when_it_is_called(
    messenger: Messenger, emulator: Emulator, anna: Person, text: str, called: bool
) -> None:
    await messenger.identify()
    emulator.group(GROUP, title="Sales", members=[anna]).says(anna, text)
    (incoming,) = await _read(messenger)
    happened = incoming.happening if incoming else None
    assert (isinstance(happened, CalledInGroup) and happened.chat_id == GROUP) == called


@pytest.mark.parametrize(
    ("text", "command", "argument"),
    [
        ("/team_here", "team_here", ""),
        (f"/team_here@{BOT} sales", "team_here", "sales"),
        (f"/START@{BOT.upper()}  here ", "start", "here"),
        (f"@{BOT} /team_here", "", ""),
    ],
)
async def test_in_a_group_a_command_is_what_a_message_begins_with(
    messenger: Messenger, emulator: Emulator, anna: Person, text: str, command: str, argument: str
) -> None:
    await messenger.identify()
    emulator.group(GROUP, title="Sales", members=[anna]).says(anna, text)
    (incoming,) = await _read(messenger)
    assert incoming is not None
    assert incoming.happening == CalledInGroup(GROUP, "Sales", command, argument)


async def test_a_group_without_faces_can_call_too(messenger: Messenger, emulator: Emulator) -> None:
    await messenger.identify()
    group = emulator.group(GROUP, title="Sales")
    group.says_anonymously(f"/start@{BOT}")
    group.says_as_channel(emulator.channel(-1009, title="News"), f"@{BOT} hello")
    happened = [incoming and incoming.happening for incoming in await _read(messenger)]
    assert happened == [CalledInGroup(GROUP, "Sales", "start"), CalledInGroup(GROUP, "Sales")]


async def test_being_brought_into_a_group_and_being_thrown_out_are_one_happening_each(
    messenger: Messenger, emulator: Emulator, anna: Person
) -> None:
    group = emulator.group(GROUP, title="Sales", members=[anna])
    group.adds_bot(anna)
    group.removes_bot(anna)
    happened = [incoming and incoming.happening for incoming in await _read(messenger)]
    # Told twice by Telegram: as a change, and as a message.
    assert happened == [CalledInGroup(GROUP, "Sales", brought=True), None, LeftGroup(GROUP)]


async def test_a_group_that_becomes_a_supergroup_says_so_in_both_chats(
    messenger: Messenger, emulator: Emulator, anna: Person
) -> None:
    emulator.group(-4321, title="Sales", members=[anna]).migrates(to=GROUP)
    happened = [incoming and incoming.happening for incoming in await _read(messenger)]
    assert happened == [GroupMoved(-4321, GROUP)] * 2


async def test_a_tap_in_a_group_tells_where_it_was(messenger: Messenger, emulator: Emulator, anna: Person) -> None:
    group = emulator.group(GROUP, title="Sales", members=[anna])
    buttons = ((TapButton(text="Take", data="h:1:take:"),),)
    await messenger.perform(SendText(chat_id=GROUP, html="A lead", buttons=buttons))
    group.taps(anna, "Take")
    (incoming,) = await _read(messenger)
    assert incoming is not None
    assert isinstance(incoming.happening, TapReceived)
    assert (incoming.happening.group, incoming.happening.group_title) == (GROUP, "Sales")


async def test_a_channels_posts_are_not_asked_for(messenger: Messenger, emulator: Emulator, anna: Person) -> None:
    assert await _read(messenger) == []  # tells Telegram what is wanted
    emulator.channel(-1009, title="News").posts(f"@{BOT}")
    anna.says("Hi")
    assert len(await _read(messenger)) == 1


async def test_an_edit_in_a_group_is_nothing(messenger: Messenger, emulator: Emulator, anna: Person) -> None:
    group = emulator.group(GROUP, title="Sales", members=[anna])
    group._edit(anna.account, group.says(anna, "Hi").id, text=f"/start@{BOT}")
    assert await _read(messenger) == [None, None]


# Hostile input ---------------------------------------------------------------------------------------------------


async def test_half_characters_and_nul_become_readable(messenger: Messenger, anna: Person) -> None:
    anna.account.first_name = "An\0na\ud800"
    anna.says("\udfff1\x002 🔥")
    (incoming,) = await _read(messenger)
    assert incoming is not None
    assert incoming.person.first_name == "An\ufffdna\ufffd"
    assert incoming.happening == TextReceived("\ufffd1\ufffd2 🔥")


@pytest.mark.parametrize(
    "update",
    [
        {"update_id": 1},
        {"update_id": 1, "something_of_next_year": {"a": 1}},
        {"update_id": 1, "channel_post": {"message_id": 1, "date": 1, "chat": {"id": -1, "type": "channel"}}},
    ],
    ids=["empty", "a kind of next year", "a channel"],
)
def test_an_update_that_is_nobodys_doing_is_passed_over(update: dict[str, object]) -> None:
    assert Reader(42).read(json.dumps(update)) is None


async def test_only_the_updates_below_the_offset_are_confirmed(messenger: Messenger, anna: Person) -> None:
    for text in "abc":
        anna.says(text)
    first = await messenger.receive(None, 0)
    assert [number for number, _ in first] == [1, 2, 3]
    assert await messenger.receive(None, 0) == first
    assert [number for number, _ in await messenger.receive(3, 0)] == [3]
