"""Groups with the bot in them."""

from bot.demo.emulator.chats import Chat
from bot.demo.emulator.messages import Message
from bot.demo.emulator.people import Person
from bot.demo.emulator.taps import Tap
from bot.demo.emulator.views import ChatView, bot_membership, commands
from bot.demo.emulator.world import World


class Group(ChatView):
    """A group with the bot in it; the bot hears everything that is said there."""

    def __init__(self, world: World, chat: Chat, members: list[Person]) -> None:
        super().__init__(world, world.add_group(chat))
        self.members = members

    def says(self, person: Person, text: str) -> Message:
        """Let a person write in the group."""
        return self._write(person.account, text=text, entities=commands(text))

    def taps(
        self,
        person: Person,
        text: str | None = None,
        *,
        data: str | None = None,
        message_id: int | None = None,
    ) -> Tap:
        """Let a person tap a button in the group."""
        return self._tap(person.account, text, data, message_id)

    def adds_bot(self, by: Person) -> None:
        """Take the bot in (again); the bot is told."""
        self._chat.bot_kicked = False
        bot_membership(self._world, self._chat, by.account, "left", "member")
        self._world.tell(self._chat, "bot added")

    def removes_bot(self, by: Person) -> None:
        """Throw the bot out; the bot is told."""
        self._chat.bot_kicked = True
        bot_membership(self._world, self._chat, by.account, "member", "kicked")
        self._world.tell(self._chat, "bot removed")

    def migrates(self, to: int) -> "Group":
        """Become a supergroup with another id; return that one."""
        successor = Group(self._world, Chat(to, title=self._chat.title), self.members)
        self._chat.migrated_to = to
        self._world.tell(self._chat, "migrated")
        return successor
