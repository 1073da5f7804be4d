"""Starts the processes of a fleet: one that has imported everything forks a `hotlead` for each line that it reads.

A line is JSON: the words after `hotlead`, the environment, and the file for what the process says. The answer is
the new process's id. When standard input ends, so does every process that is left, awake or frozen.
"""

import json
import os
import signal
import sys

import asyncpg  # type: ignore[import-untyped]  # it says no types

import bot.commands.running
import bot.telegram.with_aiogram
from bot.commands import main

PRELOADED = (bot.commands.running, bot.telegram.with_aiogram, asyncpg)


def serve() -> None:
    """Fork a process for every line."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who ends is gone: nobody asks how
    born: list[int] = []
    for line in sys.stdin:
        wanted = json.loads(line)
        child = os.fork()
        if child == 0:
            _become(wanted)
        born.append(child)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
    for each in born:
        try:
            os.kill(each, signal.SIGKILL)
        except ProcessLookupError:
            continue


def _become(wanted: dict[str, object]) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    sys.argv = ["hotlead", *map(str, wanted["words"])]  # type: ignore[call-overload]  # the test's own words
    os.environ.clear()
    os.environ.update(wanted["environment"])  # type: ignore[call-overload]  # and its own settings
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    said = os.open(str(wanted["log"]), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(said, 1)
    os.dup2(said, 2)
    code = 1
    try:
        main()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        os._exit(code)


if __name__ == "__main__":
    serve()
