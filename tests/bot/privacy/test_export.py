"""The two documents of an export: complete, readable, and nothing in them can become markup."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from bot.clock import StandingClock
from bot.main import Hotlead, build
from bot.privacy.export import send_export
from bot.settings import Settings
from bot.telegram.requests import REQUEST, SendMedia, SendText
from bot.telegram.updates import TapReceived
from bot.texts import LANGUAGES
from dialogs.answers import Choice, Contact
from dialogs.engine import begin
from qualification.handoff import HandOff, Phase
from storage.database import Database
from storage.messages import Fate
from storage.records import (
    ConsentEvent,
    ConsentEventKind,
    Method,
    Prospect,
)
from tests.bot.bench import NOON
from tests.bot.fakes import FakeMessenger

HOSTILE = "</dd><script>alert('Anna')</script>"
PHONE = "+380671234567"
MANAGER = 987_654_321


@pytest.fixture
async def hotlead(database: Database, tmp_path: Path) -> Hotlead:
    settings = Settings(_env_file=None, quiz=("office-furniture",), managers=(9,), data=tmp_path)
    return await build(settings, StandingClock(NOON), FakeMessenger(), database)


async def _anna(hotlead: Hotlead, language: str) -> Prospect:
    """Somebody who answered, agreed, left a phone and sent a file."""
    async with hotlead.workshop.work() as work:
        unit = work.unit
        anna = await unit.prospects.met(5, HOSTILE, "anna", language, NOON)
        quiz = await work.quiz("office-furniture", 1)
        session = begin(quiz, 1, language, NOON).session
        role = Choice(choice="company")
        phone = Contact(contact="phone", value=PHONE, verified=True)
        session = session.model_copy(update={"answers": {"role": role, "phone": phone}})
        stored = await unit.sessions.start(anna.id, session, "ads_oct")
        await unit.sessions.save_answer(stored.id, "role", role, NOON)
        lead = await unit.leads.open(anna.id, "office-furniture", stored.id, NOON)
        await unit.leads.save_contact(lead.id, phone, NOON)
        await unit.files.keep("answer", "plan.pdf", "application/pdf", NOON, content=b"plan", prospect_id=anna.id)
        await unit.consents.record(
            ConsentEvent(
                prospect_id=anna.id,
                purpose="contact",
                event=ConsentEventKind.GIVEN,
                record="record-1",
                method=Method.BUTTON,
                at=NOON,
                expires_at=NOON + timedelta(days=365),
                language=language,
                text=f"I agree, {HOSTILE}",
                button="Yes",
                controller="Acme",
                chat_id=5,
                actor="prospect",
            )
        )
        return anna


async def _documents(hotlead: Hotlead, anna: Prospect) -> dict[str, bytes]:
    async with hotlead.workshop.work() as work:
        await send_export(work, anna, TapReceived("1", "p:export:", 1))
        waiting = await work.unit.outbox.claim(NOON, 9, ())
        files = await work.unit.files.exports_for(anna.id)
    kinds = [type(REQUEST.validate_json(each.request)) for each in waiting]
    assert SendMedia in kinds
    return {file.mime: file.content or b"" for file in files}


class _Page(HTMLParser):
    """What a browser makes of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.loads: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.loads += [name for name, _ in attrs if name in {"src", "href", "srcset", "action"}]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_page_says_everything_in_the_persons_language_and_loads_nothing(
    hotlead: Hotlead, language: str
) -> None:
    documents = await _documents(hotlead, await _anna(hotlead, language))
    page = _Page(documents["text/html"].decode())
    for told in (HOSTILE, "@anna", PHONE, "plan.pdf", "record-1", f"I agree, {HOSTILE}", "«Yes»"):
        assert told in page.text, told
    title = {"en": "What we hold about you", "uk": "Що ми про вас зберігаємо", "ru": "Что мы о вас храним"}
    assert title[language] in page.text
    assert page.loads == []
    assert "script" not in page.tags


async def test_the_json_is_complete(hotlead: Hotlead) -> None:
    documents = await _documents(hotlead, await _anna(hotlead, "en"))
    whole: dict[str, Any] = json.loads(documents["application/json"])
    assert whole["format"] == 1
    assert whole["controller"]["name"] == "Daylight Office Furniture"
    assert whole["prospects"][0]["first_name"] == HOSTILE
    assert whole["contacts"][0]["value"] == PHONE
    assert whole["answers"][0]["answer"] == {"kind": "choice", "choice": "company"}
    assert whole["sessions"][0]["state"]["answers"]["phone"]["value"] == PHONE
    assert whole["consents"][0]["text"] == f"I agree, {HOSTILE}"
    assert base64.b64decode(whole["files"][0]["content_base64"]) == b"plan"
    assert "bot_id" not in whole["prospects"][0]


async def test_a_table_of_leads_that_is_on_its_way_to_an_admin_is_not_among_what_is_held_about_them(
    hotlead: Hotlead,
) -> None:
    anna = await _anna(hotlead, "en")
    async with hotlead.workshop.work() as work:
        await work.unit.files.keep("leads", "leads.csv", "text/csv", NOON, content=b"others", prospect_id=anna.id)
    whole: dict[str, Any] = json.loads((await _documents(hotlead, anna))["application/json"])
    assert {file["purpose"] for file in whole["files"] if "content_base64" in file} == {"answer"}


async def test_an_export_that_is_on_its_way_is_not_made_twice(hotlead: Hotlead) -> None:
    anna = await _anna(hotlead, "en")
    await _documents(hotlead, anna)
    async with hotlead.workshop.work() as work:
        await send_export(work, anna, TapReceived("2", "p:export:", 1))
        assert len(await work.unit.files.exports_for(anna.id)) == 2


async def _is_talked_to(hotlead: Hotlead, anna: Prospect) -> None:
    """A manager has the lead, wrote a note, and both sides said something."""
    async with hotlead.workshop.work() as work:
        unit = work.unit
        (lead,) = await unit.leads.all_of(anna.id)
        stored = await unit.hand_offs.add(lead.id, "sales", HandOff(Phase.CONTACTED, NOON, taken_by=MANAGER))
        await unit.notes.add(lead.id, MANAGER, f"Wants grey chairs {HOSTILE}", NOON)
        for ours, chat, other, text in (
            (True, MANAGER, 5, "Which colour?"),
            (False, 5, MANAGER, f"Grey {HOSTILE}"),
        ):
            copy = await work.send(SendText(chat_id=other, html="a copy"), hand_off_id=None if ours else stored.id)
            await unit.outbox.settle(copy, Fate.SENT, NOON, 3)
            await unit.talk.passed(
                lead.id,
                stored.id,
                from_manager=ours,
                chat_id=chat,
                message_id=77_001 if ours else 12,
                copy_id=copy,
                text=text,
                now=NOON,
            )


async def test_the_talk_and_the_notes_are_told_but_not_which_manager_it_was(hotlead: Hotlead) -> None:
    anna = await _anna(hotlead, "en")
    await _is_talked_to(hotlead, anna)
    documents = await _documents(hotlead, anna)
    page = _Page(documents["text/html"].decode())
    for told in (f"Wants grey chairs {HOSTILE}", "Which colour?", f"Grey {HOSTILE}", "· Our team", "· You"):
        assert told in page.text, told
    assert "script" not in page.tags
    whole: dict[str, Any] = json.loads(documents["application/json"])
    assert [row["text"] for row in whole["talk"]] == ["Which colour?", f"Grey {HOSTILE}"]
    assert [row["text"] for row in whole["notes"]] == [f"Wants grey chairs {HOSTILE}"]
    assert str(MANAGER) not in documents["application/json"].decode()
    assert "77001" not in documents["application/json"].decode()
