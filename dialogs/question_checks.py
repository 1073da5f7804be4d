"""What each kind of step needs to make sense: bounds that can be met, days that are there, delays that wait."""

from __future__ import annotations

from datetime import date, timedelta

from dialogs.bounds import CLOSEST, DateBounds, TextBounds
from dialogs.document import Dialog
from dialogs.loading import D, Draft
from dialogs.positions import Path
from dialogs.steps import (
    AnyStep,
    ChoiceQuestion,
    ConsentRequest,
    DateQuestion,
    End,
    NumberQuestion,
    Numeric,
    Optioned,
    RatingQuestion,
    Say,
    SeveralQuestion,
    TextQuestion,
)
from dialogs.values import Duration

ALBUM = range(2, 11)
"""Pictures that one album takes. Source: Bot API, sendMediaGroup."""
MOST_BUTTONS = 90
"""Choices or times below one message: Telegram takes 100 buttons, of which some lead back and on."""
SHORTEST_NUDGE = timedelta(minutes=5)
SHORTEST_SILENCE = timedelta(hours=1)
SHORTEST_KEEPING = timedelta(days=1)
SHORTEST_CONSENT = timedelta(minutes=10)

_SOME_DAY = date(2026, 6, 1)


def check_shape(draft: Draft[D], step: AnyStep, path: Path, today: date | None) -> None:
    """Report a step that nobody can answer, or of which a part has no effect."""
    match step:
        case NumberQuestion(number=bounds):
            if bounds.min is not None and bounds.max is not None and bounds.min > bounds.max:
                told = f"no number is from {bounds.min:g} to {bounds.max:g}"
                draft.report((*path, "number"), told, "Swap `min` and `max`.")
            _check_ranges(draft, step, path)
        case RatingQuestion():
            _check_ranges(draft, step, path)
        case TextQuestion(text=bounds) if bounds.min > bounds.max:
            told = f"no text has from {bounds.min} to {bounds.max} letters"
            draft.report((*path, "text"), told, "Swap `min` and `max`.")
        case TextQuestion(text=TextBounds(pattern=str(), hint=None)):
            remedy = "Add `hint:` with an example, so that people know what is expected."
            draft.warn((*path, "text", "pattern"), "the pattern has no hint", remedy)
        case DateQuestion(date=bounds):
            _check_days(draft, bounds, (*path, "date"), today)
            _check_times(draft, bounds, (*path, "date"))
        case ChoiceQuestion() | SeveralQuestion():
            _check_choices(draft, step, (*path, "choices"))
        case ConsentRequest(expires=Duration() as expires):
            _at_least(draft, (*path, "expires"), expires, SHORTEST_CONSENT, "the consent ends")
        case _:
            pass
    if not isinstance(step, Say | End | ConsentRequest) and step.nudge_after is not None:
        _at_least(draft, (*path, "nudge_after"), step.nudge_after, SHORTEST_NUDGE, "the question is asked again")


def check_delays(draft: Draft[D], dialog: Dialog) -> None:
    """Report silences that are too short to be any, and data that would be erased under people's hands."""
    silence, retention = dialog.silence, dialog.retention
    nudge = "an open question is called back to mind"
    _at_least(draft, ("silence", "nudge_after"), silence.nudge_after, SHORTEST_NUDGE, nudge)
    _at_least(draft, ("silence", "abandon_after"), silence.abandon_after, SHORTEST_SILENCE, "a chat is given up")
    for name, kept in (("leads", retention.leads), ("others", retention.others)):
        if kept is not None:
            _at_least(draft, ("retention", name), kept, SHORTEST_KEEPING, "people are erased")


def _at_least(draft: Draft[D], path: Path, given: Duration, least: timedelta, what: str) -> None:
    if given < least:
        draft.report(path, f"{what} after {given}", f"Wait at least {Duration(seconds=least.total_seconds())}.")


def _check_ranges(draft: Draft[D], step: Numeric, path: Path) -> None:
    reached: float | None = None
    for place, step_range in enumerate(step.points):
        where = (*path, "points", place)
        if place and reached is None:
            draft.report(where, "no number is left for this range", "The range without `to` comes last.")
        elif step_range.to is not None and reached is not None and step_range.to <= reached:
            draft.report(
                where,
                f"no number is left up to {step_range.to:g}",
                "Sort the ranges by `to`, the smallest first.",
            )
        reached = step_range.to


def _check_choices(draft: Draft[D], step: Optioned, path: Path) -> None:
    pictures = len([choice for choice in step.choices if choice.image])
    if pictures == 1:
        told = "only one choice has a picture; an album takes two to ten"
        draft.report(path, told, "Give pictures to the others too, or to none.")
    elif pictures and pictures not in ALBUM:
        draft.report(path, f"{pictures} choices have a picture; an album takes two to ten", "Split the question.")
    if len(step.choices) > MOST_BUTTONS:
        told = f"{len(step.choices)} choices; a message takes {MOST_BUTTONS} buttons"
        draft.report(path, told, "Split the question.")


def _check_days(draft: Draft[D], bounds: DateBounds, path: Path, today: date | None) -> None:
    """Fixed days are compared as they are, distances on each day of a week: a short range may hold no weekday."""
    told = f"no day is from {bounds.first} to {bounds.last}"
    fixed = bounds.is_fixed
    if fixed == (True, True):
        if bounds.first > bounds.last:
            draft.report(path, told, "Swap `from` and `to`.")
        elif not bounds.has_weekday(date.fromisoformat(bounds.first)):
            draft.report(path, f"{told} that is {_named(bounds)}", "Widen the range, or add weekdays.")
        elif today is not None and bounds.times and not bounds.has_days(today):
            draft.report(path, f"the days from {bounds.first} to {bounds.last} are over", "Write later ones.")
    elif fixed == (False, False):
        week = [_SOME_DAY + timedelta(days=ahead) for ahead in range(7)]
        if bounds.written_days(_SOME_DAY)[0] > bounds.written_days(_SOME_DAY)[1]:
            draft.report(path, told, "Swap `from` and `to`.")
        elif not all(bounds.has_weekday(day) for day in week):
            told = f"on some days there is none from {bounds.first} to {bounds.last} that is {_named(bounds)}"
            draft.report(path, told, "Let `to` be a week or more after `from`.")
        elif not all(bounds.has_days(day) for day in week):
            draft.report(path, "in the evening no time of the last day is left", "Let `to` be a later day.")
    elif today is not None and bounds.written_days(today)[0] > bounds.written_days(today)[1]:
        told = f"the days from {bounds.first} to {bounds.last} are over"
        draft.report(path, told, "Write later ones, or a distance such as 60d.")


def _named(bounds: DateBounds) -> str:
    return " or ".join(bounds.weekdays)


def _check_times(draft: Draft[D], bounds: DateBounds, path: Path) -> None:
    if bounds.times is None:
        if "every" in bounds.model_fields_set:
            draft.warn((*path, "every"), "`every` does nothing without `times`", "Add `times: 10-18`.")
        return
    if bounds.every < timedelta(minutes=CLOSEST):
        remedy = f"Write at least {CLOSEST}m."
        draft.report((*path, "every"), f"the times are only {bounds.every} apart", remedy)
    elif len(bounds.slots) > MOST_BUTTONS:
        told = f"a day has {len(bounds.slots)} times; a message takes {MOST_BUTTONS} buttons"
        draft.report((*path, "every"), told, "Let them be further apart.")
    elif len(bounds.slots) == 1:
        told = f"from {bounds.times.first} to {bounds.times.last} there is only one time"
        draft.warn((*path, "every"), told, "Write a shorter `every`, or more hours.")
