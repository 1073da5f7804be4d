"""Ports for servers of processes that have to be told beforehand where to listen."""

from __future__ import annotations

import random
import socket
from contextlib import closing

ASIDE = range(20_000, 32_000)
"""Below those that systems give to whoever does not mind: none of these is taken meanwhile by another test."""


def free_port() -> int:
    """Return a port that nobody listens on."""
    while True:
        port = random.choice(ASIDE)  # noqa: S311 - a port, not a secret
        with closing(socket.socket()) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
