"""The schedule part of the editor: what is kept, what is refused beside its field, what the preview shows."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.models import AuditEntry
from scheduling.models import EventType, Frequency, HoursWindow
from tests import make
from tests.schedule_forms import Page, rows, typed
from webinars import standing
from webinars.models import Webinar

pytestmark = pytest.mark.django_db

YEAR = datetime.now(UTC).year + 1


@pytest.fixture
def page() -> Page:
    return Page()


def test_a_schedule_is_kept_as_typed_and_shown_again(page: Page) -> None:
    fields = typed(
        ends_on=f"{YEAR + 1}-01-31",
        end="on",
        places="40",
        **rows(
            "rule",
            {"frequency": "weekdays", "times": ["15:00", "11:00", "11:00"]},
            {"frequency": "fortnightly", "weekdays": ["5"], "week": "2", "times": ["10:00"]},
            {"frequency": "monthly_weekday", "nth": "-1", "weekdays": ["6"], "times": ["18:30"]},
        ),
        **rows("exception", {"on": f"{YEAR}-11-11", "state": "closed", "name": "Święto"}),
        **rows("blackout", {"first": f"{YEAR}-12-24", "last": f"{YEAR}-12-26", "name": "Christmas"}),
    )
    response = page.post(fields)
    assert (response.status_code, response["Location"]) == (302, page.url)
    saved = page.saved()
    assert (saved.version, saved.attendee_zone, str(saved.zone), saved.places) == (
        1,
        False,
        "Europe/Warsaw",
        40,
    )
    assert saved.hours_limit == ["just_in_time"]
    first, second, third = saved.recurrences.order_by("pk")
    assert first.times == [time(11), time(15)]
    assert (second.weekdays, second.nth) == ([5], 2)
    assert (third.weekdays, third.nth) == ([6], -1)
    assert [(w.weekday, w.opens) for w in page.webinar.chat_hours.windows.order_by("weekday")] == [
        (day, time(9)) for day in range(5)
    ]
    assert page.webinar.chat_hours.exceptions.get().name == "Święto"
    assert saved.blackouts.get().last == date(YEAR, 12, 26)
    assert AuditEntry.objects.get().act == "webinar.schedule_saved"
    shown = page.client.get(page.url).text
    for words in ("Święto", "Christmas", 'value="18:30"', "Monday to Friday", f'value="{YEAR + 1}-01-31"'):
        assert words in shown


def test_saving_twice_replaces_and_does_not_add(page: Page) -> None:
    page.post(typed())
    page.post(typed(version="1"))
    saved = page.saved()
    assert (saved.version, saved.recurrences.count(), saved.webinar.chat_hours.windows.count()) == (2, 1, 5)


ONE_TIME = {"event_type": "one_time", "agreed_type": "one_time"}
SPECIFIC = {"event_type": "specific", "agreed_type": "specific"}

BAD = {
    "zone_abbreviated": ({"zone": "EST"}, "America/New_York"),
    "zone_offset": ({"zone": "GMT+2"}, "not a time zone we know"),
    "zone_misspelt": ({"hours_zone": "Europe/Warsav"}, "Europe/Warsaw"),
    "zone_path": ({"zone": "../etc/passwd"}, "not a time zone we know"),
    "zone_long": ({"zone": "x" * 500}, "not a time zone we know"),
    "end_before_start": ({"end": "on", "ends_on": "2025-12-31"}, "The end comes before the start."),
    "end_missing": ({"end": "on"}, "Give the last day"),
    "no_times": (rows("rule", {"frequency": "daily", "times": []}), "Give at least one time."),
    "time_nonsense": (rows("rule", {"frequency": "daily", "times": ["25:00"]}), "such as 11:00"),
    "row_left_blank": (rows("blackout", {"first": "", "last": "", "name": ""}), "This field is required."),
    "no_weekday": (
        rows("rule", {"frequency": "weekly", "times": ["11:00"]}),
        "at least one day of the week",
    ),
    "no_rule": (rows("rule"), "Say when it is shown"),
    "interval": ({"interval_minutes": "7"}, "Choose 5, 10, 15, 30 or 60 minutes."),
    "interval_zero": ({"interval_minutes": "0"}, "Choose 5, 10, 15, 30 or 60 minutes."),
    "window_empty": (
        rows("window", {"days": "0", "opens": "09:00", "closes": "09:00"}),
        "These hours close when they open.",
    ),
    "blackout_order": (
        rows("blackout", {"first": f"{YEAR}-12-31", "last": f"{YEAR}-12-24"}),
        "The end comes before the start.",
    ),
    "exception_half": (
        rows("exception", {"on": f"{YEAR}-05-01", "state": "open", "opens": "10:00"}),
        "Give both hours",
    ),
    "year_9999": ({"starts_on": "9999-01-01"}, "Choose a date between 2000"),
    "year_1900": ({"starts_on": "1900-01-01"}, "Choose a date between 2000"),
    "no_such_date": ({"starts_on": "2026-02-30"}, "Enter a valid date."),
    "one_time_past": (
        ONE_TIME | rows("once", {"on": "2020-05-05", "times": ["11:00"]}),
        "This is in the past.",
    ),
    "one_time_twice": (
        ONE_TIME
        | rows(
            "once", {"on": f"{YEAR}-05-05", "times": ["11:00"]}, {"on": f"{YEAR}-05-06", "times": ["11:00"]}
        ),
        "One time is one date",
    ),
    "one_time_two_hours": (
        ONE_TIME | rows("once", {"on": f"{YEAR}-05-05", "times": ["11:00", "12:00"]}),
        "One time is one date",
    ),
    "yields_nothing": (
        {"end": "on", "starts_on": "2020-01-01", "ends_on": "2020-02-01"},
        "This gives no session in the next two years.",
    ),
    "day_31_ends_before": (
        {"end": "on", "starts_on": f"{YEAR}-02-01", "ends_on": f"{YEAR}-02-28"}
        | rows("rule", {"frequency": "monthly_day", "day": "31", "times": ["11:00"]}),
        "This gives no session in the next two years.",
    ),
    "day_32": (
        rows("rule", {"frequency": "monthly_day", "day": "32", "times": ["11:00"]}),
        "less than or equal to 31",
    ),
    "places_zero": ({"places": "0"}, "greater than or equal to 1"),
    "offer_text": ({"offer_count": "many"}, "Enter a whole number."),
    "name_nul": (
        rows("blackout", {"first": f"{YEAR}-12-24", "last": f"{YEAR}-12-24", "name": "a\x00b"}),
        "Null characters are not allowed.",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_beside_its_field_and_nothing_is_saved(page: Page, case: str) -> None:
    changes, sentence = BAD[case]
    response = page.post(typed(cutoff_minutes="37", **changes))
    assert response.status_code == 422
    assert sentence in response.text
    assert 'aria-invalid="true"' in response.text or case in {"no_rule", "one_time_twice"}
    assert 'value="37"' in response.text  # what was typed stays
    assert (page.saved().version, page.saved().recurrences.count()) == (0, 0)
    assert HoursWindow.objects.count() == 0
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("broken", ["rule-TOTAL_FORMS", "version", "window-0-opens"])
def test_a_form_with_parts_missing_is_refused(page: Page, broken: str) -> None:
    assert page.post(typed(**{broken: None})).status_code == 422
    for value in ("-1", "9" * 30, "x"):
        assert page.post(typed(**{broken: value})).status_code in {409, 422}
    assert page.saved().version == 0


def test_too_many_rows_are_refused(page: Page) -> None:
    rules = [{"frequency": "daily", "times": ["11:00"]} for _ in range(41)]
    assert page.post(typed(**rows("rule", *rules))).status_code == 422


def test_a_save_on_top_of_somebody_elses_is_held_back_and_keeps_what_was_typed(page: Page) -> None:
    page.post(typed(cutoff_minutes="5"))
    response = page.post(typed(cutoff_minutes="37"))
    assert response.status_code == 409
    assert "while you were editing" in response.text
    assert 'value="37"' in response.text
    assert page.saved().cutoff_minutes == 5
    assert 'name="version" value="1"' in response.text
    assert page.post(typed(version="1", cutoff_minutes="37")).status_code == 302
    assert page.saved().cutoff_minutes == 37


def test_rows_are_added_and_taken_out_without_saving_anything(page: Page) -> None:
    more = page.post(typed(do="rule-add"))
    assert more.status_code == 200
    assert 'name="rule-1-frequency"' in more.text
    assert "Not saved yet" in more.text
    assert 'aria-invalid="true"' not in more.text
    later = page.post(typed(do="rule-time-0"))
    assert 'value="17:00"' in later.text
    endless = rows("rule", {"frequency": "daily", "times": ["9" * 5000]})
    assert 'value="11:00"' in page.post(typed(do="rule-time-0", **endless)).text
    for kind in ("window", "exception", "blackout", "date"):
        assert f'name="{kind}-0-' in page.post(typed(do=f"{kind}-add")).text
    two = rows(
        "rule", {"frequency": "daily", "times": ["08:00"]}, {"frequency": "weekdays", "times": ["16:45"]}
    )
    less = page.post(typed(do="rule-remove-0", **two))
    assert 'value="16:45"' in less.text
    assert 'value="08:00"' not in less.text
    for do in ("rule-remove-99", "rule-remove-x", "nonsense", "rule-", "window-time-0", "rule-time-²"):
        assert page.post(typed(do=do)).status_code == 200
    assert page.saved().version == 0


def test_the_preview_shows_what_the_page_would_offer_for_any_zone_and_date(page: Page) -> None:
    page.post(typed(clock="own"))
    zone, at = ZoneInfo("Asia/Tokyo"), datetime(YEAR, 6, 3, 1, 0, tzinfo=UTC)
    shown = page.client.get(page.url, {"as_zone": "Asia/Tokyo", "as_at": f"{YEAR}-06-03T10:00"})
    offered = shown.context["preview"].offered
    webinar = Webinar.objects.get(pk=page.webinar.pk)
    assert offered == standing.offered(webinar, zone, at)
    assert [slot.kind for slot in offered][:2] == ["on_demand", "scheduled"]
    assert "Tokyo time, UTC+9" in shown.text


def test_the_preview_of_what_is_not_saved_is_that_of_the_same_schedule_saved(page: Page) -> None:
    fields = typed(as_zone="America/New_York", as_at=f"{YEAR}-10-28T09:52", clock="own")
    drafted = page.post(fields | {"do": "preview"})
    assert drafted.status_code == 200
    assert page.saved().version == 0
    page.post(fields)
    saved = page.client.get(page.url, {"as_zone": "America/New_York", "as_at": f"{YEAR}-10-28T09:52"})
    assert drafted.context["preview"].offered == saved.context["preview"].offered != []
    assert drafted.context["preview"].days == saved.context["preview"].days
    assert "clocks go back" in saved.text


@pytest.mark.parametrize(
    ("field", "value"), [("as_zone", "Mars/Olympus"), ("as_at", "yesterday"), ("as_at", "9999-01-01T00:00")]
)
def test_a_preview_that_cannot_be_read_says_so_and_keeps_what_was_typed(
    page: Page, field: str, value: str
) -> None:
    shown = page.post(typed(do="preview", **{field: value}))
    assert shown.status_code == 200
    assert f'value="{value}"' in shown.text
    assert 'aria-invalid="true"' in shown.text


def test_times_in_a_gap_and_in_an_overlap_are_kept_with_a_notice(page: Page) -> None:
    spring = max(date(YEAR, 3, day) for day in range(25, 32) if date(YEAR, 3, day).weekday() == 6)
    autumn = max(date(YEAR, 10, day) for day in range(25, 32) if date(YEAR, 10, day).weekday() == 6)
    dates = rows("date", {"on": str(spring), "times": ["02:30"]}, {"on": str(autumn), "times": ["02:15"]})
    assert page.post(typed(**SPECIFIC, **dates)).status_code == 302
    shown = page.client.get(page.url)
    if spring < (datetime.now(UTC) + timedelta(days=360)).date():
        assert f"02:30 does not exist on {spring.day} March {YEAR}" in shown.text
        assert "that session starts at 03:30." in shown.text
    if autumn < (datetime.now(UTC) + timedelta(days=360)).date():
        assert f"02:15 happens twice on {autumn.day} October {YEAR}" in shown.text
        assert "the first is used (00:15 UTC)" in shown.text


def test_a_31st_is_kept_with_a_notice_which_months_have_none(page: Page) -> None:
    page.post(typed(**rows("rule", {"frequency": "monthly_day", "day": "31", "times": ["11:00"]})))
    assert "no session in February, April, June, September and November" in page.client.get(page.url).text


def test_changing_the_type_keeps_what_was_set_for_the_others(page: Page) -> None:
    dates = rows("date", {"on": f"{YEAR}-05-05", "times": ["11:00"]})
    page.post(typed(**SPECIFIC, **dates))
    kinds = list(page.saved().recurrences.order_by("pk").values_list("frequency", flat=True))
    assert kinds == [Frequency.WEEKDAYS, Frequency.ONCE]
    page.post(
        typed(
            version="1",
            event_type="on_demand_only",
            agreed_type="on_demand_only",
            on_demand=None,
            **dates,
        )
    )
    saved = page.saved()
    assert (saved.event_type, saved.on_demand, saved.recurrences.count()) == (
        EventType.ON_DEMAND_ONLY,
        True,
        2,
    )


def test_people_who_hold_places_keep_their_times_and_the_host_is_told(page: Page) -> None:
    start = datetime.now(UTC) + timedelta(days=3)
    place = make.registration(make.session(page.webinar, starts_at=start))
    response = page.client.post(page.url, typed(), follow=True)
    assert "1 person holds a place in a session to come and keeps that time." in response.text
    place.refresh_from_db()
    assert place.starts_at == start
