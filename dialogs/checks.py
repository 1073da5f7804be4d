"""What a quiz needs beyond being well-formed: jumps that arrive, conditions and texts that make sense."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from dialogs.bounds import NumberBounds, TextBounds
from dialogs.conditions import Between, Condition, Test
from dialogs.document import Dialog
from dialogs.flow import targets
from dialogs.graph import check_graph
from dialogs.loading import D, Draft
from dialogs.positions import Path
from dialogs.problems import did_you_mean
from dialogs.question_checks import check_delays, check_shape
from dialogs.rendering import VARIABLES, variables_in
from dialogs.steps import (
    AnyStep,
    ChoiceQuestion,
    CityQuestion,
    ConsentRequest,
    ContactRequest,
    DateQuestion,
    End,
    FileQuestion,
    NumberQuestion,
    Question,
    RatingQuestion,
    Say,
    SeveralQuestion,
    TextQuestion,
)
from dialogs.values import Text

MESSAGE_LENGTH = 4096
"""Letters of a message, in UTF-16 units. Source: Bot API, sendMessage."""
CAPTION_LENGTH = 1024
"""Letters below a picture, in UTF-16 units. Source: Bot API, sendPhoto."""
BUTTON_LENGTH = 40
"""Letters of a button before a phone cuts them off; our own measure."""
QUESTION_LENGTH = MESSAGE_LENGTH - 160
"""A question leaves room for its number, the words that ask again, and the answer shown below it."""
NUDGE_LENGTH = 140
"""Letters before a question that is asked once more: they share the room it leaves."""
NOTHING_BESIDE: Mapping[str, AnyStep] = {}
MANY_QUESTIONS = 7
"""Above this, people leave before the end. Source: features.md, «6 ± 1 questions»."""


def check(draft: Draft[D], today: date | None = None) -> None:
    """Add to the draft's problems what is wrong with its dialog; `today` tells which days are over."""
    _check_ids(draft)
    _check_heard_from(draft)
    for place, step in draft.steps.items():
        path: Path = ("steps", place)
        for target, inside in targets(step):
            if target not in draft.step_ids:
                draft.report(
                    (*path, *inside),
                    f"there is no step `{target}` to go to",
                    did_you_mean(target, draft.step_ids),
                )
        if step.when is not None:
            check_condition(draft, step.when, (*path, "when"))
        check_shape(draft, step, path, today)
        for text, inside, limit in texts_of(step):
            check_text(draft, text, (*path, *inside), limit)
    if draft.document is not None:
        check_text(draft, draft.document.title, ("title",), MESSAGE_LENGTH)
        if draft.document.silence.say is not None:
            check_text(draft, draft.document.silence.say, ("silence", "say"), NUDGE_LENGTH)
        check_delays(draft, draft.document)
    if draft.document is not None and not draft.errors:
        check_graph(draft, draft.document)
        _check_length(draft, draft.document)


def check_condition(
    draft: Draft[D], condition: Condition, path: Path, beside: Mapping[str, AnyStep] = NOTHING_BESIDE
) -> None:
    """Report tests of questions and choices that do not exist, or of the wrong kind.

    `beside` is what can be tested here besides the steps' answers.
    """
    steps = {step.id: step for step in draft.steps.values() if not isinstance(step, Say | End)}
    askable = {**steps, **beside}
    for question, test in condition.all_tests():
        step = askable.get(question)
        if step is not None:
            _check_test(draft, step, test, _deepest(draft, path, question))
        elif question not in draft.step_ids:
            draft.report(
                _deepest(draft, path, question),
                f"there is no question `{question}`",
                did_you_mean(question, askable),
            )
        elif any(known.id == question for known in draft.steps.values()):
            draft.report(
                _deepest(draft, path, question),
                f"`{question}` asks nothing, so it has no answer",
                did_you_mean("", askable),
            )


def check_text(draft: Draft[D], text: Text, path: Path, limit: int, beside: Iterable[str] = ()) -> None:
    """Report unknown variables, unknown and missing languages, and texts that Telegram would refuse.

    `beside` are variables that are known here besides the steps' answers.
    """
    languages = _languages(draft)
    asked = (step.id for step in draft.steps.values() if not isinstance(step, Say | End))
    known = [*VARIABLES, *asked, *beside]
    for language, written in text.variants.items():
        where = (*path, language) if language else path
        for name in variables_in(written):
            if name not in known and name not in draft.step_ids:
                draft.report(where, f"`{{{name}}}` is no variable", did_you_mean(name, known))
        length = len(written.encode("utf-16-le")) // 2
        if length > limit:
            if limit == BUTTON_LENGTH:
                draft.warn(where, f"the button has {length} letters; a phone shows about {limit}", "Shorten it.")
            else:
                message = f"the text has {length} letters; Telegram takes at most {limit}"
                draft.report(where, message, "Shorten it, or split it into two steps.")
        if language and languages and language not in languages:
            draft.report(
                where,
                f"`{language}` is not among the quiz's languages",
                f"Add it to `languages`, or see: {did_you_mean(language, languages)}",
            )
    written_in = text.languages
    missing = [language for language in languages if written_in is not None and language not in written_in]
    instead = next((language for language in languages if written_in and language in written_in), None)
    if missing and instead is not None:
        draft.warn(path, f"no text in {', '.join(missing)}", f"People who speak it will read {instead}.")


def texts_of(step: AnyStep) -> Iterator[tuple[Text, Path, int]]:
    """Every text of a step with its place inside the step, and how long it may be."""
    match step:
        case Say(say=text, media=media):
            yield text, ("say",), CAPTION_LENGTH if media else MESSAGE_LENGTH
        case End(end=text):
            yield text, ("end",), MESSAGE_LENGTH
        case ConsentRequest(text=text, yes=yes, no=no):
            yield text, ("text",), MESSAGE_LENGTH
            yield from ((label, (name,), BUTTON_LENGTH) for name, label in (("yes", yes), ("no", no)) if label)
        case question:
            yield question.ask, ("ask",), QUESTION_LENGTH
            if question.label:
                yield question.label, ("label",), MESSAGE_LENGTH
            yield from _texts_inside(question)


def _texts_inside(step: Question) -> Iterator[tuple[Text, Path, int]]:
    match step:
        case ChoiceQuestion(choices=choices) | SeveralQuestion(choices=choices):
            for place, choice in enumerate(choices):
                yield choice.text, ("choices", place, "text"), BUTTON_LENGTH
        case NumberQuestion(number=NumberBounds(unit=Text() as unit)):
            yield unit, ("number", "unit"), BUTTON_LENGTH
        case RatingQuestion(rating=scale):
            ends = (("low", scale.low), ("high", scale.high))
            yield from ((text, ("rating", name), BUTTON_LENGTH) for name, text in ends if text)
        case TextQuestion(text=TextBounds(hint=Text() as hint)):
            yield hint, ("text", "hint"), CAPTION_LENGTH
        case _:
            return


def _check_heard_from(draft: Draft[D]) -> None:
    """Report a second question whose answer would become the source."""
    asking = [place for place, step in draft.steps.items() if isinstance(step, ChoiceQuestion) and step.heard_from]
    for place in asking[1:]:
        draft.report(
            ("steps", place, "heard_from"),
            f"`{draft.steps[asking[0]].id}` asks that already",
            "One question in a quiz can have `heard_from`.",
        )


def _check_ids(draft: Draft[D]) -> None:
    seen: set[str] = set()
    for place, step in draft.steps.items():
        if step.id in seen:
            draft.report(
                ("steps", place, "id"),
                f"the id `{step.id}` is taken by a step above",
                "Give each step its own id.",
            )
        seen.add(step.id)
        if isinstance(step, ChoiceQuestion | SeveralQuestion):
            for choice, times in Counter(choice.id for choice in step.choices).items():
                if times > 1:
                    draft.report(
                        ("steps", place, "choices"),
                        f"{times} choices have the id `{choice}`",
                        "Give each choice its own id.",
                    )


def _check_test(draft: Draft[D], step: AnyStep, test: Test, path: Path) -> None:
    match step, test:
        case NumberQuestion() | RatingQuestion(), Between():
            return
        case NumberQuestion() | RatingQuestion(), _:
            draft.report(path, f"`{step.id}` is answered with a number", "Write a range, such as {min: 20}.")
        case _, Between():
            draft.report(path, f"`{step.id}` is not answered with a number", "Write a choice's id.")
        case ChoiceQuestion() | SeveralQuestion(), _:
            for name in (test,) if isinstance(test, str) else test:
                if name not in step.by_id:
                    draft.report(path, f"`{step.id}` has no choice `{name}`", did_you_mean(name, step.by_id))
        case ConsentRequest(), _:
            for name in (test,) if isinstance(test, str) else test:
                if name not in ("yes", "no"):
                    draft.report(path, f"a consent is `yes` or `no`, not `{name}`", "")
        case _:
            told = f"`{step.id}` is answered {_answered(step)}, which cannot be tested"
            draft.report(path, told, "Test a question with choices or a number.")


def _answered(step: AnyStep) -> str:
    match step:
        case DateQuestion():
            return "with a day"
        case CityQuestion():
            return "with a city"
        case FileQuestion():
            return "with a file"
        case ContactRequest():
            return "with a contact"
        case _:
            return "in free words"


def _check_length(draft: Draft[D], document: Dialog) -> None:
    questions = sum(
        not isinstance(step, Say | End | ConsentRequest) for step in document.steps if step.when is None
    )
    if questions > MANY_QUESTIONS:
        draft.warn(
            ("steps",),
            f"the quiz asks {questions} questions",
            f"With more than {MANY_QUESTIONS}, many people leave before the end.",
        )


def _languages(draft: Draft[D]) -> list[str]:
    """The quiz's languages; none when they have errors, which would only be repeated at every text."""
    raw = draft.data.get("languages") if isinstance(draft.data, dict) else None
    codes = [str(language) for language in raw] if isinstance(raw, list) else []
    return codes if all(re.fullmatch("[a-z]{2,3}", code) for code in codes) else []


def _deepest(draft: Draft[D], path: Path, question: str) -> Path:
    """The place of a test, also inside `all`, `any` and `not`."""
    inside = [place for place in draft.positions.lines if place[: len(path)] == path and place[-1:] == (question,)]
    return inside[0] if inside else path
