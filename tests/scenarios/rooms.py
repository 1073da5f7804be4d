"""A group in the emulated Telegram, as a scenario looks at it: what the bot says there, and who taps."""

from __future__ import annotations

from bot.demo.emulator import Change, Group, Tap
from tests.scenarios.actor import Actor
from tests.scenarios.chat import Chat, Line, What
from tests.scenarios.over_http import Guest, House, _HttpPhone, _line

GROUP, SUPERGROUP = -4321, -1004321
NAME = "hotlead_demo_bot"


class Room(Actor):
    """A group with people in it; who looks at it sees what all of them see."""

    def __init__(self, house: House, number: int, *members: Guest, title: str = "Sales floor") -> None:
        people = [member.person for member in members]
        super().__init__(Chat(title, house.chats), _HttpPhone(people[0], house))
        self.group: Group = house.emulator.group(number, title=title, members=people)
        self._house = house
        house.emulator.on_change(self._changed)

    async def hears(self, guest: Guest, text: str) -> None:
        """Let somebody write in the group."""
        self.chat.did(f", {guest.chat.name}: {text}")
        self.group.says(guest.person, text)
        await self._house.quiet()

    async def tapped_by(self, guest: Guest, label: str) -> Tap:
        """Let somebody tap a button in the group; what floats, floats over their own screen."""
        self.chat.did(f", {guest.chat.name} taps: [{label}]")
        tap = self.group.taps(guest.person, label)
        await self._house.quiet()
        guest.notices(tap)
        return tap

    async def migrates(self, to: int = SUPERGROUP, *, told: bool = True) -> None:
        """Become a supergroup; who looked at the group looks at that one now."""
        self.chat.did(" becomes a supergroup")
        self.group = self.group.migrates(to, told=told)
        await self._house.quiet()

    async def throws_the_bot_out(self, by: Guest) -> None:
        self.chat.did(f", {by.chat.name} throws the bot out")
        self.group.removes_bot(by.person)
        await self._house.quiet()

    @property
    def posts(self) -> list[str]:
        """What of the bot stands in the group now."""
        return [message.text for message in self.group.messages if message.from_bot]

    def _changed(self, change: Change) -> None:
        message = self.group._chat.messages.get(change.message_id or 0)
        if change.chat_id != self.group.id or message is None or not message.from_bot:
            return
        if change.what in ("message", "edited"):
            what = What.EDIT if change.what == "edited" else What.MESSAGE
            self.chat.add(_line(what, message, None, ""))


def last(room: Room) -> Line:
    """Return what came last in a group."""
    return next(line for line in reversed(room.chat.lines) if line.what in (What.MESSAGE, What.EDIT))
