"""The card of a hot lead as one manager sees it: who, why, how to reach them, and what can be done now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from unicodedata import bidirectional, category

from bot.entry.sources import REFERRAL, source_name
from bot.hand_off.reasons import answer_points, other_reasons, standing
from bot.stages.reasons import lost_text
from bot.texts import Html, clock_time, count, date, day_and_time, duration, escaped, plain, say
from dialogs.answers import Attached, Contact, Decision, Skipped
from dialogs.rendering import answer_text, question_name
from qualification.amounts import written_amount
from qualification.handoff import Outcome, Phase, Reach
from qualification.quiz import Quiz
from qualification.score import Score
from qualification.scrub import Flaw
from storage.notes import Note
from storage.records import (
    Lead,
    Prospect,
    StoredContact,
    StoredHandOff,
    StoredSession,
)

NAME_LENGTH = 64
"""Letters of a name that a card shows: some names are whole letters."""
NOTE_LENGTH = 240
"""Letters of a note that a card shows; `/lead` shows all of them."""
MOST_ACCENTS = 4
"""Marks above and below one letter that any writing needs; a heap of them covers the lines around it."""
NOTHING_TO_SEE = "—"
"""Instead of a name of which nothing can be seen."""
MESSAGE_LENGTH = 3800
"""Letters of a card; Telegram takes 4,096, and buttons' edits need some room."""


@dataclass(frozen=True)
class Dossier:
    """All that a card is made of."""

    hand_off: StoredHandOff
    lead: Lead
    prospect: Prospect
    session: StoredSession
    quiz: Quiz
    contacts: list[StoredContact]
    score: Score
    names: Mapping[int, str]
    """first names of managers, by Telegram id"""
    now: datetime
    followed_up: bool = False
    """whether follow-ups go on after «not now»"""
    referrer: str | None = None
    """the first name of who recommended the bot to the prospect"""
    merged: tuple[int, ...] = ()
    """the other leads that are the same person"""
    flaws: tuple[tuple[str, Flaw], ...] = ()
    """what makes a kind of contact a doubtful one"""
    notes: tuple[Note, ...] = ()
    """the last ones, the oldest of them first"""
    heads: frozenset[int] = frozenset()
    """who may pass any lead on, whoever has it"""
    walking: bool = False
    """whether the prospect is in the middle of a quiz"""

    def name(self, telegram_id: int) -> str:
        """Return how a manager is called."""
        return isolated(self.names.get(telegram_id, str(telegram_id)))


def card_text(dossier: Dossier, viewer: int, language: str) -> Html:
    """Return a card's words for one viewer."""
    blocks = ["\n".join(_head(dossier, language)), "\n".join(answer_lines(dossier, language))]
    blocks.append("\n".join(note_line(dossier, note, language) for note in dossier.notes))
    blocks.append("\n".join(_state(dossier, viewer, language)))
    return _fitting(blocks)


def lead_text(dossier: Dossier, language: str) -> Html:
    """Return the words about a lead that was never handed off: who, why, and where they stand."""
    title = say(language, "lead.title", points=count(language, "points", dossier.score.total))
    head = "\n".join([f"{title} · {lead_name(dossier.lead)}", *list(_head(dossier, language))[1:]])
    notes = "\n".join(note_line(dossier, note, language) for note in dossier.notes)
    stage = plain(language, f"stage.{dossier.lead.stage}")
    return _fitting(
        [head, "\n".join(answer_lines(dossier, language)), notes, say(language, "lead.stage", stage=stage)]
    )


def note_line(dossier: Dossier, note: Note, language: str, length: int = NOTE_LENGTH) -> Html:
    """Return a note as a line."""
    return say(language, "card.note", name=dossier.name(note.author), text=isolated(note.text, length))


def _fitting(blocks: list[str]) -> Html:
    text = "\n\n".join(block for block in blocks if block)
    if len(text) > MESSAGE_LENGTH:
        # Answers in free words can be long; who it is and what to do must never fall off the card.
        text = "\n\n".join(block for block in (blocks[0], "…", *blocks[2:]) if block)
    return Html(text)


def lead_name(lead: Lead) -> str:
    """Return how a lead is called where nothing personal may stand."""
    return f"#{lead.id}"


def _head(dossier: Dossier, language: str) -> Iterator[str]:
    points = count(language, "points", dossier.score.total)
    yield f"{say(language, 'card.title', points=points)} · {lead_name(dossier.lead)}"
    prospect = dossier.prospect
    who = f"<b>{escaped(isolated(prospect.first_name))}</b>"
    yield f"{who} @{escaped(prospect.username)}" if prospect.username else who
    for contact in dossier.contacts:
        icon = "📱" if contact.kind == "phone" else "✉️"
        confirmed = "card.verified" if contact.kind == "phone" else "card.code_confirmed"
        known = plain(language, confirmed if contact.verified else "card.unverified")
        yield f"{icon} <code>{escaped(contact.value)}</code> · <i>{known}</i>"
    for kind, flaw in dossier.flaws:
        yield say(language, f"card.flaw.{flaw}", kind=plain(language, f"contact.{kind}"))
    if dossier.merged and dossier.hand_off.state.outcome is not Outcome.MERGED:
        yield say(language, "card.merged_with", leads=_names(dossier.merged))
    yield origin_line(dossier, language)


def origin_line(dossier: Dossier, language: str, *, referrer: bool = True) -> str:
    """Return of which quiz a lead is, and where from; by whose recommendation only if the viewer is to know."""
    origin = escaped(dossier.quiz.read(dossier.quiz.title, language))
    source = dossier.session.source
    if source and not (source == REFERRAL and dossier.referrer):
        named = isolated(source_name(dossier.quiz, source, language))
        origin += f" · {say(language, 'card.source', source=named)}"
    if dossier.referrer and referrer:
        origin += f" · {say(language, 'card.referrer', name=isolated(dossier.referrer))}"
    return origin


def answer_lines(dossier: Dossier, language: str, shown: tuple[type, ...] = (object,)) -> Iterator[str]:
    """Say why the score is what it is, with the answers of the kinds that the viewer is to see."""
    quiz, session, found = dossier.quiz, dossier.session.session, dossier.score
    earned = answer_points(found)
    yield say(language, "card.why", total=found.total)
    for step, answer in session.answers.items():
        if isinstance(answer, Contact | Decision | Skipped) or not isinstance(answer, shown):
            continue
        name = escaped(question_name(quiz, step, language))
        clip = "📎 " if isinstance(answer, Attached) else ""
        said = clip + escaped(isolated(answer_text(quiz, step, answer, language), 300))
        points = f" <b>{earned[step]:+d}</b>" if step in earned else ""
        yield f"• {name}: {said}{points}"
    yield from (f"• {line}" for line in other_reasons(quiz, found, dossier.now, language))
    yield from standing(quiz, found, language)


def _state(dossier: Dossier, viewer: int, language: str) -> Iterator[str]:
    state = dossier.hand_off.state
    waited = duration(language, (state.taken_at or dossier.now) - state.offered_at)
    if state.phase is Phase.OFFERED:
        if state.reach is Reach.WAITING:
            return
        if state.offered_to == viewer:
            yield say(language, "card.for_you")
        elif state.offered_to is not None:
            key = "card.asked_now" if viewer in state.tried else "card.passed_on"
            yield say(language, key, name=dossier.name(state.offered_to))
        if state.round:
            yield say(language, "card.again", time=waited)
        elif state.due_at is not None:
            clock = clock_time(language, state.due_at, dossier.quiz.timezone)
            time = duration(language, state.due_at - dossier.now)
            yield say(language, "card.take_within", clock=clock, time=time)
        return
    if state.taken_by == viewer:
        yield say(language, "card.yours", time=waited)
    elif state.taken_by is not None:
        yield say(language, "card.taken_by", name=dossier.name(state.taken_by), time=waited)
    if state.contacted_at is not None:
        yield say(language, "card.contacted", time=duration(language, state.contacted_at - state.offered_at))
    timezone = dossier.quiz.timezone
    if state.talking_since is not None:
        yield say(language, "card.talking", clock=clock_time(language, state.talking_since, timezone))
    if state.call_at is not None:
        yield say(language, "card.call_at", moment=day_and_time(language, state.call_at, timezone))
    match state.outcome:
        case Outcome.WON if state.amount is not None:
            yield say(language, "card.won_amount", amount=written_amount(state.amount, state.currency))
        case Outcome.WON:
            yield say(language, "card.won")
        case Outcome.LOST:
            yield say(language, "card.lost", reason=lost_text(dossier.quiz, state.lost_reason, language))
        case Outcome.NOT_NOW:
            yield say(language, "card.not_now" if dossier.followed_up else "card.not_now_silent")
        case Outcome.MERGED:
            yield say(language, "card.merged", leads=_names(dossier.merged))
        case Outcome.UNFIT:
            yield say(language, "card.unfit")
        case Outcome.FROZEN:
            until = dossier.lead.frozen_until
            yield say(language, "card.frozen", day=date(language, until, timezone) if until else "—")
        case None:
            pass


def _names(leads: tuple[int, ...]) -> str:
    return ", ".join(f"#{number}" for number in leads)


def isolated(text: str, length: int = NAME_LENGTH) -> str:
    """Return somebody's own words so that they stay within their place.

    Marks that turn the direction of writing are taken out, lines are joined, and long words and heaps of accents
    are cut. Words that are written from right to left turn nothing that stands beside them.
    """
    flat = " ".join("".join(_letters(text)).split())
    if text and not any(_is_seen(letter) for letter in flat):
        return NOTHING_TO_SEE
    leftwards = any(bidirectional(letter) in _LEFTWARDS for letter in flat)
    room = length - len(_ISOLATE + _ISOLATED) if leftwards else length
    if len(flat) > room:
        flat = flat[: room - 1] + "…"
    return f"{_ISOLATE}{flat}{_ISOLATED}" if leftwards else flat


def _letters(text: str) -> Iterator[str]:
    accents = 0
    for letter in text:
        accents = accents + 1 if category(letter) in ("Mn", "Me") else 0
        if letter not in _DIRECTION_MARKS and accents <= MOST_ACCENTS:
            yield letter


def _is_seen(letter: str) -> bool:
    return category(letter)[0] not in "CZM" and letter not in _FILLERS


_DIRECTION_MARKS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c")
_LEFTWARDS = ("R", "AL", "AN")
_ISOLATE, _ISOLATED = "\u200e\u2068", "\u2069\u200e"
"""Around words with a direction of their own: isolates (Unicode Standard Annex #9), and for programs that look
through those when they choose a line's direction by its first letter, a mark that counts as one of ours."""
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters by name, and blank to look at."""
