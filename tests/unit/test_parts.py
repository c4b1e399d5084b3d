"""The template filters of the components."""

from datetime import UTC, datetime

from accounts.templatetags.parts import initials, tint
from scheduling.templatetags.zones import zone_label


def test_initials_are_of_the_first_and_the_last_word() -> None:
    assert initials("Zofia Brzęczyszczykiewicz-Nowak") == "ZB"
    assert initials("  łukasz  maria szczęśniak ") == "ŁS"
    assert initials("Théo") == "T"
    assert initials("Anna Anna") == "AA"
    assert initials("") == ""


def test_the_tint_is_the_one_the_scripts_compute() -> None:
    assert [tint("Marta Kowalczyk"), tint("Zofia"), tint("")] == [2, 4, 1]


def test_a_zone_is_said_with_its_place_and_what_it_is_ahead_at_that_instant() -> None:
    winter, summer = datetime(2026, 11, 24, tzinfo=UTC), datetime(2026, 7, 24, tzinfo=UTC)
    assert zone_label("Europe/Warsaw", winter) == "Warsaw time, UTC+1"
    assert zone_label("Europe/Warsaw", summer) == "Warsaw time, UTC+2"
    assert zone_label("America/New_York", winter) == "New York time, UTC−5"
    assert zone_label("Asia/Kathmandu", winter) == "Kathmandu time, UTC+5:45"
    assert zone_label("UTC", winter) == "UTC"
