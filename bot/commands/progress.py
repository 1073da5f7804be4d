"""How far a command is that takes its time."""

from __future__ import annotations

import sys

import typer


class ProgressLine:
    """One line on a terminal that says how far it is; elsewhere nothing."""

    def __init__(self) -> None:
        self._width = 0

    def show(self, what: str, done: int, total: int) -> None:
        """Say how much of it is done."""
        if sys.stderr.isatty():
            line = f"{what}: {done:,} of {total:,}"
            typer.echo(f"\r{line:<{self._width}}", nl=False, err=True)
            self._width = len(line)

    def clear(self) -> None:
        """Leave nothing of the line."""
        if self._width:
            typer.echo(f"\r{'':<{self._width}}\r", nl=False, err=True)
            self._width = 0
