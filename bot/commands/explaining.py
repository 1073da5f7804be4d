"""How a command fails: what an operator can mend is one line and an exit code, without a traceback."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import typer

P = ParamSpec("P")
WRONG_SETTINGS = 2
"""The exit code when the settings, a file or the token cannot be used."""


def explained(command: Callable[P, None]) -> Callable[P, None]:
    """Turn what an operator can mend into one line and an exit code, without a traceback."""

    @wraps(command)
    def explaining(*args: P.args, **kwargs: P.kwargs) -> None:
        from bot.entry.errors import EntryError
        from bot.follow_ups.cohorts import CohortError
        from bot.follow_ups.editing import PeopleInsideError
        from bot.leads.errors import TableError
        from bot.publishing import NoSuchQuizError
        from bot.receivers.errors import ReceiverError
        from bot.settings import SettingsError
        from bot.telegram.port import TelegramError
        from bot.web.errors import WebError
        from dialogs.errors import QuizRefusedError
        from storage.errors import StorageError

        try:
            command(*args, **kwargs)
        except (
            CohortError,
            EntryError,
            NoSuchQuizError,
            PeopleInsideError,
            QuizRefusedError,
            ReceiverError,
            SettingsError,
            StorageError,
            TableError,
            TelegramError,
            WebError,
        ) as error:
            typer.echo(f"hotlead: {error}", err=True)
            raise typer.Exit(WRONG_SETTINGS) from None
        except KeyboardInterrupt:
            raise typer.Exit(0) from None

    return explaining
