"""The time zone of a city or of a place on the map, looked up offline."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from zoneinfo import ZoneInfo

import tzfpy
from babel import Locale, UnknownLocaleError
from babel.core import get_global

_NAME = re.compile(r"[^\W\d_][^\d_<>@/\\]*", re.UNICODE)
_TITLE = re.compile(r"^(?:м|г|місто|город|city of) ")
LONGEST_NAME = 80


def read_city(text: str) -> str | None:
    """Return a city's name as it was typed; None when it can be none."""
    name = " ".join(text.split()).strip(" .,!")
    return name if 2 <= len(name) <= LONGEST_NAME and _NAME.fullmatch(name) else None  # noqa: PLR2004 - letters


def zone_of_city(name: str, languages: tuple[str, ...]) -> str | None:
    """Return the time zone that is named after a city (Unicode CLDR), in any of the languages; else None.

    What stands around the name does not matter: «м. Київ», «Kyiv, Ukraine».
    """
    return _cities(tuple(sorted({*languages, "en"}))).get(_TITLE.sub("", _plain(name.partition(",")[0])))


def is_on_earth(latitude: float, longitude: float) -> bool:
    """Tell whether there can be such a place."""
    return -90 <= latitude <= 90 and -180 <= longitude <= 180  # noqa: PLR2004 - degrees


def zone_at(latitude: float, longitude: float) -> str | None:
    """Return the time zone of a place on the map; None for impossible figures."""
    return _alive(tzfpy.get_tz(longitude, latitude)) if is_on_earth(latitude, longitude) else None


@lru_cache(maxsize=16)
def _cities(languages: tuple[str, ...]) -> Mapping[str, str]:
    aliases: Mapping[str, str] = get_global("zone_aliases")
    found: dict[str, str] = {}

    def note(city: str, zone: str) -> None:
        # CLDR keeps old names of zones: Europe/Kiev is where «Київ» stands.
        alive = _alive(str(aliases.get(zone, zone)))
        if alive is not None and "/" in zone and not zone.startswith("Etc/"):
            found.setdefault(_plain(city), alive)

    for language in languages:
        try:
            named = Locale.parse(language).time_zones
        except (UnknownLocaleError, ValueError):
            continue
        for zone, names in named.items():
            note(names.get("city", ""), zone)
    for zone in (*get_global("zone_territories"), *aliases):
        note(zone.rpartition("/")[2].replace("_", " "), zone)
    found.pop("", None)
    return found


def _plain(name: str) -> str:
    return re.sub(r"[\s\-’'ʼ.]+", " ", name.casefold()).strip()


def _alive(zone: str) -> str | None:
    try:
        ZoneInfo(zone)
    except (LookupError, ValueError, OSError):
        return None
    return zone or None
