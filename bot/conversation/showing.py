"""Turns the visible effects of a turn into requests: the bot, the terminal and the tests show the same chat."""

from __future__ import annotations

from dataclasses import dataclass

from bot.conversation import presenting
from bot.telegram.requests import EditText, RemoveKeyboard, SendMedia, SendText
from bot.texts import say
from dialogs.answers import Contact
from dialogs.document import End, Say, Waiting
from dialogs.session import Ask, AskAgain, Effect, SaveAnswer, SaySomething, Session, ShowAnswer
from qualification.quiz import Quiz
from qualification.score import Band

Shown = SendText | SendMedia | EditText


@dataclass
class Show:
    """One prospect's chat during one turn."""

    quiz: Quiz
    session: Session
    session_id: int
    chat_id: int
    first_name: str
    keyboard_is_up: bool = False
    """a phone keyboard stands under the chat and has to go with the next message"""

    def effect(self, effect: Effect) -> list[Shown]:
        """Return what an effect shows; an edit changes the message that asked the question."""
        match effect:
            case SaySomething(step=step):
                said = self.quiz.by_id[step]
                return self._without_keyboard(self._message(said)) if isinstance(said, Say) else []
            case Ask(step=step):
                return self._without_keyboard(self._question(step))
            case AskAgain(step=step, reason=reason):
                asked = self._question(step)
                why = presenting.refusal(self.quiz, self._waiting(step), reason, self._language)
                return [asked.model_copy(update={"html": f"{why}\n\n{asked.html}"})]
            case ShowAnswer(step=step, answer=answer):
                html = presenting.settled(self.quiz, self._waiting(step), answer, self._language, self._values)
                return [EditText(chat_id=self.chat_id, html=html)] if html is not None else []
            case SaveAnswer(answer=answer):
                self.keyboard_is_up = isinstance(answer, Contact) and answer.contact == "phone"
                return []
            case _:
                return []

    def end(self, step_id: str, band: Band | None) -> list[Shown]:
        """Return the last message; `band` is None for who is not to be contacted."""
        end = self.quiz.by_id[step_id]
        if not isinstance(end, End):
            return []
        html = presenting.closing(self.quiz, end.end, self.session, band, self._language, self._values)
        return self._without_keyboard(SendText(chat_id=self.chat_id, html=html))

    def _message(self, step: Say) -> SendText | SendMedia:
        return presenting.message(self.quiz, step, self.session, self.chat_id, self._values)

    def _question(self, step_id: str) -> SendText:
        step = self._waiting(step_id)
        return presenting.question(self.quiz, step, self.session, self.session_id, self.chat_id, self._values)

    def _without_keyboard(self, request: SendText | SendMedia) -> list[Shown]:
        if not self.keyboard_is_up:
            return [request]
        self.keyboard_is_up = False
        if isinstance(request, SendText) and not request.buttons and request.keyboard is None:
            return [request.model_copy(update={"keyboard": RemoveKeyboard()})]
        # A message has either buttons or a keyboard, so the keyboard goes with words of its own.
        thanks = say(self._language, "phone.thanks")
        return [SendText(chat_id=self.chat_id, html=thanks, keyboard=RemoveKeyboard()), request]

    def _waiting(self, step_id: str) -> Waiting:
        step = self.quiz.by_id[step_id]
        if isinstance(step, Say | End):
            raise TypeError(f"step {step_id!r} asks nothing")
        return step

    @property
    def _language(self) -> str:
        return self.session.language

    @property
    def _values(self) -> dict[str, str]:
        return presenting.variables(self.quiz, self.session, self.first_name, self._language)
