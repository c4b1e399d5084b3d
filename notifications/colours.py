"""A team's colours as mail programs understand them: the pages' own, as #rrggbb."""

import math
import re

from webinars.brand import brand_of, is_colour

VELVET, VELVET_NIGHT = "#871c47", "#df95b0"
_CSS = re.compile(r"oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)")


def act_colours(colour: str) -> tuple[str, str]:
    """The colour of buttons by day and by night, as on the team's pages; velvet if the team has none."""
    if not is_colour(colour):
        return VELVET, VELVET_NIGHT
    brand = brand_of(colour)
    return to_hex(brand.primary_day), to_hex(brand.primary_night)


def to_hex(css: str) -> str:
    """`oklch(L% C H)` as #rrggbb, clipped to sRGB; after Björn Ottosson (2020)."""
    found = _CSS.fullmatch(css)
    if found is None:
        raise ValueError(css)
    lightness, chroma, hue = (float(part) for part in found.groups())
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness / 100 + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness / 100 - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness / 100 - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    return "#" + "".join(f"{_channel(value):02x}" for value in linear)


def _channel(linear: float) -> int:
    value = 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055
    return round(255 * min(max(value, 0.0), 1.0))
