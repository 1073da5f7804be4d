"""Marks: what people are found by who gave an answer, though the answers themselves are sealed."""

from __future__ import annotations

from pydantic import TypeAdapter

from dialogs.answers import Answer, Choice, Choices
from storage.cipher import Keyring

ANSWER: TypeAdapter[Answer] = TypeAdapter(Answer)
LENGTH = 16
"""Hexadecimal digits of a mark: among the choices of one question no two are ever the same."""
NO_CHOICES = ""


def mark(keyring: Keyring, question: str, choice: str) -> str:
    """Return what a choice is found by: without the lookup key nobody can tell which one it is."""
    return keyring.fingerprint("choice", f"{question}\0{choice}")[:LENGTH]


def marks(keyring: Keyring, question: str, answer: Answer) -> str:
    """Return the marks of every choice in an answer, each between spaces; empty for other kinds of answers."""
    match answer:
        case Choice(choice=choice):
            chosen: tuple[str, ...] = (choice,)
        case Choices(choices=choices):
            chosen = choices
        case _:
            chosen = ()
    found = [mark(keyring, question, choice) for choice in chosen]
    return f" {' '.join(found)} " if found else NO_CHOICES
