"""Small quizzes of a scenario's own: a question to begin with, what is to be tried, and an end."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import yaml

from tests.scenarios.over_http import Guest, House

Step = dict[str, Any]
WHO: Step = {
    "id": "who",
    "ask": "Who is it for?",
    "choices": [
        {"id": "company", "text": "A company", "points": 10},
        {"id": "school", "text": "A school", "points": 5},
    ],
}
"""Before the question that is tried, so that there is something to go back to."""
AGREE: Step = {"id": "agree", "consent": "contact", "text": "May we call you?"}
PHONE: Step = {"id": "phone", "contact": "phone", "ask": "Which number?"}
BYE: Step = {"id": "bye", "end": "Thank you!"}
PRIVATE: Step = {"id": "private", "text": "Me", "points": 10, "go": "agree"}
"""The way to a contact for quizzes that try something else: without one nothing can be published."""

Trying = Callable[..., AbstractAsyncContextManager[tuple[House, Guest]]]


def small_quiz(folder: Path, *steps: Step, **more: Any) -> Path:
    """Write a quiz with these steps between the first question and the end."""
    who, tail = WHO, [BYE]
    if not any("contact" in step for step in steps):
        who = WHO | {"choices": [*WHO["choices"], PRIVATE]}
        tail = [BYE, AGREE, PHONE, {"id": "ciao", "end": "Ciao!"}]
    document = {
        "quiz": "small",
        "languages": ["en", "uk", "ru"],
        "title": "A small quiz",
        "controller": {"name": "Acme", "contact": "privacy@acme.example"},
        "timezone": "Europe/Kyiv",
        "region": "UA",
        "steps": [who, *steps, *tail],
        "scoring": {"bands": {"hot": 10, "warm": 5}},
    }
    file = folder / "small.yaml"
    file.write_text(yaml.safe_dump(document | more, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return file
