"""The first owner: claims the bot with a code that only the operator's terminal shows."""

from __future__ import annotations

import hmac
import json
from datetime import datetime, timedelta

from bot.teams.permissions import admins
from bot.teams.welcoming import welcome_staff
from bot.telegram.requests import SendText
from bot.texts import say
from bot.work import Work
from storage.links import ALPHABET
from storage.members import NO_TEAM, Role
from storage.records import Prospect

CLAIM_MARK = "claim_"
"""What a deep link's payload begins with that claims the bot."""
CODE_LENGTH = 12
"""Letters of a code: nobody tries 31^12 of them."""
TRIES, TRIES_WITHIN = 5, timedelta(hours=1)
"""How many wrong codes one person may send, and in which time: others can still claim meanwhile."""
_KEPT, _TRIED = "claim", "claim_tries:"


async def open_claim(work: Work) -> str | None:
    """Return a new code for who shall own the bot; None where an owner or an admin is known.

    Only its keyed fingerprint is kept, and a code from an earlier start is worth nothing any more.
    """
    await work.unit.states.drop(_KEPT)
    if await admins(work):
        return None
    code = "".join(work.chance.choice(ALPHABET) for _ in range(CODE_LENGTH))
    await work.unit.states.keep(_KEPT, _fingerprint(work, code))
    return code


async def claim(work: Work, person: Prospect, typed: str) -> bool:
    """Let somebody claim the bot with a code; tell whether it can be claimed at all."""
    await work.unit.alone_in_office()  # there is one owner
    expected = await work.unit.states.read(_KEPT)
    if expected is None or await admins(work):
        return False
    tries = await _tries(work, person)
    if len(tries) >= TRIES:
        await _say(work, person, "claim.too_often")
    elif hmac.compare_digest(_fingerprint(work, read_code(typed)).encode(), expected.encode()):
        await _own(work, person)
    else:
        kept = json.dumps([moment.isoformat() for moment in (*tries, work.now)])
        await work.unit.states.keep(_tried_by(work, person), kept)
        await work.note("claim_refused", None)
        await _say(work, person, "claim.wrong")
    return True


def read_code(typed: str) -> str:
    """Return a code as it was made, however somebody copied it: spaces, dashes and small letters do not matter."""
    return "".join(letter for letter in typed.upper() if letter.isalnum())


def shown(code: str) -> str:
    """Return a code as one reads it aloud."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


async def _own(work: Work, person: Prospect) -> None:
    await work.unit.states.drop(_KEPT)
    await work.unit.states.drop_all(_TRIED)
    await work.unit.members.join(person.telegram_id, person.first_name, Role.OWNER, NO_TEAM, work.now)
    await work.note("claimed", None, owner=person.telegram_id)
    await _say(work, person, "claim.done")
    await welcome_staff(work, person)


async def _tries(work: Work, person: Prospect) -> list[datetime]:
    kept = await work.unit.states.read(_tried_by(work, person))
    moments = [datetime.fromisoformat(moment) for moment in json.loads(kept or "[]")]
    return [moment for moment in moments if work.now - moment < TRIES_WITHIN]


def _tried_by(work: Work, person: Prospect) -> str:
    # Not their number: who only guesses at codes is nobody's business.
    return _TRIED + work.setup.fingerprint("claim_tries", str(person.telegram_id))[:20]


def _fingerprint(work: Work, code: str) -> str:
    return work.setup.fingerprint("claim", code)


async def _say(work: Work, person: Prospect, key: str) -> None:
    await work.send(SendText(chat_id=person.telegram_id, html=say(work.language_of(person), key)))
