"""Telegram's own JSON, as far as Hotlead looks at it: whichever framework brought it, it is read alike."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class User(_Part):
    """Somebody's account."""

    id: int
    first_name: str
    username: str | None = None
    language_code: str | None = None


class Chat(_Part):
    """Where something happened."""

    id: int
    type: str
    title: str | None = None

    @property
    def private(self) -> bool:
        """Whether it is a person's chat with the bot."""
        return self.type == "private"

    @property
    def group(self) -> bool:
        """Whether it is a group, of either kind."""
        return self.type in {"group", "supergroup"}


class Entity(_Part):
    """A part of a text that means more than its letters; Telegram counts in UTF-16."""

    type: str
    offset: int
    length: int
    user: User | None = None
    url: str | None = None
    language: str | None = None

    def within(self, text: str) -> str:
        """Return the part of the text; half a character at its edge becomes a replacement."""
        units = text.encode("utf-16-le", "surrogatepass")
        return units[2 * self.offset : 2 * (self.offset + self.length)].decode("utf-16-le", "replace")


class Contact(_Part):
    """A contact card."""

    phone_number: str
    user_id: int | None = None


class Location(_Part):
    """A place."""

    latitude: float
    longitude: float


class PhotoSize(_Part):
    """A photo in one of its sizes."""

    file_id: str
    width: int
    height: int
    file_size: int | None = None


class Attachment(_Part):
    """A file of any other kind."""

    file_id: str
    file_name: str | None = None
    mime_type: str | None = None
    file_size: int | None = None


class Reference(_Part):
    """A message of which only the number matters."""

    message_id: int


class Message(_Part):
    """A message, new or edited."""

    message_id: int
    chat: Chat
    from_user: User | None = Field(default=None, alias="from")
    text: str | None = None
    caption: str | None = None
    entities: tuple[Entity, ...] = ()
    caption_entities: tuple[Entity, ...] = ()
    reply_to_message: Reference | None = None
    forward_origin: object = None
    is_automatic_forward: bool = False
    contact: Contact | None = None
    location: Location | None = None
    photo: tuple[PhotoSize, ...] = ()
    voice: Attachment | None = None
    video: Attachment | None = None
    audio: Attachment | None = None
    document: Attachment | None = None
    migrate_to_chat_id: int | None = None
    migrate_from_chat_id: int | None = None


class TappedMessage(_Part):
    """The message under whose button somebody tapped; Telegram may tell no more of an old one."""

    message_id: int
    chat: Chat


class Tap(_Part):
    """A tap on a button."""

    id: str
    from_user: User = Field(alias="from")
    message: TappedMessage | None = None
    data: str | None = None


class Membership(_Part):
    """Where somebody stands in a chat."""

    status: str

    @property
    def gone(self) -> bool:
        """Whether they are not in it."""
        return self.status in {"kicked", "left"}


class MembershipChange(_Part):
    """The bot was let in, or thrown out."""

    chat: Chat
    from_user: User = Field(alias="from")
    old_chat_member: Membership
    new_chat_member: Membership


class Update(_Part):
    """One thing that Telegram tells."""

    update_id: int
    message: Message | None = None
    edited_message: Message | None = None
    callback_query: Tap | None = None
    my_chat_member: MembershipChange | None = None
