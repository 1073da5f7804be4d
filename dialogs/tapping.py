"""What a tap on a button of the open question means: an answer, another view of the question, or nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import assert_never

from dialogs.answers import Answer, Choice, Choices, Day, Decision, Number, Skipped
from dialogs.document import Dialog
from dialogs.reading import day_within, read_typed
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
        return Skipped() if skippable(step) else None
    match step:
        case ChoiceQuestion() | ConsentRequest():
            return plain_answer(step, tap.choice)
        case RatingQuestion():
            return plain_answer(step, tap.choice)
        case SeveralQuestion():
            return _tick(session, step, tap.choice)
        case DateQuestion():
            return _turn(session, step, tap.choice, now)
        case NameQuestion() if tap.choice == Button.SUGGESTED and tap.text:
            return read_typed(dialog, step, session, tap.text, now)
        case NameQuestion() | NumberQuestion() | TextQuestion() | CityQuestion() | FileQuestion():
            return None
        case ContactRequest():
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
        case RatingQuestion() if choice.isdecimal() and 1 <= int(choice) <= step.rating.max:
            return Number(number=int(choice))
        case _:
            return None


def skippable(step: AnyStep | None) -> bool:
    """Tell whether a step may be passed over."""
    return not isinstance(step, Say | End | ConsentRequest | None) and step.optional


def picked_day(session: Session) -> date | None:
    """Return the day that was chosen in the open question's calendar, while its time is still open."""
    return _day(session.picked[0]) if len(session.picked) == 1 else None


def _tick(session: Session, step: SeveralQuestion, choice: str) -> Answer | Refusal | View | None:
    """`+id` ticks and `-id` takes the tick away: the same button twice does the same thing once."""
    if choice == Button.DONE:
        ticked = tuple(each.id for each in step.choices if each.id in session.picked)
        return Choices(choices=ticked) if len(ticked) >= step.least else Refusal.TOO_FEW
    sign, named = choice[:1], choice[1:]
    if sign not in ("+", "-") or named not in step.by_id:
        return None
    left = tuple(each for each in session.picked if each != named)
    if sign == "+" and len(left) >= step.most:
        return Refusal.TOO_MANY
    return View(session.model_copy(update={"picked": (*left, named) if sign == "+" else left}))


def _turn(session: Session, step: DateQuestion, choice: str, now: datetime) -> Answer | Refusal | View | None:
    if choice == Button.DAYS:
        return View(session.model_copy(update={"picked": ()}))
    if choice.startswith(Button.MONTH):
        page = choice.removeprefix(Button.MONTH)
        turned = re.fullmatch(r"\d{4}(0[1-9]|1[0-2])", page)
        return View(session.model_copy(update={"page": page, "picked": ()})) if turned else None
    day, at, picked = _day(choice), _time(choice), picked_day(session)
    if day is not None:
        found = day_within(step, Day(day=day), now)
        if isinstance(found, Refusal) or not step.date.slots:
            return found
        return View(session.model_copy(update={"picked": (choice,)}))
    if at is not None and picked is not None:
        return day_within(step, Day(day=picked, at=at), now)
    return None


def _day(written: str) -> date | None:
    if not re.fullmatch(r"\d{8}", written, re.ASCII):
        return None
    try:
        return date(int(written[:4]), int(written[4:6]), int(written[6:]))
    except ValueError:
        return None


def _time(written: str) -> time | None:
    if not re.fullmatch(r"\d{4}", written, re.ASCII):
        return None
    try:
        return time(int(written[:2]), int(written[2:]))
    except ValueError:
        return None
