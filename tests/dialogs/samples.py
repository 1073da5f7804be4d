"""A small dialog with every kind of step, for tests of the engine; and a way to write others in a line."""

from __future__ import annotations

from datetime import UTC, datetime

import dialogs.checks
from dialogs.document import Dialog
from dialogs.engine import advance, begin
from dialogs.loading import read
from dialogs.session import Event, Session, Tapped, Turn, Typed

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

HEAD = """\
quiz: sample
languages: [en, uk]
title: Sample
controller: {name: Acme Ltd, contact: privacy@acme.example}
region: UA
"""

FURNITURE = """\
  - {id: hello, say: "Hi {first_name}!"}
  - id: role
    ask: {en: Who is it for?, uk: Для кого?}
    choices:
      - {id: company, text: {en: For a company, uk: Для компанії}}
      - {id: self, text: {en: For myself, uk: Для себе}, go: budget}
      - {id: looking, text: {en: Just looking, uk: Лише дивлюся}, go: bye}
  - {id: places, ask: How many work places?, number: {min: 1, max: 1000}}
  - {id: many, say: That is a whole floor!, when: {places: {min: 100}}}
  - id: budget
    ask: What is your budget?
    choices: [{id: low, text: Small}, {id: high, text: Large}]
  - {id: wishes, ask: Anything else?, text: {min: 3, max: 20}, when: {budget: high}}
  - {id: agree, consent: contact, text: May we call you?, refused: letters}
  - {id: phone, contact: phone, ask: Your phone?}
  - {id: letters, consent: follow_ups, text: May we write to you?}
  - {id: email, contact: email, ask: Your e-mail?, when: {letters: yes}}
  - {id: bye, end: Thank you!}
"""


def a_dialog(steps: str = FURNITURE, head: str = HEAD) -> Dialog:
    """Return the dialog with these steps; an error in them fails the test that made it."""
    draft = read(f"{head}steps:\n{steps}", "sample.yaml", Dialog)
    dialogs.checks.check(draft)
    assert draft.errors == []
    assert draft.document is not None
    return draft.document


FURNITURE_DIALOG = a_dialog()
AS_A_COMPANY = (Tapped("role", "company"), Typed("20"), Tapped("budget", "low"))
AGREES = (Tapped("agree", "yes"), Typed("067 123 45 67"))


def walk(*events: Event, dialog: Dialog = FURNITURE_DIALOG, language: str = "en") -> Turn:
    """Begin, let events happen, and return what the last one led to."""
    turn = begin(dialog, 1, language, NOON)
    for event in events:
        turn = advance(dialog, turn.session, event, NOON)
    return turn


def after(*events: Event, dialog: Dialog = FURNITURE_DIALOG) -> Session:
    """Return the session after some events."""
    return walk(*events, dialog=dialog).session
