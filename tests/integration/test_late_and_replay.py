"""Who comes late, and who may watch again: by the schedule's rules, as they are when somebody opens the door."""

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from chat.models import Message
from scheduling.models import Kind, Late, ReplayFor, ReplayUntil
from scheduling.timeline import Phase, ReplayTerms, Until
from scheduling.timeline import replay_of as window_of
from tests import make
from webinars import media, standing
from webinars.models import Attendance, Registration
from webinars.rules import Arrival, LatePolicy, late_join
from webinars.rules import Late as LateRule
from webinars.services import joining, replays
from webinars.services.sessions import OPENING

pytestmark = pytest.mark.django_db


def began(minutes: float, **schedule: Any) -> Registration:
    """A place in a session that began so long ago, of a film of ten minutes."""
    webinar = make.webinar(schedule=make.schedule(**schedule))
    return make.registration(make.session(webinar, starts_at=timezone.now() - timedelta(minutes=minutes)))


def holder(place: Registration) -> Client:
    _, cookie = make.guest(place.person)
    client = Client()
    client.cookies[settings.GUEST_COOKIE_NAME] = cookie
    media.places.forget()
    return client


@pytest.mark.parametrize(
    ("late", "minutes", "was_there", "arrival"),
    [
        (LateRule.JOIN, 500, False, Arrival.JOINS),
        (LateRule.REFUSE, 9.99, False, Arrival.JOINS),
        (LateRule.REFUSE, 10, False, Arrival.REFUSED),
        (LateRule.REFUSE, 10, True, Arrival.JOINS),
        (LateRule.REFUSE, -30, False, Arrival.JOINS),
        (LateRule.GO_BACK, 10, False, Arrival.OWN_CLOCK),
        (LateRule.ON_DEMAND, 10, False, Arrival.OWN_CLOCK),
        (LateRule.ON_DEMAND, 10, True, Arrival.JOINS),
    ],
)
def test_what_becomes_of_somebody_who_arrives(
    late: LateRule, minutes: float, was_there: bool, arrival: Arrival
) -> None:
    policy = LatePolicy(late, timedelta(minutes=10))
    assert late_join(policy, timedelta(minutes=minutes), was_there=was_there) is arrival


def test_who_comes_late_joins_where_the_film_is_unless_told_otherwise() -> None:
    place = began(5)
    assert holder(place).post(f"/r/{place.pk}/enter/")["Location"] == f"/r/{place.pk}/room/"
    place.refresh_from_db()
    assert place.session.kind == Kind.SCHEDULED
    assert standing.position_of(place, timezone.now()) == pytest.approx(300, abs=5)


def test_who_comes_too_late_is_refused_and_offered_the_next_start_in_one_click() -> None:
    place = began(5, late=Late.REFUSE, late_minutes=3, on_demand=False, just_in_time=True, replay=True)
    client = holder(place)
    shown = client.get(f"/r/{place.pk}/room/")
    assert "It began 5 minutes ago" in shown.text
    assert "Take this time" in shown.text
    assert "watch the replay afterwards" in shown.text
    assert client.get(f"/media/{place.pk}/master.m3u8").status_code == 403
    assert client.post(f"/r/{place.pk}/enter/")["Location"] == f"/r/{place.pk}/room/"
    asked = client.post(f"/r/{place.pk}/enter/", headers={"accept": "application/json"})
    assert (asked.status_code, asked.json()["code"]) == (409, "too_late")
    client.post(f"/r/{place.pk}/room/", {"text": "Let me in!", "ref": str(uuid.uuid4())})
    assert not Message.objects.exists()
    assert not Attendance.objects.exists()


def test_who_was_there_comes_back_however_late() -> None:
    place = began(5, late=Late.REFUSE, late_minutes=3)
    make.attendance(place, entered_at=timezone.now() - timedelta(minutes=5))
    client = holder(place)
    assert "It began" not in client.get(f"/r/{place.pk}/room/").text
    assert client.post(f"/r/{place.pk}/enter/")["Location"] == f"/r/{place.pk}/room/"


@pytest.mark.parametrize(("late", "point"), [(Late.ON_DEMAND, 0), (Late.GO_BACK, 120)])
def test_who_comes_late_begins_on_a_clock_of_their_own(late: Late, point: int) -> None:
    place = began(8, late=late, late_minutes=3, late_point_seconds=120)
    client = holder(place)
    shown = client.get(f"/r/{place.pk}/room/").text
    assert ("the film begins at 2:00" in shown) == bool(point)
    answer = client.post(f"/r/{place.pk}/enter/", headers={"accept": "application/json"}).json()
    assert answer["kind"] == Kind.ON_DEMAND
    now = timezone.now()
    mine = Registration.objects.select_related("session", "webinar").get(pk=place.pk)
    assert standing.position_of(mine, now + OPENING) == pytest.approx(point, abs=2)
    assert mine.session.closes_at
    assert mine.session.closes_at - now > timedelta(minutes=20), "they have the whole film and the exit room"
    assert "It began" not in client.get(f"/r/{place.pk}/room/").text
    client.post(f"/r/{place.pk}/enter/")
    again = Registration.objects.get(pk=place.pk)
    assert again.session_id == mine.session_id, "entering twice is once"
    assert again.starts_at == place.starts_at, "what was promised stays on the place"


def test_a_late_persons_position_and_phase_do_not_follow_the_shared_clock() -> None:
    place = began(9.5, late=Late.ON_DEMAND, late_minutes=3)
    holder(place).post(f"/r/{place.pk}/enter/")
    mine = Registration.objects.select_related("session", "webinar").get(pk=place.pk)
    later = timezone.now() + timedelta(minutes=5)
    assert standing.phase_of(mine, later) is Phase.PLAYING
    assert standing.position_of(mine, later) == pytest.approx(297, abs=3)


END = datetime(2026, 3, 10, 12, tzinfo=UTC)
OPENED = END + timedelta(hours=5)


@pytest.mark.parametrize(
    ("until", "ends_at", "closes_at"),
    [
        (Until.NEVER, END, None),
        (Until.AFTER_SESSION, END, END + timedelta(hours=48)),
        (Until.AFTER_OPENING, END, OPENED + timedelta(hours=48)),
        (Until.DATE, END, datetime(2026, 4, 1, tzinfo=UTC)),
        (Until.AFTER_SESSION, None, OPENED + timedelta(hours=48)),
    ],
)
def test_until_when_a_replay_lasts(
    until: Until, ends_at: datetime | None, closes_at: datetime | None
) -> None:
    terms = ReplayTerms(timedelta(hours=1), until, timedelta(hours=48), datetime(2026, 4, 1, tzinfo=UTC))
    found = window_of(terms, session_ends_at=ends_at, opened_at=OPENED, now=OPENED)
    assert found.closes_at == closes_at
    assert found.opens_at == (END + timedelta(hours=1) if ends_at else OPENED)


def over(**schedule: Any) -> Registration:
    return began(60, replay=True, **schedule)


def test_only_who_attended_may_watch_again_where_the_host_says_so() -> None:
    place = over(replay_for=ReplayFor.ATTENDED)
    client = holder(place)
    assert "Watch the replay" not in client.get(f"/r/{place.pk}/").text
    with pytest.raises(replays.NoReplay):
        replays.watch_again(registration=place, now=timezone.now())
    start = timezone.now() - timedelta(minutes=60)
    make.attendance(place, entered_at=start, film_from_at=start)
    assert "Watch it again" in client.get(f"/r/{place.pk}/").text
    assert (
        replays.watch_again(registration=place, now=timezone.now()).session.replay_of_id == place.session_id
    )


def test_a_replay_that_opens_later_says_when_and_opens_then() -> None:
    place = over(replay_from_hours=24)
    client = holder(place)
    shown = client.get(f"/r/{place.pk}/").text
    assert "Opens" in shown
    assert client.post(f"/r/{place.pk}/replay/")["Location"] == f"/r/{place.pk}/"
    opened = replays.watch_again(registration=place, now=timezone.now() + timedelta(hours=25))
    assert opened.session.kind == Kind.REPLAY


def test_a_replay_without_an_end_says_none() -> None:
    place = over(replay_until=ReplayUntil.NEVER)
    client = holder(place)
    assert "Open until" not in client.get(f"/r/{place.pk}/").text
    room = client.post(f"/r/{place.pk}/replay/")["Location"]
    assert client.get(room).status_code == 200
    replay = Registration.objects.select_related("session", "webinar").get(session__kind=Kind.REPLAY)
    assert replay.session.ends_at is None
    assert standing.phase_of(replay, timezone.now() + timedelta(days=3000)) is Phase.PLAYING


def test_a_change_of_the_rules_counts_for_links_that_were_sent_before() -> None:
    place = over(replay_hours=1)
    now = timezone.now()
    replay = replays.watch_again(registration=place, now=now)
    late = now + timedelta(days=2)
    assert standing.phase_of(replay, late) is Phase.OVER
    schedule = replay.webinar.schedule
    schedule.replay_hours = 72
    assert standing.phase_of(replay, late) is Phase.PLAYING, "longer"
    replay.session.closed_at = now + timedelta(hours=1)
    assert standing.phase_of(replay, late) is Phase.PLAYING, "also where it had been closed"
    schedule.replay_until, schedule.replay_last_on = ReplayUntil.DATE, date(2020, 1, 1)
    assert standing.phase_of(replay, now) is Phase.OVER, "shorter"
    schedule.replay = False
    assert standing.phase_of(replay, now) is Phase.OVER, "or not at all"


def test_the_last_day_of_replays_is_whole_in_the_schedules_zone() -> None:
    schedule = make.schedule(
        replay=True, replay_until=ReplayUntil.DATE, replay_last_on=date(2026, 3, 29), zone="Europe/Berlin"
    )
    assert standing.replay_terms(schedule).last == datetime(2026, 3, 29, 22, tzinfo=UTC)


def test_the_second_watching_opens_the_same_replay_and_first_opening_counts() -> None:
    place = over(replay_until=ReplayUntil.AFTER_OPENING, replay_hours=48)
    now = timezone.now()
    first = replays.watch_again(registration=place, now=now)
    assert replays.watch_again(registration=place, now=now + timedelta(hours=40)).pk == first.pk
    with pytest.raises(replays.NoReplay):
        replays.watch_again(registration=place, now=now + timedelta(hours=49))


def test_a_visitor_is_offered_no_replay_that_only_attendees_may_open() -> None:
    webinar = make.webinar(schedule=make.schedule(replay=True, replay_for=ReplayFor.ATTENDED))
    assert not standing.rules_of(webinar).replay


def test_a_room_that_may_not_be_entered_yet_stays_shut() -> None:
    place = began(-60, late=Late.ON_DEMAND)
    guest, _cookie = make.guest(place.person)
    with pytest.raises(joining.RoomClosed):
        joining.enter(registration=place, guest=guest, now=timezone.now())
