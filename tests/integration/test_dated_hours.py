"""Chat hours as stored: an exception for a date stands instead of the week's hours, and only on that date."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from scheduling import hours
from scheduling.models import HoursException, HoursWindow
from tests import make
from webinars import standing

pytestmark = pytest.mark.django_db

WARSAW = ZoneInfo("Europe/Warsaw")
TUESDAY = date(2026, 6, 2)


def kept(*exceptions: tuple[int | None, int | None]) -> hours.Hours:
    """Every day from 9 to 17, and on one Tuesday these hours."""
    webinar = make.webinar(make.team())
    clock = webinar.chat_hours
    clock.zone = WARSAW
    clock.save()
    clock.windows.all().delete()
    HoursWindow.objects.bulk_create(
        HoursWindow(hours=clock, weekday=day, opens=time(9), closes=time(17)) for day in range(7)
    )
    for opens, closes in exceptions:
        times = (
            {"opens": time(opens), "closes": time(closes)} if opens is not None and closes is not None else {}
        )
        HoursException.objects.create(hours=clock, on=TUESDAY, **times)
    return standing.hours_of(clock)


def open_hours(found: hours.Hours, day: date) -> list[int]:
    return [
        hour for hour in range(24) if hours.is_open(found, datetime.combine(day, time(hour), tzinfo=WARSAW))
    ]


def test_A050_hours_on_a_date_stand_instead_of_the_weeks_and_are_gone_the_day_after() -> None:
    found = kept((10, 12))
    assert open_hours(found, TUESDAY) == [10, 11]
    for day in (TUESDAY.replace(day=1), TUESDAY.replace(day=3), TUESDAY.replace(day=9)):
        assert open_hours(found, day) == list(range(9, 17))


def test_A050_several_hours_on_one_date_are_taken_together() -> None:
    assert open_hours(kept((10, 12), (11, 13), (18, 20)), TUESDAY) == [10, 11, 12, 18, 19]


def test_A050_a_date_without_hours_is_closed_and_hours_on_it_win() -> None:
    assert open_hours(kept((None, None)), TUESDAY) == []
    assert open_hours(kept((None, None), (20, 22)), TUESDAY) == [20, 21]


def test_A050_hours_on_a_date_may_be_longer_than_the_weeks_and_run_over_midnight() -> None:
    found = kept((8, 2))
    assert open_hours(found, TUESDAY) == list(range(8, 24))
    assert open_hours(found, TUESDAY.replace(day=3)) == [0, 1, *range(9, 17)]
