"""Column types whose values are sealed on their way into the database and opened on their way out."""

from __future__ import annotations

from typing import cast

from sqlalchemy import Dialect, LargeBinary, Text, TypeDecorator

from storage.cipher import Keyring

_ATTRIBUTE = "hotlead_keyring"


def hand_over(keyring: Keyring, dialect: Dialect) -> None:
    """Give an engine's own dialect the keyring: it is what SQLAlchemy shows to a column type."""
    setattr(dialect, _ATTRIBUTE, keyring)


def keyring_of(dialect: Dialect) -> Keyring:
    """Return the keyring of the engine that the dialect belongs to."""
    return cast("Keyring", getattr(dialect, _ATTRIBUTE))


class Sealed(TypeDecorator[str]):
    """A text that stands in the database as `~key-id:base64`, bound to its column."""

    impl = Text
    cache_ok = True

    def __init__(self, column: str) -> None:
        super().__init__()
        self.column = column

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Seal."""
        return None if value is None else keyring_of(dialect).seal_text(self.column, value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Open."""
        return None if value is None else keyring_of(dialect).open_text(self.column, value)


class SealedBytes(TypeDecorator[bytes]):
    """Bytes that stand in the database as `~key-id:` and what was sealed, bound to their column."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, column: str) -> None:
        super().__init__()
        self.column = column

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Seal."""
        return None if value is None else keyring_of(dialect).seal_bytes(self.column, value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Open."""
        return None if value is None else keyring_of(dialect).open_bytes(self.column, value)
