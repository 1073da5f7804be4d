"""Writes the transcripts anew: `python -m tests.scenarios.record`. Read what changed before you keep it."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from bot.demo.serving import served
from tests.scenarios.on_engine import MONDAY_NOON
from tests.scenarios.over_http import MAX, House
from tests.scenarios.stories import LANGUAGES, STORIES
from tests.scenarios.transcripts import FOLDER, played_over_http, transcript_file, whole


async def record() -> None:
    FOLDER.mkdir(exist_ok=True)
    for story in STORIES:
        for language in LANGUAGES:
            with tempfile.TemporaryDirectory() as folder:
                house = House(Path(folder), MONDAY_NOON)
                async with served(house.emulator.app) as address:
                    await house.opens(address, quiz=(story.quiz,), managers=(MAX,))
                    try:
                        text = whole(*await played_over_http(house, story, language))
                    finally:
                        await house.closes()
            transcript_file(story, language).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(record())
