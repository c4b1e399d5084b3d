"""Names the countries whose public holidays are known, and their regions, as a host chooses them."""

from functools import cache, lru_cache
from importlib.resources import files

import holidays as library

from scheduling import holidays

Choice = tuple[str, str]


@cache
def _english() -> dict[str, str]:
    """Country codes and names as the zone data lists them."""
    text = (files("tzdata.zoneinfo") / "iso3166.tab").read_text(encoding="utf-8")
    lines = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return {code: name for code, name, *_rest in lines}


@cache
def countries() -> tuple[Choice, ...]:
    """Code and English name of each country whose holidays are known, by name."""
    known = ((code, _english().get(code, code)) for code in holidays.countries())
    return tuple(sorted(known, key=lambda choice: choice[1]))


@lru_cache(maxsize=300)
def regions(country: str) -> tuple[Choice, ...]:
    """Code and name of each region of a country that has holidays of its own; none for an unknown country."""
    codes = holidays.countries().get(country, ())
    if not codes:
        return ()
    aliases: dict[str, str] = getattr(library.country_holidays(country), "subdivisions_aliases", {})
    names = {code: name for name, code in reversed(aliases.items())}
    return tuple(sorted(((code, names.get(code, code)) for code in codes), key=lambda choice: choice[1]))
