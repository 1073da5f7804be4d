"""Plays the stories of the quizzes that ship, and writes down the whole chat."""

from __future__ import annotations

import re
from pathlib import Path

from bot.texts import day_and_time
from tests.scenarios.chat import Line, What
from tests.scenarios.on_engine import on_engine
from tests.scenarios.over_http import ANNA, MAX, House
from tests.scenarios.stories import Story, walk

FOLDER = Path(__file__).parent / "transcripts"
KYIV = "Europe/Kyiv"
LONGEST = 8
"""More follow-ups than any sequence that ships has."""


def transcript_file(story: Story, language: str) -> Path:
    return FOLDER / f"{story}.{language}.txt"


async def played_on_engine(story: Story, language: str) -> str:
    """Play a story on the pure engine."""
    anna = on_engine(story.quiz, language)
    await anna.says("/start")
    await walk(anna, story, language)
    return anna.chat.transcript()


async def played_over_http(house: House, story: Story, language: str) -> tuple[str, str]:
    """Play a story with the real bot; return the chat of the quiz, and what comes of it afterwards."""
    anna = house.guest(ANNA, "Anna", language=language, username="anna")
    manager = house.guest(MAX, "Max", language=language)
    await manager.starts()
    manager.chat.lines.clear()
    manager.skims()
    await anna.says("/start")
    await walk(anna, story, language)
    chat = anna.chat.transcript()
    anna.skims()
    anna.chat.lines.clear()
    await _let_follow_ups_come(house, anna.chat.lines)
    anna.skims()
    manager.skims()
    parts = [anna.chat.transcript()]
    if manager.chat.lines:
        parts.append(f"\n——— Max, manager ———\n\n{manager.chat.transcript()}")
    return chat, "\n".join(part for part in parts if part)


async def _let_follow_ups_come(house: House, lines: list[Line]) -> None:
    """Move the clock from one follow-up to the next, until no more comes."""
    for _ in range(LONGEST):
        async with house.view() as view:
            due = await view.enrolments.next_due()
        if due is None:
            return
        lines.append(Line(What.TIME, day_and_time("en", due, KYIV)))
        house.clock.move(due - house.clock.now())
        await house.quiet()
    raise AssertionError("the sequence does not end")


def whole(chat: str, afterwards: str) -> str:
    """Return a transcript file's words."""
    return f"{chat}\n{afterwards}\n" if afterwards else f"{chat}\n"


def chat_of(file: str) -> str:
    """Return the part of a transcript file that the engine can play too."""
    return re.split(r"\n\n?—", file, maxsplit=1)[0].rstrip("\n")
