"""Who plays in the demo: the staff, and a new prospect with a believable name for every play."""

from __future__ import annotations

from collections.abc import Mapping

from bot.demo.emulator import Emulator, Person

MANAGER_ID, ADMIN_ID = 1_001, 1_002
MANAGER_NAMES: Mapping[str, str] = {"en": "Max", "uk": "Макс", "ru": "Макс"}
ADMIN_NAMES: Mapping[str, str] = {"en": "Ada", "uk": "Ада", "ru": "Ада"}

_FIRST_PROSPECT = 7_000_000_001
_PROSPECTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "en": (
        ("Emma", "emma_wood"),
        ("Oliver", "oliver_hart"),
        ("Grace", "grace_lane"),
        ("Daniel", "dan_fields"),
        ("Sophie", "sophie_m"),
        ("Thomas", "tom_avery"),
        ("Chloe", "chloe_reed"),
        ("Henry", "henry_cole"),
    ),
    "uk": (
        ("Олена", "olena_kova"),
        ("Андрій", "andriy_h"),
        ("Соломія", "solomiya"),
        ("Тарас", "taras_lev"),
        ("Марічка", "marichka_b"),
        ("Богдан", "bohdan_k"),
        ("Ірина", "iryna_dub"),
        ("Назар", "nazar_o"),
    ),
    "ru": (
        ("Анна", "anna_vl"),
        ("Сергей", "sergey_d"),
        ("Марина", "marina_k"),
        ("Павел", "pavel_or"),
        ("Ольга", "olga_ivn"),
        ("Илья", "ilya_m"),
        ("Наталья", "nata_f"),
        ("Виктор", "viktor_s"),
    ),
}
_NOBODYS_NUMBERS: Mapping[str, str] = {
    "en": "+4477009001{:02d}",
    "uk": "+3804400001{:02d}",
    "ru": "+3804400001{:02d}",
}
"""Numbers that ring at nobody's. Source of the first: Ofcom, «Telephone numbers for use in TV and radio»."""
_SPOKEN: Mapping[str, Mapping[str, str]] = {
    "en": {"city": "Lviv", "child": "Lily"},
    "uk": {"city": "Львів", "child": "Софійка"},
    "ru": {"city": "Львов", "child": "Соня"},
}


def spoken(language: str | None) -> Mapping[str, str]:
    """Return the names that prospects type, in their language."""
    return _SPOKEN[language or "en"]


class Cast:
    """Brings people into the emulator; no two prospects share a Telegram id."""

    def __init__(self, emulator: Emulator, language: str) -> None:
        self._emulator = emulator
        self._met = 0
        self.manager = emulator.person(MANAGER_ID, first_name=MANAGER_NAMES[language], language=language)
        self.admin = emulator.person(ADMIN_ID, first_name=ADMIN_NAMES[language], language=language)

    def speak(self, language: str) -> None:
        """Let the staff's Telegram speak a language, and their names be written in it."""
        for person, names in ((self.manager, MANAGER_NAMES), (self.admin, ADMIN_NAMES)):
            person.language = language
            person.account.first_name = names[language]

    def new_prospect(self, language: str) -> Person:
        """Bring a prospect in who never wrote to the bot."""
        names = _PROSPECTS[language]
        first_name, username = names[self._met % len(names)]
        again = self._met // len(names)
        person = self._emulator.person(
            _FIRST_PROSPECT + self._met,
            first_name=first_name,
            username=f"{username}{again + 1}" if again else username,
            language=language,
            phone=_NOBODYS_NUMBERS[language].format(self._met % 100),
        )
        self._met += 1
        return person
