"""Walks a quiz without Telegram and without a database: for the terminal and for tests."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from datetime import datetime

from bot.conversation.confirming import typed_code
from bot.conversation.meaning import meant
from bot.conversation.showing import Show, Shown
from bot.telegram.callback_data import decode
from bot.telegram.requests import EditText, SendAlbum, SendText, TapButton
from bot.telegram.taps import AnswerTapped
from dialogs.engine import advance, begin
from dialogs.flow import consented
from dialogs.session import CodeCheck, CodeTyped, Event, Finish, Outcome, SaveContact, Session, Tapped, Turn, Typed
from qualification.quiz import Quiz
from qualification.score import Band, Score, score_answers


@dataclass
class Rehearsal:
    """One walk through a quiz. `begin` it, then let events `happen`."""

    quiz: Quiz
    language: str
    first_name: str
    now: datetime
    session: Session | None = None
    asked: list[SendText | EditText] = field(default_factory=list)
    has_contact: bool = False

    def begin(self) -> list[Shown]:
        """Start, and return what the prospect sees."""
        turn = begin(self.quiz, 1, self.language, self.now)
        return self._shown(turn)

    def happen(self, event: Event) -> tuple[Outcome, list[Shown]]:
        """Let something happen; return what came of it and what the prospect sees."""
        if self.session is None:
            raise RuntimeError("the walk has not begun")
        event = meant(self.quiz, self.session, event)
        if self.session.confirming and isinstance(event, Typed) and typed_code(event.text):
            event = CodeTyped(CodeCheck.RIGHT)  # no e-mail was sent: any six digits will do
        turn = advance(self.quiz, self.session, event, self.now)
        return turn.outcome, self._shown(turn)

    def button(self, label: str) -> Tapped | None:
        """Return the tap on a button of the open question, by its words; None when there is none."""
        for row in self.asked[-1].buttons if self.asked else ():
            for button in row:
                tap = decode(button.data) if isinstance(button, TapButton) else None
                if button.text == label and isinstance(tap, AnswerTapped):
                    return Tapped(tap.step, tap.choice, text=self.first_name)
        return None

    def score(self) -> Score:
        """Return the score of the answers so far, with its reasons."""
        return score_answers(self.quiz, self.session.answers if self.session else {}, self.now)

    def _shown(self, turn: Turn) -> list[Shown]:
        self.session = turn.session
        show = Show(self.quiz, turn.session, 1, 0, self.first_name, self.now)
        seen: list[Shown] = []
        for effect in turn.effects:
            self.has_contact = self.has_contact or isinstance(effect, SaveContact)
            seen += show.end(effect.step, self._band()) if isinstance(effect, Finish) else show.effect(effect)
        self.asked += [request for request in seen if isinstance(request, SendText | EditText)]
        return seen

    def _band(self) -> Band | None:
        band = self.score().band
        answers = self.session.answers if self.session else {}
        reachable = self.has_contact and consented(self.quiz, answers, "contact")
        return band if reachable or band is Band.UNFIT else None


def as_text(request: Shown) -> str:
    """Return a message as plain text."""
    said = "\n".join(request.captions) if isinstance(request, SendAlbum) else request.html
    return unmarked(said)


def unmarked(said: str) -> str:
    """Return HTML as plain text."""
    return html.unescape(re.sub(r"<[^>]+>", "", said))


def labels(request: Shown) -> list[str]:
    """Return the words on a message's buttons."""
    return [] if isinstance(request, SendAlbum) else [b.text for row in request.buttons for b in row]
