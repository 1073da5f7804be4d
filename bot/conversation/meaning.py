"""What typed words mean where buttons are shown: «← Back», «Skip», «Done», «yes» to a request for consent."""

from __future__ import annotations

import re

from bot.conversation.buttons import consent_label
from bot.conversation.wording import Wording
from bot.texts import LANGUAGES, plain
from dialogs.engine import open_step, reopenable
from dialogs.reading import read_choice, spoken
from dialogs.session import Button, Event, Session, Tapped, Typed
from dialogs.steps import ConsentRequest, Optioned, SeveralQuestion, Waiting
from dialogs.tapping import skippable
from qualification.quiz import Quiz


def meant(quiz: Quiz, session: Session, event: Event) -> Event:
    """Return the tap that typed words stand for; the event itself where they stand for none."""
    step = open_step(quiz, session)
    if not isinstance(event, Typed) or step is None:
        return event
    if isinstance(step, Optioned) and read_choice(step, event.text) is not None:
        return event  # a choice may well be called «Skip»
    words = Wording(quiz, session.language)
    typed = _words(event.text)
    if reopenable(quiz, session) and typed in _said(words, "quiz.back.said", words.plain("quiz.back")):
        return Tapped(step.id, Button.BACK)
    if skippable(step) and typed in _said(words, "quiz.skip.said", words.plain("quiz.skip")):
        return Tapped(step.id, Button.SKIP)
    has_enough = isinstance(step, SeveralQuestion) and len(session.picked) >= step.least
    if has_enough and typed in _said(words, "quiz.done.said", words.plain("quiz.done")):
        return Tapped(step.id, Button.DONE)
    decision = _decision(words, step, typed)
    return Tapped(step.id, decision, typed=event.text) if decision else event


def _decision(words: Wording, step: Waiting, typed: str) -> str | None:
    """Read a typed decision: only words that say clearly yes or no, or exactly what stands on the button."""
    if not isinstance(step, ConsentRequest):
        return None
    for decision in ("yes", "no"):
        label = consent_label(words, step, given=decision == "yes")
        if typed in _said(words, f"consent.{decision}.said", label):
            return decision
    return None


def _said(words: Wording, key: str, label: str) -> set[str]:
    """Name what may be said: the button's label, and plain words in any language that the catalogues speak."""
    anywhere = (said for language in LANGUAGES for said in plain(language, key).split("|"))
    return {_words(each) for each in (label, *words.plain(key).split("|"), *anywhere)}


def _words(text: str) -> str:
    """Return what was said without arrows and full stops around it; a question stays a question."""
    said = spoken(text)
    return re.sub(r"^[^\w?]+|[^\w?]+$", "", said) or said
