"""The exceptions of this package."""

from __future__ import annotations


class WebError(Exception):
    """The web server cannot run."""


class ListenError(WebError):
    """The address of the web server cannot be listened on."""
