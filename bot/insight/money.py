"""How money is written: each currency by itself, as the reader's language writes it."""

from __future__ import annotations

import re

from babel.numbers import format_currency

from bot.texts import catalogue_language
from qualification.costs import Money

NOTHING = "—"


def money_text(language: str, money: Money | None) -> str:
    """Write amounts: «€25.00 + UAH 400.00»; a dash where there are none."""
    locale = catalogue_language(language)
    amounts = (format_currency(amount, currency, locale=locale) for currency, amount in (money or {}).items())
    # Babel writes a currency's letters close to the number: «UAH400.00».
    return " + ".join(re.sub(r"(?<=[A-Z])(?=\d)", "\xa0", amount) for amount in amounts) or NOTHING
