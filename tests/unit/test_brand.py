"""A team's colour can be read, whatever it is."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webinars import brand

DAY_PAGE, NIGHT_PAGE = (0.965, 0.007, 80.0), (0.24, 0.018, 330.0)


def parsed(css: str) -> brand.Lch:
    found = re.fullmatch(r"oklch\(([\d.]+)% ([\d.]+) (\d+)\)", css)
    assert found
    return float(found[1]) / 100, float(found[2]), float(found[3])


@given(st.integers(0, 0xFFFFFF))
def test_every_colour_is_corrected_to_enough_contrast(number: int) -> None:
    values = brand.brand_of(f"#{number:06x}")
    day, night = parsed(values.primary_day), parsed(values.primary_night)
    pairs = [
        (day, DAY_PAGE),
        (day, parsed(values.on_primary_day)),
        (night, NIGHT_PAGE),
        (night, parsed(values.on_primary_night)),
        (parsed(values.band_day), parsed(values.on_band)),
        (parsed(values.band_night), parsed(values.on_band)),
    ]
    for one, other in pairs:
        assert brand.contrast(one, other) >= 4.45, (values, one, other)


def test_a_readable_colour_stays_what_it_is() -> None:
    lightness, _, hue = parsed(brand.brand_of("#0f5b66").primary_day)
    assert 0.38 < lightness < 0.46
    assert 200 < hue < 215


@pytest.mark.parametrize("text", ["", "red", "#12345", "#1234567", "#12345g", "#123456;}", "123456#"])
def test_anything_else_is_no_colour(text: str) -> None:
    assert not brand.is_colour(text)
    with pytest.raises(ValueError):
        brand.brand_of(text)


def test_contrast_is_that_of_the_standard() -> None:
    assert brand.contrast((1, 0, 0), (0, 0, 0)) == pytest.approx(21, abs=0.01)
    assert brand.contrast((1, 0, 0), (1, 0, 0)) == 1
