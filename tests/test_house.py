"""The house: which package may import which, what is pure, who reads the clock, and how files are kept."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from bot.settings import Settings

ROOT = Path(__file__).parent.parent
LADDER = ("bot", "storage", "qualification", "dialogs")
"""Each package may import those to its right."""
PURE = ("qualification", "dialogs")
PURE_MAY_IMPORT = {
    *("babel", "bisect", "graphlib", "heapq", "tzfpy", "unicodedata"),
    *("__future__", "abc", "collections", "dataclasses", "datetime", "decimal", "difflib", "enum", "functools"),
    *("itertools", "math", "re", "typing", "unicodedata", "zoneinfo", "babel", "email_validator"),
    *("phonenumbers", "pydantic", "pydantic_core", "tzfpy", "yaml"),
}
"""Nothing here touches the world: no files but a library's own tables, no sockets, clocks, chance or databases."""
FRAMEWORKS = frozenset({"aiogram", "telegram", "aiogram_dialog", "telebot", "pyrogram", "telethon"})
CLOCKS = {
    *("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"),
    *(
        "time.monotonic",
        "time.monotonic_ns",
        "time.perf_counter",
        "time.localtime",
        "time.gmtime",
        "time.strftime",
    ),
}
CLOCK_MODULES = frozenset({"time"})
LONGEST_FILE = 400
NO_NAMES = frozenset({"utils", "util", "helpers", "helper", "misc", "common", "stuff", "tools"})
MIGRATIONS = "storage/migrations/"
"""Alembic's own shape: each migration is a record of the past and is run by Alembic, never imported."""


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _product() -> list[Path]:
    return [path for package in LADDER for path in sorted((ROOT / package).rglob("*.py"))]


def _modules(*packages: str, but: str = " ") -> list[object]:
    """The product's files in these packages, as a test's parameters."""
    names = ((path, _name(path)) for path in _product())
    return [pytest.param(path, id=name) for path, name in names if name.startswith(packages) and but not in name]


MODULES = _modules(*LADDER)


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever the import stands in it."""
    for node in ast.walk(_tree(path)):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=module, level=0, names=names):
                yield from (f"{module}.{alias.name}" for alias in names)
            case ast.ImportFrom(level=level):
                yield ".".join(path.relative_to(ROOT).parts[:-level]) or "."


def _roots(path: Path) -> set[str]:
    return {imported.partition(".")[0] for imported in _imports(path)}


def _dotted(node: ast.expr) -> str:
    match node:
        case ast.Attribute(value=value, attr=attr):
            return f"{_dotted(value)}.{attr}".removeprefix(".")
        case ast.Name(id=name):
            return name
        case _:
            return ""


def _ends(dotted: str) -> str:
    """The last two words of a dotted name: `datetime.datetime.now` is `datetime.now`."""
    return ".".join(dotted.split(".")[-2:])


@pytest.mark.parametrize("path", MODULES)
def test_imports_go_one_way_only(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    above = LADDER[: LADDER.index(package)]
    assert _roots(path) & {*above, "tests"} == set()


@pytest.mark.parametrize("path", _modules(*PURE))
def test_dialogs_and_qualification_touch_nothing_of_the_world(path: Path) -> None:
    allowed = {*PURE_MAY_IMPORT, *LADDER[LADDER.index(path.relative_to(ROOT).parts[0]) :]}
    assert _roots(path) - allowed == set()
    tree = _tree(path)
    asynchronous = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)
    assert not [node.lineno for node in ast.walk(tree) if isinstance(node, asynchronous)]
    called = {_dotted(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert called & {"open", "print", "input", "eval", "exec", "__import__", "compile"} == set()
    assert {name for name in called if _ends(name) in CLOCKS} == set()


@pytest.mark.parametrize("path", MODULES)
def test_only_the_adapters_import_a_telegram_framework(path: Path) -> None:
    if not re.match(r"bot/telegram/with_(aiogram|ptb)", _name(path)):
        assert _roots(path) & FRAMEWORKS == set()


@pytest.mark.parametrize("path", MODULES)
def test_only_the_clock_reads_the_clock(path: Path) -> None:
    if _name(path) == "bot/clock.py":
        return
    read = {_ends(_dotted(node)) for node in ast.walk(_tree(path)) if isinstance(node, ast.Attribute)}
    assert read & CLOCKS == set()
    assert _roots(path) & CLOCK_MODULES == set()


def test_the_clock_does_read_the_clock() -> None:
    path = ROOT / "bot/clock.py"
    read = {_ends(_dotted(node)) for node in ast.walk(_tree(path)) if isinstance(node, ast.Attribute)}
    assert read & CLOCKS == {"datetime.now"}


@pytest.mark.parametrize("path", _modules(*LADDER, but=MIGRATIONS))
def test_every_module_says_in_a_sentence_what_it_is_for(path: Path) -> None:
    first = (ast.get_docstring(_tree(path)) or "").partition("\n")[0]
    assert re.fullmatch(r"\S+ .*\S \S.*[.]", first), f"{first!r} is no sentence"


@pytest.mark.parametrize("path", _modules(*LADDER, but=MIGRATIONS))
def test_no_file_is_longer_than_a_reader_can_hold(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE


def test_no_file_has_a_name_that_says_nothing() -> None:
    tracked = [path for path in _tracked() if path.suffix == ".py"]
    assert [_name(path) for path in tracked if NO_NAMES & {path.stem, *path.relative_to(ROOT).parts}] == []


IMPORT_ALL = """
import importlib, logging, pkgutil, sys, threading

happened = []

def watch(event, arguments):
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        happened.append(f"opened {arguments[0]} to write")
    elif event.startswith(("socket.", "subprocess.", "shutil.", "os.mkdir", "os.system", "os.re")):
        if event not in {"socket.__new__", "socket.gethostname"}:
            happened.append(f"{event} {arguments}")

sys.addaudithook(watch)
for package in ("dialogs", "qualification", "storage", "bot"):
    found = pkgutil.walk_packages([package], f"{package}.")
    for name in (package, *(module.name for module in found)):
        before = len(happened)
        if not name.startswith("storage.migrations") and not name.endswith("__main__"):
            importlib.import_module(name)
        happened[before:] = [f"{name}: {what}" for what in happened[before:]]
happened += [f"a thread {thread.name}" for thread in threading.enumerate()[1:]]
happened += [f"a log handler {handler}" for handler in logging.getLogger().handlers]
print("\\n".join(happened))
"""


def _python(code: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own interpreter and our own code
        [sys.executable, "-B", "-c", code], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_importing_every_module_changes_nothing() -> None:
    assert _python(IMPORT_ALL) == ""


def test_the_commands_start_without_the_heavy_libraries() -> None:
    heavy = "{'aiogram', 'sqlalchemy', 'alembic', 'babel', 'starlette', 'uvicorn', 'phonenumbers'}"
    loaded = f"import sys, bot.commands; print(*sorted({heavy} & set(sys.modules)))"
    assert _python(loaded) == ""


def test_who_has_nothing_to_migrate_does_not_wait_for_what_migrates() -> None:
    assert _python("import sys, bot.main, storage.moving; print(*{'alembic'} & set(sys.modules))") == ""


def _tracked() -> list[Path]:
    """What is, or is about to be, in the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],  # noqa: S607 - git, wherever it is
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    names = [name for name in listed.stdout.split("\0") if name]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


HERE = re.compile(
    r"(?<![\w.])/(?:root|srv|workspace)/[a-z]|/home/[a-z]+/|/Users/[A-Za-z]+/|[A-Z]:\\Users"
    r"|--(?:extra-)?index-url[ =]+\S|--trusted-host|--find-links"
    r"|https?://[^\s\"'/]+(?::\d+)?/(?:artifactory|simple|repository|pypi/simple)\b"
)
"""What works on one machine only: its folders, and the registry it installs from."""


def test_no_file_names_a_machine_or_a_private_registry() -> None:
    found = []
    for path in _tracked():
        if path.suffix in {".png", ".jpg", ".jpeg", ".webp", ".ico", ".woff2", ".db"}:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
            if path != Path(__file__) and HERE.search(line):
                found.append(f"{_name(path)}:{number}: {line.strip()[:100]}")
    assert found == []


@pytest.mark.parametrize(
    "line",
    ["cd /srv/app", "/home/ann/x", "--index-url https://a", "https://nexus.local:8081/repository/pypi"],
)
def test_what_belongs_to_one_machine_is_recognised(line: str) -> None:
    assert HERE.search(line)


@pytest.mark.parametrize("setting", sorted(Settings.model_fields))
def test_every_setting_is_in_the_readme(setting: str) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.search(rf"\bHOTLEAD_{setting.upper()}\b", readme)


def test_no_secret_is_compared_in_a_time_that_tells_how_much_of_it_is_right() -> None:
    """Time cannot be tested; but an equals sign stops at the first letter that differs."""
    compared = [
        f"{file.name}:{node.lineno}"
        for file in sorted((ROOT / "bot" / "web").glob("*.py"))
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Compare)
        and any(isinstance(each, ast.Eq | ast.NotEq | ast.In | ast.NotIn) for each in node.ops)
        and {"shown", "secret", "_secret", "_token", "token"} & set(re.findall(r"\w+", ast.unparse(node)))
    ]
    assert compared == []
