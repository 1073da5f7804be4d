"""The cipher and the key file: what was sealed opens again, in its own column only, with its own key only."""

from __future__ import annotations

import base64
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.cipher import contact_fingerprint, sealed_by
from storage.errors import KeysUnusableError, SealBrokenError, UnknownKeyError
from storage.keyfile import is_private, make_keys, read_keys, replace_keys
from storage.sealing import sealed_columns
from tests.keys import a_keyring

PHONE = "+380671234567"
KEYS = a_keyring()


@given(st.text())
def test_every_text_comes_back_as_it_was(text: str) -> None:
    stored = KEYS.seal_text("contacts.value", text)
    assert KEYS.open_text("contacts.value", stored) == text
    assert sealed_by(stored) == (KEYS.current if text else None)


@given(st.binary())
def test_all_bytes_come_back_as_they_were(content: bytes) -> None:
    stored = KEYS.seal_bytes("files.content", content)
    assert KEYS.open_bytes("files.content", stored) == content
    assert sealed_by(stored) == (KEYS.current if content else None)


def test_the_same_text_is_never_sealed_the_same_way_twice() -> None:
    assert len({KEYS.seal_text("contacts.value", PHONE) for _ in range(50)}) == 50


def test_a_value_cannot_be_moved_to_another_column() -> None:
    stored = KEYS.seal_text("contacts.value", PHONE)
    with pytest.raises(SealBrokenError, match=r"prospects\.first_name") as refused:
        KEYS.open_text("prospects.first_name", stored)
    assert PHONE not in str(refused.value)


@pytest.mark.parametrize("place", range(28 + len(PHONE)))
def test_one_changed_bit_anywhere_is_noticed(place: int) -> None:
    mark, colon, body = KEYS.seal_text("contacts.value", PHONE).partition(":")
    raw = bytearray(base64.b64decode(body))
    raw[place] ^= 1
    with pytest.raises(SealBrokenError, match="its seal is broken") as refused:
        KEYS.open_text("contacts.value", mark + colon + base64.b64encode(raw).decode())
    assert refused.value.__cause__ is None
    assert PHONE not in repr(refused.value)


def test_a_value_that_was_cut_short_is_noticed() -> None:
    stored = KEYS.seal_text("contacts.value", PHONE)
    with pytest.raises(SealBrokenError):
        KEYS.open_text("contacts.value", stored[:14])


def test_a_value_of_another_keyring_names_the_key_that_is_missing() -> None:
    other = a_keyring(2)
    with pytest.raises(UnknownKeyError, match=other.current) as refused:
        KEYS.open_text("contacts.value", other.seal_text("contacts.value", PHONE))
    assert PHONE not in str(refused.value)


@pytest.mark.parametrize("text", ["Anna", "~", "~me:hello", '{"kind":"text"}', "~12345678:no, not sealed"])
def test_what_an_older_release_wrote_in_clear_is_read_as_it_is(text: str) -> None:
    assert KEYS.open_text("prospects.first_name", text) == text


def test_after_a_rotation_the_old_key_still_opens_and_the_new_one_seals() -> None:
    stored, rotated = KEYS.seal_text("contacts.value", PHONE), KEYS.rotated()
    assert rotated.current not in KEYS.keys
    assert rotated.open_text("contacts.value", stored) == PHONE
    assert sealed_by(rotated.seal_text("contacts.value", PHONE)) == rotated.current
    with pytest.raises(UnknownKeyError):
        rotated.retired().open_text("contacts.value", stored)


def test_a_fingerprint_is_the_same_after_a_rotation_and_another_one_with_another_lookup_key() -> None:
    found_by = KEYS.fingerprint("erasure", "42:1")
    assert found_by == KEYS.rotated().retired().fingerprint("erasure", "42:1")
    assert found_by != a_keyring(2).fingerprint("erasure", "42:1")
    assert found_by != KEYS.fingerprint("code", "42:1")
    assert KEYS.fingerprint("a", "b\0c") != KEYS.fingerprint("a\0b", "d")


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("phone", "+38 (067) 123-45-67"),
        ("phone", PHONE),
        ("email", " Anna@Pumps.example"),
        ("email", "anna@pumps.example"),
    ],
)
def test_a_contact_has_one_fingerprint_however_it_is_written(kind: str, written: str) -> None:
    plain = {"phone": PHONE, "email": "anna@pumps.example"}[kind]
    assert contact_fingerprint(KEYS, kind, written) == contact_fingerprint(KEYS, kind, plain)


def test_a_keyring_shows_no_key() -> None:
    assert repr(KEYS) == f"Keyring({KEYS.current})"


def test_every_sealed_column_is_bound_to_its_own_name() -> None:
    columns = list(sealed_columns())
    assert [column.name for column in columns if getattr(column.column.type, "column", "") != column.name] == []
    assert len(columns) == 24


# The key file -------------------------------------------------------------------------------------------------


def test_a_key_file_is_made_for_its_owner_only_and_read_again(tmp_path: Path) -> None:
    file = tmp_path / "new" / "keys"
    made = make_keys(file, _counting())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert is_private(file)
    read = read_keys(file, _counting())
    assert (read.lookup, read.keys) == (made.lookup, made.keys)
    assert [path.name for path in file.parent.iterdir()] == ["keys"]


def test_keys_that_somebody_made_a_moment_ago_are_taken(tmp_path: Path) -> None:
    first = make_keys(tmp_path / "keys", _counting())
    assert make_keys(tmp_path / "keys", _counting(100)).lookup == first.lookup


def test_the_first_data_key_in_the_file_is_the_current_one(tmp_path: Path) -> None:
    rotated = KEYS.rotated()
    replace_keys(tmp_path / "keys", rotated)
    assert read_keys(tmp_path / "keys", _counting()).current == rotated.current
    assert list(read_keys(tmp_path / "keys", _counting()).keys) == [rotated.current, KEYS.current]


def _keys_with(tmp_path: Path, change: str, to: str) -> Path:
    file = tmp_path / "keys"
    replace_keys(file, KEYS)
    file.write_text(file.read_text().replace(change, to))
    return file


@pytest.mark.parametrize(
    ("change", "to", "told"),
    [
        (KEYS.current, "00000000", "line 4: this is no key"),
        ("lookup", "look-up", "line 3: this is no key"),
        ("=\n", "\n", "line 3: this is no key"),
        (f"{KEYS.current} ", "# ", "has no data key"),
        ("lookup ", "# ", "has no lookup key"),
        ("lookup", "ключ", "it is no text"),
    ],
)
def test_a_key_file_with_a_slip_is_refused_and_not_quoted(tmp_path: Path, change: str, to: str, told: str) -> None:
    file = _keys_with(tmp_path, change, to)
    with pytest.raises(KeysUnusableError, match=told) as refused:
        read_keys(file, _counting())
    for key in (KEYS.lookup, *KEYS.keys.values()):
        assert base64.b64encode(key).decode()[:20] not in str(refused.value)


def test_a_key_file_that_others_may_read_is_noticed(tmp_path: Path) -> None:
    make_keys(tmp_path / "keys", _counting()).retired()
    (tmp_path / "keys").chmod(0o640)
    assert not is_private(tmp_path / "keys")


class _counting:  # noqa: N801 - stands for a function
    """Chance that gives other bytes each time, and the same in each run."""

    def __init__(self, first: int = 1) -> None:
        self._next = first

    def __call__(self, size: int) -> bytes:
        self._next += 1
        return self._next.to_bytes(1) * size
