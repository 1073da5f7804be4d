"""Requests in every form that Telegram takes, and the outer shape of its answers."""

import json
from typing import Any

from bot.demo.emulator import Emulator, Person, TooManyRequests
from tests.bot.demo.asking import Asker


def _inline(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[button]]}


async def test_text_of_exactly_the_limit_passes(ask: Asker, anna: Person) -> None:
    anna.starts()
    text = "<b>" + "🔥" * 2048 + "</b>"
    sent = (await ask("sendMessage", chat_id=anna.id, text=text, parse_mode="HTML")).result
    assert sent["entities"] == [{"type": "bold", "offset": 0, "length": 4096}]


async def test_parameters_come_in_every_form_that_telegram_takes(ask: Asker, anna: Person) -> None:
    anna.starts()
    path = f"/bot{ask.token}/SENDMESSAGE"
    params = {"chat_id": str(anna.id), "text": "Hi", "reply_markup": json.dumps(_inline(text="A", url="a.b"))}
    replies = [
        await ask.request(path, "GET", params=params),
        await ask.request(path, params=params),
        await ask.request(path, data=params),
        await ask.request(path, json=params),
        await ask.request(path, json=params | {"reply_markup": _inline(text="A", url="a.b")}),
    ]
    assert [reply.result["reply_markup"] for reply in replies] == [_inline(text="A", url="a.b")] * 5


async def test_a_body_that_is_no_json_object_is_refused(ask: Asker) -> None:
    headers = {"Content-Type": "application/json"}
    reply = await ask.request(f"/bot{ask.token}/getMe", data="[1", headers=headers)
    assert reply.status == 400


async def test_a_429_has_the_header_too(emulator: Emulator, ask: Asker) -> None:
    emulator.fail(TooManyRequests(9), method="getme")
    reply = await ask("getMe")
    assert (reply.status, reply.retry_after) == (429, "9")
    assert reply.body["parameters"] == {"retry_after": 9}
    assert reply.description == "Too Many Requests: retry after 9"
