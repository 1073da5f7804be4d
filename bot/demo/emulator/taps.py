"""A tap on an inline button, from the finger to the end of the spinner."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.demo.emulator.bell import Bell


class NoSuchButton(AssertionError):  # noqa: N818  (reads as the sentence that it is)
    """There is no such button in the chat; the text names those that there are."""


@dataclass
class Tap:
    """One tap: `answered` when the spinner is gone, with the toast or alert that the bot sent along."""

    id: str
    at: datetime
    changed: Bell = field(repr=False)
    url: str | None = None
    answered: bool = False
    text: str | None = None
    alert: bool = False

    async def wait_answered(self, timeout: float = 5) -> "Tap":  # noqa: ASYNC109  (part of a test's sentence)
        """Wait until the bot answered the tap; raise AssertionError when it did not in that time."""
        while not self.answered:
            if not await self.changed.heard(within=timeout):
                raise AssertionError(f"the tap {self.id} was not answered in {timeout} s")
        return self
