"""A chat as its person sees it, line by line, and the whole of it as a transcript."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn

Rows = tuple[tuple[str, ...], ...]


class What(StrEnum):
    """The kinds of lines."""

    DID = "did"
    MESSAGE = "message"
    EDIT = "edit"
    FLOATING = "floating"
    TIME = "time"


@dataclass(frozen=True)
class Line:
    """One thing that happened in a chat; a person's own doing reads after their name: `: hi`, ` taps: [Yes]`."""

    what: What
    text: str
    buttons: Rows = ()
    keyboard: str | None = None
    """the key that came up in place of the phone's keyboard; empty when it went away"""
    picture: str | None = None
    """the name of the file that came along: a picture, a video, a document, a voice message"""
    html: str = ""
    """how a message is formatted"""
    under: str = ""
    """the message that it is a reply to"""

    @property
    def labels(self) -> list[str]:
        return [label for row in self.buttons for label in row]


class Chat:
    """One person's chat with the bot: all that happened, and what the scenario has not looked at yet."""

    def __init__(self, name: str, neighbours: list[Chat]) -> None:
        self.name = name
        self.lines: list[Line] = []
        self.unseen: deque[Line] = deque()
        self.floating: deque[str] = deque()
        self._neighbours = neighbours
        neighbours.append(self)

    def add(self, line: Line) -> None:
        self.lines.append(line)
        if line.what in (What.MESSAGE, What.EDIT):
            self.unseen.append(line)
        elif line.what is What.FLOATING:
            self.floating.append(line.text)

    def did(self, doing: str) -> None:
        self.add(Line(What.DID, doing))

    def fail(self, why: str) -> NoReturn:
        """Fail the scenario, and show every chat as it was."""
        chats = "\n\n".join(f"——— {chat.name} ———\n{chat.transcript()}" for chat in self._neighbours)
        raise AssertionError(f"{self.name}: {why}\n\n{chats}")

    def must_be_seen(self) -> None:
        """Fail if something came that the scenario did not expect."""
        left = [*(written(line, self.name) for line in self.unseen), *self.floating]
        if left:
            self.fail("never looked at:\n" + "\n".join(left))

    def transcript(self) -> str:
        return "\n".join(written(line, self.name) for line in self.lines)


def written(line: Line, name: str) -> str:
    """Return a line as it stands in a transcript."""
    if line.what is What.TIME:
        return f"\n— {line.text} —\n"
    said_by = {
        What.DID: name,
        What.MESSAGE: "Bot: ",
        What.EDIT: "Bot edits: ",
        What.FLOATING: "Bot, floating over the chat: ",
    }[line.what]
    picture = f"({line.picture}) " if line.picture else ""
    first, *more = f"{said_by}{picture}{line.text}".split("\n")
    body = [first, *(f"  {each}".rstrip() for each in more)]
    body += ["  " + " ".join(f"[{label}]" for label in row) for row in line.buttons]
    if line.keyboard is not None:
        body.append(f"  ⌨ [{line.keyboard}]" if line.keyboard else "  ⌨ goes away")
    return "\n".join(body)
