"""The state behind the emulator: one bot, the people and groups around it, and what they said."""

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.demo.emulator import refusals, wire
from bot.demo.emulator.bell import Bell
from bot.demo.emulator.chats import ANONYMOUS_ADMIN, CHANNEL_SPEAKER, Account, Chat
from bot.demo.emulator.courier import Courier
from bot.demo.emulator.files import Files
from bot.demo.emulator.messages import Message
from bot.demo.emulator.refusals import Refused
from bot.demo.emulator.taps import Tap
from bot.demo.emulator.updates import Updates

_TAP_ANSWERABLE_FOR = timedelta(minutes=15)
_CHAT_ID = re.compile(r"-?[0-9]{1,19}")
_FIRST_TAP_ID = 4_382_000_000_000_000_000
_FIRST_ALBUM_ID = 14_155_000_000_000_000


@dataclass(frozen=True)
class Change:
    """Something that a person can see has changed in this chat."""

    chat_id: int
    what: str
    message_id: int | None = None


class World:
    """Chats, messages and taps; people act on it from one side and the bot's requests from the other."""

    def __init__(self, now: Callable[[], datetime], bot: Account, first_update_id: int) -> None:
        self.now = now
        self.bot = bot
        self.files = Files()
        self.updates = Updates(now, first_update_id)
        self.courier = Courier(now, self.updates)
        self.changed = Bell()
        # The bot's own id is a chat too: who mistakes it for a person's gets a refusal of its own.
        self.chats: dict[int, Chat] = {bot.id: Chat(bot.id, account=bot)}
        self.accounts: dict[int, Account] = {
            account.id: account for account in (bot, ANONYMOUS_ADMIN, CHANNEL_SPEAKER)
        }
        self.taps: dict[str, Tap] = {}
        self.commands: dict[tuple[str, str, str], list[dict[str, str]]] = {}
        self._message_ids = itertools.count(1)
        self._tap_ids = itertools.count(_FIRST_TAP_ID)
        self._album_ids = itertools.count(_FIRST_ALBUM_ID)
        self._listener_ids = itertools.count()
        self._listeners: dict[int, Callable[[Change], None]] = {}

    def listen(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Call the listener after every visible change; return the function that ends it."""
        number = next(self._listener_ids)
        self._listeners[number] = listener

        def leave() -> None:
            self._listeners.pop(number, None)

        return leave

    def tell(self, chat: Chat, what: str, message_id: int | None = None) -> None:
        """Tell the listeners, and wake those who wait for a change."""
        for listener in tuple(self._listeners.values()):
            listener(Change(chat.id, what, message_id))
        self.changed.ring()

    def add_person(self, account: Account) -> Chat:
        """Make a person known, with a private chat that is still empty."""
        if account.id in self.accounts:
            raise ValueError(f"there is a person {account.id} already")
        self.accounts[account.id] = account
        self.chats[account.id] = Chat(account.id, account=account)
        return self.chats[account.id]

    def add_group(self, chat: Chat) -> Chat:
        """Make a group or a channel known, with the bot in it."""
        if chat.id in self.chats:
            raise ValueError(f"there is a chat {chat.id} already")
        self.chats[chat.id] = chat
        return chat

    def chat(self, chat_id: str) -> Chat:
        """Return the chat that a request names by id or @username; raise Telegram's refusal."""
        if not chat_id:
            raise Refused(refusals.CHAT_ID_EMPTY)
        # The username of a person is no address: only channels and groups have one that works.
        known = self.chats.get(int(chat_id)) if _CHAT_ID.fullmatch(chat_id) else None
        if known is None:
            raise Refused(refusals.CHAT_NOT_FOUND)
        return known

    def post(self, chat: Chat, sender: Account, **content: Any) -> Message:
        """Add a message to a chat."""
        message = Message(
            next(self._message_ids), chat.id, sender.id, from_bot=sender is self.bot, at=self.now(), **content
        )
        chat.messages[message.id] = message
        if message.from_bot:
            chat.action = None
        return message

    def new_album(self) -> str:
        """Return what messages of one album have in common."""
        return str(next(self._album_ids))

    def edit(self, chat: Chat, message: Message, **content: Any) -> Message:
        """Replace a message by an edited one."""
        edited = replace(message, edited_at=self.now(), **content)
        chat.messages[message.id] = edited
        self.tell(chat, "edited", message.id)
        return edited

    def to_wire(self, message: Message) -> dict[str, Any]:
        """Return a message as the bot receives it."""
        return wire.message(message, self.chats[message.chat_id], self.accounts)

    def tap(self, chat: Chat, message: Message, account: Account, data: str) -> Tap:
        """Press an inline button: the bot gets a callback query."""
        tap = Tap(str(next(self._tap_ids)), self.now(), self.changed)
        self.taps[tap.id] = tap
        query = {
            "id": tap.id,
            "from": wire.user(account),
            "message": self.to_wire(message),
            "chat_instance": str(abs(chat.id) * 7919),
            "data": data,
        }
        self.updates.put("callback_query", query)
        self.tell(chat, "tapped", message.id)
        return tap

    def answer_tap(self, tap_id: str, text: str | None, *, alert: bool) -> None:
        """End a tap's spinner; a tap is answered once, and not after minutes."""
        tap = self.taps.pop(tap_id, None)
        if tap is None or self.now() - tap.at > _TAP_ANSWERABLE_FOR:
            raise Refused(refusals.QUERY_TOO_OLD)
        tap.answered, tap.text, tap.alert = True, text, alert
        self.changed.ring()
