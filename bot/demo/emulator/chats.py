"""Accounts and chats: what Telegram knows of them."""

from dataclasses import dataclass, field

from bot.demo.emulator import refusals
from bot.demo.emulator.markup import (
    ForcedReply,
    InlineKeyboard,
    KeyboardRemoval,
    KeyButton,
    Markup,
    ReplyKeyboard,
)
from bot.demo.emulator.messages import Message
from bot.demo.emulator.refusals import Refusal

_SUPERGROUPS_START_WITH = "-100"


@dataclass
class Account:
    """A person's account (or the bot's own), and how it stands to the bot."""

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language: str | None = None
    phone: str | None = None
    is_bot: bool = False
    started: bool = False
    blocked: bool = False
    deactivated: bool = False


ANONYMOUS_ADMIN = Account(1_087_968_824, "Group", username="GroupAnonymousBot", is_bot=True)
CHANNEL_SPEAKER = Account(136_817_688, "Channel", username="Channel_Bot", is_bot=True)
"""Telegram's own stand-ins for senders that are no person."""


@dataclass
class Chat:
    """A chat of the bot with a person, or with a group; or a channel."""

    id: int
    title: str | None = None
    channel: bool = False
    account: Account | None = None
    messages: dict[int, Message] = field(default_factory=dict)
    keyboard: ReplyKeyboard | None = None
    keyboard_hidden: bool = False
    action: str | None = None
    bot_kicked: bool = False
    migrated_to: int | None = None

    @property
    def private(self) -> bool:
        """Whether this is a chat with one person."""
        return self.account is not None

    @property
    def kind(self) -> str:
        """The type of the chat, in the Bot API's word."""
        if self.private:
            return "private"
        if self.channel:
            return "channel"
        return "supergroup" if str(self.id).startswith(_SUPERGROUPS_START_WITH) else "group"

    @property
    def keys(self) -> tuple[tuple[KeyButton, ...], ...]:
        """The reply keyboard on the phone now; empty when there is none."""
        return () if self.keyboard is None or self.keyboard_hidden else self.keyboard.rows

    def show(self, markup: Markup | None) -> None:
        """Do to the phone's keyboard what a new message's markup asks for."""
        match markup:
            case ReplyKeyboard():
                self.keyboard, self.keyboard_hidden = markup, False
            case KeyboardRemoval():
                self.keyboard = None
            case InlineKeyboard() | ForcedReply() | None:
                pass

    def use_key(self) -> None:
        """Hide a keyboard that was for one use only."""
        if self.keyboard is not None and self.keyboard.one_time:
            self.keyboard_hidden = True

    def refusal_to_send(self) -> Refusal | None:
        """Return why the bot may not write here; None when it may."""
        if (refusal := self.refusal_to_edit()) is not None:
            return refusal
        if self.account is None:
            return None
        if self.account.is_bot:
            return refusals.TO_A_BOT
        if self.account.blocked:
            return refusals.BLOCKED
        return None if self.account.started else refusals.NEVER_STARTED

    def refusal_to_edit(self) -> Refusal | None:
        """Return why the bot may not touch a message here; a block does not hinder that."""
        if self.migrated_to is not None:
            return refusals.group_migrated(self.migrated_to)
        if self.bot_kicked:
            return refusals.bot_was_kicked(self.kind)
        return refusals.DEACTIVATED if self.account is not None and self.account.deactivated else None
