"""How the steps of a quiz look in a chat: texts with their variables, buttons, keyboards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from bot.telegram.requests import Buttons, ReplyKey, ReplyKeyboard, RevisionMedia, SendMedia, SendText, TapButton
from bot.telegram.taps import AnswerTapped, encode
from bot.texts import Html, duration, escaped, plain, say
from dialogs.answers import Answer, Decision
from dialogs.document import (
    ChoiceQuestion,
    ConsentRequest,
    ContactRequest,
    Dialog,
    NumberQuestion,
    Say,
    TextQuestion,
    Waiting,
)
from dialogs.flow import consented
from dialogs.rendering import answer_text, answer_texts, fill
from dialogs.session import Refusal, Session
from dialogs.values import Text
from qualification.quiz import Quiz
from qualification.score import Band


def variables(quiz: Quiz, session: Session | None, first_name: str, language: str) -> dict[str, str]:
    """Return the values of a text's variables, as plain text."""
    answers = answer_texts(quiz, session.answers, language) if session else {}
    return {
        **answers,
        "first_name": first_name,
        "company": quiz.controller.name,
        "sla": duration(language, quiz.routing.hot.take_within),
    }


def written(quiz: Dialog, text: Text, language: str, values: Mapping[str, str]) -> Html:
    """Return a text of the quiz with its variables, as HTML. Nothing in it can become markup."""
    return Html(escaped(fill(quiz.read(text, language), values)))


def message(
    quiz: Quiz, step: Say, session: Session, chat_id: int, values: Mapping[str, str]
) -> SendText | SendMedia:
    """Return a message step as a request."""
    html = written(quiz, step.say, session.language, values)
    if step.image is None:
        return SendText(chat_id=chat_id, html=html)
    media = RevisionMedia(quiz=quiz.quiz, revision=session.revision, name=step.image)
    return SendMedia(chat_id=chat_id, html=html, media=media)


def question(
    quiz: Quiz, step: Waiting, session: Session, session_id: int, chat_id: int, values: Mapping[str, str]
) -> SendText:
    """Return a question or a request for consent as a request, with its buttons or its keyboard."""
    html = question_text(quiz, step, session.language, values)
    if not isinstance(step, ContactRequest) or step.contact != "phone":
        return SendText(chat_id=chat_id, html=html, buttons=_buttons(quiz, step, session, session_id))
    key = ReplyKey(text=plain(session.language, "phone.button"), asks="contact")
    share = ReplyKeyboard(keys=(key,), hint=plain(session.language, "phone.hint"))
    return SendText(chat_id=chat_id, html=html, keyboard=share)


def question_text(quiz: Dialog, step: Waiting, language: str, values: Mapping[str, str]) -> Html:
    """Return the words of a question or a request for consent."""
    return written(quiz, step.text if isinstance(step, ConsentRequest) else step.ask, language, values)


def settled(quiz: Quiz, step: Waiting, answer: Answer, language: str, values: Mapping[str, str]) -> Html | None:
    """Return the question with the given answer; None where the prospect's own message shows it."""
    match step:
        case ChoiceQuestion():
            chosen = answer_text(quiz, step.id, answer, language)
        case ConsentRequest():
            chosen = consent_label(quiz, step, language, given=isinstance(answer, Decision) and answer.given)
        case NumberQuestion() | TextQuestion() | ContactRequest():
            return None
        case _:
            assert_never(step)
    mark = "✗" if answer == Decision(given=False) else "✓"
    chosen = chosen.removeprefix("✅").strip()
    return Html(f"{question_text(quiz, step, language, values)}\n\n{mark} <b>{escaped(chosen)}</b>")


def refusal(quiz: Dialog, step: Waiting, reason: Refusal, language: str) -> Html:
    """Say kindly why an answer was not usable."""
    if isinstance(step, ConsentRequest):
        return say(language, "consent.asked_again")
    match step:
        case NumberQuestion(number=bounds):
            unit = f" {quiz.read(bounds.unit, language)}" if bounds.unit else ""
            low, high = (f"{edge or 0:g}{unit}" for edge in (bounds.min, bounds.max))
            return say(language, f"refusal.{reason}", min=low, max=high)
        case TextQuestion(text=bounds):
            return say(language, f"refusal.{reason}", min=bounds.min, max=bounds.max)
        case ChoiceQuestion() | ContactRequest():
            return say(language, f"refusal.{reason}")
        case _:
            assert_never(step)


def consent_label(quiz: Dialog, step: ConsentRequest, language: str, *, given: bool) -> str:
    """Return the words on a consent's button."""
    label = step.yes if given else step.no
    return quiz.read(label, language) if label else plain(language, "consent.yes" if given else "consent.no")


def closing(
    quiz: Quiz, end: Text, session: Session, band: Band | None, language: str, values: Mapping[str, str]
) -> Html:
    """Return the last message: the end's text, and what happens next for a lead of this band.

    `band` is None for somebody who left no contact: nobody will get in touch, so nothing is promised.
    """
    followed = consented(quiz, session.answers, "follow_ups")
    next_words = [written(quiz, text, language, values) for text in _what_happens(quiz, band, followed=followed)]
    if band is Band.HOT and not next_words:
        next_words = [say(language, "happens.hot", sla=values["sla"])]
    parts = [written(quiz, end, language, values), " ".join(next_words)]
    return Html("\n\n".join(part for part in parts if part))


def _what_happens(quiz: Quiz, band: Band | None, *, followed: bool) -> list[Text]:
    routing = quiz.routing
    match band:
        case None:
            texts: tuple[Text | None, ...] = ()
        case Band.HOT:
            texts = (routing.hot.say,)
        case Band.WARM | Band.COLD:
            route = routing.warm if band is Band.WARM else routing.cold
            texts = (route.say, route.enrolled if followed and route.sequence else None)
        case Band.UNFIT:
            texts = (routing.unfit.say,)
    return [text for text in texts if text is not None]


def _buttons(quiz: Quiz, step: Waiting, session: Session, session_id: int) -> Buttons:
    match step:
        case ChoiceQuestion(choices=choices):
            offered = [(choice.id, quiz.read(choice.text, session.language)) for choice in choices]
        case ConsentRequest():
            labels = ((word, word == "yes") for word in ("yes", "no"))
            offered = [(w, consent_label(quiz, step, session.language, given=given)) for w, given in labels]
        case NumberQuestion() | TextQuestion() | ContactRequest():
            return ()
        case _:
            assert_never(step)
    return tuple(
        (TapButton(text=text, data=encode(AnswerTapped(session_id, step.id, choice))),) for choice, text in offered
    )
