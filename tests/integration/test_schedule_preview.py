"""The preview beside the schedule: any zone, any day, what is closed and why, the same as the page's."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from scheduling.models import EventType
from tests import make
from tests.schedule_forms import YEAR, Page, rows, typed
from webinars import standing
from webinars.models import Webinar

pytestmark = pytest.mark.django_db


@pytest.fixture
def page() -> Page:
    return Page()


def day(shown: Any, on: date) -> Any:
    """One day of the calendar."""
    return next(one for one in shown.context["preview"].days if one.on == on)


def walls(shown: Any) -> list[str]:
    """Every start of the calendar on the clock there."""
    zone = shown.context["preview"].zone
    return [f"{start.astimezone(zone):%d %b %H:%M}" for start in shown.context["preview"].starts]


def test_A018_what_other_zones_see_follows_the_tz_database_over_a_change(page: Page) -> None:
    page.post(typed(**rows("rule", {"frequency": "weekdays", "times": ["11:00"]}), starts_on="2025-01-01"))
    ask = {"as_at": "2026-10-22T00:00"}
    seen = {
        zone: walls(page.client.get(page.url, ask | {"as_zone": zone}))
        for zone in ("Europe/Warsaw", "America/New_York", "America/Phoenix", "Asia/Tokyo")
    }
    assert seen["Europe/Warsaw"] == [f"{n} Oct 11:00" for n in (22, 23, 26, 27, 28, 29, 30)]
    # Warsaw goes back on 25 October, New York on 1 November; Phoenix and Tokyo never do.
    assert seen["America/New_York"] == ["22 Oct 05:00", "23 Oct 05:00"] + [
        f"{n} Oct 06:00" for n in range(26, 31)
    ]
    assert seen["America/Phoenix"] == ["22 Oct 02:00", "23 Oct 02:00"] + [
        f"{n} Oct 03:00" for n in range(26, 31)
    ]
    assert seen["Asia/Tokyo"] == ["22 Oct 18:00", "23 Oct 18:00"] + [f"{n} Oct 19:00" for n in range(26, 31)]


def test_A005_a_fixed_time_is_one_instant_and_an_own_one_is_11_00_for_each(page: Page) -> None:
    ask = {"as_at": "2026-11-03T00:00"}
    page.post(typed(zone="Europe/Paris", **rows("rule", {"frequency": "weekdays", "times": ["11:00"]})))
    fixed = [
        page.client.get(page.url, ask | {"as_zone": zone}).context["preview"].starts[1]
        for zone in ("Europe/Paris", "America/Los_Angeles")
    ]
    assert fixed[0] == fixed[1]
    page.post(typed(version="1", clock="own", **rows("rule", {"frequency": "weekdays", "times": ["11:00"]})))
    for zone in ("Europe/Paris", "America/Los_Angeles"):
        found = walls(page.client.get(page.url, ask | {"as_zone": zone}))
        assert {wall[-5:] for wall in found} == {"11:00"}


def test_changes_of_the_clocks_elsewhere_are_told(page: Page) -> None:
    page.post(typed())
    shown = page.client.get(page.url, {"as_zone": "Asia/Tokyo", "as_at": "2026-10-22T00:00"})
    changes = [(str(zone), change.before.day) for zone, change in shown.context["preview"].changes]
    assert changes == [("Europe/Warsaw", 25)]
    assert "Warsaw time, UTC+1: clocks change on 25 October, 3:00 becomes 2:00." in shown.text


def test_blackouts_holidays_and_just_in_time_stand_on_their_days(page: Page) -> None:
    page.post(
        typed(
            holidays_country="PL",
            **rows("blackout", {"first": "2026-11-10", "last": "2026-11-10", "name": "Inventory"}),
            **rows("exception", {"on": "2026-11-12", "state": "closed", "name": "Outing"}),
        )
    )
    shown = page.client.get(page.url, {"as_zone": "Europe/Warsaw", "as_at": "2026-11-09T08:00"})
    monday, tuesday, holiday, outing = (day(shown, date(2026, 11, number)) for number in (9, 10, 11, 12))
    assert (monday.just_in_time, monday.closed, monday.away) == ("9–18", None, None)
    assert (tuesday.closed, tuesday.starts, tuesday.just_in_time) == ("Inventory", [], "")
    assert (holiday.away, holiday.just_in_time, len(holiday.starts)) == ("National Independence Day", "", 2)
    assert outing.away == "Outing"
    for words in ("Inventory", "National Independence Day", "chat closed", "nothing starts"):
        assert words in shown.text


def test_just_in_time_hours_of_their_own_are_shown(page: Page) -> None:
    own = rows("own", {"days": "0", "opens": "22:00", "closes": "01:30"})
    page.post(typed(jit_hours="own", **own))
    shown = page.client.get(page.url, {"as_zone": "Europe/Warsaw", "as_at": "2026-11-09T08:00"})
    assert day(shown, date(2026, 11, 9)).just_in_time == "22–24"
    assert day(shown, date(2026, 11, 10)).just_in_time == "0–1:30"
    page.post(typed(version="1", jit_hours="always"))
    assert day(page.client.get(page.url), datetime.now(UTC).date()).just_in_time == "all day"


def test_why_each_start_is_offered_or_left_out_is_said(page: Page) -> None:
    page.post(
        typed(
            offer_count="3",
            cutoff_minutes="30",
            **rows("exclusion", {"at": "2026-11-09T15:00"}),
            **rows("blackout", {"first": "2026-11-10", "last": "2026-11-11", "name": ""}),
        )
    )
    shown = page.client.get(page.url, {"as_zone": "Europe/Warsaw", "as_at": "2026-11-09T10:45"})
    found = [(one.kind, one.offered, one.words, one.more) for one in shown.context["preview"].why]
    assert ("on_demand", True, "on demand is on", 0) in found
    assert ("scheduled", False, "registration has closed for it", 0) in found
    assert ("scheduled", False, "it was taken out of the schedule", 0) in found
    assert ("scheduled", False, "nothing starts on that day", 3) in found
    assert any(kind == "just_in_time" and offered for kind, offered, _words, _more in found)


def test_the_zone_the_date_and_the_shape_stay_after_saving(page: Page) -> None:
    fields = typed(as_zone="Asia/Tokyo", as_at=f"{YEAR}-06-03T10:00", as_view="list")
    saved = page.post(fields)
    assert saved["Location"] == f"{page.url}?as_zone=Asia%2FTokyo&as_view=list&as_at={YEAR}-06-03T10%3A00"
    shown = page.client.get(saved["Location"]).context["preview"]
    assert (str(shown.zone), shown.view, shown.is_now) == ("Asia/Tokyo", "list", False)
    untouched = page.post(typed(version="1", as_at="2026-11-22T10:00", as_default="2026-11-22T10:00"))
    assert untouched["Location"] == page.url


def test_what_a_moved_and_a_called_off_session_do_is_in_the_preview_as_on_the_page(page: Page) -> None:
    page.post(typed(clock="fixed"))
    zone = ZoneInfo("Europe/Warsaw")
    gone = make.session(page.webinar, starts_at=datetime(YEAR, 6, 3, 11, tzinfo=zone))
    gone.cancelled_at = gone.starts_at
    gone.save()
    at = datetime(YEAR, 6, 3, 8, tzinfo=zone)
    shown = page.client.get(page.url, {"as_zone": "Europe/Warsaw", "as_at": f"{YEAR}-06-03T08:00"})
    offered = standing.offered(Webinar.objects.get(pk=page.webinar.pk), zone, at.astimezone(UTC))
    assert shown.context["preview"].offered == offered
    assert "it was cancelled" in shown.text


def test_the_switches_wait_for_the_first_session_unless_told_otherwise(page: Page) -> None:
    once = rows("once", {"on": f"{YEAR}-05-05", "times": ["11:00"]})
    fields = typed(event_type=EventType.ONE_TIME, agreed_type=EventType.ONE_TIME, **once)
    ask = {"as_zone": "Europe/Warsaw", "as_at": f"{YEAR}-05-04T10:00"}
    page.post(fields)
    assert [slot.kind for slot in page.client.get(page.url, ask).context["preview"].offered] == ["scheduled"]
    page.post(
        {name: value for name, value in fields.items() if name != "switches_after_first"} | {"version": "1"}
    )
    kinds = [slot.kind for slot in page.client.get(page.url, ask).context["preview"].offered]
    assert kinds[0] == "on_demand"
