"""What is wrong with a quiz document, in words an admin can act on."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic_core import ErrorDetails


class Severity(StrEnum):
    """An error keeps a quiz from being published; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where, what, and the remedy."""

    file: str
    line: int
    message: str
    remedy: str
    step: str | None = None
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        step = f"step `{self.step}`: " if self.step else ""
        return f"{self.file}:{self.line}: {self.severity}: {step}{self.message}. {self.remedy}".rstrip()


def did_you_mean(written: str, known: Iterable[str]) -> str:
    """Return «Did you mean `x`?», or what there is to choose from when nothing comes close."""
    names = sorted(set(known))
    close = difflib.get_close_matches(written, names, n=1, cutoff=0.6)
    if close:
        return f"Did you mean `{close[0]}`?"
    return "There is: " + ", ".join(f"`{name}`" for name in names[:12]) + "." if names else ""


def worded(error: ErrorDetails, words: Collection[str], kind: str | None = None) -> tuple[str, str]:
    """Put a validation error of pydantic into a message and a remedy.

    `words` are the format's own; `kind` is the word that makes a step what it is.
    """
    name = str(error["loc"][-1]) if error["loc"] else ""
    given = error["input"]
    context: dict[str, Any] = error.get("ctx", {})
    match error["type"]:
        case "missing":
            return f"`{name}` is missing", f"Add `{name}:` here."
        case "extra_forbidden" if name == "go" and kind == "several":
            return "`go` cannot stand at a choice where several are ticked", "Write `go` at the question itself."
        case "extra_forbidden" if name in words:
            return f"`{name}` cannot stand {f'beside `{kind}`' if kind else 'here'}", "It belongs to another part."
        case "extra_forbidden":
            return f"`{name}` is not a word that can stand here", did_you_mean(name, words)
        case "string_type":
            return f"`{name}` must be a text, not {_shown(given)}", "Put it in quotes."
        case "string_pattern_mismatch":
            return _pattern(name, given)
        case "string_too_long":
            return f"`{given}` is too long", f"Use at most {context['max_length']} letters."
        case "string_too_short":
            return f"`{name}` is empty", "Write the text, or leave the line out."
        case "too_short" if context["actual_length"]:
            return f"`{name}` has only {context['actual_length']}", f"It takes at least {context['min_length']}."
        case "too_short":
            return f"`{name}` is empty", "Add at least one."
        case "too_long":
            return f"`{name}` has {context['actual_length']}", f"It takes at most {context['max_length']}."
        case "int_from_float":
            return f"`{name}` must be a whole number, not {_shown(given)}", "Leave out the part behind the dot."
        case "int_type" | "int_parsing" | "float_type" | "float_parsing":
            return f"`{name}` must be a number, not {_shown(given)}", "Write digits without quotes."
        case "bool_type" | "bool_parsing":
            return f"`{name}` must be true or false, not {_shown(given)}", "Write true or false."
        case "literal_error" | "enum":
            expected = str(context["expected"])
            close = difflib.get_close_matches(str(given), re.findall(r"'([^']+)'", expected), n=1)
            remedy = f"Did you mean `{close[0]}`?" if close else f"It is one of {expected.replace(chr(39), '`')}."
            return f"`{name}` cannot be {_shown(given)}", remedy
        case "model_type" if name == "choices":
            return f"a choice has an id and a text, and {_shown(given)} is only one of them", (
                "Write each as `{id: yes, text: Of course}`."
            )
        case "model_type" | "model_attributes_type" | "dict_type":
            return (
                f"`{name}` must have named parts, not {_shown(given)}",
                "Write `name: value` lines below it.",
            )
        case "tuple_type" | "list_type":
            return f"`{name}` must be a list, not {_shown(given)}", "Start each line of it with `- `."
        case "finite_number" | "nan" | "inf":
            return f"`{name}` must be a real number, not {_shown(given)}", "Leave it out where there is no bound."
        case "greater_than_equal" | "less_than_equal":
            bound = context.get("ge", context.get("le"))
            side = "at least" if "ge" in context else "at most"
            return f"`{name}` is {_shown(given)}", f"It must be {side} {bound}."
        case _:
            message, _, remedy = error["msg"].partition("; ")
            return message, f"{remedy[:1].upper()}{remedy[1:]}." if remedy else ""


def _pattern(name: str, given: object) -> tuple[str, str]:
    if name == "link":
        return f"{_shown(given)} is no safe address", "A link starts with https:// and names a site."
    if name == "region":
        return f"{_shown(given)} is no country code", "Write two capital letters, such as UA."
    if name in ("languages", "[key]"):
        return f"{_shown(given)} is no language code", "Write two small letters, such as en, uk or ru."
    return (
        f"{_shown(given)} cannot be an id",
        "An id has small Latin letters, digits, `-` and `_`: texts for people go into `text`.",
    )


def _shown(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case dict():
            return "named parts"
        case list():
            return "a list"
        case _:
            return f"`{value}`"
