"""Keys for tests: always the same, and quickly made."""

from __future__ import annotations

import random
import secrets
from pathlib import Path

from storage.cipher import KEY_SIZE, Keyring, key_id
from storage.keyfile import read_keys


def a_keyring(seed: int = 1) -> Keyring:
    """Return a keyring; the same seed gives the same keys, and nonces never repeat."""
    chance = random.Random(seed)  # noqa: S311 - keys of a test protect nothing
    lookup, key = chance.randbytes(KEY_SIZE), chance.randbytes(KEY_SIZE)
    return Keyring(lookup, {key_id(key): key}, secrets.token_bytes)


def the_keys() -> Keyring:
    """Return the keys that a command made, in the folder it was run in."""
    return read_keys(Path("data/keys"), secrets.token_bytes)
