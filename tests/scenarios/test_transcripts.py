"""The whole chat of every story in every language, word for word, on the engine and over HTTP."""

from __future__ import annotations

import pytest

from tests.scenarios.conftest import Opening
from tests.scenarios.over_http import MAX
from tests.scenarios.stories import LANGUAGES, STORIES, Story
from tests.scenarios.transcripts import (
    FOLDER,
    chat_of,
    played_on_engine,
    played_over_http,
    transcript_file,
    whole,
)

every_story = pytest.mark.parametrize("story", STORIES, ids=str)
every_language = pytest.mark.parametrize("language", LANGUAGES)
OVER_HTTP = [(story, LANGUAGES[place % len(LANGUAGES)]) for place, story in enumerate(STORIES)]
"""Each story once: the engine plays all its languages in milliseconds, a whole bot takes seconds."""


def test_every_transcript_belongs_to_a_story() -> None:
    expected = {transcript_file(story, language).name for story in STORIES for language in LANGUAGES}
    assert {file.name for file in FOLDER.iterdir()} == expected


@every_language
@every_story
async def test_the_engine_plays_the_transcript(story: Story, language: str) -> None:
    written = transcript_file(story, language).read_text(encoding="utf-8")
    assert await played_on_engine(story, language) == chat_of(written)


@pytest.mark.parametrize(("story", "language"), OVER_HTTP, ids=str)
async def test_the_bot_plays_the_transcript_over_http(story: Story, language: str, opening: Opening) -> None:
    async with opening(quiz=(story.quiz,), managers=(MAX,)) as house:
        played = whole(*await played_over_http(house, story, language))
    assert played == transcript_file(story, language).read_text(encoding="utf-8")
