"""A quiz that asks for all that is personal: a name, free words, a file, an e-mail with a code, a phone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tests.bot.fakes import FakePostman
from tests.scenarios.actor import PHONE
from tests.scenarios.over_http import Guest

NAME, USERNAME, FULL_NAME = "Ярослава", "yaroslava_canary", "Ярослава Канарка"
EMAIL, OTHER_EMAIL = "yaroslava.canary@pumps.example", "second.canary@pumps.example"
WORDS = "Ключ під килимком"
FILE_NAME, CONTENT = "passport-canary.pdf", b"%PDF-1.7 canary-file-content " * 40
CANARIES = (
    *(NAME, USERNAME, FULL_NAME.split()[1], EMAIL, EMAIL.split("@", maxsplit=1)[0], OTHER_EMAIL, WORDS, FILE_NAME),
    *(PHONE, PHONE.lstrip("+"), PHONE[-9:], "canary-file-content"),
)
"""What must stand nowhere in clear."""
AGAIN, OTHER, SKIP = "🔁 Send a new code", "✏️ Use another address", "Skip this"

STEPS: list[dict[str, Any]] = [
    {"id": "hello", "say": "Hi {first_name}!"},
    {"id": "agree", "consent": "contact", "text": "May Acme write to you, {first_name}?"},
    {"id": "full_name", "ask": "Your full name?", "name": "full"},
    {"id": "wish", "ask": "What shall we know?", "text": {"max": 300}},
    {"id": "plan", "ask": "Send us your plan.", "file": {"types": ["photo", "pdf"], "max_mb": 1}},
    {"id": "email", "ask": "Your e-mail?", "contact": "email", "confirm": True},
    {"id": "phone", "ask": "Your phone?", "contact": "phone"},
    {
        "id": "when",
        "ask": "When do you need it?",
        "choices": [{"id": "now", "text": "Now", "points": 50}, {"id": "later", "text": "Later", "points": 0}],
    },
    {"id": "letters", "consent": "follow_ups", "text": "May we send you ideas now and then?"},
    {"id": "bye", "end": "Thank you!"},
]


def inquiry(folder: Path, *left_out: str) -> Path:
    """Write the quiz, without some of its steps."""
    document = {
        "quiz": "inquiry",
        "languages": ["en"],
        "title": "An inquiry",
        "controller": {"name": "Acme", "contact": "privacy@acme.example"},
        "timezone": "Europe/Kyiv",
        "region": "UA",
        "retention": {"leads": "365d", "others": "90d"},
        "silence": {"nudge_after": "1h", "abandon_after": "1d"},
        "steps": [step for step in STEPS if step["id"] not in left_out],
        "scoring": {"bands": {"hot": 40, "warm": 5}},
        "routing": {
            "hot": {"team": "sales", "take_within": "5m", "escalate_after": "15m"},
            "warm": {"sequence": "ideas"},
            "cold": {"sequence": "ideas"},
        },
        "sequences": {"ideas": [{"id": "first", "after": "1d", "text": "An idea for you, {first_name}!"}]},
    }
    file = folder / "inquiry.yaml"
    file.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return file


async def comes_to(guest: Guest, *steps: str, postman: FakePostman | None = None) -> None:
    """Press Start and answer some questions, without looking closely at what the bot says."""
    await guest.starts()
    for step in steps:
        await answers(guest, step, postman)
    guest.skims()


async def answers(guest: Guest, step: str, postman: FakePostman | None = None) -> None:
    """Answer one question."""
    match step:
        case "agree" | "letters":
            await guest.taps(next(label for label in reversed(guest.labels_on_screen()) if "✅" in label))
        case "full_name":
            await guest.says(FULL_NAME)
        case "wish":
            await guest.says(WORDS)
        case "plan":
            await guest.sends_file(FILE_NAME, CONTENT)
        case "email":
            await guest.says(EMAIL)
            if postman is not None:
                await guest.says(code_in(postman))
            else:
                await guest.taps(SKIP)
        case "phone":
            await guest.shares_her_phone()
        case "when":
            await guest.taps("Now")
        case _:
            pass


def code_in(postman: FakePostman) -> str:
    """Read the code out of the newest letter."""
    return postman.posted[-1].text.partition("Your code is ")[2][:6]
