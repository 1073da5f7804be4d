"""The key file: plain lines that an operator can copy, kept outside the database.

`lookup <base64>` is for look-ups; other lines are `<key-id> <base64>`, and the first of them is the current key.
"""

from __future__ import annotations

import base64
import os
from pathlib import Path

from storage.cipher import KEY_SIZE, Chance, Keyring, key_id
from storage.durability import make_names_durable, put_in_place
from storage.errors import KeysUnusableError

HEADER = """\
# The keys of Hotlead. Without them nobody can read the database or its backups: not you either.
# Keep a copy of this file, apart from the backups. The first key after `lookup` is the current one.
"""
OTHERS = 0o077
"""The permissions that nobody but the owner should have."""


def read_keys(file: Path, chance: Chance) -> Keyring:
    """Read the key file. Raises KeysUnusableError, which names the line and never what stands in it."""
    try:
        lines = file.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise KeysUnusableError(f"the key file {file} cannot be read: {reason}") from None
    lookup: bytes | None = None
    keys: dict[str, bytes] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        name, key = _parsed(line)
        if key is not None and name == "lookup" and lookup is None:
            lookup = key
        elif key is not None and name == key_id(key):
            keys[name] = key
        else:
            raise KeysUnusableError(f"{file}, line {number}: this is no key; put back the line as it was")
    if lookup is None or not keys:
        raise KeysUnusableError(f"{file} has no {'data key' if lookup else 'lookup key'}; put back the whole file")
    return Keyring(lookup, keys, chance)


def make_keys(file: Path, chance: Chance) -> Keyring:
    """Make a key file with new keys; one that is there already, perhaps since a moment ago, is read instead."""
    aside = _written_aside(file, Keyring.fresh(chance))
    try:
        os.link(aside, file)  # unlike a rename, this never replaces a file
    except FileExistsError:
        pass
    except OSError as error:
        raise KeysUnusableError(f"the key file {file} cannot be made: {error.strerror}") from None
    finally:
        aside.unlink()
    make_names_durable(file.parent)
    return read_keys(file, chance)


def replace_keys(file: Path, keyring: Keyring) -> None:
    """Write the key file anew: whatever happens meanwhile, the old one or the new one is there, and whole."""
    put_in_place(_written_aside(file, keyring), file)


def is_private(file: Path) -> bool:
    """Tell whether only its owner may read the key file."""
    return not file.stat().st_mode & OTHERS


def _parsed(line: str) -> tuple[str, bytes | None]:
    name, _, encoded = line.strip().partition(" ")
    try:
        key = base64.b64decode(encoded.strip(), validate=True)
    except ValueError:
        return name, None
    return name, key if len(key) == KEY_SIZE else None


def _written_aside(file: Path, keyring: Keyring) -> Path:
    # Named by the key, too: in containers every process has the same number.
    aside = file.with_name(f"{file.name}.{keyring.current}.{os.getpid()}.new")
    lines = [f"{name} {base64.b64encode(key).decode()}\n" for name, key in keyring.keys.items()]
    lines.insert(0, f"lookup {base64.b64encode(keyring.lookup).decode()}\n")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        aside.unlink(missing_ok=True)
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
            opened.write(HEADER + "".join(lines))
            opened.flush()
            os.fsync(opened.fileno())
    except OSError as error:
        raise KeysUnusableError(f"the key file {file} cannot be written: {error.strerror}") from None
    return aside
