"""The cells of a table: written as CSV (RFC 4180), with every text made harmless.

A spreadsheet takes a text for a formula when it begins with `=`, `+`, `-` or `@`, or their full-width look-alikes.
Quotes do not help: they are gone when the cell is read. An apostrophe before it does (OWASP ASVS 5.0, 1.2.10). One
stands after `;`, `,` and line breaks in a text, too: with the settings of another country cells are split there.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from decimal import Decimal
from unicodedata import category

Cell = str | int | float | Decimal | None
"""A text is somebody's words, whoever's; a number is ours: it cannot be anything else, and stays what it is."""

MARK = "\ufeff".encode()
"""Begins a file: without it Excel takes UTF-8 for something else."""

_SEPARATORS = {"uk": ";", "ru": ";"}
"""What Excel splits cells by where a language is spoken, if not by commas: elsewhere all would be one column."""
_UNSEEN = frozenset(
    "\u00ad\u061c\u180e\u200b\u200e\u200f\u2060\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
"""Marks that nobody sees: they hide what stands behind them, or turn the direction of what stands beside them."""
_FORMULA = re.compile(r'(^|[,;\n])((?:"|[^\S\n])*[=+\-@＝＋－＠﹦﹢﹣﹫])')


def separator_for(language: str) -> str:
    """Return what parts the cells of a table for people of a language."""
    return _SEPARATORS.get(language, ",")


def written(rows: Iterable[Iterable[Cell]], separator: str = ",") -> bytes:
    """Return rows as they stand in a file: texts in quotes, numbers without, each row ended by CR and LF."""
    lines = io.StringIO()
    writer = csv.writer(lines, delimiter=separator, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    for row in rows:
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
    return lines.getvalue().encode()


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula, without control characters and other unseen ones."""
    lines = "\n".join(text.splitlines()).replace("\t", " ")
    seen = "".join(letter for letter in lines if letter == "\n" or _is_kept(letter))
    return _FORMULA.sub(r"\1'\2", seen.strip("\n"))


def _is_kept(letter: str) -> bool:
    return category(letter) not in ("Cc", "Cs") and letter not in _UNSEEN
