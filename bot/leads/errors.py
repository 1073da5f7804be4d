"""What can be wrong with a table that is asked for."""

from __future__ import annotations


class TableError(Exception):
    """The table cannot be written as it was asked for."""
