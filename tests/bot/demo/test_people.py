"""The people's side: what they see, what they can do, and what they cannot."""

import asyncio
import io

import pytest

from bot.demo.emulator import Change, Contact, Emulator, KeyButton, NoSuchButton, Person
from tests.bot.demo.asking import Asker


def _inline(*rows: list[tuple[str, str]]) -> dict[str, object]:
    return {"inline_keyboard": [[{"text": t, "callback_data": d} for t, d in row] for row in rows]}


async def test_a_tap_finds_the_newest_message_that_has_the_button(ask: Asker, anna: Person) -> None:
    anna.starts()
    await ask("sendMessage", chat_id=anna.id, text="1", reply_markup=_inline([("Yes", "old"), ("No", "no")]))
    await ask("sendMessage", chat_id=anna.id, text="2", reply_markup=_inline([("Yes", "new")]))
    for tap in (anna.taps("Yes"), anna.taps(data="no"), anna.taps("Yes", message_id=2)):
        await ask("answerCallbackQuery", callback_query_id=tap.id)
        assert tap.answered
    updates = (await ask("getUpdates", offset=-3)).result
    assert [update["callback_query"]["data"] for update in updates] == ["new", "no", "old"]
    assert updates[0]["callback_query"]["message"]["text"] == "2"


async def test_a_missing_button_is_named_with_those_that_there_are(ask: Asker, anna: Person) -> None:
    anna.starts()
    await ask("sendMessage", chat_id=anna.id, text="?", reply_markup=_inline([("Yes", "y")], [("No", "n")]))
    keyboard = {"keyboard": [["Help"]]}
    await ask("sendMessage", chat_id=anna.id, text="!", reply_markup=keyboard)
    with pytest.raises(NoSuchButton, match=r"no button 'Maybe'; there are: #2 \[Yes\], #2 \[No\], ⌨ \[Help\]"):
        anna.taps("Maybe")
    with pytest.raises(NoSuchButton, match=r"no key 'Yes'; there are: \[Help\]"):
        anna.presses("Yes")


async def test_a_button_of_a_deleted_message_cannot_be_tapped(ask: Asker, anna: Person) -> None:
    anna.starts()
    await ask("sendMessage", chat_id=anna.id, text="?", reply_markup=_inline([("Yes", "y")]))
    await ask("deleteMessage", chat_id=anna.id, message_id=2)
    with pytest.raises(NoSuchButton, match="there are: none"):
        anna.taps("Yes")
    with pytest.raises(ValueError, match="no message 2"):
        anna.taps("Yes", message_id=2)


async def test_twenty_taps_at_once_are_twenty_queries(ask: Asker, anna: Person) -> None:
    anna.starts()
    await ask("sendMessage", chat_id=anna.id, text="?", reply_markup=_inline([("Yes", "y")]))
    taps = [anna.taps("Yes") for _ in range(20)]
    assert len({tap.id for tap in taps}) == 20
    assert len((await ask("getUpdates")).result) == 21
    async with asyncio.TaskGroup() as tasks:
        for tap in taps:
            tasks.create_task(ask("answerCallbackQuery", callback_query_id=tap.id))
            tasks.create_task(tap.wait_answered(timeout=2))
    assert all(tap.answered for tap in taps)


async def test_an_unanswered_tap_is_told(ask: Asker, anna: Person) -> None:
    anna.starts()
    await ask("sendMessage", chat_id=anna.id, text="?", reply_markup=_inline([("Yes", "y")]))
    with pytest.raises(AssertionError, match="was not answered"):
        await anna.taps("Yes").wait_answered(timeout=0.01)


async def test_a_link_opens_and_tells_the_bot_nothing(ask: Asker, anna: Person) -> None:
    anna.starts()
    link = {"inline_keyboard": [[{"text": "Catalogue", "url": "https://acme.example/c"}]]}
    await ask("sendMessage", chat_id=anna.id, text="?", reply_markup=link)
    assert anna.opens("Catalogue") == "https://acme.example/c"
    tap = anna.taps("Catalogue")
    assert (tap.url, tap.answered) == ("https://acme.example/c", True)
    assert len((await ask("getUpdates")).result) == 1


async def test_a_reply_keyboard_stays_until_it_is_removed(ask: Asker, anna: Person) -> None:
    anna.starts()
    sent = await ask("sendMessage", chat_id=anna.id, text="?", reply_markup={"keyboard": [["Menu"], ["Stop"]]})
    assert "reply_markup" not in sent.result
    anna.presses("Menu")
    await ask("sendMessage", chat_id=anna.id, text="!", reply_markup=_inline([("A", "a")]))
    assert list(anna.keyboard) == [(KeyButton("Menu"),), (KeyButton("Stop"),)]
    await ask("sendMessage", chat_id=anna.id, text=".", reply_markup={"remove_keyboard": True})
    assert anna.keyboard == ()


async def test_a_keyboard_for_one_use_hides_after_it(ask: Asker, anna: Person) -> None:
    anna.starts()
    once = {"keyboard": [["Yes"]], "one_time_keyboard": True}
    await ask("sendMessage", chat_id=anna.id, text="?", reply_markup=once)
    anna.says("something else")
    assert anna.keyboard
    anna.says("Yes")
    assert not anna.keyboard


async def test_an_own_contact_is_known_by_its_user_id(anna: Person) -> None:
    anna.starts()
    own = anna.shares_contact().contact
    assert own == Contact("+380671234567", "Anna", user_id=anna.id)
    other = anna.shares_contact(phone="+15550100", first_name="Bob", user_id=9).contact
    assert other == Contact("+15550100", "Bob", user_id=9)


async def test_who_has_blocked_the_bot_or_left_cannot_write(anna: Person) -> None:
    anna.starts()
    anna.blocks()
    with pytest.raises(ValueError, match="has blocked the bot"):
        anna.says("hello")
    anna.unblocks()
    anna.deactivates()
    with pytest.raises(ValueError, match="has deleted the account"):
        anna.says("hello")


async def test_a_block_is_told_as_a_change_of_membership(ask: Asker, anna: Person) -> None:
    anna.starts()
    anna.blocks()
    anna.blocks()
    anna.starts()
    updates = (await ask("getUpdates")).result
    changes = [update["my_chat_member"] for update in updates if "my_chat_member" in update]
    assert [change["new_chat_member"]["status"] for change in changes] == ["kicked", "member"]


async def test_only_own_messages_can_be_edited_by_a_person(ask: Asker, anna: Person) -> None:
    anna.starts()
    await ask("sendMessage", chat_id=anna.id, text="Hi")
    with pytest.raises(ValueError, match="not Anna's own"):
        anna.edits(2, "Bye")


async def test_a_manager_taps_in_a_group(emulator: Emulator, ask: Asker, anna: Person) -> None:
    group = emulator.group(-1001234567890, title="Sales", members=[anna])
    await ask("sendMessage", chat_id=group.id, text="Hot!", reply_markup=_inline([("Take", "t")]))
    tap = group.taps(anna, "Take")
    (update,) = (await ask("getUpdates")).result
    query = update["callback_query"]
    assert (query["id"], query["from"]["id"], query["message"]["chat"]["type"]) == (
        tap.id,
        anna.id,
        "supergroup",
    )


async def test_an_answer_shows_what_it_answers(ask: Asker, anna: Person) -> None:
    anna.starts()
    sent = await ask("sendMessage", chat_id=anna.id, text="Hi", reply_parameters={"message_id": 1})
    replied = sent.result["reply_to_message"]
    assert (replied["text"], replied["from"]["id"]) == ("/start", anna.id)


async def test_a_caption_can_be_edited_and_a_file_attached_by_name(ask: Asker, anna: Person) -> None:
    anna.starts()
    form = {"chat_id": str(anna.id), "photo": "attach://pic", "caption": "one", "pic": io.BytesIO(b"bytes")}
    sent = await ask.request(f"/bot{ask.token}/sendPhoto", data=form)
    message_id = sent.result["message_id"]
    edited = await ask("editMessageCaption", chat_id=anna.id, message_id=message_id, caption="two")
    assert edited.result["caption"] == "two"
    buttons = _inline([("A", "a")])
    await ask("editMessageReplyMarkup", chat_id=anna.id, message_id=message_id, reply_markup=buttons)
    assert [b.text for row in anna.messages[-1].buttons for b in row] == ["A"]
    assert anna.messages[-1].text == "two"


async def test_commands_are_kept_for_each_language(ask: Asker) -> None:
    commands = [{"command": "start", "description": "Begin"}]
    await ask("setMyCommands", commands=commands, language_code="en")
    assert (await ask("getMyCommands", language_code="en")).result == commands
    assert (await ask("getMyCommands")).result == []
    await ask("deleteMyCommands", language_code="en")
    assert (await ask("getMyCommands", language_code="en")).result == []


async def test_listeners_hear_every_visible_change_until_they_leave(
    emulator: Emulator, ask: Asker, anna: Person
) -> None:
    heard: list[Change] = []
    leave = emulator.on_change(heard.append)
    anna.starts()
    await ask("sendMessage", chat_id=anna.id, text="Hi")
    await ask("editMessageText", chat_id=anna.id, message_id=2, text="Hello")
    await ask("deleteMessage", chat_id=anna.id, message_id=2)
    leave()
    anna.says("nobody listens")
    assert heard == [
        Change(anna.id, "message", 1),
        Change(anna.id, "message", 2),
        Change(anna.id, "edited", 2),
        Change(anna.id, "deleted", 2),
    ]


async def test_waiting_ends_with_the_change_that_was_waited_for(
    emulator: Emulator, ask: Asker, anna: Person
) -> None:
    anna.starts()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(emulator.wait_for(lambda: len(anna.messages) == 2, timeout=2))
        await asyncio.sleep(0)
        await ask("sendMessage", chat_id=anna.id, text="Hi")
    await emulator.wait_for(lambda: emulator.calls[-1].method == "sendMessage")


async def test_waiting_in_vain_shows_the_chats(emulator: Emulator, ask: Asker, anna: Person) -> None:
    anna.starts()
    await ask("sendMessage", chat_id=anna.id, text="For whom?", reply_markup=_inline([("Me", "m")]))
    with pytest.raises(AssertionError, match=r"(?s)#1 person: /start.*#2 bot: For whom\? \[Me\]"):
        await emulator.wait_for(lambda: False, timeout=0.01)
