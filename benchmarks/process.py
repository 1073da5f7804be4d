"""A bot in a process of its own: started, looked at from outside, ended."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

SET_BY_US = "HOTLEAD_"
LAST_WORDS = 2000


class BotEndedError(Exception):
    """A bot's process ended by itself."""


@dataclass
class Running:
    """A process that runs."""

    process: asyncio.subprocess.Process
    errors: Path

    def cpu(self) -> float:
        """Return the CPU seconds it has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_mb(self) -> float:
        """Return the memory it holds now."""
        return resident_mb(self.process.pid)

    def check(self) -> None:
        """Raise BotEndedError with its last words if it has ended."""
        if self.process.returncode is not None:
            raise BotEndedError(self.errors.read_text(errors="replace")[-LAST_WORDS:] or "without a word")

    async def until(self, happened: asyncio.Event) -> None:
        """Wait for something that this process is to do. Raises BotEndedError."""
        while not happened.is_set():
            self.check()
            await asyncio.sleep(0.005)

    async def until_says(self, word: str) -> None:
        """Wait until it says something in its log. Raises BotEndedError."""
        while word not in self.errors.read_text(errors="replace"):
            self.check()
            await asyncio.sleep(0.05)

    async def until_listening(self, port: int) -> None:
        """Wait until somebody listens at a port. Raises BotEndedError."""
        while True:
            self.check()
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return


@asynccontextmanager
async def running(folder: Path, *words: str, settings: Mapping[str, str] | None = None) -> AsyncIterator[Running]:
    """Run `python -m` with these words; nobody's own settings of Hotlead are heeded."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(SET_BY_US)}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)  # compiling our sources at each start would be no start of a bot
    with NamedTemporaryFile(dir=folder, prefix="said-", delete=False) as written:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", *words), env={**kept, **(settings or {})}, stderr=written, stdout=written
        )
    try:
        yield Running(process, Path(written.name))
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def resident_mb(process: int | str = "self") -> float:
    """Return the memory that a process holds now."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024
