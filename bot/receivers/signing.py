"""Signs notices as Standard Webhooks says, so that a receiver can tell ours from anybody else's.

Source: github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime
from random import Random
from string import ascii_letters, digits

SECRET_MARK, ID_MARK = "whsec_", "msg_"
SECRET_BYTES = 32
ID_LETTERS = 27
"""160 bits: nobody guesses one."""


def new_secret(chance: Random) -> str:
    """Make the secret that a receiver shares with us."""
    return SECRET_MARK + base64.b64encode(chance.randbytes(SECRET_BYTES)).decode()


def new_id(chance: Random) -> str:
    """Make the name by which a receiver knows a notice; it has no full stop, which would end it early."""
    return ID_MARK + "".join(chance.choices(ascii_letters + digits, k=ID_LETTERS))


def signed(public_id: str, body: bytes, now: datetime, *secrets: str) -> dict[str, str]:
    """Return the headers that prove who sent a body, and when: a new moment for every try.

    Each secret gives a signature; a receiver takes what any of them proves.
    """
    moment = str(int(now.timestamp()))
    content = b".".join((public_id.encode(), moment.encode(), body))
    return {
        "webhook-id": public_id,
        "webhook-timestamp": moment,
        "webhook-signature": " ".join(_signature(content, secret) for secret in secrets),
    }


def _signature(content: bytes, secret: str) -> str:
    key = base64.b64decode(secret.removeprefix(SECRET_MARK))
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
