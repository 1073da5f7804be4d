"""The emulator: one bot's Telegram, with the bot's side over HTTP and the people's side in Python."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from starlette.applications import Starlette

from bot.demo.emulator.chats import Account, Chat
from bot.demo.emulator.courier import Delivery
from bot.demo.emulator.desk import Desk
from bot.demo.emulator.faults import Fault
from bot.demo.emulator.groups import Channel, Group
from bot.demo.emulator.ledger import Call
from bot.demo.emulator.limits import Limits
from bot.demo.emulator.people import Person
from bot.demo.emulator.server import bot_api
from bot.demo.emulator.spec import Specification, Violation
from bot.demo.emulator.world import Change, World

_SHOWN_WHEN_LATE = 5


class Emulator:
    """Telegram for one bot; it lives in one event loop, and people act in that loop too."""

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        token: str = "42:demo-token",  # noqa: S107  (nobody's: it opens the emulator only)
        bot_username: str = "hotlead_demo_bot",
        bot_name: str = "Hotlead demo",
        first_update_id: int = 1,
        limits: Limits | None = None,
        spec: str | Path | None = None,
    ) -> None:
        self.token = token
        self.bot_id = int(token.partition(":")[0])
        bot = Account(self.bot_id, bot_name, username=bot_username, is_bot=True)
        self._world = World(now, bot, first_update_id)
        self._desk = Desk(self._world, token, limits, Specification(Path(spec)) if spec else None)
        self.app: Starlette = bot_api(self._desk)
        self.people: dict[int, Person] = {}
        self.groups: dict[int, Group] = {}

    def person(
        self,
        person_id: int,
        *,
        first_name: str,
        last_name: str | None = None,
        username: str | None = None,
        language: str | None = None,
        phone: str | None = None,
    ) -> Person:
        """Make a person known to the bot; the bot may write when they have written first."""
        account = Account(person_id, first_name, last_name, username, language, phone)
        self.people[person_id] = Person(self._world, account)
        return self.people[person_id]

    def group(self, group_id: int, *, title: str, members: Sequence[Person] = ()) -> Group:
        """Make a group with the bot in it."""
        self.groups[group_id] = Group(self._world, Chat(group_id, title=title), list(members))
        return self.groups[group_id]

    def channel(self, channel_id: int, *, title: str) -> Channel:
        """Make a channel with the bot in it."""
        return Channel(self._world, Chat(channel_id, title=title, channel=True))

    def forget_files(self) -> None:
        """Take no file_id any more that was given so far."""
        self._world.files.forget()

    @property
    def calls(self) -> list[Call]:
        """Everything that the bot asked, and what it was answered."""
        return self._desk.ledger.calls

    @property
    def violations(self) -> list[Violation]:
        """What the bot asked against Telegram's specification, when one was given."""
        return self._desk.violations

    @property
    def deliveries(self) -> list[Delivery]:
        """Every try to deliver an update to the webhook, and what it was answered."""
        return self._world.courier.deliveries

    def lead(self, public: str, to: str) -> None:
        """Let a public address lead to one on this machine, as the proxy in front of a bot does."""
        self._world.courier.roads[public] = to

    def fail(self, fault: Fault, *, method: str | None = None, chat: int | None = None, times: int = 1) -> None:
        """Let the next `times` requests (of this method, for this chat) meet a fault."""
        self._desk.faults.plan(fault, method, chat, times)

    def recover(self) -> None:
        """Forget the faults that have not been met."""
        self._desk.faults.forget()

    def on_change(self, callback: Callable[[Change], None]) -> Callable[[], None]:
        """Call back after every change that a person can see; return the function that ends it."""
        return self._world.listen(callback)

    async def wait_for(self, predicate: Callable[[], bool], timeout: float = 5) -> None:  # noqa: ASYNC109
        """Wait until the predicate holds, asking it at every change and every call of the bot."""
        loop_time = _loop_time()
        deadline = loop_time() + timeout
        while not predicate():
            if not await self._world.changed.heard(within=deadline - loop_time()) and not predicate():
                raise AssertionError(f"not so within {timeout} s; the chats:\n{self.transcript()}")

    def transcript(self) -> str:
        """Return the last messages of every chat, as text."""
        views = [*self.people.values(), *self.groups.values()]
        return "\n".join(
            line
            for view in views
            for line in (f"chat {view.id}:", *(f"  {m.line()}" for m in view.messages[-_SHOWN_WHEN_LATE:]))
        )

    def stop(self) -> None:
        """End every request that waits, at once."""
        self._desk.close()


def _loop_time() -> Callable[[], float]:
    """Return the event loop's own clock: waiting is in real seconds, whatever the injected clock says."""
    return asyncio.get_running_loop().time
