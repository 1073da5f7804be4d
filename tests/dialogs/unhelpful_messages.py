"""Slips whose messages do not help yet: what is changed, and the words that should be told."""

from __future__ import annotations

from tests.dialogs.slips import a_slip

UNHELPFUL = {
    "a link without https": (
        a_slip("https://osvita", "http://osvita"),
        ("37: ", "https://"),
        "bug: an insecure link «cannot be an id», and its sequence «is empty»",
    ),
    "one hour instead of two": (
        a_slip("hours: 10-19", "hours: 10"),
        ("37: ", "10-19"),
        "bug: a single hour «must have named parts», and its sequence «is empty»",
    ),
    "a length of time in a follow-up": (
        a_slip("after: 1d", "after: 1 день"),
        ("37: error: `1 день` is no length of time",),
        "bug: the sequence around it is called empty",
    ),
    "points in words at an only choice": (
        a_slip(
            "    choices:\n      - {id: poland, points: 30,",
            "    choices: [{id: x, text: X, points: три}]\n    label:\n      - {points: 30,",
        ),
        ("11: error: step `country`: `points` must be a number",),
        "bug: the choices around it are called empty",
    ),
    "a variable in Cyrillic": (
        a_slip("Вітаємо, {first_name}!", "Вітаємо, {імя}!"),
        ("8: ", "{імя}", "first_name"),
        "bug: nothing is told, and people would read {імя}",
    ),
    "a word that stands there already": (
        a_slip("{id: phone, contact: phone, ask", "{id: phone, contact: phone, say: Hi, ask"),
        ("24: error: step `phone`", "`contact`"),
        "bug: `say` cannot stand here, did you mean `say`? And nothing asks for a contact",
    ),
    "an unknown way of contact": (
        a_slip("contact: phone", "contact: telegram"),
        ("24: error: step `phone`: `contact` cannot be `telegram`",),
        "bug: «nothing asks for a contact» comes first",
    ),
    "an unknown purpose of follow-ups": (
        a_slip("consent: follow_ups", "consent: розсилка"),
        ("25: error: step `letters`: `consent` cannot be `розсилка`",),
        "bug: «follow-ups need their own consent» comes along",
    ),
    "a text in no language of the quiz": (
        a_slip("uk: Дякуємо!", "ua: Дякуємо!"),
        ("26: error: step `bye`: `ua` is not among the quiz's languages",),
        "bug: «no text in uk. People who speak it will read uk»",
    ),
    "an id that is a word of conditions": (
        a_slip("- id: age", "- id: any"),
        ("15: error: step `any`: `any` has a meaning of its own in `when`. ",),
        "bug: no remedy",
    ),
    "a quote left open": (
        a_slip('"Hi {first_name}!"', '"Hi {first_name}!'),
        ("8: ",),
        "bug: the line told is the file's last one, where the reader gave up",
    ),
    "half a point": (
        a_slip("points: 30", "points: 2.5"),
        ("12: error: step `country`: `points` must be a whole number, not `2.5`",),
        "bug: it says that 2.5 is no number",
    ),
    "a variable without quotes": (
        a_slip('say: {uk: "Вітаємо, {first_name}!", en: "Hi {first_name}!"}', "say: {first_name}"),
        ("8: ", "quotes"),
        "bug: `first_name` is called a language code",
    ),
    "a comma in a text without quotes": (
        a_slip("До Польщі", "До Польщі, бо там друзі"),
        ("12: error: step `country`", "quotes"),
        "bug: the words after the comma are called a language code",
    ),
    "a colon in a text between brackets": (
        a_slip("До Польщі", "До Польщі: там друзі"),
        ("12: error: ", "colon"),
        "bug: a missing comma or an open bracket is suspected",
    ),
    "languages written large": (
        a_slip("languages: [uk, en]", "languages: [UK, en]"),
        ("2: error: `UK` is no language code",),
        "bug: one slip in `languages` gives two errors for every text of the file",
    ),
}
"""Slips whose messages do not help yet: the words that should stand in the only error, and what stands there."""
