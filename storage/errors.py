"""The exceptions of this package: a class's docstring is its default message."""


class StorageError(Exception):
    """The database could not do what was asked."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or type(self).__doc__)


class DatabaseUnusableError(StorageError):
    """The database cannot be opened; check HOTLEAD_DATABASE and the folder's permissions."""


class DatabaseFailedError(StorageError):
    """The database did not take it: is the disk full, or does another process hold it? It is tried again."""


class DatabaseBusyError(DatabaseFailedError):
    """Somebody else is at work on the same; what was begun was taken back, and is tried again at once."""

    def __init__(self, message: str | None = None, *, person: int | None = None) -> None:
        """`person` is whose turn somebody else has, by their Telegram id, if that was it."""
        super().__init__(message)
        self.person = person


class NewerSchemaError(StorageError):
    """The database was written by a newer Hotlead; start that version, or restore an older backup."""


class RevisionMissingError(StorageError):
    """A session's quiz revision is not in the database."""


class KeysError(StorageError):
    """The keys do not open the database."""


class KeysMissingError(KeysError):
    """The key file is missing, and the database cannot be read without it; put it back."""


class KeysUnusableError(KeysError):
    """The key file cannot be used."""


class UnknownKeyError(KeysError):
    """A value is sealed with a key that is not in the key file."""


class SealBrokenError(KeysError):
    """A value was changed, or belongs to another column: its seal is broken."""


class DatabaseInUseError(StorageError):
    """Another Hotlead is at work on this database; stop it first."""


class BackupError(StorageError):
    """The backup could not be made or restored; nothing was changed."""


class SupersededError(StorageError):
    """Another Hotlead took over the sending while this one slept; this one sends no more."""


class LeadershipLostError(StorageError):
    """The session with the database that says who leads was lost."""
