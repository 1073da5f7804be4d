"""Tokens of tracked links: what stands after `/r/`, and under which fingerprint it is kept."""

from __future__ import annotations

import base64
import re
from random import Random

from storage.cipher import Fingerprint

BYTES = 16
"""128 bits: a token stands for a person, so nobody may guess one."""
TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
PATH = "/r/"


def new_token(chance: Random) -> str:
    """Draw a token."""
    return base64.urlsafe_b64encode(chance.randbytes(BYTES)).rstrip(b"=").decode()


def fingerprint_of(token: str, fingerprint: Fingerprint) -> str:
    """Return under what a token is kept: whoever reads the database can open nothing in anybody's name."""
    return fingerprint("tracked link", token)
