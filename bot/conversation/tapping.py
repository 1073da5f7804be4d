"""Passes a tap to the part of the product whose button it is."""

from __future__ import annotations

from typing import assert_never

from bot.administration.deciding import decide
from bot.broadcasts.tapping import tapped as broadcast_tapped
from bot.conversation import walking
from bot.conversation.commands import continue_or_begin, offered_languages
from bot.entry.arriving import Arrival
from bot.entry.managing import link_tapped
from bot.follow_ups.reacting import go_on, unsubscribe
from bot.hand_off.managing import act
from bot.insight.managing import insight_tapped
from bot.privacy.reacting import react
from bot.stages import merging
from bot.stages.placing import give_place
from bot.talk.library import library_tapped
from bot.talk.materials import open_sent
from bot.teams.managing import team_tapped
from bot.teams.permissions import works_here
from bot.telegram.broadcast_taps import BroadcastTapped, NoNewsTapped
from bot.telegram.callback_data import decode
from bot.telegram.taps import (
    AdminTapped,
    AnswerTapped,
    CardTapped,
    ContinueTapped,
    GoOnTapped,
    InsightTapped,
    LanguageTapped,
    LibraryTapped,
    LinkTapped,
    MergeTapped,
    OpenTapped,
    PlaceTapped,
    PrivacyTapped,
    ReopenTapped,
    TeamTapped,
    TrackedTapped,
    TryTapped,
    UnsubscribeTapped,
)
from bot.telegram.updates import (
    TapReceived,
)
from bot.texts import plain
from bot.tracking.opening import open_by_tap
from bot.work import Work
from dialogs.session import (
    LanguageChosen,
    Reopened,
    Tapped,
)
from storage.records import Prospect, StoredSession


async def tapped(work: Work, prospect: Prospect, tap: TapReceived, update_id: int) -> None:
    """Do what a tap means."""
    meant, language = decode(tap.data), work.language_of(prospect)
    match meant:
        case AnswerTapped() | ReopenTapped():
            await _walk(work, prospect, meant, tap, update_id)
        case ContinueTapped():
            await continue_or_begin(work, prospect, meant, tap)
        case LanguageTapped(language=chosen):
            await _choose_language(work, prospect, chosen, tap)
        case CardTapped():
            await act(work, prospect, meant, tap)
        case MergeTapped():
            await merging.decide(work, prospect, meant, tap)
        case PlaceTapped():
            await give_place(work, prospect, meant, tap)
        case TrackedTapped():
            await open_by_tap(work, prospect, meant, tap)
        case OpenTapped():
            await open_sent(work, prospect, meant, tap)
        case LibraryTapped():
            await library_tapped(work, prospect, meant, tap)
        case UnsubscribeTapped():
            await unsubscribe(work, prospect, tap, update_id)
        case GoOnTapped(enrolment=enrolment):
            await go_on(work, prospect, enrolment, tap)
        case LinkTapped():
            await link_tapped(work, prospect, meant, tap)
        case AdminTapped():
            await decide(work, prospect, meant, tap)
        case PrivacyTapped():
            await react(work, prospect, meant, tap, update_id)
        case TeamTapped():
            await team_tapped(work, prospect, meant, tap)
        case InsightTapped():
            await insight_tapped(work, prospect, meant, tap)
        case BroadcastTapped() | NoNewsTapped():
            await broadcast_tapped(work, prospect, meant, tap, update_id)
        case TryTapped() if await works_here(work, prospect.telegram_id):
            await work.answer_tap(tap.tap_id)
            await walking.start(work, prospect, Arrival())
        case TryTapped() | None:
            await work.answer_tap(tap.tap_id, plain(language, "tap.unknown"))
        case _:
            assert_never(meant)


async def _walk(
    work: Work, prospect: Prospect, meant: AnswerTapped | ReopenTapped, tap: TapReceived, update_id: int
) -> None:
    """Let a button of the quiz move its session, if that is still the newest one."""
    stored = await work.unit.sessions.latest(prospect.id)
    if stored is None or stored.id != meant.session:
        await _of_another_session(work, prospect, stored, tap)
    elif isinstance(meant, ReopenTapped):
        await walking.go_on(work, prospect, stored, Reopened(meant.step), tap=tap)
    else:
        event = Tapped(meant.step, meant.choice, text=prospect.first_name)
        await walking.go_on(work, prospect, stored, event, tap=tap, update_id=update_id)


async def _of_another_session(
    work: Work, prospect: Prospect, stored: StoredSession | None, tap: TapReceived
) -> None:
    """A button of a session that is not the newest one: say where the chat stands."""
    key = "tap.stale"
    if stored is None or stored.session.over:
        key = "tap.unknown" if stored is None else "tap.over"
    await work.answer_tap(tap.tap_id, plain(work.language_of(prospect), key))


async def _choose_language(work: Work, prospect: Prospect, chosen: str, tap: TapReceived) -> None:
    if chosen not in await offered_languages(work, prospect):
        await work.answer_tap(tap.tap_id, plain(work.language_of(prospect), "tap.unknown"))
        return
    await work.unit.prospects.choose_language(prospect.id, chosen)
    await work.answer_tap(tap.tap_id, plain(chosen, "language.changed"))
    stored = await work.unit.sessions.latest(prospect.id)
    if stored is not None and not stored.session.over and stored.session.language != chosen:
        await walking.go_on(work, prospect, stored, LanguageChosen(chosen))
