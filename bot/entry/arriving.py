"""Reads what a deep link carries, and keeps where the prospect came from: the first touch, and the last."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bot.entry.sources import REFERRAL, UNKNOWN
from bot.work import Work
from storage.links import ALPHABET, TOKEN_LENGTH, Link
from storage.records import Prospect

REFERRAL_MARK = "r_"
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What a deep link can carry. Source: Bot API, «Deep linking»."""
_TOKEN = re.compile(f"[{ALPHABET}]{{{TOKEN_LENGTH}}}")
_LANGUAGE = re.compile(r"[a-z]{2}")


@dataclass(frozen=True)
class Arrival:
    """What a deep link says: the quiz and the language to begin with, and where the prospect comes from."""

    quiz: str | None = None
    source: str | None = None
    language: str | None = None
    link_id: int | None = None
    referrer: int | None = None
    """the prospect who recommended the bot"""


async def arrive(work: Work, prospect: Prospect, payload: str) -> Arrival:
    """Read a deep link's payload and keep the touch. Whatever the payload holds, the quiz can begin."""
    arrival = await _read(work, prospect, payload)
    if arrival.source is not None:
        await work.unit.prospects.came_from(prospect.id, arrival.source, arrival.link_id)
    if arrival.referrer is not None and prospect.referred_by is None:
        await work.unit.prospects.referred(prospect.id, arrival.referrer)
        await work.note("referred", prospect.id, by=arrival.referrer)
    return arrival


async def _read(work: Work, prospect: Prospect, payload: str) -> Arrival:
    if not payload:
        return Arrival()
    if not _PAYLOAD.fullmatch(payload):
        return Arrival(source=UNKNOWN)
    token = payload.removeprefix(REFERRAL_MARK)
    if _TOKEN.fullmatch(token):
        link = await work.unit.links.by_token(token)
        if link is not None:
            return await _by_link(work, prospect, link)
        if token != payload:
            return Arrival(source=UNKNOWN)
    return read_plain(payload, await work.running())


async def _by_link(work: Work, prospect: Prospect, link: Link) -> Arrival:
    """Return what a link stands for. One that is retired is still printed somewhere, so it goes on telling."""
    quiz = link.quiz if link.quiz in await work.running() else None
    arrival = Arrival(quiz, link.campaign, link.language, link.id)
    if link.referrer is None:
        return arrival
    if link.referrer == prospect.id:
        return replace(arrival, source=None, link_id=None)
    # Who was here before was brought by nobody: only newcomers count as recommended.
    newcomer = await work.unit.sessions.latest(prospect.id) is None
    return replace(arrival, source=REFERRAL, referrer=link.referrer if newcomer else None)


def read_plain(payload: str, quizzes: tuple[str, ...]) -> Arrival:
    """Read a payload that was written by hand.

    `ads_oct` is a source; `dance-school` names a quiz; `dance-school--ads_oct` names both, and
    `dance-school--ads_oct--uk` a language too.
    """
    quiz, _, rest = payload.partition("--")
    if quiz not in quizzes:
        return Arrival(source=payload)
    source, dashes, language = rest.rpartition("--")
    if dashes and _LANGUAGE.fullmatch(language):
        return Arrival(quiz, source or None, language)
    return Arrival(quiz, rest or None)
