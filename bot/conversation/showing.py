"""Turns the visible effects of a turn into requests: the bot, the terminal and the tests show the same chat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.conversation import presenting
from bot.conversation.buttons import Panel, has_keyboard
from bot.telegram.requests import EditText, RemoveKeyboard, SendAlbum, SendMedia, SendText
from bot.texts import Html
from dialogs.answers import Skipped
from dialogs.session import (
    Ask,
    AskAgain,
    Effect,
    PutAside,
    Redraw,
    SaveAnswer,
    SaySomething,
    SendCode,
    Session,
    ShowAnswer,
)
from dialogs.steps import End, Say, Waiting
from dialogs.values import Text
from qualification.quiz import Quiz
from qualification.score import Band

Shown = SendText | SendMedia | SendAlbum | EditText


@dataclass
class Show:
    """One prospect's chat during one turn."""

    quiz: Quiz
    session: Session
    session_id: int
    chat_id: int
    first_name: str
    now: datetime
    keyboard_is_up: bool = False
    """a keyboard stands under the chat and has to go with the next message"""
    parting_words: str = "phone.thanks"
    """the key of what is said while the keyboard goes"""

    def effect(self, effect: Effect) -> list[Shown]:
        """Return what an effect shows; an edit changes the message that asked the question."""
        match effect:
            case SaySomething(step=step):
                said = self.quiz.by_id[step]
                return self._without_keyboard(self._message(said)) if isinstance(said, Say) else []
            case Ask(step=step):
                return self._asked(self._waiting(step))
            case AskAgain(step=step, reason=reason):
                asked = self._question(self._waiting(step))
                why = presenting.refusal(self._panel.words, self._waiting(step), reason)
                return [asked.model_copy(update={"html": f"{why}\n\n{asked.html}"})]
            case SendCode(step=step):
                return [self._question(self._waiting(step))]
            case Redraw(step=step):
                asked = self._question(self._waiting(step))
                return [EditText(chat_id=self.chat_id, html=asked.html, buttons=asked.buttons)]
            case PutAside(step=step):
                return self._put_aside(self._waiting(step))
            case ShowAnswer(step=step, answer=answer):
                html = presenting.settled(self._panel, self._waiting(step), answer, self._values)
                return [EditText(chat_id=self.chat_id, html=html)] if html is not None else []
            case SaveAnswer(step=step, answer=answer):
                self.keyboard_is_up = has_keyboard(self._waiting(step))
                self.parting_words = "quiz.skip_said" if isinstance(answer, Skipped) else "phone.thanks"
                return []
            case _:
                return []

    def end(self, step_id: str, band: Band | None, promise: Html | None = None) -> list[Shown]:
        """Return the last message; `band` is None for who is not to be contacted.

        A promise of its own takes the place of what the quiz promises to hot leads, and follows its other words.
        """
        end = self.quiz.by_id[step_id]
        words = end.end if isinstance(end, End) else self._thanks(step_id)
        html = presenting.closing(self.quiz, words, self.session, band, self._language, self._values, promise)
        return self._without_keyboard(SendText(chat_id=self.chat_id, html=html))

    def _thanks(self, question: str) -> Text:
        """Return what is said to who answered a question of a sequence."""
        asking = self.quiz.asking(question)
        return (asking and asking.thanks) or Text(self._panel.words.plain("follow_up.thanks"))

    def _asked(self, step: Waiting) -> list[Shown]:
        pictures = presenting.pictures(self.quiz, step, self.session, self.chat_id)
        return [*([pictures] if pictures else []), *self._without_keyboard(self._question(step))]

    def _put_aside(self, step: Waiting) -> list[Shown]:
        if has_keyboard(step):
            self.keyboard_is_up, self.parting_words = True, "quiz.back_said"
            return []
        html = presenting.question_text(self.quiz, step, self._language, self._values)
        return [EditText(chat_id=self.chat_id, html=html)]

    def _message(self, step: Say) -> SendText | SendMedia | SendAlbum:
        return presenting.message(self.quiz, step, self.session, self.chat_id, self._values)

    def _question(self, step: Waiting) -> SendText:
        return presenting.question(self._panel, step, self.chat_id, self._values)

    def _without_keyboard(self, request: SendText | SendMedia | SendAlbum) -> list[Shown]:
        if not self.keyboard_is_up:
            return [request]
        self.keyboard_is_up = False
        if isinstance(request, SendText) and request.keyboard is not None:
            return [request]  # one keyboard takes the other's place
        if isinstance(request, SendText) and not request.buttons:
            return [request.model_copy(update={"keyboard": RemoveKeyboard()})]
        # A message has either buttons or a keyboard, so the keyboard goes with words of its own.
        words = self._panel.words.say(self.parting_words)
        return [SendText(chat_id=self.chat_id, html=words, keyboard=RemoveKeyboard()), request]

    def _waiting(self, step_id: str) -> Waiting:
        step = self.quiz.by_id[step_id]
        if isinstance(step, Say | End):
            raise TypeError(f"step {step_id!r} asks nothing")
        return step

    @property
    def _panel(self) -> Panel:
        return Panel(self.quiz, self.session, self.session_id, self.first_name, self.now)

    @property
    def _language(self) -> str:
        return self.session.language

    @property
    def _values(self) -> dict[str, str]:
        return presenting.variables(self.quiz, self.session, self.first_name, self._language)
