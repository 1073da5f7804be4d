"""The port over real HTTP, on each framework: what it carries out."""

from __future__ import annotations

import pytest

from bot.demo.emulator import (
    Emulator,
    Person,
)
from bot.telegram.port import Messenger
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
from tests.bot.telegram.samples import ANNA, CARD, PICTURE


async def test_a_text_is_sent_with_its_buttons(messenger: Messenger, anna: Person) -> None:
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


async def test_a_phone_keyboard_comes_and_goes(messenger: Messenger, anna: Person) -> None:
    anna.starts()
    share = ReplyKeyboard(keys=(ReplyKey(text="Share", asks="contact"),), hint="or type")
    await messenger.perform(SendText(chat_id=ANNA, html="Phone?", keyboard=share))
    assert [[(key.text, key.request_contact) for key in row] for row in anna.keyboard] == [[("Share", True)]]
    await messenger.perform(SendText(chat_id=ANNA, html="Thanks", keyboard=RemoveKeyboard()))
    assert anna.keyboard == ()


async def test_keys_for_the_place_and_for_the_phone_stand_below_each_other(
    messenger: Messenger, anna: Person
) -> None:
    anna.starts()
    keys = (
        ReplyKey(text="My place", asks="location"),
        ReplyKey(text="My phone", asks="contact"),
        ReplyKey(text="Skip"),
    )
    await messenger.perform(SendText(chat_id=ANNA, html="Where?", keyboard=ReplyKeyboard(keys=keys)))
    assert [[key.text for key in row] for row in anna.keyboard] == [["My place"], ["My phone"], ["Skip"]]
    shared = anna.presses("My place").location
    assert shared is not None
    assert (shared.latitude, shared.longitude) == anna.place
    assert anna.keyboard == ()


async def test_a_picture_is_uploaded_once_and_then_named(messenger: Messenger, anna: Person) -> None:
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


async def test_a_picture_that_is_missing_is_refused_here(messenger: Messenger, anna: Person) -> None:
    anna.starts()
    request = SendMedia(chat_id=ANNA, html="A chair", media=RevisionMedia(quiz="q", revision=1, name="a.png"))
    assert await messenger.perform(request) == Refused("the file is missing")


@pytest.mark.parametrize("named_by", ["the request", "the outbox"])
async def test_a_message_is_changed_and_its_buttons_go(messenger: Messenger, anna: Person, named_by: str) -> None:
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
async def test_a_taps_spinner_is_ended(messenger: Messenger, anna: Person, text: str, alert: bool) -> None:
    anna.starts()
    await messenger.perform(CARD)
    tap = anna.taps("Yes")
    assert await messenger.perform(AnswerTap(tap_id=tap.id, text=text, alert=alert)) == Sent()
    assert (tap.answered, tap.text or "", tap.alert) == (True, text, alert)


async def test_the_command_menu_is_set_for_each_language(
    messenger: Messenger, emulator: Emulator, anna: Person
) -> None:
    anna.starts()
    await messenger.announce({"": {"start": "Begin"}, "uk": {"start": "Почати"}})
    assert [(call.method, call.status) for call in emulator.calls] == [("setMyCommands", 200)] * 2
    assert [call.params.get("language_code") for call in emulator.calls] == [None, "uk"]
