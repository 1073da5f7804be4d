"""The cipher: seals values with the current key, opens them with theirs, and makes fingerprints for look-ups."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.errors import SealBrokenError, UnknownKeyError

Chance: TypeAlias = Callable[[int], bytes]
"""Gives so many random bytes, as `secrets.token_bytes` does."""
Fingerprint: TypeAlias = Callable[[str, str], str]
"""Given what it is for and a value: a keyed hash, from which nobody without the key finds the value."""

KEY_SIZE, NONCE_SIZE, TAG_SIZE, ID_SIZE = 32, 12, 16, 8
"""Bytes of an AES-256 key, of a GCM nonce and tag; letters of a key's id."""
_TEXT = re.compile(rf"~([0-9a-f]{{{ID_SIZE}}}):([A-Za-z0-9+/]+={{0,2}})")
_BYTES = re.compile(rb"~([0-9a-f]{%d}):" % ID_SIZE)


def key_id(key: bytes) -> str:
    """Name a key by its own fingerprint: a line of the key file with a slip of the pen is noticed."""
    return hashlib.sha256(b"hotlead data key\0" + key).hexdigest()[:ID_SIZE]


def sealed_by(stored: str | bytes) -> str | None:
    """Return the id of the key that sealed a stored value; None for one in clear, as older releases wrote it."""
    if isinstance(stored, str):
        text = _TEXT.fullmatch(stored)
        return text[1] if text else None
    found = _BYTES.match(stored)
    whole = found and len(stored) >= found.end() + NONCE_SIZE + TAG_SIZE
    return found[1].decode() if found and whole else None


class Keyring:
    """The lookup key and the data keys, the current one first. Its keys are never shown."""

    def __init__(self, lookup: bytes, keys: Mapping[str, bytes], chance: Chance) -> None:
        if not keys:
            raise ValueError("a keyring has at least one data key")
        self.lookup = lookup
        self.keys = dict(keys)
        self.current = next(iter(self.keys))
        self._chance = chance
        self._ciphers = {name: AESGCM(key) for name, key in self.keys.items()}

    @classmethod
    def fresh(cls, chance: Chance) -> Keyring:
        """Make a keyring of new keys."""
        return cls(chance(KEY_SIZE), _named(chance(KEY_SIZE)), chance)

    def rotated(self) -> Keyring:
        """Return the keyring with a new current key; the others still open what they sealed."""
        return Keyring(self.lookup, _named(self._chance(KEY_SIZE)) | self.keys, self._chance)

    def retired(self) -> Keyring:
        """Return the keyring with its current key only."""
        return Keyring(self.lookup, {self.current: self.keys[self.current]}, self._chance)

    @property
    def mark(self) -> str:
        """The beginning of everything that the current key sealed."""
        return f"~{self.current}:"

    def seal_text(self, column: str, text: str) -> str:
        """Seal a text for one column; an empty one has nothing to hide and stays."""
        return self.mark + base64.b64encode(self._seal(column, text.encode())).decode() if text else text

    def open_text(self, column: str, stored: str) -> str:
        """Return the text; one in clear is returned as it is. Raises UnknownKeyError and SealBrokenError."""
        if (name := sealed_by(stored)) is None:
            return stored
        try:
            body = base64.b64decode(stored[len(self.mark) :], validate=True)
        except ValueError:
            raise _broken(column) from None
        return self._open(column, name, body).decode()

    def seal_bytes(self, column: str, content: bytes) -> bytes:
        """Seal bytes for one column; no bytes stay no bytes."""
        return self.mark.encode() + self._seal(column, content) if content else content

    def open_bytes(self, column: str, stored: bytes) -> bytes:
        """Return the bytes; those in clear are returned as they are. Raises as `open_text` does."""
        if (name := sealed_by(stored)) is None:
            return stored
        return self._open(column, name, stored[len(self.mark) :])

    def fingerprint(self, kind: str, value: str) -> str:
        """Return what a value is found by: the same for ever, and no way back without the lookup key."""
        return hmac.new(self.lookup, f"{kind}\0{value}".encode(), hashlib.sha256).hexdigest()

    def __repr__(self) -> str:
        return f"Keyring({', '.join(self.keys)})"

    def _seal(self, column: str, plain: bytes) -> bytes:
        nonce = self._chance(NONCE_SIZE)
        return nonce + self._ciphers[self.current].encrypt(nonce, plain, column.encode())

    def _open(self, column: str, name: str, body: bytes) -> bytes:
        cipher = self._ciphers.get(name)
        if cipher is None:
            raise UnknownKeyError(f"{column} is sealed with the key {name}, which is not in the key file")
        try:
            return cipher.decrypt(body[:NONCE_SIZE], body[NONCE_SIZE:], column.encode())
        except (InvalidTag, ValueError):
            # Without the cause: nothing of the value may come into a traceback.
            raise _broken(column) from None


def contact_fingerprint(keyring: Keyring, kind: str, value: str) -> str:
    """Return what a contact is found by, however it was written: +38 (067) 1… and +380671… are one."""
    plain = "".join(c for c in value if c.isdigit() or c == "+") if kind == "phone" else value.strip().casefold()
    return keyring.fingerprint(f"contact {kind}", plain)


def _named(key: bytes) -> dict[str, bytes]:
    return {key_id(key): key}


def _broken(column: str) -> SealBrokenError:
    return SealBrokenError(f"a value of {column} was changed, or belongs to another column: its seal is broken")
