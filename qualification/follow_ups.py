"""The `sequences` part of a quiz document: follow-ups, sent later one by one."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from dialogs.values import Document, Duration, Hours, Id, Text

LINK = r"^https://[^\s/]+\.[^\s/]+(/\S*)?$"
"""An address that a link may open, as a pattern."""


class Material(Document):
    """A button below a follow-up that opens a link."""

    text: Text
    link: Annotated[str, StringConstraints(pattern=LINK)]
    kind: Id = "other_link"


class FollowUp(Document):
    """One message of a sequence."""

    id: Id
    after: Duration = Field(description="Time since the message before, or since the enrolment.")
    hours: Hours | None = Field(default=None, description="Allowed hours of the day, local time.")
    text: Text
    button: Material | None = None


Sequence = tuple[FollowUp, ...]


def named(messages: Any) -> Any:
    """Give each follow-up without an id one, by its place."""
    if not isinstance(messages, list):
        return messages
    return [
        {"id": f"message-{place}", **each} if isinstance(each, dict) else each
        for place, each in enumerate(messages, start=1)
    ]
