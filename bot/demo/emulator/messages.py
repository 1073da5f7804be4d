"""A message as it stands in a chat, for the people who see it and for the Bot API alike."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.demo.emulator.entities import Entity, as_html
from bot.demo.emulator.markup import Buttons


@dataclass(frozen=True)
class Media:
    """A file in a message: its bytes when they were uploaded, its address when only that was given."""

    file_id: str
    kind: str
    name: str
    content_type: str
    content: bytes | None = field(default=None, repr=False)
    url: str | None = None
    path: str = ""

    @property
    def size(self) -> int:
        """How many bytes the file has; 0 when they were never fetched."""
        return len(self.content or b"")

    @property
    def unique_id(self) -> str:
        """The id that stays the same for every bot."""
        return self.file_id[-15:]


@dataclass(frozen=True)
class Contact:
    """A shared contact; `user_id` is there only when Telegram knows whose it is."""

    phone: str
    first_name: str
    last_name: str | None = None
    user_id: int | None = None


@dataclass(frozen=True)
class Location:
    """A shared place; of a venue with its name and address, and `live` while it follows somebody."""

    latitude: float
    longitude: float
    title: str = ""
    address: str = ""
    live: bool = False


@dataclass(frozen=True)
class Poll:
    """A poll: what is asked, and what can be chosen."""

    question: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class Dice:
    """A die (or dart, or ball) that was thrown."""

    emoji: str
    value: int


@dataclass(frozen=True)
class MiniAppData:
    """What a Mini App sends, or a modified Telegram client in its name: nobody vouches for either field."""

    button: str
    data: str


@dataclass(frozen=True)
class Signature:
    """In whose name a message stands when it is no person's: an anonymous admin's group, or a channel."""

    chat_id: int
    kind: str
    title: str


@dataclass(frozen=True)
class Message:
    """One message of a chat; an edit replaces it by a newer one with the same id."""

    id: int
    chat_id: int
    sender_id: int
    from_bot: bool
    at: datetime
    text: str = ""
    entities: tuple[Entity, ...] = ()
    buttons: Buttons = ()
    photo: Media | None = None
    video: Media | None = None
    document: Media | None = None
    voice: Media | None = None
    audio: Media | None = None
    sticker: Media | None = None
    contact: Contact | None = None
    location: Location | None = None
    poll: Poll | None = None
    dice: Dice | None = None
    mini_app: MiniAppData | None = None
    joined: int | None = None
    """who was taken into the group"""
    moved_to: int | None = None
    """the supergroup that the group became, said in the group's last message"""
    moved_from: int | None = None
    """the group that the supergroup was, said in its first message"""
    album: str | None = None
    """the same for all messages that are shown as one album"""
    signature: Signature | None = None
    forwarded: bool = False
    reply_to: int | None = None
    edited_at: datetime | None = None

    @property
    def html(self) -> str:
        """The text (or caption) as HTML that is safe to put into a page."""
        return as_html(self.text, self.entities)

    @property
    def media(self) -> Media | None:
        """The file in the message, whatever its kind."""
        return self.photo or self.video or self.document or self.voice or self.audio or self.sticker

    @property
    def has_caption(self) -> bool:
        """Whether the text stands under a file."""
        return self.media is not None and self.sticker is None

    def line(self) -> str:
        """Return the message as one line of a transcript."""
        what = self.media or self.contact or self.location or self.poll or self.dice or self.mini_app
        parts = [f"<{what.kind if isinstance(what, Media) else type(what).__name__.lower()}>"] if what else []
        parts += [self.text] if self.text else []
        parts += [" ".join(f"[{button.text}]" for button in row) for row in self.buttons]
        return f"#{self.id} {'bot' if self.from_bot else 'person'}: {' '.join(parts)}"
