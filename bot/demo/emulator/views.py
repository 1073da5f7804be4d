"""A chat as somebody in it sees and uses it."""

import re
from typing import Any

from bot.demo.emulator import wire
from bot.demo.emulator.chats import Account, Chat
from bot.demo.emulator.entities import Entity, in_order, utf16_length
from bot.demo.emulator.formatting import FormattedText
from bot.demo.emulator.markup import Button
from bot.demo.emulator.messages import Message
from bot.demo.emulator.taps import NoSuchButton, Tap
from bot.demo.emulator.world import World

_SPOTTED = {
    "bot_command": re.compile(r"(?<!\S)/[A-Za-z0-9_]{1,64}(@\w+)?"),
    "mention": re.compile(r"(?<!\w)@\w{4,32}"),
}


class ChatView:
    """One chat, as somebody in it sees and uses it."""

    def __init__(self, world: World, chat: Chat) -> None:
        self._world = world
        self._chat = chat

    @property
    def id(self) -> int:
        """The chat's id; of a private chat it is the person's id too."""
        return self._chat.id

    @property
    def messages(self) -> tuple[Message, ...]:
        """The chat as it stands now, oldest first, without what was deleted."""
        return tuple(self._chat.messages.values())

    @property
    def action(self) -> str | None:
        """What the bot seems to do ("typing") until its next message."""
        return self._chat.action

    def _write(self, account: Account, **content: Any) -> Message:
        message = self._world.post(self._chat, account, **content)
        self._world.updates.put("message", self._world.to_wire(message))
        self._world.tell(self._chat, "message", message.id)
        return message

    def _edit(self, account: Account, message_id: int, **content: Any) -> Message:
        message = self._message(message_id)
        if message.sender_id != account.id:
            raise ValueError(f"message {message_id} is not {account.first_name}'s own")
        edited = self._world.edit(self._chat, message, **content)
        self._world.updates.put("edited_message", self._world.to_wire(edited))
        return edited

    def _tap(self, account: Account, text: str | None, data: str | None, message_id: int | None) -> Tap:
        message, button = self._find(text, data, message_id)
        if button.data is None:
            return Tap("", self._world.now(), self._world.changed, url=button.url, answered=True)
        return self._world.tap(self._chat, message, account, button.data)

    def _message(self, message_id: int) -> Message:
        if message_id not in self._chat.messages:
            raise ValueError(f"there is no message {message_id} in chat {self.id}")
        return self._chat.messages[message_id]

    def _find(self, text: str | None, data: str | None, message_id: int | None) -> tuple[Message, Button]:
        if text is None and data is None:
            raise ValueError("a tap needs the text of a button, or its data")
        where = self.messages if message_id is None else (self._message(message_id),)
        for message in reversed(where):
            for button in (button for row in message.buttons for button in row):
                if text in {None, button.text} and data in {None, button.data}:
                    return message, button
        there = [f"#{message.id} [{b.text}]" for message in where for row in message.buttons for b in row]
        keys = [f"⌨ [{key.text}]" for row in self._chat.keys for key in row]
        wanted = repr(text) if text is not None else f"with data {data!r}"
        raise NoSuchButton(f"no button {wanted}; there are: {', '.join(there + keys) or 'none'}")


def written(text: str | FormattedText) -> dict[str, Any]:
    """Return a text as a phone sends it: as its writer formatted it, and with what Telegram marks by itself."""
    own = text if isinstance(text, FormattedText) else FormattedText(text)
    return {"text": own.text, "entities": in_order((*own.entities, *spotted(own.text)))}


def spotted(text: str) -> tuple[Entity, ...]:
    """Return the commands and mentions in a text, which Telegram marks by itself."""
    return in_order(
        Entity(kind, utf16_length(text[: found.start()]), len(found[0]))
        for kind, pattern in _SPOTTED.items()
        for found in pattern.finditer(text)
    )


def bot_membership(world: World, chat: Chat, by: Account, old: str, new: str) -> None:
    """Tell the bot that somebody changed its place in a chat."""

    def member(status: str) -> dict[str, Any]:
        kicked = {"until_date": 0} if status == "kicked" else {}
        return {"user": wire.user(world.bot), "status": status} | kicked

    change = {
        "chat": wire.chat(chat),
        "from": wire.user(by),
        "date": wire.unix(world.now()),
        "old_chat_member": member(old),
        "new_chat_member": member(new),
    }
    world.updates.put("my_chat_member", change)
