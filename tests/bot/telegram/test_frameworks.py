"""Only the chosen framework is imported, and only that one need be installed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import Framework
from bot.telegram.frameworks import MODULES

ROOT = Path(__file__).parents[3]
EVERYTHING_BUT_THE_OTHER = """
import asyncio, sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {missing!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Missing())
{then}
"""
STAGE = """
from bot.demo.stage import built
async def on_stage():
    async with built("en", framework={framework!r}) as stage:
        print("ready", stage.hotlead.identity.username, *sorted({{"aiogram", "telegram"}} & set(sys.modules)))
asyncio.run(on_stage())
"""
OTHER: dict[Framework, Framework] = {"aiogram": "ptb", "ptb": "aiogram"}


def python(missing: set[str], then: str, **environment: str) -> subprocess.CompletedProcess[str]:
    code = EVERYTHING_BUT_THE_OTHER.format(missing=missing, then=then)
    return subprocess.run(  # noqa: S603 - our own interpreter and our own code
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={"PATH": "/usr/bin:/bin", **environment},
    )


@pytest.mark.parametrize("framework", MODULES)
def test_the_whole_bot_runs_while_the_other_framework_is_not_installed(framework: Framework) -> None:
    done = python({MODULES[OTHER[framework]]}, STAGE.format(framework=framework))
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["ready", "hotlead_demo_bot", MODULES[framework]]


@pytest.mark.parametrize(("command", "framework"), [("doctor", "aiogram"), ("run", "ptb")])
def test_a_framework_that_is_missing_is_told_in_one_line_with_the_remedy(
    command: str, framework: Framework, tmp_path: Path
) -> None:
    done = python(
        {MODULES[framework]},
        f"sys.argv = ['hotlead', {command!r}]\nfrom bot.commands import main\nmain()",
        HOTLEAD_BOT_TOKEN="42:token-of-nobody",
        HOTLEAD_QUIZ="dance-school",
        HOTLEAD_FRAMEWORK=framework,
        HOTLEAD_DATA=str(tmp_path),
    )
    assert done.returncode == 2
    said = [line for line in (done.stdout + done.stderr).splitlines() if "is not installed" in line]
    assert len(said) == 1
    assert f"pip install 'hotlead[{framework}]'" in said[0]
    assert "Traceback" not in done.stderr
