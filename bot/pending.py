"""What somebody who works here was asked to write: until they answer, do something else, or an hour passes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from bot.work import Work
from storage.records import Prospect

FORGOTTEN_AFTER = timedelta(hours=1)
"""Later than this, what somebody writes is no answer to us any more."""


class Begun(BaseModel):
    """What is known so far of what somebody began."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    begun_at: AwareDatetime


Known = TypeVar("Known", bound=Begun)


@dataclass(frozen=True)
class Pending(Generic[Known]):
    """One thing that can be begun; each person has at most one of it under way."""

    name: str
    kind: type[Known]

    async def of(self, work: Work, person: Prospect) -> Known | None:
        """Return what a person began; one that was left lying, or cannot be read, is none."""
        kept = await work.unit.states.read(self._key(person))
        if kept is None:
            return None
        try:
            begun = self.kind.model_validate_json(kept)
        except ValidationError:
            return None
        return begun if work.now - begun.begun_at < FORGOTTEN_AFTER else None

    async def keep(self, work: Work, person: Prospect, begun: Known) -> None:
        """Keep what is known now."""
        await work.unit.states.keep(self._key(person), begun.model_dump_json())

    async def drop(self, work: Work, person: Prospect) -> bool:
        """Forget what was begun; tell whether there was anything."""
        found = await self.of(work, person)
        return await work.unit.states.drop(self._key(person)) and found is not None

    def _key(self, person: Prospect) -> str:
        return f"{self.name}:{person.telegram_id}"
