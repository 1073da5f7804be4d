"""Opens the database with its keys, as the settings name them."""

from __future__ import annotations

import secrets
from pathlib import Path

from bot.settings import Settings
from storage.backups import is_sealed
from storage.cipher import Keyring
from storage.database import Database, file_of
from storage.errors import KeysMissingError
from storage.keyfile import make_keys, read_keys


async def open_database(settings: Settings) -> Database:
    """Open the database. Raises StorageError."""
    keyring = keyring_for(settings.key_file, file_of(settings.database_address))
    return await Database.open(settings.database_address, keyring)


def keyring_for(keys: Path, database: Path | None) -> Keyring:
    """Return the keys; a new database gets new ones, a sealed one never does. Raises KeysError."""
    if keys.exists():
        return read_keys(keys, secrets.token_bytes)
    if database is not None and is_sealed(database):
        raise KeysMissingError(
            f"the key file {keys} is missing, and the database is sealed with its keys; put it back"
            " (HOTLEAD_KEYS says where it is)"
        )
    return make_keys(keys, secrets.token_bytes)
