"""The aiogram adapter over real HTTP: what it reads, and what it carries out."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from bot.demo.emulator import (
    Emulator,
    Person,
)
from bot.telegram.requests import (
    AnswerTap,
    EditText,
    File,
    LinkButton,
    Refused,
    RemoveKeyboard,
    ReplyKey,
    ReplyKeyboard,
    RevisionMedia,
    SendMedia,
    SendText,
    Sent,
    TapButton,
)
from bot.telegram.updates import (
    BotBlocked,
    BotUnblocked,
    ContactReceived,
    Happening,
    Incoming,
    OtherReceived,
    TapReceived,
    TextReceived,
)
from bot.telegram.updates import Person as Sender
from bot.telegram.with_aiogram import AiogramMessenger
from tests.bot.telegram.samples import ANNA, CARD, PICTURE


async def _read(messenger: AiogramMessenger) -> list[Incoming | None]:
    return [messenger.read(body) for _, body in await messenger.receive(None, 0)]


# Reading -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("does", "happening"),
    [
        (lambda anna: anna.says("Hi <b>"), TextReceived("Hi <b>")),
        (lambda anna: anna.starts("ads_oct"), TextReceived("/start ads_oct")),
        (lambda anna: anna.forwards("I agree"), TextReceived("I agree", forwarded=True)),
        (lambda anna: anna.shares_contact(), ContactReceived("+380671234567", own=True)),
        (lambda anna: anna.shares_contact("+48512345678", "B", 99), ContactReceived("+48512345678", own=False)),
        (lambda anna: anna.shares_contact("+48512345678", "Nobody"), ContactReceived("+48512345678", own=False)),
        (lambda anna: anna.sends_photo(caption="I agree"), OtherReceived()),
        (lambda anna: anna.sends_document("a.txt", b"x"), OtherReceived()),
        (lambda anna: anna.sends_voice(), OtherReceived()),
        (lambda anna: anna.sends_sticker(), OtherReceived()),
        (lambda anna: anna.sends_location(50.4, 30.5), OtherReceived()),
    ],
    ids=["text", "start", "forward", "own contact", "contact of another", "contact of nobody", "photo", "document",
         "voice", "sticker", "place"],
)  # fmt: skip
async def test_what_a_person_sends_is_read(
    messenger: AiogramMessenger, anna: Person, does: Callable[[Person], object], happening: Happening
) -> None:
    does(anna)
    assert await _read(messenger) == [Incoming(1, Sender(ANNA, "Anna", "anna", "uk"), happening)]


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
    incoming = AiogramMessenger("42:token-of-nobody").read(json.dumps({"update_id": 1, "message": message}))
    assert incoming is not None
    assert incoming.happening == ContactReceived("380671234567", own=not forwarded)


async def test_a_tap_is_read_with_its_message_and_its_data(messenger: AiogramMessenger, anna: Person) -> None:
    anna.starts()
    sent = await messenger.perform(CARD)
    assert isinstance(sent, Sent)
    tap = anna.taps("Yes")
    last = (await _read(messenger))[-1]
    assert last is not None
    assert last.happening == TapReceived(tap.id, "q:1:a:yes", sent.message_id)


async def test_blocking_and_letting_in_again_is_read(messenger: AiogramMessenger, anna: Person) -> None:
    anna.starts()
    anna.blocks()
    anna.unblocks()
    happened = [incoming.happening for incoming in await _read(messenger) if incoming]
    assert happened[1:] == [BotBlocked(), BotUnblocked()]


async def test_what_is_said_in_a_group_is_nobodys_answer(
    messenger: AiogramMessenger, emulator: Emulator, anna: Person
) -> None:
    group = emulator.group(-100, title="Sales", members=[anna])
    group.says(anna, "Hi")
    group.removes_bot(anna)
    assert await _read(messenger) == [None, None]


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
    assert AiogramMessenger("42:token-of-nobody").read(json.dumps(update)) is None


async def test_only_the_updates_below_the_offset_are_confirmed(messenger: AiogramMessenger, anna: Person) -> None:
    for text in "abc":
        anna.says(text)
    first = await messenger.receive(None, 0)
    assert [number for number, _ in first] == [1, 2, 3]
    assert await messenger.receive(None, 0) == first
    assert [number for number, _ in await messenger.receive(3, 0)] == [3]


# Carrying out --------------------------------------------------------------------------------------------


async def test_a_text_is_sent_with_its_buttons(messenger: AiogramMessenger, anna: Person) -> None:
    anna.starts()
    buttons = (
        (TapButton(text="Yes", data="q:1:a:yes"), TapButton(text="No", data="q:1:a:no")),
        (LinkButton(text="Open", url="https://acme.example/c"),),
    )
    sent = await messenger.perform(SendText(chat_id=ANNA, html="<b>Hi</b> &amp; more", buttons=buttons))
    assert sent == Sent(anna.messages[-1].id)
    assert anna.messages[-1].text == "Hi & more"
    assert [[button.text for button in row] for row in anna.messages[-1].buttons] == [["Yes", "No"], ["Open"]]
    assert anna.opens("Open") == "https://acme.example/c"


async def test_a_phone_keyboard_comes_and_goes(messenger: AiogramMessenger, anna: Person) -> None:
    anna.starts()
    share = ReplyKeyboard(keys=(ReplyKey(text="Share", asks="contact"),), hint="or type")
    await messenger.perform(SendText(chat_id=ANNA, html="Phone?", keyboard=share))
    assert [[(key.text, key.request_contact) for key in row] for row in anna.keyboard] == [[("Share", True)]]
    await messenger.perform(SendText(chat_id=ANNA, html="Thanks", keyboard=RemoveKeyboard()))
    assert anna.keyboard == ()


async def test_a_picture_is_uploaded_once_and_then_named(messenger: AiogramMessenger, anna: Person) -> None:
    anna.starts()
    request = SendMedia(
        chat_id=ANNA, html="<i>A chair</i>", media=RevisionMedia(quiz="q", revision=1, name="a.png")
    )
    first = await messenger.perform(request, None, [PICTURE])
    assert isinstance(first, Sent)
    assert first.file_ids
    again = await messenger.perform(request, None, [File("a.png", b"", first.file_ids[0])])
    assert isinstance(again, Sent)
    assert [message.text for message in anna.messages[-2:]] == ["A chair", "A chair"]


async def test_a_picture_that_is_missing_is_refused_here(messenger: AiogramMessenger, anna: Person) -> None:
    anna.starts()
    request = SendMedia(chat_id=ANNA, html="A chair", media=RevisionMedia(quiz="q", revision=1, name="a.png"))
    assert await messenger.perform(request) == Refused("the file is missing")


@pytest.mark.parametrize("named_by", ["the request", "the outbox"])
async def test_a_message_is_changed_and_its_buttons_go(
    messenger: AiogramMessenger, anna: Person, named_by: str
) -> None:
    anna.starts()
    sent = await messenger.perform(CARD)
    assert isinstance(sent, Sent)
    number = sent.message_id
    edit = EditText(
        chat_id=ANNA, html="Hi\n\n✓ <b>Yes</b>", message_id=number if named_by == "the request" else None
    )
    assert await messenger.perform(edit, None if edit.message_id else number) == Sent(number)
    assert (anna.messages[-1].text, anna.messages[-1].buttons) == ("Hi\n\n✓ Yes", ())


@pytest.mark.parametrize(("text", "alert"), [("", False), ("Already noted ✓", False), ("No!", True)])
async def test_a_taps_spinner_is_ended(messenger: AiogramMessenger, anna: Person, text: str, alert: bool) -> None:
    anna.starts()
    await messenger.perform(CARD)
    tap = anna.taps("Yes")
    assert await messenger.perform(AnswerTap(tap_id=tap.id, text=text, alert=alert)) == Sent()
    assert (tap.answered, tap.text or "", tap.alert) == (True, text, alert)


async def test_the_command_menu_is_set_for_each_language(
    messenger: AiogramMessenger, emulator: Emulator, anna: Person
) -> None:
    anna.starts()
    await messenger.announce({"": {"start": "Begin"}, "uk": {"start": "Почати"}})
    assert [(call.method, call.status) for call in emulator.calls] == [("setMyCommands", 200)] * 2
    assert [call.params.get("language_code") for call in emulator.calls] == [None, "uk"]
