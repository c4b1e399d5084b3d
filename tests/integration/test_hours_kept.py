"""Hours that were advertised, and whether somebody was there (A-086, A-088, M-11)."""

import csv
import io
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Membership, Role
from accounts.services import audit
from chat.kept import Report, report_of
from chat.models import Conversation, Presence, Wait
from scheduling.models import HoursWindow
from scheduling.services import Plan, hours_snapshot, plan_of, save_schedule, snapshot
from tests import make
from tests.talk import Talk, talk
from webinars.models import Webinar

pytestmark = pytest.mark.django_db

WARSAW = ZoneInfo("Europe/Warsaw")
MONDAY = datetime(2026, 3, 9, tzinfo=WARSAW)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
NOW = MONDAY + 7 * DAY


def at(day: int, hours: float) -> datetime:
    """An instant of the week by its wall time in Warsaw."""
    return datetime.combine(
        (MONDAY + day * DAY).date(), time(int(hours), round(hours % 1 * 60)), tzinfo=WARSAW
    )


@pytest.fixture
def stage() -> Talk:
    """Advertised Monday 9 to 17 in Warsaw, bob answers; the page is open since the week before."""
    found = talk()
    hours = make.chat_hours((0, time(9), time(17)), zone=WARSAW.key)
    Webinar.objects.filter(pk=found.webinar.pk).update(chat_hours=hours, published_at=MONDAY - 7 * DAY)
    found.webinar.refresh_from_db()
    return found


def was_there(who: Membership, begin: datetime, end: datetime, *webinars: Webinar) -> Presence:
    answered = webinars or [row.webinar for row in who.assignments.filter(moderates=True)]
    return Presence.objects.create(
        team=who.team, membership=who, from_at=begin, until_at=end, webinars=[row.pk for row in answered]
    )


def report(who: Membership, days: float = 7, now: datetime = NOW) -> Report:
    return report_of(who, MONDAY, MONDAY + days * DAY, now)


def waits(stage: Talk, since: datetime, until: datetime | None, name: str = "Dana") -> Wait:
    person = make.person(stage.team, first_name=name)
    place = make.registration(stage.session, who=person)
    conversation = Conversation.objects.create(
        team=stage.team, webinar=stage.webinar, person=person, registration=place, listed=True
    )
    episode = conversation.episodes.create(opened_at=since, opened_seq=1)
    return Wait.objects.create(
        conversation=conversation,
        episode=episode,
        registration=place,
        session=stage.session,
        opened_at=since,
        counts_from=since,
        opened_seq=1,
        closed_at=until,
        closed_by="answer" if until else "",
    )


def with_one_gap(stage: Talk) -> None:
    was_there(stage.bob, at(0, 8), at(0, 11))
    was_there(stage.bob, at(0, 11) + 20 * MINUTE, at(0, 18))


def test_A088_one_gap_of_20_minutes_is_20_minutes_with_the_conversations_that_waited(stage: Talk) -> None:
    with_one_gap(stage)
    hit = waits(stage, at(0, 10.9), at(0, 11.5), "Hit")
    still = waits(stage, at(0, 11.25), None, "Still")
    waits(stage, at(0, 10), at(0, 10.5), "Before")
    waits(stage, at(0, 11) + 20 * MINUTE, at(0, 12), "After")
    found = report(stage.alice)
    (hole,) = found.holes
    assert (hole.gap.begin, hole.gap.length) == (at(0, 11), 20 * MINUTE)
    assert [one.conversation for one in hole.waited] == [hit.conversation_id, still.conversation_id]
    (row,) = found.rows
    assert (row.kept.advertised, row.kept.there) == (8 * HOUR, 8 * HOUR - 20 * MINUTE)
    assert (row.kept.percent, row.conversations) == (95, 2)
    assert row.kept.longest == hole.gap
    assert (found.whole.advertised, found.whole.there) == (row.kept.advertised, row.kept.there)


def test_A088_the_page_says_20_minutes_and_leads_to_who_waited(stage: Talk) -> None:
    with_one_gap(stage)
    wait = waits(stage, at(0, 11.1), None, "=cmd|calc")
    client = signed_in(stage.bob)
    shown = page(client, stage, first="2026-03-09", last="2026-03-15", zone="Europe/Warsaw")
    assert "20 min without anybody" in shown
    assert "7 h 40 min of 8 h, 95 %" in shown
    assert "Mon 9 Mar, 11:00" in shown
    assert f'href="/studio/{stage.team.slug}/inbox/#{wait.conversation_id}"' in shown
    assert "Mon 9 Mar, 10:00" in page(
        client, stage, first="2026-03-09", last="2026-03-15", zone="Europe/London"
    )


def test_files_hold_every_gap_and_run_no_formula(stage: Talk) -> None:
    with_one_gap(stage)
    waits(stage, at(0, 11.1), None, "=cmd|calc")
    Webinar.objects.filter(pk=stage.webinar.pk).update(title="@SUM(A1)")
    client = signed_in(stage.bob)
    days = {"first": "2026-03-09", "last": "2026-03-15", "zone": "Europe/Warsaw"}
    got = client.get(f"/studio/{stage.team.slug}/shifts/kept/gaps.csv", days)
    assert got["Content-Disposition"] == 'attachment; filename="gaps-2026-03-09-2026-03-15.csv"'
    (line,) = list(csv.DictReader(io.StringIO(got.content.decode("utf-8-sig"))))
    assert line == {
        "webinar": "'@SUM(A1)",
        "from": "2026-03-09T11:00:00+01:00",
        "to": "2026-03-09T11:20:00+01:00",
        "minutes": "20.0",
        "conversations_waited": "1",
        "who_waited": "'=cmd|calc",
    }
    got = client.get(f"/studio/{stage.team.slug}/shifts/kept/webinars.csv", days)
    (line,) = list(csv.DictReader(io.StringIO(got.content.decode("utf-8-sig"))))
    assert (line["advertised_minutes"], line["kept_minutes"], line["percent"]) == ("480.0", "460.0", "95")
    assert client.get(f"/studio/{stage.team.slug}/shifts/kept/others.csv", days).status_code == 404


def test_M11_the_hours_in_force_at_the_time_count(stage: Talk) -> None:
    webinar = stage.webinar
    webinar.chat_hours.windows.create(weekday=2, opens=time(9), closes=time(17))
    was_there(stage.bob, at(0, 9), at(0, 17))
    plan = plan_of(snapshot(webinar.schedule, webinar.chat_hours))
    nights = [HoursWindow(weekday=day, opens=time(20), closes=time(22)) for day in range(7)]
    new = Plan(fields=plan.fields, hours_zone=WARSAW, windows=nights)
    save_schedule(schedule=webinar.schedule, hours=webinar.chat_hours, plan=new, version=0, now=at(2, 12))
    found = report(stage.alice)
    gaps = [(hole.gap.begin, hole.gap.end) for hole in found.holes]
    assert gaps[0] == (at(2, 9), at(2, 12)), "the Wednesday as it was advertised until noon"
    assert gaps[1:] == [(at(day, 20), at(day, 22)) for day in range(2, 7)]
    assert found.whole.advertised == 8 * HOUR + 3 * HOUR + 5 * 2 * HOUR


def test_M11_a_save_that_leaves_the_hours_keeps_no_version_and_each_change_follows_the_last(
    stage: Talk,
) -> None:
    webinar = stage.webinar
    first = hours_snapshot(webinar.chat_hours)
    for number, closes in enumerate((17, 17, 18, 19)):
        windows = [HoursWindow(weekday=0, opens=time(9), closes=time(closes))]
        save_schedule(
            schedule=webinar.schedule,
            hours=webinar.chat_hours,
            plan=Plan(fields={}, hours_zone=WARSAW, windows=windows),
            version=number,
            now=NOW + number * HOUR,
        )
    one, two = webinar.chat_hours.versions.order_by("until_at")
    assert (one.from_at, one.until_at, one.value) == (None, NOW + 2 * HOUR, first)
    assert (two.from_at, two.until_at) == (NOW + 2 * HOUR, NOW + 3 * HOUR)


def test_members_of_other_webinars_do_not_count(stage: Talk) -> None:
    other = make.webinar(stage.team)
    was_there(stage.bob, at(0, 9), at(0, 17), other)
    was_there(stage.alice, at(0, 9), at(0, 17))
    found = report(stage.alice)
    assert [(hole.gap.begin, hole.gap.end) for hole in found.holes] == [(at(0, 9), at(0, 17))]
    assert found.rows[0].kept.percent == 0


def test_two_who_overlap_are_there_together(stage: Talk) -> None:
    carl = make.member(stage.team, Role.MODERATOR)
    make.assignment(stage.webinar, carl)
    was_there(stage.bob, at(0, 8), at(0, 13))
    was_there(carl, at(0, 12), at(0, 17))
    was_there(carl, at(0, 12.5), at(0, 13))
    assert report(stage.alice).holes == []
    assert report(stage.alice).whole.percent == 100


def test_a_minute_without_anybody_is_never_rounded_up_to_100(stage: Talk) -> None:
    was_there(stage.bob, at(0, 9) + timedelta(seconds=1), at(0, 17))
    found = report(stage.alice)
    assert found.whole.percent == 99
    assert (len(found.holes), found.long_holes) == (1, [])


def test_a_night_over_the_clock_change_is_an_hour_shorter(stage: Talk) -> None:
    stage.webinar.chat_hours.windows.all().delete()
    stage.webinar.chat_hours.windows.create(weekday=5, opens=time(22), closes=time(6))
    saturday = datetime(2026, 3, 28, 22, tzinfo=WARSAW)
    was_there(stage.bob, saturday, datetime(2026, 3, 29, 1, 30, tzinfo=WARSAW))
    begin = datetime(2026, 3, 23, tzinfo=WARSAW)
    found = report_of(stage.alice, begin, begin + 7 * DAY, begin + 8 * DAY)
    assert found.whole.advertised == 7 * HOUR
    (hole,) = found.holes
    assert hole.gap.length == 3.5 * HOUR, "from 1:30, an hour of which does not exist, to 6:00"


def test_nothing_is_advertised_before_the_page_opens_and_while_it_is_closed(stage: Talk) -> None:
    hours = make.chat_hours(*((day, time(9), time(10)) for day in range(7)), zone=WARSAW.key)
    closed = make.webinar(stage.team, published=False, chat_hours=hours, title="Closed", closed_at=at(5, 0))
    for act, when in (("published", at(1, 0)), ("unpublished", at(2, 0)), ("published", at(4, 9.5))):
        audit(
            team=stage.team,
            actor=None,
            act=f"webinar.{act}",
            target=f"webinar {closed.pk}",
            detail={},
            now=when,
        )
    audit(
        team=stage.team,
        actor=None,
        act="webinar.archived",
        target=f"webinar {closed.pk}",
        detail={},
        now=at(5, 0),
    )
    make.webinar(stage.team, published=False, chat_hours=make.chat_hours((1, time(9), time(17))))
    Webinar.objects.filter(pk=stage.webinar.pk).update(published_at=at(0, 16))
    found = report(stage.alice)
    gaps = [(hole.webinar.title, hole.gap.begin, hole.gap.end) for hole in found.holes]
    assert gaps == [
        (stage.webinar.title, at(0, 16), at(0, 17)),
        ("Closed", at(1, 9), at(1, 10)),
        ("Closed", at(4, 9.5), at(4, 10)),
    ]


def test_several_webinars_together_count_each_minute_once(stage: Talk) -> None:
    hours = make.chat_hours((0, time(9), time(17)), zone=WARSAW.key)
    second = make.webinar(stage.team, chat_hours=hours, title="Another")
    Webinar.objects.filter(pk=second.pk).update(published_at=MONDAY - DAY)
    was_there(stage.bob, at(0, 9), at(0, 17))
    found = report(stage.alice)
    assert [row.kept.percent for row in found.rows] == [0, 100]
    assert (found.whole.advertised, found.whole.percent) == (8 * HOUR, 0)


def test_what_is_to_come_and_the_last_minute_are_no_gap(stage: Talk) -> None:
    was_there(stage.bob, at(0, 9), at(0, 12))
    found = report(stage.alice, now=at(0, 12) + 50 * timedelta(seconds=1))
    assert found.holes == []
    assert found.whole.advertised == 3 * HOUR + 50 * timedelta(seconds=1)
    assert report(stage.alice, now=at(0, 12) + 2 * MINUTE).holes[0].gap.length == 2 * MINUTE


def test_a_webinar_without_hours_promises_nothing(stage: Talk) -> None:
    make.webinar(stage.team, title="Always", chat_hours=make.chat_hours())
    Webinar.objects.filter(title="Always").update(published_at=MONDAY)
    found = report(stage.alice)
    assert [row.title for row in found.silent] == ["Always"]
    assert len(found.rows) == 1


def test_a_moderator_sees_only_the_webinars_they_work_on(stage: Talk) -> None:
    hours = make.chat_hours((1, time(9), time(17)), zone=WARSAW.key)
    make.webinar(stage.team, chat_hours=hours, title="Not theirs")
    Webinar.objects.filter(title="Not theirs").update(published_at=MONDAY)
    assert len(report(stage.alice).rows) == 2
    assert [row.webinar.pk for row in report(stage.bob).rows] == [stage.webinar.pk]


def signed_in(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def page(client: Client, stage: Talk, status: int = 200, **query: Any) -> str:
    got = client.get(f"/studio/{stage.team.slug}/shifts/kept/", query)
    assert got.status_code == status
    return " ".join(got.content.decode().split())


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"first": "2026-03-10", "last": "2026-03-09"}, "The last day lies before the first."),
        ({"first": "2025-01-01", "last": "2026-01-02"}, "At most 366 days at once"),
        ({"zone": "Europe/Warsow"}, "This is not a time zone we know. Give a place, such as Europe/Warsaw."),
        ({"first": "yesterday"}, "This is no date."),
        ({"first": "0001-01-01", "last": "0001-01-02"}, "Choose a date between"),
        ({"last": "2026-03-\x00"}, ""),
    ],
)
def test_a_range_that_cannot_be_read_is_a_sentence(stage: Talk, query: dict[str, str], sentence: str) -> None:
    client = signed_in(stage.alice)
    shown = page(client, stage, 422, **query)
    assert sentence in shown
    assert "These days cannot be shown" in shown
    got = client.get(f"/studio/{stage.team.slug}/shifts/kept/gaps.csv", query)
    assert got.status_code == 422


def test_a_year_can_be_shown(stage: Talk) -> None:
    shown = page(signed_in(stage.alice), stage, first="2025-03-10", last="2026-03-10")
    assert "By webinar" in shown


def test_nothing_published_and_nothing_missing_are_said(stage: Talk) -> None:
    client = signed_in(stage.alice)
    zone: dict[str, Any] = {"zone": "Europe/Warsaw"}
    was_there(stage.bob, at(0, 8), at(0, 18))
    assert "The hours were kept" in page(client, stage, first="2026-03-09", last="2026-03-09", **zone)
    assert "No hours were advertised" in page(client, stage, first="2026-03-10", last="2026-03-10", **zone)


def test_the_last_seven_days_are_shown_unless_asked_otherwise(stage: Talk) -> None:
    shown = page(signed_in(stage.alice), stage)
    today = timezone.now().astimezone(stage.alice.user.zone).date()
    assert f'value="{today - 6 * DAY}"' in shown
    assert f'value="{today}"' in shown
    assert "Last 28 days" in shown


def test_the_number_of_queries_does_not_grow(stage: Talk, django_assert_max_num_queries: Any) -> None:
    def more(number: int) -> None:
        for _ in range(number):
            hours = make.chat_hours((0, time(9), time(17)), zone=WARSAW.key)
            row = make.webinar(stage.team, chat_hours=hours)
            Webinar.objects.filter(pk=row.pk).update(published_at=MONDAY - DAY)
            hours.versions.create(until_at=at(1, 0), value=hours_snapshot(hours))
            was_there(stage.bob, at(0, 9), at(0, 10), row)
            waits(stage, at(0, 12), None)

    more(2)
    with django_assert_max_num_queries(7) as few:
        report(stage.alice)
    more(5)
    with django_assert_max_num_queries(7) as many:
        assert len(report(stage.alice).rows) == 8
    assert len(few) == len(many)
