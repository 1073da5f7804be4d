"""What people do with their phones: write to the bot, tap its buttons, share, block."""

from typing import Any

from bot.demo.emulator.chats import Account
from bot.demo.emulator.files import Upload
from bot.demo.emulator.markup import KeyButton
from bot.demo.emulator.messages import Contact, Location, Message
from bot.demo.emulator.taps import NoSuchButton, Tap
from bot.demo.emulator.views import ChatView, bot_membership, commands
from bot.demo.emulator.world import World

# The smallest picture that there is: one transparent point.
_PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000000"
    "0200015de46b6b0000000049454e44ae426082"
)


class Person(ChatView):
    """A person with an account, and their private chat with the bot."""

    def __init__(self, world: World, account: Account) -> None:
        super().__init__(world, world.add_person(account))
        self._account = account

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

    def says(self, text: str) -> Message:
        """Send a text; the same as pressing a key of the reply keyboard with that text."""
        if any(key.text == text for row in self.keyboard for key in row):
            self._chat.use_key()
        return self._send(text=text, entities=commands(text))

    def forwards(self, text: str) -> Message:
        """Forward somebody else's text."""
        return self._send(text=text, forwarded=True)

    def edits(self, message_id: int, text: str) -> Message:
        """Edit an own message."""
        self._must_be_able_to_write()
        return self._edit(self._account, message_id, text)

    def sends_photo(self, content: bytes = _PICTURE, caption: str = "") -> Message:
        """Send a photo."""
        photo = self._world.files.keep("photo", Upload("photo.png", "image/png", content))
        return self._send(photo=photo, text=caption)

    def sends_document(self, name: str, content: bytes, caption: str = "") -> Message:
        """Send a file."""
        document = self._world.files.keep("document", Upload(name, "application/octet-stream", content))
        return self._send(document=document, text=caption)

    def sends_voice(self) -> Message:
        """Send a voice message."""
        return self._send(voice=self._world.files.keep("voice", Upload("voice.ogg", "audio/ogg", b"OggS")))

    def sends_sticker(self) -> Message:
        """Send a sticker."""
        sticker = self._world.files.keep("sticker", Upload("sticker.webp", "image/webp", b"RIFF"))
        return self._send(sticker=sticker)

    def sends_location(self, latitude: float, longitude: float) -> Message:
        """Send a place."""
        return self._send(location=Location(latitude, longitude))

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
        """Press a key of the reply keyboard: it says its text, or shares the contact it asks for."""
        found = [key for row in self.keyboard for key in row if key.text == text]
        if not found:
            there = ", ".join(f"[{key.text}]" for row in self.keyboard for key in row)
            raise NoSuchButton(f"no key {text!r}; there are: {there or 'none'}")
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
