"""Python's hooks for errors that nobody caught: setting up the logs replaces them."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def error_hooks_as_before() -> Iterator[None]:
    """Put the hooks back at the end."""
    before = sys.excepthook, threading.excepthook, sys.unraisablehook
    try:
        yield
    finally:
        sys.excepthook, threading.excepthook, sys.unraisablehook = before
