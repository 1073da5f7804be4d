"""What a tap on a button of the open question means: an answer, another view of the question, or nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import assert_never

from dialogs.answers import Answer, Choice, Choices, Contact, Day, Decision, Number, Skipped, Written
from dialogs.document import Dialog
from dialogs.reading import compact_day, day_within, picked_day, read_typed, within_count
from dialogs.session import Button, Refusal, Session, Tapped
from dialogs.steps import (
    AnyStep,
    ChoiceQuestion,
    CityQuestion,
    ConsentRequest,
    ContactRequest,
    DateQuestion,
    End,
    FileQuestion,
    NameQuestion,
    NumberQuestion,
    RatingQuestion,
    Say,
    SeveralQuestion,
    TextQuestion,
    Waiting,
)


@dataclass(frozen=True)
class View:
    """The open question is to be shown differently: a choice ticked, a month turned."""

    session: Session


def read_tap(
    dialog: Dialog, session: Session, step: Waiting, tap: Tapped, now: datetime
) -> Answer | Refusal | View | None:
    """Read a tap on the open question; None for a button that it does not have. `now`: in the quiz's zone."""
    if tap.choice == Button.SKIP:
        return Skipped() if skippable(step) and not session.confirming else None
    match step:
        case ChoiceQuestion() | ConsentRequest() | RatingQuestion():
            return plain_answer(step, tap.choice)
        case SeveralQuestion():
            return _tick(session, step, tap.choice)
        case DateQuestion():
            return _turn(session, step, tap.choice, now)
        case NameQuestion() if tap.choice == Button.SUGGESTED and tap.text:
            return read_typed(dialog, step, session, tap.text, now)
        case (
            NameQuestion() | NumberQuestion() | TextQuestion() | CityQuestion() | FileQuestion() | ContactRequest()
        ):
            return None
        case _:
            assert_never(step)


def plain_answer(step: AnyStep | None, choice: str) -> Answer | None:
    """Return the answer that a button gives by itself, whatever the question's view was."""
    match step:
        case ChoiceQuestion() if choice in step.by_id:
            return Choice(choice=choice)
        case ConsentRequest() if choice in ("yes", "no"):
            return Decision(given=choice == "yes")
        case RatingQuestion() if re.fullmatch("[0-9]{1,2}", choice) and 1 <= int(choice) <= step.rating.max:
            return Number(number=int(choice))
        case _:
            return None


def gave(step: AnyStep | None, tap: Tapped, answer: Answer) -> bool:
    """Tell whether an answer came from this very button, so that the tap is its repetition."""
    match tap.choice, answer:
        case (Button.SKIP, Skipped()) | (Button.DONE, Choices()) | (Button.UNCONFIRMED, Contact(verified=False)):
            return True
        case Button.SUGGESTED, Written(text=text):
            return isinstance(step, NameQuestion) and tap.text == text
        case choice, Day(day=day, at=at):
            return choice == (f"{at:%H%M}" if at else f"{day:%Y%m%d}")
        case choice, _:
            return plain_answer(step, choice) == answer


def skippable(step: AnyStep | None) -> bool:
    """Tell whether a step may be passed over."""
    return not isinstance(step, Say | End | ConsentRequest | None) and step.optional


def _tick(session: Session, step: SeveralQuestion, choice: str) -> Answer | Refusal | View | None:
    """`+id` ticks and `-id` takes the tick away: the same button twice does the same thing once."""
    if choice == Button.DONE:
        return within_count(step, tuple(each.id for each in step.choices if each.id in session.picked))
    sign, named = choice[:1], choice[1:]
    if sign not in ("+", "-") or named not in step.by_id:
        return None
    if (sign == "+") == (named in session.picked):
        return View(session)
    if sign == "+" and len(session.picked) >= step.most:
        return Refusal.TOO_MANY
    left = tuple(each for each in session.picked if each != named)
    return View(session.model_copy(update={"picked": (*left, named) if sign == "+" else left}))


def _turn(session: Session, step: DateQuestion, choice: str, now: datetime) -> Answer | Refusal | View | None:
    if choice == Button.DAYS:
        return View(session.model_copy(update={"picked": ()}))
    if choice.startswith(Button.MONTH):
        month = compact_day(choice.removeprefix(Button.MONTH) + "01")
        page = _within(step, month, now.date()) if month else None
        return View(session.model_copy(update={"page": page, "picked": ()})) if page else None
    day, at, picked = compact_day(choice), _time(choice), picked_day(session)
    if day is not None:
        found = day_within(step, Day(day=day), now)
        if isinstance(found, Refusal) or not step.date.slots:
            return found
        return View(session.model_copy(update={"picked": (choice,)}))
    if at is not None and picked is not None:
        return day_within(step, Day(day=picked, at=at), now)
    return None


def _within(step: DateQuestion, month: date, today: date) -> str:
    """Return the month itself, or the nearest one that has days to choose: calendars grow old."""
    near = min(max(month, step.date.first_day(today).replace(day=1)), step.date.last_day(today))
    return f"{near:%Y%m}"


def _time(written: str) -> time | None:
    if not re.fullmatch("[0-9]{4}", written):
        return None
    try:
        return time(int(written[:2]), int(written[2:]))
    except ValueError:
        return None
