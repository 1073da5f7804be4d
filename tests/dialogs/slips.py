"""A slip of an admin's hand in `good_quiz.yaml`, and what the admin is told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

GOOD = (Path(__file__).parent / "good_quiz.yaml").read_text(encoding="utf-8")
LETTERS = "  - {id: letters, consent: follow_ups, text: {uk: Надсилати корисне?, en: May we send more?}}\n"
AGREE = (
    "  - {id: agree, consent: contact, text: {uk: Зберегти ваш контакт?, en: May we keep your contact?}, "
    "refused: bye}\n"
)
NUMBER = (
    "    number: {min: 14, max: 60, unit: {uk: років, en: years}}\n"
    "    points: [{to: 17, add: 20}, {to: 25, add: 10}]\n"
)


@dataclass(frozen=True)
class Slip:
    """`old` became `new`; `told` are all lines that the check prints, without the file's name."""

    old: str
    new: str
    told: tuple[str, ...]

    @property
    def source(self) -> str:
        """The whole broken file."""
        assert self.old in GOOD
        return GOOD.replace(self.old, self.new, 1)


def a_slip(old: str, new: str, *told: str) -> Slip:
    return Slip(old, new, told)
