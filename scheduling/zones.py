"""Turns the name of an IANA zone into a zone, from the locked tzdata package and never from the machine."""

import zoneinfo
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

# The machine's own zone files differ from the package's (Casablanca, El Aaiun, Havana).
zoneinfo.reset_tzpath(to=())

_NO_PLACE = {"UTC", "Etc/UTC"}


class UnknownZone(ValueError):
    """The name is not an IANA zone of the form Area/Place, nor UTC."""


@cache
def names() -> frozenset[str]:
    """Every zone name that may be chosen: Area/Place, and UTC; no abbreviations or bare offsets."""
    every = (files("tzdata") / "zones").read_text(encoding="utf-8").split()
    return frozenset(name for name in every if "/" in name and not name.startswith("Etc/")) | _NO_PLACE


def named(name: str) -> ZoneInfo:
    """The zone of this name; UnknownZone for anything else, whatever the text holds."""
    if name not in names():
        raise UnknownZone(name)
    return ZoneInfo(name)


def release() -> str:
    """The release of the zone data in use, such as 2026a."""
    return (files("tzdata.zoneinfo") / "tzdata.zi").read_text(encoding="utf-8").split()[2]
