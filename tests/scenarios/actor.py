"""The words of a scenario: what a person does, and what they see."""

from __future__ import annotations

from typing import Protocol

from tests.scenarios.chat import Chat, Line, What

PHONE = "+380671234567"


class Phone(Protocol):
    """What a driver lets a person do; all that comes of it is in the chat when the call returns."""

    async def write(self, text: str) -> None: ...

    async def tap(self, label: str) -> None: ...

    async def share_own_phone(self) -> None: ...


class Actor:
    """Somebody who talks to the bot; the same words whatever plays the bot."""

    def __init__(self, chat: Chat, phone: Phone) -> None:
        self.chat = chat
        self._phone = phone

    async def says(self, text: str) -> None:
        self.chat.did(f": {text}")
        await self._phone.write(text)

    async def taps(self, label: str) -> None:
        self.chat.did(f" taps: [{label}]")
        await self._phone.tap(label)

    async def shares_her_phone(self) -> None:
        self.chat.did(f" shares the own phone: {PHONE}")
        await self._phone.share_own_phone()

    def sees(self, *fragments: str, buttons: list[str] | None = None, key: str | None = None) -> Line:
        """Expect the next thing to be a new message with these words, and these buttons if any are named."""
        return self._expect(What.MESSAGE, fragments, buttons, key)

    def sees_change(self, *fragments: str, buttons: list[str] | None = None) -> Line:
        """Expect the next thing to be an earlier message that reads differently now."""
        return self._expect(What.EDIT, fragments, buttons, None)

    def sees_under(self, replied: str, *fragments: str) -> Line:
        """Expect the next thing to be a new message with these words, as a reply to one with those."""
        line = self.sees(*fragments)
        if replied not in line.under:
            self.chat.fail(f"expected a reply to {replied!r}, not to {line.under!r}")
        return line

    def is_told(self, fragment: str) -> None:
        """Expect words that float over the chat for a moment, after a tap."""
        if not self.chat.floating or fragment not in self.chat.floating[0]:
            self.chat.fail(f"expected {fragment!r} to float over the chat, not {list(self.chat.floating)}")
        self.chat.floating.popleft()

    def was_offered(self, label: str) -> bool:
        """Tell whether a button with these words has come up in the chat."""
        return any(label in line.labels for line in self.chat.lines)

    def sees_nothing(self) -> None:
        """Expect that nothing came."""
        self.chat.must_be_seen()

    def skims(self) -> list[Line]:
        """Let whatever came pass, without looking closely; return it."""
        passed = list(self.chat.unseen)
        self.chat.unseen.clear()
        self.chat.floating.clear()
        return passed

    def skims_changes(self) -> None:
        """Let changes of earlier messages pass, up to the next new message."""
        while self.chat.unseen and self.chat.unseen[0].what is What.EDIT:
            self.chat.unseen.popleft()

    def _expect(self, what: What, fragments: tuple[str, ...], buttons: list[str] | None, key: str | None) -> Line:
        if not self.chat.unseen:
            self.chat.fail(f"expected {what} with {fragments}, and nothing came")
        line = self.chat.unseen.popleft()
        if line.what is not what:
            self.chat.fail(f"expected {what} with {fragments}, not {line.what} {line.text!r}")
        for fragment in fragments:
            if fragment not in line.text:
                self.chat.fail(f"expected {fragment!r} in {line.text!r}")
        if buttons is not None and line.labels != buttons:
            self.chat.fail(f"expected the buttons {buttons}, not {line.labels}")
        if key is not None and line.keyboard != key:
            self.chat.fail(f"expected the keyboard {key!r}, not {line.keyboard!r}")
        return line
