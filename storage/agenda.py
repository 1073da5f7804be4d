"""The agenda: what waits for its moment, told by one statement, because it is asked before every pause."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from storage.broadcasts import NEXT_BROADCAST
from storage.collection import Collection
from storage.consents import NEXT_CONSENT_END
from storage.enrolments import NEXT_FOLLOW_UP
from storage.files import NEXT_FILE
from storage.hand_offs import NEXT_CALL, NEXT_OFFER
from storage.leads import NEXT_THAW
from storage.places import NEXT_PLACE
from storage.prospects import NEXT_KEPT_END
from storage.sessions import NEXT_SILENCE
from storage.states import held
from storage.tracking import NEXT_OPENING

_MOMENTS = (
    NEXT_OFFER,
    NEXT_CALL,
    NEXT_THAW,
    NEXT_PLACE,
    NEXT_OPENING,
    NEXT_FOLLOW_UP,
    NEXT_SILENCE,
    NEXT_BROADCAST,
    NEXT_CONSENT_END,
    NEXT_KEPT_END,
    NEXT_FILE,
)
_NEXT = select(held(), *(moment.scalar_subquery() for moment in _MOMENTS))


class Agenda(Collection):
    """When something is to be done next, of whatever kind."""

    async def next(self) -> tuple[datetime | None, bool]:
        """Return the first moment of all, and whether follow-ups and erasing by the clock are held."""
        is_held, *moments = (await self._connection.execute(_NEXT, {"bot": self._bot_id})).one()
        return min((moment for moment in moments if moment is not None), default=None), bool(is_held)
