"""The card of a hot lead as one manager sees it: who, why, how to reach them, and what can be done now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.entry.sources import REFERRAL, source_name
from bot.texts import Html, clock_time, count, date, day_and_time, duration, escaped, plain, say
from dialogs.answers import Attached, Contact, Decision, Skipped
from dialogs.rendering import answer_text, question_name
from qualification.amounts import written_amount
from qualification.handoff import WITHDRAWN, Outcome, Phase
from qualification.quiz import Quiz
from qualification.score import Entry, Origin, Score
from storage.notes import Note
from storage.records import Lead, Prospect, StoredContact, StoredHandOff, StoredSession

LOST_REASONS = ("price", "competitor", "silent", "no_need", "contact")
NAME_LENGTH = 64
"""Letters of a name that a card shows: some names are whole letters."""
MATERIAL = "+material"
"""Stands for a sequence in the points of a material that a manager sent: no sequence is called so."""
NOTE_LENGTH = 240
"""Letters of a note that a card shows; `/lead` shows all of them."""
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
    blocks = ["\n".join(_head(dossier, language)), "\n".join(_answers(dossier, language))]
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
        [head, "\n".join(_answers(dossier, language)), notes, say(language, "lead.stage", stage=stage)]
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
    origin = escaped(dossier.quiz.read(dossier.quiz.title, language))
    source = dossier.session.source
    if source and not (source == REFERRAL and dossier.referrer):
        named = isolated(source_name(dossier.quiz, source, language))
        origin += f" · {say(language, 'card.source', source=named)}"
    if dossier.referrer:
        origin += f" · {say(language, 'card.referrer', name=isolated(dossier.referrer))}"
    yield origin


def _answers(dossier: Dossier, language: str) -> Iterator[str]:
    quiz, session = dossier.quiz, dossier.session.session
    earned = {entry.rule: entry.points for entry in dossier.score.reasons if entry.origin is Origin.ANSWER}
    yield say(language, "card.why", total=dossier.score.total)
    for step, answer in session.answers.items():
        if isinstance(answer, Contact | Decision | Skipped):
            continue
        name = escaped(question_name(quiz, step, language))
        clip = "📎 " if isinstance(answer, Attached) else ""
        said = clip + escaped(isolated(answer_text(quiz, step, answer, language), 300))
        points = f" <b>{earned[step]:+d}</b>" if step in earned else ""
        yield f"• {name}: {said}{points}"
    for entry in dossier.score.reasons:
        if entry.origin is not Origin.ANSWER:
            yield f"• {reason(quiz, entry, language)} <b>{entry.points:+d}</b>"


def reason(quiz: Quiz, entry: Entry, language: str) -> Html:
    """Say in words why there are points."""
    match entry.origin:
        case Origin.ANSWER:
            return Html(escaped(question_name(quiz, entry.rule, language)))
        case Origin.RULE:
            rule = next((rule for rule in quiz.scoring.rules if rule.id == entry.rule), None)
            because = quiz.read(rule.because, language) if rule and rule.because else entry.rule
            return Html(escaped(because))
        case Origin.LINK:
            sequence, _, step = entry.detail.partition("/")
            if sequence == MATERIAL:
                return say(language, "reason.material", what=isolated(step))
            follow_up = quiz.follow_up(sequence, step)
            known = follow_up.button if follow_up else None
            return say(language, "reason.link", what=quiz.read(known.text, language) if known else entry.rule)
        case Origin.SILENCE:
            return say(language, "reason.silence", n=entry.detail)


def _state(dossier: Dossier, viewer: int, language: str) -> Iterator[str]:
    state = dossier.hand_off.state
    waited = duration(language, (state.taken_at or dossier.now) - state.offered_at)
    if state.phase is Phase.OFFERED:
        if state.offered_to == viewer:
            yield say(language, "card.passed_to_you")
        elif state.offered_to is not None:
            yield say(language, "card.passed_on", name=dossier.name(state.offered_to))
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
            yield say(language, "card.lost", reason=lost_text(state.lost_reason, language, dossier.quiz))
        case Outcome.NOT_NOW:
            yield say(language, "card.not_now" if dossier.followed_up else "card.not_now_silent")
        case Outcome.UNFIT:
            yield say(language, "card.unfit")
        case Outcome.FROZEN:
            until = dossier.lead.frozen_until
            yield say(language, "card.frozen", day=date(language, until, timezone) if until else "—")
        case None:
            pass


def lost_reasons(quiz: Quiz, language: str) -> dict[str, str]:
    """Return why a lead can be lost, in words: the quiz's own list, or the one that every quiz has."""
    own = {each.id: quiz.read(each.text, language) for each in quiz.routing.lost_reasons}
    return own or {reason: plain(language, f"lost.{reason}") for reason in LOST_REASONS}


def lost_text(lost_reason: str | None, language: str, quiz: Quiz | None = None) -> str:
    """Say why a lead was lost."""
    if quiz is not None and lost_reason in (own := lost_reasons(quiz, language)):
        return own[lost_reason]
    known = lost_reason in (*LOST_REASONS, WITHDRAWN)
    return plain(language, f"lost.{lost_reason}") if known else (lost_reason or "—")


def isolated(text: str, length: int = NAME_LENGTH) -> str:
    """Return somebody's own words so that they stay within their place.

    Marks that turn the direction of writing are taken out, lines are joined, and long words are cut.
    """
    flat = " ".join("".join(" " if c in "\n\r\t" else c for c in text if c not in _DIRECTION_MARKS).split())
    return flat if len(flat) <= length else flat[: length - 1] + "…"


_DIRECTION_MARKS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c")
