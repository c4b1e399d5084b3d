"""The schedule part beyond plain saving: types, the way back, two editors, calendar files, its limits."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from scheduling import slots
from scheduling.models import EventType, Frequency, Kind
from scheduling.reshaping import LIMITS
from tests import make
from tests.schedule_forms import YEAR, Fields, Page, rows, typed
from webinars import standing
from webinars.models import Webinar

pytestmark = pytest.mark.django_db

ONE_TIME = {"event_type": "one_time"} | rows("once", {"on": f"{YEAR}-05-05", "times": ["11:00"]})


@pytest.fixture
def page() -> Page:
    return Page()


def hidden(text: str) -> dict[str, str]:
    """The hidden inputs of a page, by name."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', text)
    return dict(found)


def test_another_type_shows_what_it_changes_before_it_is_saved(page: Page) -> None:
    page.post(typed())
    asked = page.post(typed(version="1", **ONE_TIME))
    assert asked.status_code == 409
    assert "Recurring becomes One time" in asked.text
    change = asked.context["type_change"]
    assert change.gone[0] == "every weekday at 11:00 and 15:00"
    assert {"On demand, until the first session has begun"} <= set(change.gone)
    assert change.instead == [f"once on {date(YEAR, 5, 5):%a} 5 May {YEAR} at 11:00"]
    assert len(change.lost) == 20
    assert page.saved().event_type == EventType.RECURRING
    agreed = hidden(asked.text)["agreed_type"]
    assert page.post(typed(version="1", agreed_type=agreed, **ONE_TIME)).status_code == 302
    assert page.saved().event_type == EventType.ONE_TIME


def test_the_change_of_a_type_is_shown_while_it_is_typed(page: Page) -> None:
    looked = page.post(typed(do="preview", event_type="on_demand_only"))
    assert looked.status_code == 200
    assert 'name="agreed_type" value="on_demand_only"' in looked.text
    assert looked.context["type_change"].instead == ["On demand", "Just in time", "Replays"]
    other = typed(event_type="one_time", agreed_type="on_demand_only")
    assert page.post(other | rows("once", {"on": f"{YEAR}-05-05", "times": ["11:00"]})).status_code == 409


def test_each_type_keeps_rows_of_its_own(page: Page) -> None:
    fields = (
        ONE_TIME
        | rows("date", {"on": f"{YEAR}-06-01", "times": ["10:00", "17:00"]})
        | {"agreed_type": "one_time"}
    )
    page.post(typed(**fields))
    found = page.saved().recurrences.order_by("event_type").values_list("event_type", "on")
    assert [*found] == [
        ("one_time", date(YEAR, 5, 5)),
        ("recurring", None),
        ("specific", date(YEAR, 6, 1)),
    ]
    shown = page.client.get(page.url).text
    assert 'name="once-0-on" value="' in shown or f'value="{YEAR}-05-05"' in shown
    assert f'value="{YEAR}-06-01"' in shown


def test_something_wrong_under_another_type_is_pointed_at(page: Page) -> None:
    response = page.post(typed(**rows("date", {"on": "", "times": ["10:00"]})))
    assert response.status_code == 422
    assert "Something is marked red under “Specific dates”." in response.text


def test_what_has_passed_may_stay_as_it_is(page: Page) -> None:
    page.webinar.schedule.event_type = EventType.SPECIFIC
    page.webinar.schedule.save()
    make.recurrence(
        page.webinar.schedule,
        time(11),
        event_type=EventType.SPECIFIC,
        frequency=Frequency.ONCE,
        on=date(2026, 1, 5),
    )
    dates = rows(
        "date", {"on": "2026-01-05", "times": ["11:00"]}, {"on": f"{YEAR}-05-05", "times": ["11:00"]}
    )
    assert page.post(typed(event_type="specific", clock="own", **dates)).status_code == 302
    other = rows("date", {"on": "2026-01-06", "times": ["11:00"]})
    assert page.post(typed(version="1", event_type="specific", **other)).status_code == 422


def test_a_rule_has_bounds_and_a_count_of_its_own(page: Page) -> None:
    rule = {
        "frequency": "fortnightly",
        "weekdays": ["0"],
        "week": "2",
        "times": ["09:00"],
        "count": "5",
        "starts_on": f"{YEAR}-02-01",
        "ends_on": f"{YEAR}-12-01",
        "week_start": "0",
    }
    once = {"frequency": "once", "on": f"{YEAR}-03-03", "times": ["19:00"]}
    page.post(typed(**rows("rule", rule, once)))
    first, second = page.saved().recurrences.order_by("pk")
    assert (first.count, first.starts_on, first.ends_on, first.week_start, first.nth) == (
        5,
        date(YEAR, 2, 1),
        date(YEAR, 12, 1),
        0,
        2,
    )
    assert (second.frequency, second.on, second.event_type) == ("once", date(YEAR, 3, 3), "recurring")
    shown = page.client.get(page.url).text
    assert f'value="{YEAR}-02-01"' in shown
    wrong = page.post(typed(version="1", **rows("rule", rule | {"ends_on": f"{YEAR}-01-01"})))
    assert wrong.status_code == 422
    assert "The end comes before the start." in wrong.text


def test_a_number_of_sessions_for_all_is_kept_and_shown_once(page: Page) -> None:
    page.post(typed(end="after", sessions="12", starts_on=f"{YEAR}-01-01"))
    assert [row.count for row in page.saved().recurrences.all()] == [12]
    form = page.client.get(page.url).context["editor"]
    assert (form.form["end"].value(), form.form["sessions"].value()) == ("after", 12)
    assert form.sets["rule"].forms[0]["count"].value() is None
    for sessions in ("501", "0", "x", ""):
        refused = page.post(typed(version="1", end="after", sessions=sessions))
        assert refused.status_code == 422
        assert "a number from 1 to 500" in refused.text or "Give the number of sessions" in refused.text


def test_one_count_is_shared_by_the_weekdays_of_a_month(page: Page) -> None:
    rule = {
        "frequency": "monthly_weekday",
        "nth": "1",
        "weekdays": ["0", "2"],
        "times": ["09:00"],
        "count": "3",
    }
    page.post(typed(starts_on=f"{YEAR}-01-01", **rows("rule", rule)))
    webinar = Webinar.objects.get(pk=page.webinar.pk)
    rules = standing.rules_of(webinar)
    found = slots.scheduled_starts(rules, ZoneInfo("UTC"), datetime(YEAR, 1, 1, tzinfo=UTC))
    assert len([*found]) == 3


def test_just_in_time_has_hours_of_its_own_or_follows_the_chat_hours_A016(page: Page) -> None:
    own = rows("own", {"days": "0", "opens": "10:00", "closes": "12:00"})
    page.post(typed(jit_hours="own", **own))
    kept = page.saved().jit_hours
    assert kept is not None
    assert [(w.weekday, w.opens, w.closes) for w in kept.windows.all()] == [(0, time(10), time(12))]
    assert page.saved().hours_limit == [Kind.JUST_IN_TIME]
    assert 'value="own" selected' in page.client.get(page.url).text
    page.post(typed(version="1", jit_hours="inside"))
    assert page.saved().jit_hours is None
    assert not type(kept).objects.filter(pk=kept.pk).exists()
    refused = page.post(typed(version="2", jit_hours="own"))
    assert (refused.status_code, "Give its hours" in refused.text) == (422, True)


def test_holidays_replays_places_and_lateness_are_kept(page: Page) -> None:
    changes: dict[str, Any] = {
        "holidays_country": "DE",
        "holidays_region": "BY",
        "hours_clock": "own",
        "hours_limit": ["on_demand", "scheduled"],
        "hours_hold": "end",
        "replay_for": "attended",
        "replay_until": "after_opening",
        "replay_length": "36",
        "replay_unit": "hours",
        "replay_from_hours": "2",
        "places": "20",
        "full": "hidden",
        "waiting": "without",
        "late": "go_back",
        "late_minutes": "5",
        "late_point": "4:30",
        "week_start": "0",
    }
    assert page.post(typed(**changes)).status_code == 302
    saved, hours = page.saved(), page.saved().webinar.chat_hours
    assert (hours.holidays_country, hours.holidays_region, hours.attendee_zone) == ("DE", "BY", True)
    assert saved.hours_limit == ["just_in_time", "on_demand", "scheduled"]
    assert (saved.hours_hold_end, saved.replay_for, saved.replay_until) == (True, "attended", "after_opening")
    assert (saved.replay_hours, saved.replay_from_hours, saved.week_start) == (36, 2, 0)
    assert (saved.full_shown, saved.waiting_list) == (False, False)
    assert (saved.late, saved.late_minutes, saved.late_point_seconds) == ("go_back", 5, 270)
    shown = page.client.get(page.url).text
    for words in ('value="4:30"', "Bayern", 'value="36"'):
        assert words in shown


BAD: dict[str, tuple[Fields, str]] = {
    "country": ({"holidays_country": "XX"}, "Choose a country from the list."),
    "region": ({"holidays_country": "PL", "holidays_region": "BY"}, "Choose a region of this country"),
    "replay_without_length": ({"replay_length": ""}, "Say how long"),
    "replay_too_long": ({"replay_length": "366"}, "At most 365 days"),
    "replay_without_date": ({"replay_until": "date"}, "Give the last day"),
    "late_point": ({"late": "go_back", "late_point": "soon"}, "minutes and seconds, such as 4:30"),
    "late_point_ahead": (
        {"late": "go_back", "late_minutes": "5", "late_point": "5:01"},
        "nobody would go back",
    ),
    "late_point_after_film": (
        {"late": "go_back", "late_minutes": "90", "late_point": "10:00"},
        "The film is over by then.",
    ),
    "kind": ({"hours_limit": ["everything"]}, "Select a valid choice"),
    "own_window_empty": (
        {"jit_hours": "own"} | rows("own", {"days": "0", "opens": "09:00", "closes": "09:00"}),
        "These hours close when they open.",
    ),
    "taken_out": (rows("exclusion", {"at": "never"}), "Give a date and a time."),
    "taken_out_year": (rows("exclusion", {"at": "9999-01-01T10:00"}), "Choose a date between 2000"),
    "one_date_without": (rows("rule", {"frequency": "once", "times": ["11:00"]}), "Give the date."),
    "count_501": (rows("rule", {"frequency": "daily", "times": ["11:00"], "count": "501"}), "from 1 to 500"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_beside_its_field_and_nothing_is_saved(page: Page, case: str) -> None:
    changes, sentence = BAD[case]
    response = page.post(typed(cutoff_minutes="37", **changes))
    assert (response.status_code, sentence in response.text) == (422, True)
    assert 'value="37"' in response.text
    assert page.saved().version == 0


def test_two_dates_the_wrong_way_round_are_swapped(page: Page) -> None:
    black = rows("blackout", {"first": f"{YEAR}-12-31", "last": f"{YEAR}-12-24", "name": "Christmas"})
    assert "Swap them" in page.post(typed(**black)).text
    swapped = page.post(typed(do="blackout-swap-0", **black))
    assert "Swap them" not in swapped.text
    form = swapped.context["editor"].sets["blackout"].forms[0]
    assert (form["first"].value(), form["last"].value()) == (f"{YEAR}-12-24", f"{YEAR}-12-31")


def test_a_time_is_taken_out_of_a_row(page: Page) -> None:
    less = page.post(typed(do="rule-drop-0-0"))
    assert less.context["editor"].sets["rule"].forms[0]["times"].value() == ["15:00"]


def test_another_country_forgets_the_region(page: Page) -> None:
    fields = typed(do="country", holidays_country="PL", holidays_region="BY")
    assert page.post(fields).context["form"]["holidays_region"].value() == ""


def test_the_last_save_is_taken_back_in_one_step(page: Page) -> None:
    page.post(typed(holidays_country="PL", **rows("exclusion", {"at": f"{YEAR}-01-04T11:00"})))
    before = page.client.get(page.url).context["editor"]
    page.post(
        typed(
            version="1",
            clock="own",
            jit_hours="own",
            **rows("own", {"days": "0", "opens": "1:00", "closes": "2:00"}),
        )
    )
    assert page.saved().attendee_zone
    undone = page.client.post(page.url, {"do": "undo", "version": "2"}, follow=True)
    assert "The last save is taken back." in undone.text
    after = undone.context["editor"]
    first, second = before.form.initial | {"version": 0}, after.form.initial | {"version": 0}
    assert first == second
    assert [s.initial for s in before.sets.values()] == [s.initial for s in after.sets.values()]
    assert page.client.post(page.url, {"do": "undo", "version": "2"}).status_code == 409
    page.client.post(page.url, {"do": "undo", "version": "3"})
    assert page.saved().attendee_zone  # the step back is itself a save
    for version in ("", "x", "9" * 30):
        assert page.client.post(page.url, {"do": "undo", "version": version}).status_code == 302


def test_two_editors_see_what_differs_and_what_changed_meanwhile(page: Page) -> None:
    page.post(typed())
    page.post(typed(version="1", cutoff_minutes="5", places="30"))
    response = page.post(typed(version="1", cutoff_minutes="37"))
    assert response.status_code == 409
    found = response.context["conflict"]
    assert [one.label for one in found.differences] == ["On offer", "Places"]
    assert found.theirs == {"On offer", "Places"}
    assert (
        found.differences[1].first,
        found.differences[1].second,
    ) == ("30, full ones shown, waiting list", "no limit")
    for words in ("changed meanwhile", "Save mine over it", "Take theirs"):
        assert words in response.text
    assert page.post(typed(version="2", cutoff_minutes="37")).status_code == 302
    assert page.saved().places is None


def test_a_place_that_the_rules_no_longer_give_is_asked_about_and_the_form_is_carried(page: Page) -> None:
    page.post(typed())
    zone = ZoneInfo("Europe/Warsaw")
    day = datetime.now(zone).date() + timedelta(days=3)
    day += timedelta(days=(7 - day.weekday()) % 7)
    start = datetime.combine(day, time(11), zone)
    place = make.registration(make.session(page.webinar, starts_at=start))
    fields = typed(version="1", **rows("rule", {"frequency": "weekdays", "times": ["12:00"]}))
    asked = page.post(fields)
    assert asked.status_code == 409
    assert page.saved().version == 1
    carried = hidden(asked.text)
    assert carried["rule-0-times"] == "12:00"
    assert page.post(carried | {"choice": "keep", "do": "save"}).status_code == 302
    assert page.saved().version == 2
    place.refresh_from_db()
    assert place.starts_at == start


def test_a_step_back_asks_about_people_as_well_and_stays_a_step_back(page: Page) -> None:
    page.post(typed(**rows("rule", {"frequency": "daily", "times": ["12:00"]})))
    page.post(typed(version="1", **rows("rule", {"frequency": "daily", "times": ["11:00"]})))
    zone = ZoneInfo("Europe/Warsaw")
    start = datetime.combine(datetime.now(zone).date() + timedelta(days=3), time(11), zone)
    make.registration(make.session(page.webinar, starts_at=start))
    fields = typed(version="2", **rows("rule", {"frequency": "daily", "times": ["09:00"]}))
    asked = page.post(fields | {"do": "undo"})
    assert asked.status_code == 409
    assert 'name="do" value="undo"' in asked.text
    assert page.post(hidden(asked.text) | {"choice": "keep", "do": "undo"}).status_code == 302
    assert [row.times for row in page.saved().recurrences.all()] == [[time(12)]]


ICS = """BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:1
DTSTART;TZID=Europe/Warsaw:{year}0105T110000
RRULE:FREQ=WEEKLY;BYDAY={day};COUNT=20
EXDATE;TZID=Europe/Warsaw:{out}T110000
END:VEVENT
END:VCALENDAR
"""


def calendar() -> str:
    first = date(YEAR, 1, 5)
    days = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
    return ICS.format(year=YEAR, day=days[first.weekday()], out=f"{first + timedelta(days=7):%Y%m%d}")


def test_a_calendar_file_is_looked_at_put_into_the_form_and_saved_only_then(page: Page) -> None:
    file = SimpleUploadedFile("my.ics", calendar().encode(), content_type="text/calendar")
    looked = page.post(typed(do="import", ics_file=file))
    assert looked.status_code == 200
    found = looked.context["found"]
    assert (len(found.rows), len(found.starts), len(found.excluded)) == (1, 10, 1)
    assert datetime(YEAR, 1, 12, 10, tzinfo=UTC) not in found.starts
    used = page.post(typed(do="import-use", ics=found.text, clock="own"))
    assert "They count once you save." in used.text
    assert page.saved().version == 0
    editor = used.context["editor"]
    assert editor.is_valid(datetime.now(UTC))
    assert (editor.form["clock"].value(), editor.form["starts_on"].value()) == ("fixed", f"{YEAR}-01-05")
    plan = editor.plan()
    assert [row.count for row in plan.recurrences] == [20]
    assert [one.at for one in plan.exclusions] == [datetime(YEAR, 1, 12, 10, tzinfo=UTC)]


def test_a_rule_pasted_alone_is_read_with_its_start(page: Page) -> None:
    text = f"DTSTART:{YEAR}0501T110000\nRRULE:FREQ=MONTHLY;BYMONTHDAY=1"
    used = page.post(typed(do="import-use", ics=text))
    editor = used.context["editor"]
    assert editor.form["clock"].value() == "own"
    assert editor.sets["rule"].forms[0]["frequency"].value() == "monthly_day"


REFUSED = {
    "yearly": ("DTSTART;TZID=Europe/Warsaw:20270105T110000\nRRULE:FREQ=YEARLY", "FREQ", "RRULE:FREQ=YEARLY"),
    "interval": (
        "DTSTART;TZID=Europe/Warsaw:20270105T110000\nRRULE:FREQ=DAILY;INTERVAL=0",
        "INTERVAL",
        "RRULE:FREQ=DAILY;INTERVAL=0",
    ),
    "no_start": ("RRULE:FREQ=DAILY", "DTSTART", ""),
    "nothing": ("", "Paste a rule", ""),
    "prose": ("every monday please", "cannot be brought in", ""),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_rule_that_cannot_be_shown_is_refused_by_its_name_with_its_line(page: Page, case: str) -> None:
    text, name, line = REFUSED[case]
    for do in ("import", "import-use"):
        response = page.post(typed(do=do, ics=text))
        assert response.status_code == 422
        assert name in response.context["found"].error
        assert response.context["found"].line == line
    assert page.saved().version == 0


def test_a_calendar_file_that_is_too_large_is_refused(page: Page) -> None:
    file = SimpleUploadedFile("big.ics", b"x" * (256 * 1024 + 1))
    response = page.post(typed(do="import", ics_file=file))
    assert (response.status_code, "larger than 256 KiB" in response.text) == (422, True)


def test_the_saved_rules_come_out_as_a_calendar_file_and_in_again(page: Page) -> None:
    page.post(typed(**rows("exclusion", {"at": f"{YEAR}-03-02T11:00"})))
    kwargs = {"team": page.member.team.slug, "webinar": page.webinar.pk}
    file = page.client.get(reverse("schedule_rules", kwargs=kwargs))
    assert file["Content-Type"].startswith("text/calendar")
    assert "RRULE" in file.text
    looked = page.post(typed(version="1", do="import-use", ics=file.text))
    assert looked.context["editor"].is_valid(datetime.now(UTC))


def test_a_form_as_large_as_it_may_be_is_taken_and_quick(page: Page) -> None:
    times = [f"{hour:02}:00" for hour in range(8, 16)]
    many: dict[str, Fields] = {
        "rule": {"frequency": "weekly", "weekdays": [str(n) for n in range(7)], "week": "1", "nth": "1"}
        | {"times": times, "day": "1", "on": "", "count": "", "starts_on": "", "ends_on": ""},
        "date": {"on": f"{YEAR}-05-05", "times": times},
        "exclusion": {"at": ""},
        "window": {"days": "0", "opens": "09:00", "closes": "10:00"},
        "own": {"days": "1", "opens": "09:00", "closes": "10:00"},
        "exception": {"on": "", "state": "open", "opens": "09:00", "closes": "10:00", "name": "x" * 80},
        "blackout": {"first": f"{YEAR}-08-01", "last": f"{YEAR}-08-02", "name": "y" * 80},
    }
    fields: dict[str, Any] = {}
    for name, row in many.items():
        days = [date(YEAR, 1, 1) + timedelta(days=n) for n in range(LIMITS[name])]
        fills = [
            {"at": f"{day}T11:00"} if name == "exclusion" else {"on": str(day)} if name == "exception" else {}
            for day in days
        ]
        fields |= rows(name, *(row | fill for fill in fills))
    begun = datetime.now(UTC)
    response = page.post(typed(jit_hours="own", holidays_country="DE", **fields))
    assert response.status_code == 302, response.status_code
    assert page.client.get(page.url).status_code == 200
    assert datetime.now(UTC) - begun < timedelta(seconds=10)
    assert page.saved().recurrences.count() == LIMITS["rule"] + LIMITS["date"]
