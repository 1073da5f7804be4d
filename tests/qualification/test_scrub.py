"""Scrub: which contacts are counted apart."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qualification.routes import Scrub
from qualification.scrub import Flaw, flaw_of, is_repeated
from tests.qualification.samples import NOON

ANYWHERE, POLAND = Scrub(), Scrub(countries=("PL",))


@pytest.mark.parametrize(
    ("scrub", "kind", "value", "flaw"),
    [
        (ANYWHERE, "phone", "+380671234567", None),
        (ANYWHERE, "phone", "+48512345678", None),
        (ANYWHERE, "phone", "+999123", Flaw.INVALID),
        (ANYWHERE, "phone", "no phone", Flaw.INVALID),
        (ANYWHERE, "phone", "+380900123456", Flaw.INVALID),  # premium rate
        (POLAND, "phone", "+48512345678", None),
        (POLAND, "phone", "+380671234567", Flaw.COUNTRY),
        (POLAND, "email", "anna@pumps.example", None),
    ],
)
def test_a_phone_at_which_nobody_can_be_reached_is_told_apart(
    scrub: Scrub, kind: str, value: str, flaw: Flaw | None
) -> None:
    assert flaw_of(scrub, kind, value) is flaw


def test_a_phone_that_telegram_confirmed_exists_and_may_still_be_of_a_country_that_cannot_be() -> None:
    assert flaw_of(ANYWHERE, "phone", "+447700900107", confirmed=True) is None
    assert flaw_of(ANYWHERE, "phone", "+447700900107") is Flaw.INVALID
    assert flaw_of(POLAND, "phone", "+380671234567", confirmed=True) is Flaw.COUNTRY


@pytest.mark.parametrize(("days", "repeated"), [(0, True), (30, True), (31, False)])
def test_a_contact_is_repeated_for_so_long(days: int, *, repeated: bool) -> None:
    assert is_repeated(ANYWHERE, NOON, NOON - timedelta(days=days)) is repeated


def test_a_contact_that_nobody_left_before_is_not_repeated() -> None:
    assert not is_repeated(ANYWHERE, NOON, None)
