"""A lead in a table, with everything that a test is not about made up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.leads.columns import Columns
from dialogs.answers import Answer
from dialogs.session import Session
from qualification.loading import load
from qualification.quiz import Quiz
from qualification.stages import Stage
from storage.records import Lead
from storage.roll import Listed

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SOURCE = """
quiz: office
languages: [en, uk]
title: {{en: Office, uk: Офіс}}
controller: {{name: Acme, contact: a@acme.example}}
timezone: Europe/Kyiv
steps:
  - {{id: hello, say: Hi}}
  - id: role
    ask: For whom?
    label: {{en: For, uk: Для}}
    choices:
      - {{id: company, text: {{en: A company, uk: Компанія}}, points: 40}}
      - {{id: self, text: Myself, points: -30}}
  - {{id: places, ask: How many places?, number: {{unit: places}}, points: [{{add: 5}}]}}
  - {{id: rating, ask: How good?, rating: {{}}}}
  - {{id: wish, ask: "Any\\n wish?", text: {{}}, optional: true}}
  - {{id: day, ask: Which day?, date: {{from: today, to: 30d}}}}
  {more}
  - {{id: agree, consent: contact, text: May we?}}
  - {{id: phone, contact: phone, ask: Phone?}}
  - {{id: bye, end: Bye}}
scoring: {{bands: {{hot: 30, warm: 10}}}}
"""


def a_quiz(name: str = "office", more: str = "") -> Quiz:
    return load(SOURCE.format(more=more).replace("quiz: office", f"quiz: {name}"), "quiz.yaml")


def columns(*quizzes: tuple[int, Quiz], language: str = "en") -> Columns:
    walked = {(quiz.quiz, number): quiz for number, quiz in quizzes or ((1, a_quiz()),)}
    return Columns(walked, language, "Europe/Kyiv", NOON)


def listed(answers: dict[str, Answer] | None = None, quiz: str = "office", **more: Any) -> Listed:
    walk = Session(quiz=quiz, revision=1, language="uk", started_at=NOON, answers=answers or {})
    lead = Lead(7, 1, quiz, 1, Stage.LEAD, None, NOON, None)
    known: dict[str, Any] = {
        "lead": lead,
        "first_name": "Anna",
        "username": "anna",
        "language": None,
        "session": walk,
        "source": "ads_oct",
        "contacts": (),
        "may_be_contacted": True,
        "entries": (),
        "hand_off": None,
        "follow_up_at": None,
        "changed_at": NOON + HOUR,
    }
    return Listed(**(known | more))
