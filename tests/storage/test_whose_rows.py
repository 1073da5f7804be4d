"""Every statement says whose rows it is about: by the bot, or by a row that a look-up of this bot gave before."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import storage

FOLDER = Path(storage.__file__).parent
SAYS = r"\b(_ours|_within|_bot_id|bot_id)\b"
"""What every collection says it with; `_within` is a batch of this bot's."""
LEADS_TO_ONE = {
    *("prospect_id", "lead_id", "lead", "leads", "session_id", "hand_off_id", "hand_off", "enrolment_id"),
    *("enrolment", "consent_id", "number", "numbers", "update_id", "received", "stored", "passed", "passed_id"),
    *("merge_id", "broadcast_id", "broadcast", "code_id", "outbox_id", "card", "queued", "ids", "recipient_id"),
    *("handled", "updates", "prospect", "recipient", "code", "row", "rows", "link", "telegram_ids", "prospects"),
}
"""Parameters that are rows, or numbers of rows: who has one got it by a look-up that was limited to the bot.

What comes from outside (a button, a link, a command) goes through a look-up with `_ours`; that forged numbers
reach nobody else's rows is shown in tests/scenarios/test_together.py.
"""
OF_ALL_BOTS = {"Enrolments.count", "Holdings.everybody", "Prospects.count_kept_too_long", "States.held"}
"""What an operator asks of the whole database, and who was erased from it."""


def _named(tree: ast.Module) -> dict[str, str]:
    """Return what a module makes and what its classes do, each by its name."""
    made: dict[str, str] = {}
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.FunctionDef(name=name):
                made[name] = ast.unparse(node)
            case ast.ClassDef(body=body):
                helpers = (each for each in body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))
                made |= {each.name: ast.unparse(each) for each in helpers if each.name.startswith("_")}
            case _:
                pass
    return made


def _whole(source: str, made: dict[str, str]) -> str:
    """Return a method together with everything of its module that it is made of."""
    found, open_ = {source}, [source]
    while open_:
        used = set(re.findall(r"\w+", open_.pop())) & made.keys()
        new = {made[name] for name in used} - found
        found |= new
        open_ += new
    return "\n".join(found)


def _methods() -> Iterator[tuple[str, ast.AsyncFunctionDef, str]]:
    for path in sorted(FOLDER.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        made = _named(tree)
        for table in (node for node in tree.body if isinstance(node, ast.ClassDef)):
            if "Collection" in {ast.unparse(base) for base in table.bases}:
                for method in table.body:
                    if isinstance(method, ast.AsyncFunctionDef):
                        yield f"{table.name}.{method.name}", method, _whole(ast.unparse(method), made)


METHODS = [
    pytest.param(name, method, source, id=name)
    for name, method, source in _methods()
    if "_connection" in source and name not in OF_ALL_BOTS and not method.name.startswith("_")
]


@pytest.mark.parametrize(("name", "method", "source"), METHODS)
def test_a_statement_is_limited_to_the_bot_or_to_rows_that_are_known_to_be_its_own(
    name: str, method: ast.AsyncFunctionDef, source: str
) -> None:
    parameters = {each.arg for each in (*method.args.args, *method.args.kwonlyargs)}
    assert re.search(SAYS, source) or parameters & LEADS_TO_ONE, name


def test_what_is_of_all_bots_still_exists() -> None:
    assert {name for name, _, _ in _methods()} >= OF_ALL_BOTS
