"""Roles: what a process of a fleet does. One process alone has all of them."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    """A part of the work that a process can be started for."""

    RECEIVE = "receive"
    """takes updates from Telegram into the inbox"""
    WORK = "work"
    """handles the inbox, and does what is due by the clock"""
    SEND = "send"
    """takes messages to Telegram, e-mails to the mail server, and notices to receivers"""


Roles = frozenset[Role]
ALL_ROLES: Roles = frozenset(Role)


def listed(roles: Iterable[Role]) -> str:
    """Name roles for a person, in their order."""
    given = set(roles)
    return ", ".join(role for role in Role if role in given)
