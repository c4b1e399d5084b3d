"""Shifts: who is there when, where nobody is, and what a member may change."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEntry, Membership, Role
from chat.shifts import week_of
from scheduling.models import HoursException, HoursWindow, Roster
from scheduling.rosters import Shifts, save_roster
from scheduling.services import Stale
from tests import make
from webinars.models import Webinar
from webinars.studio.webinars import listed

pytestmark = pytest.mark.django_db

EASTERN, PACIFIC = ZoneInfo("America/New_York"), ZoneInfo("America/Los_Angeles")
MONDAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def on_shift(member: Membership, zone: ZoneInfo, opens: int, closes: int, days: Any = range(5)) -> Roster:
    windows = [HoursWindow(weekday=day, opens=time(opens), closes=time(closes)) for day in days]
    version = member.roster.version if hasattr(member, "roster") else 0
    return save_roster(
        membership=member, actor=member.user, shifts=Shifts(zone, windows), version=version, now=NOW
    )


@pytest.fixture
def owner() -> Membership:
    return make.member()


def webinar_of(owner: Membership, *moderators: Membership) -> Webinar:
    hours = make.chat_hours(*((day, time(9), time(21)) for day in range(5)), zone=EASTERN.key)
    row = make.webinar(
        owner.team, chat_hours=hours, schedule=make.schedule(zone=EASTERN.key, attendee_zone=False)
    )
    for member in moderators:
        make.assignment(row, member)
    return row


def week(owner: Membership, zone: ZoneInfo = EASTERN) -> Any:
    members = Membership.objects.of_team(owner.team).select_related("user", "roster__hours")
    return week_of(list(members), list(listed(owner)), zone, MONDAY, NOW)


def test_A017_the_union_of_two_coasts_has_no_gap_and_one_coast_alone_has(owner: Membership) -> None:
    east, west = (make.member(owner.team, Role.MODERATOR) for _ in range(2))
    webinar_of(owner, east, west)
    on_shift(east, EASTERN, 9, 18)
    roster = on_shift(west, PACIFIC, 9, 18)
    both = week(owner)
    assert both.holes == []
    assert (both.covered, both.percent) == (timedelta(hours=60), 100)
    roster.delete()
    alone = week(owner)
    first = alone.holes[0].gap
    assert first.begin.astimezone(EASTERN).time() == time(18)
    assert first.end.astimezone(EASTERN).time() == time(21)
    assert (len(alone.holes), alone.missing, alone.percent) == (5, timedelta(hours=15), 75)


def test_who_is_on_shift_but_does_not_answer_this_webinar_leaves_its_gap(owner: Membership) -> None:
    other = make.member(owner.team, Role.MODERATOR)
    webinar_of(owner)
    on_shift(other, EASTERN, 0, 0, range(7))
    shown = week(owner)
    assert len(shown.holes) == 5
    assert shown.covered == timedelta(hours=60), "somebody of the team is there, for other webinars"


def test_a_session_on_sunday_night_with_nobody_there_is_a_gap_with_its_expected_questions(
    owner: Membership,
) -> None:
    row = webinar_of(owner, owner)
    row.chat_hours.windows.all().delete()
    make.recurrence(row.schedule, time(20), frequency="weekly", weekdays=[6])
    (hole,) = week(owner).holes
    assert f"{hole.gap.begin.astimezone(EASTERN):%a %H:%M}" == "Sun 20:00"
    assert hole.gap.sessions == 1
    assert hole.questions > 1


def test_leave_takes_a_person_out_of_the_day(owner: Membership) -> None:
    webinar_of(owner, owner)
    roster = on_shift(owner, EASTERN, 9, 21)
    assert week(owner).holes == []
    HoursException.objects.create(hours=roster.hours, on=date(2026, 3, 4), name="Ski")
    shown = week(owner)
    (hole,) = shown.holes
    assert hole.gap.begin.astimezone(EASTERN).date() == date(2026, 3, 4)
    assert [bar.words for bar in shown.people[0].away] == ["Ski"]


def test_a_night_shift_over_the_clock_change_keeps_its_wall_times(owner: Membership) -> None:
    on_shift(owner, EASTERN, 22, 6, [5])
    (person,) = week(owner).people
    assert person.total == timedelta(hours=7), "clocks go forward in that night"
    assert [bar.words for bar in person.bars] == ["22–6", "22–6"]


def test_a_cancelled_session_needs_nobody(owner: Membership) -> None:
    row = webinar_of(owner, owner)
    row.chat_hours.windows.all().delete()
    start = datetime(2026, 3, 5, 19, tzinfo=UTC)
    session = make.session(row, starts_at=start)
    make.registration(session)
    assert len(week(owner).holes) == 1
    session.cancelled_at = NOW
    session.save()
    assert week(owner).holes == []


def test_a_stale_save_is_refused_and_changes_nothing(owner: Membership) -> None:
    on_shift(owner, EASTERN, 9, 17)
    with pytest.raises(Stale):
        save_roster(membership=owner, actor=owner.user, shifts=Shifts(PACIFIC), version=0, now=NOW)
    assert owner.roster.hours.windows.count() == 5
    assert AuditEntry.objects.filter(act="shifts.saved").count() == 1


def typed(version: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "version": version,
        "zone": "Europe/Warsaw",
        "window-TOTAL_FORMS": "1",
        "window-INITIAL_FORMS": "0",
        "window-0-days": "weekdays",
        "window-0-opens": "09:00",
        "window-0-closes": "17:00",
        "exception-TOTAL_FORMS": "1",
        "exception-INITIAL_FORMS": "0",
        "exception-0-on": "2026-03-11",
        "exception-0-state": "closed",
        "exception-0-name": "Ski",
        "do": "save",
    } | more


def signed_in(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def test_a_member_types_their_shifts_and_sees_them_in_the_week(owner: Membership) -> None:
    client, url = signed_in(owner), f"/studio/{owner.team.slug}/shifts/"
    assert client.post(f"{url}{owner.pk}/", typed()).status_code == 302
    shown = client.get(f"{url}?week=2026-03-11&zone=Europe/Warsaw").text
    assert "Mon 09:00–17:00, Tue 09:00–17:00, Thu 09:00–17:00, Fri 09:00–17:00" in shown
    assert "Ski" in shown
    again = client.get(f"{url}{owner.pk}/").text
    assert 'value="Ski"' in again


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("zone", "EST", "such as America/New_York"),
        ("window-0-closes", "09:00", "close when they open"),
        ("window-0-opens", "25:00", "valid time"),
        ("exception-0-on", "31 February", "valid date"),
    ],
)
def test_what_cannot_be_meant_is_refused_beside_its_field_and_kept(
    owner: Membership, field: str, value: str, sentence: str
) -> None:
    url = f"/studio/{owner.team.slug}/shifts/{owner.pk}/"
    answer = signed_in(owner).post(url, typed() | {field: value})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not Roster.objects.exists()


def test_a_row_is_added_and_taken_out_without_saving(owner: Membership) -> None:
    url = f"/studio/{owner.team.slug}/shifts/{owner.pk}/"
    added = signed_in(owner).post(url, typed(do="window-add"))
    assert 'name="window-1-days"' in added.text
    taken = signed_in(owner).post(url, typed(do="exception-remove-0"))
    assert "No other days." in taken.text
    assert not Roster.objects.exists()


def test_two_at_once_are_told_and_what_was_typed_stays(owner: Membership) -> None:
    url = f"/studio/{owner.team.slug}/shifts/{owner.pk}/"
    client = signed_in(owner)
    client.post(url, typed())
    late = client.post(url, typed(zone="Asia/Tokyo"))
    assert late.status_code == 409
    assert "Asia/Tokyo" in late.text
    assert client.post(url, typed(version=1, zone="Asia/Tokyo")).status_code == 302


@pytest.mark.parametrize(
    "query", ["week=9999-12-31", "week=x", "zone=Mars", "zone=%00", "week=2026-03-04&zone=Pacific/Apia"]
)
def test_any_week_and_zone_that_is_asked_for_answers(owner: Membership, query: str) -> None:
    webinar_of(owner, owner)
    assert signed_in(owner).get(f"/studio/{owner.team.slug}/shifts/?{query}").status_code == 200


def test_the_page_asks_the_database_as_often_for_three_members_as_for_one(
    owner: Membership, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client, url = signed_in(owner), f"/studio/{owner.team.slug}/shifts/"
    on_shift(owner, EASTERN, 9, 17)
    client.get(url)
    with django_assert_num_queries(9):
        client.get(url)
    for _ in range(2):
        on_shift(make.member(owner.team, Role.MODERATOR), EASTERN, 9, 17)
    with django_assert_num_queries(9):
        client.get(url)


def test_the_schedule_part_shows_who_is_there_and_what_the_week_brings(owner: Membership) -> None:
    row = webinar_of(owner, owner)
    make.recurrence(row.schedule, time(20), frequency="weekdays")
    url = f"/studio/{owner.team.slug}/webinars/{row.pk}/schedule/?as_at=2026-03-04T12:00&as_zone=America/New_York"
    client = signed_in(owner)
    assert "None of its moderators has shifts yet" in client.get(url).text
    on_shift(owner, EASTERN, 9, 20)
    shown = client.get(url).text
    assert "Mon 2 Mar, 20:00 to 21:00" in shown
    assert "5 gaps, 5 h together." in shown
    assert "Busiest hour: Mon 20:00" in shown
