"""How the steps of a quiz read in a chat: their words with variables, the refusals, the last message."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import assert_never

from bot.conversation.buttons import Panel, consent_label, has_keyboard
from bot.conversation.confirming import hidden
from bot.conversation.wording import Wording
from bot.telegram.requests import RevisionMedia, SendAlbum, SendMedia, SendText
from bot.texts import Html, date, duration, escaped
from dialogs.answers import Answer, Decision, Skipped
from dialogs.document import Dialog
from dialogs.flow import consented, progress
from dialogs.numbers import digits
from dialogs.rendering import answer_text, answer_texts, fill
from dialogs.session import Refusal, Session
from dialogs.steps import (
    ChoiceQuestion,
    CityQuestion,
    ConsentRequest,
    ContactRequest,
    DateQuestion,
    FileQuestion,
    NameQuestion,
    NumberQuestion,
    RatingQuestion,
    Say,
    SeveralQuestion,
    TextQuestion,
    Waiting,
)
from dialogs.values import Text
from qualification.pipeline import Outlook
from qualification.quiz import Quiz
from qualification.score import Band

FEW_QUESTIONS = 3
"""In a shorter quiz nobody needs to be told how far it is."""
SHOWN_ANSWER = 200
"""Letters of an answer that are repeated below its question."""


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
) -> SendText | SendMedia | SendAlbum:
    """Return a message step as a request, with its file or its album."""
    text = written(quiz, step.say, session.language, values)
    files = [_media(quiz, session, name) for _, name in step.media]
    match step.media:
        case ():
            return SendText(chat_id=chat_id, html=text)
        case ((kind, _),):
            return SendMedia(chat_id=chat_id, html=text, kind=kind, media=files[0])
        case _:
            return SendAlbum(chat_id=chat_id, media=tuple(files), captions=(text,))


def pictures(quiz: Quiz, step: Waiting, session: Session, chat_id: int) -> SendAlbum | None:
    """Return the pictures of a question's choices, each with its words below it; None where there are none."""
    if not isinstance(step, ChoiceQuestion | SeveralQuestion):
        return None
    shown = [choice for choice in step.choices if choice.image]
    if not shown:
        return None
    return SendAlbum(
        chat_id=chat_id,
        media=tuple(_media(quiz, session, choice.image or "") for choice in shown),
        captions=tuple(escaped(quiz.read(choice.text, session.language)) for choice in shown),
    )


def question(panel: Panel, step: Waiting, chat_id: int, values: Mapping[str, str]) -> SendText:
    """Return a question or a request for consent as a request, with its buttons or its keyboard."""
    return SendText(
        chat_id=chat_id,
        html=numbered(panel, step, values),
        buttons=panel.inline(step),
        keyboard=panel.keyboard(step),
    )


def numbered(panel: Panel, step: Waiting, values: Mapping[str, str]) -> Html:
    """Return the words of the open question below how far it is: «3 of 6»."""
    text = question_text(panel.quiz, step, panel.session.language, values)
    if panel.session.confirming:
        return panel.words.say("code.asked", address=hidden(panel.session.confirming))
    counted = progress(panel.quiz, panel.session) if panel.quiz.progress else None
    if counted is None or counted[1] < FEW_QUESTIONS:
        return text
    place = panel.words.say("quiz.progress", n=counted[0], of=counted[1])
    return Html(f"<i>{place}</i>\n{text}")


def question_text(quiz: Dialog, step: Waiting, language: str, values: Mapping[str, str]) -> Html:
    """Return the words of a question or a request for consent."""
    text = written(quiz, step.text if isinstance(step, ConsentRequest) else step.ask, language, values)
    if isinstance(step, RatingQuestion) and (step.rating.low or step.rating.high):
        low, high = (quiz.read(end, language) if end else "" for end in (step.rating.low, step.rating.high))
        ends = " · ".join(f"{n} – {escaped(end)}" for n, end in ((1, low), (step.rating.max, high)) if end)
        return Html(f"{text}\n<i>{ends}</i>")
    return text


def settled(panel: Panel, step: Waiting, answer: Answer, values: Mapping[str, str]) -> Html | None:
    """Return the question with the given answer below it; None where its message cannot be changed."""
    language = panel.session.language
    if has_keyboard(step):
        return None
    mark = "✗" if answer == Decision(given=False) else "✓"
    if isinstance(answer, Skipped):
        mark, chosen = "–", panel.words.plain("quiz.skipped")
    elif isinstance(step, ConsentRequest):
        given = isinstance(answer, Decision) and answer.given
        chosen = consent_label(panel.words, step, given=given).removeprefix("✅").strip()
    else:
        chosen = answer_text(panel.quiz, step.id, answer, language)
    shown = chosen if len(chosen) <= SHOWN_ANSWER else chosen[: SHOWN_ANSWER - 1] + "…"
    return Html(f"{question_text(panel.quiz, step, language, values)}\n\n{mark} <b>{escaped(shown)}</b>")


def refusal(words: Wording, step: Waiting, reason: Refusal) -> Html:
    """Say kindly why an answer was not usable."""
    quiz, language, key = words.quiz, words.language, f"refusal.{reason}"
    match step:
        case ConsentRequest():
            return words.say("consent.asked_again")
        case NumberQuestion(number=bounds):
            unit = f" {quiz.read(bounds.unit, language)}" if bounds.unit else ""
            low, high = (f"{digits(edge or 0)}{unit}" for edge in (bounds.min, bounds.max))
            return words.say(key, min=low, max=high)
        case TextQuestion(text=bounds):
            if reason is Refusal.NOT_THE_SHAPE and bounds.hint:
                return Html(escaped(quiz.read(bounds.hint, language)))
            return words.say(key, min=bounds.min, max=bounds.max)
        case SeveralQuestion():
            return words.say(key, min=step.least, max=step.most)
        case FileQuestion(file=bounds):
            types = ", ".join(words.plain(f"quiz.file.{each}") for each in bounds.types)
            return words.say(key, max=bounds.max_mb, types=types)
        case ChoiceQuestion() | RatingQuestion() | NameQuestion() | DateQuestion() | CityQuestion():
            return words.say(key)
        case ContactRequest():
            return words.say(_OF_CODES.get(reason, key), left="")
        case _:
            assert_never(step)


def refusal_in_short(words: Wording, step: Waiting, reason: Refusal) -> str:
    """Say the same where a tap was refused: it floats over the chat for a moment."""
    return html.unescape(re.sub(r"<[^>]+>", "", refusal(words, step, reason)))


_OF_CODES = {
    Refusal.CODE_WRONG: "code.wrong",
    Refusal.CODE_EXPIRED: "code.expired",
    Refusal.CODE_TOO_MANY: "code.too_many",
    Refusal.CODE_NONE: "code.none",
}


def closing(
    quiz: Quiz,
    end: Text,
    session: Session,
    band: Band | None,
    language: str,
    values: Mapping[str, str],
    promise: Html | None = None,
) -> Html:
    """Return the last message: the end's text, and what happens next for a lead of this band.

    `band` is None for somebody who left no contact: nobody will get in touch, so nothing is promised.
    `later` says when somebody answers, where nobody is at work now: then nothing else is promised.
    """
    followed = consented(quiz, session.answers, "follow_ups")
    next_words = [written(quiz, text, language, values) for text in _what_happens(quiz, band, followed=followed)]
    if promise is not None:
        next_words = [promise] if band is Band.HOT else [*next_words, promise]
    elif band is Band.HOT and not next_words:
        next_words = [Wording(quiz, language).say("happens.hot", sla=values["sla"])]
    parts = [written(quiz, end, language, values), " ".join(next_words)]
    return Html("\n\n".join(part for part in parts if part))


def promise(quiz: Quiz, outlook: Outlook, language: str) -> Html | None:
    """Return what is said where the quiz's own words would not be true: no place now, or a message much later."""
    words = Wording(quiz, language)
    if outlook.place_at is not None:
        return words.say("happens.waiting", date=date(language, outlook.place_at, quiz.timezone))
    if outlook.frozen_until is not None:
        return words.say("happens.frozen", date=date(language, outlook.frozen_until, quiz.timezone))
    return None


def _media(quiz: Quiz, session: Session, name: str) -> RevisionMedia:
    return RevisionMedia(quiz=quiz.quiz, revision=session.revision, name=name)


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
