"""`manage.py sessions`: what the registration page offers, and what a calendar file means."""

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from io import StringIO
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from scheduling import values
from scheduling.calendar_rules import read
from scheduling.models import Exclusion, Frequency, HoursException, HoursWindow, Kind, Schedule
from scheduling.recurrence import occurrences
from tests import make
from webinars import standing
from webinars.models import Webinar

pytestmark = pytest.mark.django_db

WARSAW = ZoneInfo("Europe/Warsaw")
SUNDAY_NIGHT = "2026-03-29T00:30"  # in Warsaw, an hour and a half before its clocks change
ROOT = Path(__file__).parents[2]


def show(**fields: object) -> Webinar:
    """Every day at 02:30 and 11:00 in Warsaw, of three places."""
    schedule = make.schedule(attendee_zone=False, zone=WARSAW, places=3, **fields)
    make.recurrence(schedule, time(2, 30), time(11))
    return make.webinar(make.team("bakery"), slug="bread", schedule=schedule)


def run(*words: str) -> list[str]:
    out = StringIO()
    call_command("sessions", *words, stdout=out)
    return out.getvalue().splitlines()


def refusal(*words: str) -> str:
    with pytest.raises(CommandError) as refused:
        run(*words)
    assert refused.value.returncode == 2
    return str(refused.value)


def test_S7_it_prints_one_object_a_line_in_the_order_of_the_picker() -> None:
    show(on_demand=True, just_in_time=True, interval_minutes=30, replay=True)
    lines = run("bread", "--zone", "Europe/Warsaw", "--at", SUNDAY_NIGHT, "--count", "5", "--json")
    assert [json.loads(line) for line in lines] == [
        {"kind": "on_demand", "starts_at": None, "local": None, "places": None},
        {
            "kind": "just_in_time",
            "starts_at": "2026-03-29T00:00:00Z",
            "local": "2026-03-29T01:00:00+01:00",
            "places": 3,
        },
        {
            "kind": "scheduled",
            "starts_at": "2026-03-29T01:30:00Z",  # 02:30 does not exist that night
            "local": "2026-03-29T03:30:00+02:00",
            "places": 3,
        },
        {
            "kind": "scheduled",
            "starts_at": "2026-03-29T09:00:00Z",
            "local": "2026-03-29T11:00:00+02:00",
            "places": 3,
        },
        {"kind": "replay", "starts_at": None, "local": None, "places": None},
    ]
    assert list(json.loads(lines[0])) == ["kind", "starts_at", "local", "places"]


def test_S8_it_says_what_the_page_says_for_any_zone_and_instant() -> None:
    webinar = show(on_demand=True, just_in_time=True)
    now = datetime(2026, 3, 28, 9, 12, tzinfo=UTC)
    booked = make.session(webinar, starts_at=datetime(2026, 3, 28, 10, tzinfo=UTC))
    make.registration(booked)
    for name in ("Asia/Tokyo", "America/New_York", "Europe/Warsaw"):
        page = standing.offered(webinar, ZoneInfo(name), now)
        lines = [json.loads(line) for line in run("bread", "--zone", name, "--at", now.isoformat(), "--json")]
        assert [(line["kind"], line["starts_at"], line["places"]) for line in lines] == [
            (slot.kind, slot.starts_at and f"{slot.starts_at:%Y-%m-%dT%H:%M:%SZ}", slot.places)
            for slot in page
        ]
        assert [line["local"] for line in lines] == [slot.local and slot.local.isoformat() for slot in page]
    assert {line["places"] for line in lines} == {None, 2, 3}


def test_an_instant_without_offset_is_wall_time_in_the_zone_and_a_count_has_no_horizon() -> None:
    show()
    first = run("bread", "--zone", "Asia/Tokyo", "--at", "2026-06-01T18:00", "--count", "1", "--json")
    assert json.loads(first[0])["starts_at"] == "2026-06-01T09:00:00Z"  # this very instant
    later = run("bread", "--zone", "Asia/Tokyo", "--at", "2026-06-01T18:00:01", "--count", "1", "--json")
    assert json.loads(later[0])["starts_at"] == "2026-06-02T00:30:00Z"
    assert len(run("bread", "--at", "2026-06-01T00:00Z")) == 8
    assert len(run("bread", "--at", "2026-06-01T00:00Z", "--count", "300")) == 300


def test_it_explains_what_is_left_out() -> None:
    webinar = show(offer_count=3)
    eleven = datetime(2026, 6, 1, 9, tzinfo=UTC)
    make.session(webinar, starts_at=eleven, cancelled_at=eleven)
    make.session(webinar, starts_at=eleven + timedelta(days=1), shut_at=eleven)
    make.session(webinar, starts_at=eleven + timedelta(hours=9), moved_from=eleven + timedelta(days=2))
    Exclusion.objects.create(schedule=webinar.schedule, at=datetime(2026, 6, 2, 0, 30, tzinfo=UTC))
    lines = run("bread", "--at", "2026-06-01T06:00Z", "--explain", "--json")
    found = [json.loads(line) for line in lines]
    assert [(line["starts_at"][8:13], line["why"]) for line in found] == [
        ("01T09", "it was cancelled"),
        ("01T18", "offered"),
        ("02T00", "taken out of the schedule"),
        ("02T09", "it takes no registrations"),
        ("03T00", "offered"),
        ("03T09", "it was moved to another time"),
        ("04T00", "offered"),
    ]
    assert "- it was cancelled" in run("bread", "--at", "2026-06-01T06:00Z", "--explain")[0]


def test_the_same_address_in_two_teams_wants_the_team_named() -> None:
    show()
    other = make.webinar(make.team("mill"), slug="bread")
    make.recurrence(other.schedule, time(7))
    assert "bakery/bread, mill/bread" in refusal("bread")
    lines = run("mill/bread", "--at", "2026-06-01T06:00Z", "--count", "1", "--json")
    assert json.loads(lines[0])["starts_at"] == "2026-06-01T07:00:00Z"


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("nothing",),
        ("bakery/nothing",),
        ("nobody/bread",),
        ("a\ud800b",),
        ("bread", "--ics", "file.ics"),
        ("bread", "--local"),
        ("bread", "--zone", "EST"),
        ("bread", "--zone", "GMT+2"),
        ("bread", "--zone", ""),
        ("bread", "--at", "tomorrow"),
        ("bread", "--at", "9999-12-31T23:59"),
        ("bread", "--at", "0001-01-01T00:00"),
        ("bread", "--at", ""),
        ("bread", "--count", "0"),
        ("bread", "--count", "-1"),
        ("bread", "--count", "many"),
        ("bread", "--count", "1000000000"),
        ("--ics", "/no/such/file.ics"),
        ("--ics", "."),
        ("--ics", "\0"),
    ],
)
def test_a_mistake_is_answered_in_one_sentence(words: tuple[str, ...]) -> None:
    show()
    sentence = refusal(*words)
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_a_webinar_without_a_film_says_so() -> None:
    make.webinar(make.team("bakery"), slug="bread", video=None)
    assert "no film" in refusal("bread")


CALENDAR = (
    "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;TZID=Europe/Warsaw:20260327T023000\r\n"
    "RRULE:FREQ=DAILY;BYHOUR=2,11;BYMINUTE=30;UNTIL=20260401T093000Z\r\n"
    "EXDATE;TZID=Europe/Warsaw:20260328T113000\r\nRDATE:20260410T080000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


def test_S7_a_calendar_file_is_read_in_its_zone_or_as_the_attendees_own(tmp_path: Path) -> None:
    file = tmp_path / "a file.ics"
    file.write_text(CALENDAR, encoding="utf-8", newline="")
    words = ("--ics", str(file), "--at", "2026-03-28T00:00", "--count", "20", "--json")
    fixed = [json.loads(line) for line in run(*words, "--zone", "Europe/Warsaw")]
    assert [line["local"] for line in fixed] == [
        "2026-03-28T02:30:00+01:00",
        "2026-03-29T03:30:00+02:00",
        "2026-03-29T11:30:00+02:00",
        "2026-03-30T02:30:00+02:00",
        "2026-03-30T11:30:00+02:00",
        "2026-03-31T02:30:00+02:00",
        "2026-03-31T11:30:00+02:00",
        "2026-04-01T02:30:00+02:00",
        "2026-04-01T11:30:00+02:00",
        "2026-04-10T10:00:00+02:00",
    ]
    own = [json.loads(line) for line in run(*words, "--local", "--zone", "America/New_York")]
    assert [line["local"][:16] for line in own][:3] == [
        "2026-03-28T02:30",
        "2026-03-29T02:30",
        "2026-03-29T11:30",
    ]
    assert all(line["places"] is None and line["kind"] == "scheduled" for line in fixed + own)
    file.write_text(CALENDAR.replace("FREQ=DAILY", "FREQ=YEARLY"), encoding="utf-8")
    assert "FREQ=YEARLY" in refusal(*words)
    file.write_bytes(b"\xff\xfe\x00")
    assert "UTF-8" in refusal(*words)


def test_as_a_program_it_ends_with_2_and_one_line_on_standard_error(tmp_path: Path) -> None:
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    command = [sys.executable, "manage.py", "sessions", "--ics"]
    for name in (str(tmp_path / "none.ics"), "/dev/zero"):
        done = subprocess.run(
            [*command, name],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.count("\n") == 1


def test_an_imported_calendar_gives_the_same_sessions_from_its_rows_and_goes_out_again() -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    for local in (False, True):
        schedule = make.schedule(attendee_zone=local, zone=WARSAW)
        rows, taken_out = values.rows_of(read(CALENDAR, local=local))
        for row in rows:
            row.schedule = schedule
            row.save()
        for one in taken_out:
            one.schedule = schedule
            one.save()
        stored = Schedule.objects.get(pk=schedule.pk)
        rules = standing.schedule_rules(stored, length=timedelta(hours=1))
        webinar = make.webinar(schedule=stored)
        found = [slot.local for slot in standing.offered(webinar, WARSAW, now, 30)]
        assert len(found) == 12
        assert datetime(2026, 3, 28, 11, 30, tzinfo=WARSAW) not in found
        text = values.calendar_of(
            stored, title="Bread", uid="1@example.org", length=timedelta(hours=1), now=now
        )
        again = read(text, local=local)
        assert again.excluded == rules.excluded
        clock = again.zone or WARSAW
        assert list(islice(occurrences(again.rules, clock, now), 30)) == list(
            islice(occurrences(rules.recurrences, clock, now), 30)
        )


def test_rows_hold_every_pattern_an_import_can_give() -> None:
    text = "\n".join(
        f"BEGIN:VEVENT\nDTSTART;TZID=Europe/Warsaw:20260605T100000\nRRULE:{rule}\nEND:VEVENT"
        for rule in (
            "FREQ=DAILY;COUNT=3",
            "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
            "FREQ=WEEKLY;BYDAY=FR,SA",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR",
            "FREQ=MONTHLY;BYDAY=1FR",
            "FREQ=MONTHLY;BYMONTHDAY=5",
            "FREQ=DAILY;BYHOUR=" + ",".join(str(hour) for hour in range(10, 24)),
        )
    )
    imported = read(f"{text}\nBEGIN:VEVENT\nDTSTART;TZID=Europe/Warsaw:20260606T100000\nEND:VEVENT")
    rows, _ = values.rows_of(imported)
    assert {row.frequency for row in rows} == set(Frequency.values)
    assert max(len(row.times) for row in rows) == 8
    schedule = make.schedule(attendee_zone=False, zone=WARSAW, starts_on=date(2020, 1, 1))
    for row in rows:
        row.schedule = schedule
        row.save()
    since = datetime(2026, 1, 1, tzinfo=UTC)
    stored = values.recurrences_of(Schedule.objects.get(pk=schedule.pk))
    assert list(islice(occurrences(stored, WARSAW, since), 200)) == list(
        islice(occurrences(imported.rules, WARSAW, since), 200)
    )


def test_A016_just_in_time_follows_the_chat_hours_as_stored_until_it_has_its_own() -> None:
    webinar = show(just_in_time=True, hours_limit=[Kind.JUST_IN_TIME])
    at = datetime(2026, 6, 2, 9, 50, tzinfo=UTC)  # a Tuesday

    def starts() -> bool:
        fresh = Webinar.objects.get(pk=webinar.pk)
        return "just_in_time" in {slot.kind for slot in standing.offered(fresh, WARSAW, at)}

    assert starts()
    HoursWindow.objects.create(hours=webinar.chat_hours, weekday=1, opens=time(6), closes=time(8))
    assert not starts()
    own = make.chat_hours((1, time(9), time(17)))
    Schedule.objects.filter(pk=webinar.schedule_id).update(jit_hours=own)
    assert starts()
    HoursException.objects.create(hours=own, on=date(2026, 6, 2))
    assert not starts()


def test_F16_holidays_and_the_attendees_zone_of_stored_hours_count() -> None:
    webinar = show(just_in_time=True, hours_limit=[Kind.JUST_IN_TIME])
    hours = webinar.chat_hours
    hours.holidays_country, hours.attendee_zone = "PL", True
    hours.save()
    at = datetime(2026, 11, 11, 1, 50, tzinfo=UTC)
    found = {
        name: standing.offered(webinar, ZoneInfo(name), at) for name in ("Europe/Warsaw", "America/New_York")
    }
    kinds = {name: {slot.kind.value for slot in slots} for name, slots in found.items()}
    assert "just_in_time" not in kinds["Europe/Warsaw"]
    assert "just_in_time" in kinds["America/New_York"]  # still the day before
