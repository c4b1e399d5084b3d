"""Says on which dates a country, or a region of it, has public holidays, and what they are called there."""

from collections.abc import Iterable
from datetime import date
from functools import cache, lru_cache

import holidays as library


class UnknownPlace(ValueError):
    """No holidays are known for this country, or the country has no such region."""


@cache
def countries() -> dict[str, tuple[str, ...]]:
    """The codes of all countries whose holidays are known (ISO 3166-1), each with its regions' codes."""
    return {
        code: tuple(regions)
        for code, regions in library.list_supported_countries(include_aliases=False).items()
    }


def check(country: str, region: str = "") -> None:
    """UnknownPlace unless the holidays of this country and region (empty: the whole country's) are known."""
    if country not in countries() or (region and region not in countries()[country]):
        raise UnknownPlace(f"{country} {region}".strip())


def public(country: str, region: str, years: Iterable[int]) -> dict[date, str]:
    """The public holidays of these years with their English names; none where the place is not known.

    Years before or after those the calendar of the country is known for have none.
    """
    found: dict[date, str] = {}
    for year in years:
        found |= _of_year(country, region, year)
    return found


@lru_cache(maxsize=2048)
def _of_year(country: str, region: str, year: int) -> dict[date, str]:
    try:
        check(country, region)
    except UnknownPlace:
        return {}
    kind = library.country_holidays(
        country, subdiv=region or None, years=year, expand=False, language="en_US"
    )
    return dict(kind.items())
