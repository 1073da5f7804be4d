"""Starts `hotlead run` over and over: a process that has imported everything forks a fresh bot for each start.

Importing a framework takes seconds; fifty starts would spend minutes in it and test nothing by that. Each fork
runs the command itself, with its own event loop, connections and database handles, and can be killed like any
process.

Reads `start` lines from standard input and answers each with the new process's id.
"""

import os
import sys
from importlib import import_module

from bot.commands import main
from bot.settings import read_framework

PRELOADED = [
    import_module(name)
    for name in (
        "bot.commands.running",
        "bot.web.serving",
        "bot.web.site",
        f"bot.telegram.with_{read_framework()}",
    )
]


def serve() -> None:
    """Fork a bot for every line."""
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            sys.argv = ["hotlead", "run"]
            devnull = os.open(os.devnull, os.O_RDONLY)
            os.dup2(devnull, 0)
            os.dup2(2, 1)
            main()
            os._exit(0)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        os.waitpid(child, 0)


if __name__ == "__main__":
    serve()
