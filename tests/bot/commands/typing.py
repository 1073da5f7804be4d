"""Commands as an operator types them."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner, Result

from bot.commands import app


def hotlead(*words: str, typed: str | None = None, **settings: str) -> Result:
    env = {f"HOTLEAD_{name.upper()}": value for name, value in settings.items()}
    result = CliRunner().invoke(app, list(words), input=typed, env=env)
    assert "Traceback" not in result.output
    assert "secret_secret" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def written(source: str, name: str = "quiz.yaml") -> str:
    Path(name).write_text(source, encoding="utf-8")
    return name
