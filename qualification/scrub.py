"""Scrub: contacts that are of no use, or that another account left before, are told apart from the others."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import phonenumbers

from qualification.routes import Scrub


class Flaw(StrEnum):
    """Why a contact is counted apart."""

    INVALID = "invalid"
    COUNTRY = "country"
    REPEATED = "repeated"


def flaw_of(scrub: Scrub, kind: str, value: str, *, confirmed: bool = False) -> Flaw | None:
    """Return what is wrong with a contact by itself: no such number, or one of a country that cannot be.

    A number that Telegram confirmed does exist, whatever the numbering plans know of it.
    """
    if kind != "phone":
        return None
    try:
        number = phonenumbers.parse(value)
    except phonenumbers.NumberParseException:
        return Flaw.INVALID
    real = phonenumbers.is_valid_number(number) and phonenumbers.number_type(number) not in _NOBODYS
    if not real and not confirmed:
        return Flaw.INVALID
    if scrub.countries and phonenumbers.region_code_for_number(number) not in scrub.countries:
        return Flaw.COUNTRY
    return None


def is_repeated(scrub: Scrub, given_at: datetime, left_before: datetime | None) -> bool:
    """Tell whether a contact is a repeated one, given when another account left it last before."""
    return left_before is not None and given_at - left_before <= scrub.repeated_within


_NOBODYS = frozenset(
    {
        phonenumbers.PhoneNumberType.PREMIUM_RATE,
        phonenumbers.PhoneNumberType.SHARED_COST,
        phonenumbers.PhoneNumberType.VOICEMAIL,
        phonenumbers.PhoneNumberType.PAGER,
    }
)
"""Kinds of numbers at which no person answers."""
