"""What random people do: every button of the open question, old and forged ones, words, files, places."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from dialogs.document import Dialog
from dialogs.session import (
    Button,
    CodeCheck,
    CodeTyped,
    ContactShared,
    Event,
    FileSent,
    LanguageChosen,
    LocationShared,
    Reopened,
    Resumed,
    Session,
    SomethingElseSent,
    Tapped,
    Typed,
)
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
    SeveralQuestion,
    TextQuestion,
    Waiting,
)

PHOTO = FileSent("photo", "photo.jpg", "image/jpeg", 1_000, "file-1")
FORGED = [
    "c0", "c1", "c2", "gone", "yes", "no", "+c0", "-c0", "+c1", "-c1", "+c2", "-c2", "+gone", "1", "5", "99", "²",
    "20260306", "99999999", "00000000", "1000", "1130", "9999", ".month-000000", ".month-999912", ".month-202604",
    ".month-", ".month-٢٠٢٦٠٤", "", ".", *(str(button) for button in Button),
]  # fmt: skip
WORDS = [
    "1", "5", "9", "0", "12", "1, 2", "Choice 1", "choice 0 and choice 2", "10–15", "tomorrow", "15.12",
    "у п'ятницю", "on Friday at 10:30", "10:30", "29.2", "Kyiv", "Anna Koval", "067 123 45 67", "a@b.example", "",
    "😀", "<3</a>", "9" * 5_000,
]  # fmt: skip


def anything(dialog: Dialog) -> st.SearchStrategy[Event]:
    """Return what people do: sensible, too late, or nonsense."""
    steps = st.sampled_from([*dialog.by_id, "removed"])
    return st.one_of(
        st.builds(Tapped, steps, st.sampled_from(FORGED), text=st.sampled_from(["", "Anna", "<3"])),
        st.builds(Tapped, steps, st.text(max_size=12)),
        st.builds(Typed, st.sampled_from(WORDS)),
        st.builds(Typed, st.text(max_size=12)),
        st.builds(ContactShared, st.sampled_from(["+380671234567", "0671234567", "1", ""]), own=st.booleans()),
        st.builds(LocationShared, st.floats(-200, 200), st.floats()),
        st.sampled_from([PHOTO, FileSent("document", "a.pdf", "application/pdf", 10**9, "file-2")]),
        st.builds(CodeTyped, st.sampled_from(CodeCheck)),
        st.builds(Reopened, steps),
        st.builds(LanguageChosen, st.sampled_from(["en", "uk", "xx"])),
        st.sampled_from([Resumed(), SomethingElseSent()]),
    )


def usable(step: Waiting, session: Session, now: datetime) -> list[Event]:
    """Return events that answer the open question or bring it nearer to an answer, the shortest way first."""
    match step:
        case ChoiceQuestion(choices=choices):
            return _taps(step, *(choice.id for choice in choices))
        case SeveralQuestion(choices=choices):
            ticks = [f"+{choice.id}" for choice in choices if choice.id not in session.picked]
            done = len(session.picked) >= max(step.least, 1) or not ticks
            return _taps(step, Button.DONE) if done else _taps(step, *ticks)
        case ConsentRequest():
            return _taps(step, "yes", "no")
        case RatingQuestion(rating=scale):
            return _taps(step, *(str(number) for number in range(1, scale.max + 1)))
        case DateQuestion():
            return _days(step, session, now)
        case NumberQuestion(number=bounds):
            return [Typed(str(n)) for n in range(int(bounds.min or 0), int(bounds.max or 0) + 1)]
        case NameQuestion():
            return [Typed("Anna"), Tapped(step.id, Button.SUGGESTED, text="Anna")]
        case TextQuestion():
            return [Typed("123")]
        case CityQuestion():
            return [Typed("Kyiv"), Typed("Lviv"), LocationShared(50.45, 30.52)]
        case FileQuestion():
            return [PHOTO]
        case ContactRequest(contact="phone"):
            return [Typed("067 123 45 67"), ContactShared("380671234567", own=True)]
        case ContactRequest():
            if not session.confirming:
                return [Typed("a@b.example")]
            codes: list[Event] = [CodeTyped(check) for check in CodeCheck]
            return [*codes, *_taps(step, Button.UNCONFIRMED, Button.CODE_AGAIN, Button.OTHER_ADDRESS)]
        case _:
            assert_never(step)


def _taps(step: Waiting, *choices: str) -> list[Event]:
    return [Tapped(step.id, choice) for choice in choices]


def _days(step: DateQuestion, session: Session, now: datetime) -> list[Event]:
    local = now.astimezone(ZoneInfo("Europe/Kyiv"))
    today, clock, bounds = local.date(), local.time(), step.date
    first, last = bounds.first_day(today), bounds.last_day(today)
    days = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
    welcome = [
        day
        for day in days
        if bounds.welcomes(day, today) and (not bounds.slots or bounds.open_slots(day, today, clock))
    ]
    assert welcome, "nobody could answer"
    picked = [day for day in welcome if session.picked == (f"{day:%Y%m%d}",)]
    if picked:
        return _taps(step, *(f"{slot:%H%M}" for slot in bounds.open_slots(picked[0], today, clock)), Button.DAYS)
    return _taps(step, *(f"{day:%Y%m%d}" for day in welcome[:9]))
