"""Makes a team's colour readable: four values for day and night, each corrected to a contrast of 4.5 to 1."""

import math
import re
from dataclasses import dataclass

ENOUGH = 4.5
_DAY_PAGE = (0.965, 0.007, 80.0)  # base-200 of the themes, as lightness, chroma, hue
_NIGHT_PAGE = (0.24, 0.018, 330.0)  # base-100 of the night, the lighter of its two grounds
Lch = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Brand:
    """CSS colours of a team's pages: the act colour with what stands on it, the band at the head with the same."""

    primary_day: str
    primary_night: str
    on_primary_day: str
    on_primary_night: str
    band_day: str
    band_night: str
    on_band: str


def is_colour(text: str) -> bool:
    """Whether the text is a colour such as #1f6f78."""
    return re.fullmatch(r"#[0-9a-fA-F]{6}", text) is not None


def brand_of(colour: str) -> Brand:
    """The four values for a team's colour (#rrggbb); ValueError for anything else."""
    if not is_colour(colour):
        raise ValueError("A colour is written as # and six digits.")
    lightness, chroma, hue = _to_lch(colour)
    day = _darkened((min(lightness, 0.52), min(chroma, 0.17), hue), _DAY_PAGE)
    night = _lightened((max(lightness, 0.72), min(chroma, 0.11), hue), _NIGHT_PAGE)
    tint = min(chroma, 0.012)
    return Brand(
        primary_day=_css(day),
        primary_night=_css(night),
        on_primary_day=_css((0.985, tint, hue)),
        on_primary_night=_css((0.2, min(chroma, 0.04), hue)),
        band_day=_css((0.29, min(chroma, 0.085), hue)),
        band_night=_css((0.24, min(chroma, 0.045), hue)),
        on_band=_css((0.97, tint, hue)),
    )


def contrast(one: Lch, other: Lch) -> float:
    """The contrast of two OKLCH colours, 1 to 21 (WCAG 2.2)."""
    lights = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lights[0] + 0.05) / (lights[1] + 0.05)


def _darkened(colour: Lch, ground: Lch) -> Lch:
    """The colour, as much darker as words in it on the page need; white on it reads at least as well."""
    lightness, chroma, hue = colour
    while lightness > 0 and contrast((lightness, chroma, hue), ground) < ENOUGH:
        lightness -= 0.01
    return (max(lightness, 0.0), chroma, hue)


def _lightened(colour: Lch, ground: Lch) -> Lch:
    lightness, chroma, hue = colour
    while lightness < 1 and contrast((lightness, chroma, hue), ground) < ENOUGH:
        lightness += 0.01
    return (min(lightness, 0.86), chroma, hue)


def _css(colour: Lch) -> str:
    lightness, chroma, hue = colour
    return f"oklch({lightness * 100:.1f}% {chroma:.3f} {hue:.0f})"


def _to_lch(colour: str) -> Lch:
    """sRGB to OKLCH, after Björn Ottosson, "A perceptual color space for image processing" (2020)."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360


def _luminance(colour: Lch) -> float:
    """The relative luminance of what a screen shows of an OKLCH colour."""
    lightness, chroma, hue = colour
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    red, green, blue = (min(max(channel, 0.0), 1.0) for channel in (red, green, blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
