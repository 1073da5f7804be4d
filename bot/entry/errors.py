"""The exceptions of this package: a class's docstring is its default message."""


class EntryError(Exception):
    """A link cannot be used so."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or type(self).__doc__)


class NoSuchLinkError(EntryError):
    """There is no link with this token; see `hotlead links list`."""


class LinkRefusedError(EntryError):
    """The link cannot be made so."""
