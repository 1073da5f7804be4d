"""The exceptions of this package."""

from __future__ import annotations


class WebError(Exception):
    """The web server cannot run."""


class ListenError(WebError):
    """The address of the web server cannot be listened on."""


class BodyError(WebError):
    """The body of a request cannot be taken."""


class BodyTooLargeError(BodyError):
    """The body of a request is larger than what is wanted."""


class BodyBrokenError(BodyError):
    """The body of a request ended before its end, or did not come in time."""
