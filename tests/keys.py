"""Keys for tests: always the same, and quickly made."""

from __future__ import annotations

import random
import secrets

from storage.cipher import KEY_SIZE, Keyring, key_id


def a_keyring(seed: int = 1) -> Keyring:
    """Return a keyring; the same seed gives the same keys, and nonces never repeat."""
    chance = random.Random(seed)  # noqa: S311 - keys of a test protect nothing
    lookup, key = chance.randbytes(KEY_SIZE), chance.randbytes(KEY_SIZE)
    return Keyring(lookup, {key_id(key): key}, secrets.token_bytes)
