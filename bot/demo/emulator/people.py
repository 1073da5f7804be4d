"""What people do with their phones: write to the bot, tap its buttons, share, block."""

import mimetypes
from typing import Any

from bot.demo.emulator.chats import Account
from bot.demo.emulator.files import Upload
from bot.demo.emulator.formatting import FormattedText
from bot.demo.emulator.markup import KeyButton
from bot.demo.emulator.messages import Contact, Dice, Location, Message, MiniAppData, Poll
from bot.demo.emulator.taps import NoSuchButton, Tap
from bot.demo.emulator.views import ChatView, bot_membership, written
from bot.demo.emulator.world import World

PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000000"
    "0200015de46b6b0000000049454e44ae426082"
)
"""The smallest picture that there is: one transparent point."""
KYIV = (50.4501, 30.5234)


class Person(ChatView):
    """A person with an account, and their private chat with the bot."""

    def __init__(self, world: World, account: Account) -> None:
        super().__init__(world, world.add_person(account))
        self._account = account
        self.place = KYIV
        """where the person is: what a key that asks for the place shares"""

    @property
    def account(self) -> Account:
        """The person's account, as Telegram knows it."""
        return self._account

    @property
    def first_name(self) -> str:
        """The name that chats show."""
        return self._account.first_name

    @property
    def language(self) -> str | None:
        """The language of the person's phone; what is set here travels with the next update."""
        return self._account.language

    @language.setter
    def language(self, code: str | None) -> None:
        self._account.language = code

    @property
    def keyboard(self) -> tuple[tuple[KeyButton, ...], ...]:
        """The reply keyboard on the phone now; empty when it is hidden or removed."""
        return self._chat.keys

    def starts(self, payload: str = "") -> Message:
        """Press Start, perhaps after a deep link; a person who had blocked the bot unblocks it so."""
        self.unblocks()
        return self.says(f"/start {payload}".rstrip())

    def says(self, text: str | FormattedText, *, reply_to: int | None = None) -> Message:
        """Send a text, perhaps as a reply; the same as pressing a key of the reply keyboard with that text."""
        if any(key.text == text for row in self.keyboard for key in row):
            self._chat.use_key()
        return self._send(**written(text), reply_to=reply_to)

    def forwards(self, text: str) -> Message:
        """Forward somebody else's text."""
        return self._send(text=text, forwarded=True)

    def edits(self, message_id: int, text: str | FormattedText) -> Message:
        """Edit an own message, or the caption of an own file."""
        self._must_be_able_to_write()
        return self._edit(self._account, message_id, **written(text))

    def sends_photo(
        self,
        content: bytes = PICTURE,
        caption: str | FormattedText = "",
        *,
        forwarded: bool = False,
        reply_to: int | None = None,
    ) -> Message:
        """Send a photo."""
        return self._send_file(
            "photo", Upload("photo.png", "image/png", content), caption, forwarded=forwarded, reply_to=reply_to
        )

    def sends_video(
        self,
        name: str = "video.mp4",
        content: bytes = b"ftyp",
        caption: str | FormattedText = "",
        *,
        forwarded: bool = False,
        reply_to: int | None = None,
    ) -> Message:
        """Send a video."""
        return self._send_file(
            "video", Upload(name, "video/mp4", content), caption, forwarded=forwarded, reply_to=reply_to
        )

    def sends_document(
        self,
        name: str,
        content: bytes,
        caption: str | FormattedText = "",
        *,
        mime: str = "",
        forwarded: bool = False,
        reply_to: int | None = None,
    ) -> Message:
        """Send a file; its type is guessed from its name, as phones do."""
        kind = mime or mimetypes.guess_type(name)[0] or "application/octet-stream"
        return self._send_file(
            "document", Upload(name, kind, content), caption, forwarded=forwarded, reply_to=reply_to
        )

    def sends_voice(
        self,
        content: bytes = b"OggS",
        caption: str | FormattedText = "",
        *,
        forwarded: bool = False,
        reply_to: int | None = None,
    ) -> Message:
        """Send a voice message."""
        return self._send_file(
            "voice", Upload("voice.ogg", "audio/ogg", content), caption, forwarded=forwarded, reply_to=reply_to
        )

    def sends_audio(
        self,
        name: str = "song.mp3",
        content: bytes = b"ID3",
        caption: str | FormattedText = "",
        *,
        forwarded: bool = False,
        reply_to: int | None = None,
    ) -> Message:
        """Send a piece of music."""
        return self._send_file(
            "audio", Upload(name, "audio/mpeg", content), caption, forwarded=forwarded, reply_to=reply_to
        )

    def sends_sticker(self) -> Message:
        """Send a sticker."""
        return self._send_file("sticker", Upload("sticker.webp", "image/webp", b"RIFF"), "", forwarded=False)

    def sends_album(self, *captions: str) -> tuple[Message, ...]:
        """Send photos as one album: so many as there are captions, each with its own."""
        album = self._world.new_album()
        upload = Upload("photo.png", "image/png", PICTURE)
        return tuple(
            self._send(photo=self._world.files.keep("photo", upload), text=text, album=album) for text in captions
        )

    def sends_location(
        self, latitude: float, longitude: float, *, live: bool = False, forwarded: bool = False
    ) -> Message:
        """Send a place; a live one goes on to tell where the person is."""
        return self._send(location=Location(latitude, longitude, live=live), forwarded=forwarded)

    def moves(self, message_id: int, latitude: float, longitude: float) -> Message:
        """Go somewhere else while a place is shared live: Telegram tells it as an edit of that message."""
        return self._edit(self._account, message_id, location=Location(latitude, longitude, live=True))

    def sends_venue(self, title: str, address: str, latitude: float, longitude: float) -> Message:
        """Send a place that has a name."""
        return self._send(location=Location(latitude, longitude, title, address))

    def sends_poll(self, question: str, *options: str) -> Message:
        """Send a poll."""
        return self._send(poll=Poll(question, options))

    def sends_dice(self, emoji: str = "🎲", value: int = 6) -> Message:
        """Throw a die, a dart or a ball."""
        return self._send(dice=Dice(emoji, value))

    def forges_mini_app_data(self, button: str, data: str) -> Message:
        """Send data as if a Mini App had: a modified Telegram client can, with any content."""
        return self._send(mini_app=MiniAppData(button, data))

    def shares_location(self) -> Message:
        """Share where the person is now: the same as pressing the key that asks for it."""
        self._chat.use_key()
        return self.sends_location(*self.place)

    def forwards_contact(self) -> Message:
        """Forward a message with the own contact: the card carries the own user id all the same."""
        own = self._account
        return self._send(contact=Contact(own.phone or "", own.first_name, own.last_name, own.id), forwarded=True)

    def shares_contact(
        self, phone: str | None = None, first_name: str | None = None, user_id: int | None = None
    ) -> Message:
        """Share the own contact, which carries the own user id; or, with a phone given, somebody else's."""
        if phone is not None:
            return self._send(contact=Contact(phone, first_name or "", user_id=user_id))
        own = self._account
        if own.phone is None:
            raise ValueError(f"{own.first_name} has no phone number to share")
        self._chat.use_key()
        return self._send(contact=Contact(own.phone, own.first_name, own.last_name, own.id))

    def presses(self, text: str) -> Message:
        """Press a key of the reply keyboard: it says its text, or shares the contact or place it asks for."""
        found = [key for row in self.keyboard for key in row if key.text == text]
        if not found:
            there = ", ".join(f"[{key.text}]" for row in self.keyboard for key in row)
            raise NoSuchButton(f"no key {text!r}; there are: {there or 'none'}")
        if found[0].request_location:
            return self.shares_location()
        return self.shares_contact() if found[0].request_contact else self.says(text)

    def taps(self, text: str | None = None, *, data: str | None = None, message_id: int | None = None) -> Tap:
        """Tap a button, in the newest message that has it; a link's address is in the tap's `url`."""
        self._must_be_able_to_write()
        return self._tap(self._account, text, data, message_id)

    def opens(self, text: str, *, message_id: int | None = None) -> str:
        """Tap a button with a link and return the address; the bot hears nothing of it."""
        tap = self.taps(text, message_id=message_id)
        if tap.url is None:
            raise ValueError(f"the button {text!r} opens no link")
        return tap.url

    def blocks(self) -> None:
        """Block the bot."""
        self._set_blocked(blocked=True)

    def unblocks(self) -> None:
        """Let the bot write again."""
        self._set_blocked(blocked=False)

    def deactivates(self) -> None:
        """Delete the account, for good; Telegram tells the bot nothing."""
        self._account.deactivated = True
        self._world.tell(self._chat, "deactivated")

    def _send_file(
        self,
        kind: str,
        upload: Upload,
        caption: str | FormattedText,
        *,
        forwarded: bool,
        reply_to: int | None = None,
    ) -> Message:
        file = self._world.files.keep(kind, upload)
        return self._send(**{kind: file}, **written(caption), forwarded=forwarded, reply_to=reply_to)

    def _send(self, **content: Any) -> Message:
        self._must_be_able_to_write()
        self._account.started = True
        return self._write(self._account, **content)

    def _must_be_able_to_write(self) -> None:
        if self._account.deactivated:
            raise ValueError(f"{self.first_name} has deleted the account")
        if self._account.blocked:
            raise ValueError(f"{self.first_name} has blocked the bot, and must unblock it to write")

    def _set_blocked(self, *, blocked: bool) -> None:
        if self._account.blocked == blocked:
            return
        self._account.blocked = blocked
        old, new = ("member", "kicked") if blocked else ("kicked", "member")
        bot_membership(self._world, self._chat, self._account, old, new)
        self._world.tell(self._chat, "blocked" if blocked else "unblocked")
