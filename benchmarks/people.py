"""People at benchmarks: each walks the same quiz, a step whenever the bot has answered the last one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from time import perf_counter, time
from typing import Any

TOKEN = "123456:" + "T" * 35
BOT = {"id": 123456, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}
ASK_NEED = "Tell us in a few words what you need."
NEED = "We need a CRM for our people, with a warehouse link"
UPDATES = 8
"""What one person does: /start, a consent, four choices, a text, a contact."""
CHOICES = 4
LAST_WORDS = "Thank you!"
PATIENCE = 300
"""Seconds after which an update is taken for lost."""


class WrongScoreError(Exception):
    """A bot ended with another score than the person's answers give: it lost or repeated something."""


def expected_score(person: int) -> int:
    """Return the score of what a person chooses: each of the four choices gives ten points more than the last."""
    return sum(10 * _chosen(person, step) for step in range(1, CHOICES + 1))


def _chosen(person: int, step: int) -> int:
    return (person // int(CHOICES ** (step - 1)) + step) % CHOICES


Feed = Callable[[dict[str, Any]], Awaitable[None]]


@dataclass
class People:
    """A Telegram with people in it: hands their updates to a bot, and answers what the bot asks of the Bot API."""

    feed: Feed = field(init=False)
    """hands an update to the bot; set by the bot that starts"""
    turns: list[float] = field(default_factory=list)
    """seconds from an update to the bot's answer in the chat"""
    walked: list[int] = field(default_factory=list)
    """who came to the end"""
    calls: int = 0
    _shown: dict[int, asyncio.Future[dict[str, Any]]] = field(default_factory=dict)
    _updates: Any = field(default_factory=lambda: count(1))
    _messages: Any = field(default_factory=lambda: count(1))

    async def walk(self, first: int, people: int, at_once: int) -> None:
        """Let so many people walk the quiz, `at_once` of them at a time."""
        waiting = iter(range(first, first + people))

        async def one_after_another() -> None:
            for person in waiting:
                await self._walk(person)

        await asyncio.gather(*(one_after_another() for _ in range(at_once)))

    async def starts(self, person: int) -> dict[str, Any]:
        """Let somebody press Start; return what the bot shows."""
        return await self._does(person, {"text": "/start src_webinar_oct", "entities": _COMMAND})

    async def _walk(self, person: int) -> None:
        shown = await self.starts(person)
        for step in range(5):
            buttons = [button for row in shown["reply_markup"]["inline_keyboard"] for button in row]
            chosen = buttons[_chosen(person, step)] if step else buttons[0]
            shown = await self._taps(person, shown, chosen["callback_data"])
        await self._does(person, {"text": NEED})
        contact = {"phone_number": f"+38067{person % 10**7:07d}", "first_name": "Anna", "user_id": person}
        last = await self._does(person, {"contact": contact})
        if not last["text"].startswith(LAST_WORDS):
            raise AssertionError(last["text"])
        if (told := last["text"].rpartition("score: ")[2]).isdecimal():
            self._compare(person, int(told))
        self.walked.append(person)

    def compare(self, scores: Mapping[int, int]) -> None:
        """Compare what a bot stored of everybody with what they chose. Raises WrongScoreError."""
        for person in self.walked:
            self._compare(person, scores.get(person))

    @staticmethod
    def _compare(person: int, score: int | None) -> None:
        if score != expected_score(person):
            raise WrongScoreError(f"person {person} has the score {score} in place of {expected_score(person)}")

    async def _does(self, person: int, what: Mapping[str, Any]) -> dict[str, Any]:
        message = {"message_id": next(self._messages), "from": _user(person), "chat": _chat(person)}
        return await self._turn(person, {"message": {**message, "date": int(time()), **what}})

    async def _taps(self, person: int, shown: Mapping[str, Any], data: str) -> dict[str, Any]:
        number = str(4 * 10**18 + next(self._messages))
        tap = {"id": number, "from": _user(person), "message": shown, "chat_instance": "-1", "data": data}
        return await self._turn(person, {"callback_query": tap})

    async def _turn(self, person: int, what: dict[str, Any]) -> dict[str, Any]:
        answered = self._shown[person] = asyncio.get_running_loop().create_future()
        began = perf_counter()
        await self.feed({"update_id": next(self._updates), **what})
        shown: dict[str, Any] = await asyncio.wait_for(answered, PATIENCE)
        self.turns.append(perf_counter() - began)
        return shown

    def answer(self, method: str, asked: Mapping[str, Any]) -> bytes:
        """Answer a request to the Bot API; who was waiting for it goes on."""
        self.calls += 1
        if method == "getMe":
            return json.dumps({"ok": True, "result": BOT}).encode()
        if method not in ("sendMessage", "editMessageText"):
            return b'{"ok":true,"result":true}'
        chat, markup = int(asked["chat_id"]), asked.get("reply_markup")
        message = {"message_id": next(self._messages), "from": BOT, "chat": _chat(chat), "date": int(time())}
        message["text"] = asked["text"]
        result = json.dumps({"ok": True, "result": message}).encode()
        if markup:
            message["reply_markup"] = json.loads(markup) if isinstance(markup, str) else markup
        waits = self._shown.get(chat)
        if waits is not None and not waits.done() and _answers(method, message):
            waits.set_result(message)
        return result


def _answers(method: str, message: Mapping[str, Any]) -> bool:
    """Tell whether a message is the bot's next word: an edit without buttons only marks what was chosen."""
    asks = "inline_keyboard" in message.get("reply_markup", {}) or message["text"] == ASK_NEED
    return asks or method == "sendMessage"


_COMMAND = [{"offset": 0, "length": 6, "type": "bot_command"}]


def _user(person: int) -> dict[str, Any]:
    names = {"first_name": "Anna", "username": f"user{person}"}
    return {"id": person, "is_bot": False, **names, "language_code": "en"}


def _chat(person: int) -> dict[str, Any]:
    return {"id": person, "first_name": "Anna", "username": f"user{person}", "type": "private"}
