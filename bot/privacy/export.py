"""Sends a person all that is held about them: once for machines (JSON), once for themselves (a page)."""

from __future__ import annotations

import base64
import json
from datetime import datetime
from typing import Any

from bot.privacy.knowing import Known, known
from bot.privacy.page import page
from bot.telegram.requests import FileMedia, SendMedia
from bot.telegram.updates import TapReceived
from bot.texts import plain, say
from bot.work import Work
from storage.files import ON_ITS_WAY_OUT
from storage.records import Prospect

FORMAT = 1
"""The version of the JSON's shape."""
LARGEST = 20 * 1024 * 1024
"""Bytes of files that the JSON takes along; more stay named only. Telegram takes documents of 50 MB."""
_NESTED = frozenset({"state", "answer", "request", "facts", "utm", "body"})
"""Columns that hold JSON themselves."""


async def send_export(work: Work, prospect: Prospect, tap: TapReceived) -> None:
    """Send a person everything, as two documents; while these are on their way there are no others."""
    language = work.language_of(prospect)
    if await work.unit.files.exports_for(prospect.id):
        await work.answer_tap(tap.tap_id, plain(language, "export.on_its_way"))
        return
    told = await known(work, prospect)
    held = await work.unit.holdings.of(prospect)
    await work.answer_tap(tap.tap_id)
    await work.note("exported", prospect.id)
    readable = page(told).encode()
    await _send(work, told, "export.page", f"{plain(language, 'export.name')}.html", "text/html", readable)
    machine = (await _as_json(work, told, held)).encode()
    await _send(work, told, "export.json", f"{plain(language, 'export.name')}.json", "application/json", machine)


async def _send(work: Work, told: Known, caption: str, name: str, mime: str, content: bytes) -> None:
    number = await work.unit.files.keep(
        "export", name, mime, work.now, content=content, prospect_id=told.prospect.id
    )
    request = SendMedia(
        chat_id=told.prospect.telegram_id,
        html=say(told.language, caption),
        kind="document",
        media=FileMedia(number=number),
    )
    await work.send(request, forget=True)


async def _as_json(work: Work, told: Known, held: dict[str, list[dict[str, Any]]]) -> str:
    controller = told.quiz.controller if told.quiz else None
    shown = {table: [_readable(row) for row in rows] for table, rows in held.items()}
    whole: dict[str, Any] = {
        "format": FORMAT,
        "exported_at": told.now.isoformat(),
        "controller": controller.model_dump(mode="json") if controller else None,
        **shown,
    }
    room = LARGEST
    for row in shown["files"]:
        kept = await work.unit.files.by_id(row["id"])
        if kept is None or kept.purpose in ON_ITS_WAY_OUT:
            continue  # what is made for them may be about others: an admin's table of leads
        if kept.content is not None and len(kept.content) <= room:
            room -= len(kept.content)
            row["content_base64"] = base64.b64encode(kept.content).decode()
    return json.dumps(whole, ensure_ascii=False, indent=2)


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row as JSON can hold it: moments in ISO form, JSON unfolded, what is empty left out."""
    shown: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, datetime):
            shown[name] = value.isoformat()
        elif name in _NESTED and isinstance(value, str):
            shown[name] = _unfolded(value)
        elif value is not None:
            shown[name] = value
    return shown


def _unfolded(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:  # an outbox row's state is a word
        return value
