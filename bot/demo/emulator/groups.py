"""Groups and channels with the bot in them."""

from bot.demo.emulator.chats import ANONYMOUS_ADMIN, CHANNEL_SPEAKER, Account, Chat
from bot.demo.emulator.messages import Message, Signature
from bot.demo.emulator.people import Person
from bot.demo.emulator.taps import Tap
from bot.demo.emulator.views import ChatView, bot_membership, spotted
from bot.demo.emulator.world import World


class Group(ChatView):
    """A group with the bot in it; the bot hears everything that is said there."""

    def __init__(self, world: World, chat: Chat, members: list[Person]) -> None:
        super().__init__(world, world.add_group(chat))
        self.members = members

    def says(self, person: Person, text: str) -> Message:
        """Let a person write in the group."""
        self._must_be_here(person)
        return self._write(person.account, text=text, entities=spotted(text))

    def says_anonymously(self, text: str) -> Message:
        """Let an admin write in the group's own name."""
        name = Signature(self.id, self._chat.kind, self._chat.title or "")
        return self._write(ANONYMOUS_ADMIN, text=text, entities=spotted(text), signature=name)

    def says_as_channel(self, channel: "Channel", text: str) -> Message:
        """Let somebody write in the group in the name of a channel."""
        return self._write(CHANNEL_SPEAKER, text=text, entities=spotted(text), signature=channel.signature)

    def taps(
        self,
        person: Person,
        text: str | None = None,
        *,
        data: str | None = None,
        message_id: int | None = None,
    ) -> Tap:
        """Let a person tap a button in the group."""
        self._must_be_here(person)
        return self._tap(person.account, text, data, message_id)

    def adds_bot(self, by: Person) -> None:
        """Take the bot in (again); the bot is told."""
        self._chat.bot_kicked = False
        bot_membership(self._world, self._chat, by.account, "left", "member")
        self._write(by.account, joined=self._world.bot.id)
        self._world.tell(self._chat, "bot added")

    def removes_bot(self, by: Person) -> None:
        """Throw the bot out; the bot is told."""
        self._chat.bot_kicked = True
        bot_membership(self._world, self._chat, by.account, "member", "kicked")
        self._world.tell(self._chat, "bot removed")

    def migrates(self, to: int, *, told: bool = True) -> "Group":
        """Become a supergroup with another id; return that one. The bot is told, in both chats."""
        successor = Group(self._world, Chat(to, title=self._chat.title), self.members)
        if told:
            doer = self.members[0].account if self.members else ANONYMOUS_ADMIN
            self._write(doer, moved_to=to)
            successor._write(doer, moved_from=self.id)
        self._chat.migrated_to = to
        self._world.tell(self._chat, "migrated")
        return successor

    def _must_be_here(self, person: Person) -> None:
        if self._chat.migrated_to is not None:
            raise ValueError(f"the group {self.id} is the supergroup {self._chat.migrated_to} now")
        if all(member.id != person.id for member in self.members):
            raise ValueError(f"{person.account.first_name} is not in the group {self.id}")


class Channel(ChatView):
    """A channel with the bot in it."""

    def __init__(self, world: World, chat: Chat) -> None:
        super().__init__(world, world.add_group(chat))
        self._voice = Account(chat.id, chat.title or "", is_bot=True)
        world.accounts[chat.id] = self._voice

    @property
    def signature(self) -> Signature:
        """The channel's name, under what it says elsewhere."""
        return Signature(self.id, self._chat.kind, self._chat.title or "")

    def posts(self, text: str) -> Message:
        """Publish a text."""
        message = self._world.post(self._chat, self._voice, text=text, entities=spotted(text))
        self._world.updates.put("channel_post", self._world.to_wire(message))
        self._world.tell(self._chat, "message", message.id)
        return message
