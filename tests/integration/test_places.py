"""The places of a session: the last one goes once, freed ones go to who waits, and starts end when they begin."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from scheduling.models import Kind
from tests import make
from tests.threads import at_once
from webinars.models import Registration, Session, WaitingPlace, Webinar
from webinars.services import registration as service
from webinars.services import seats, waiting

pytestmark = pytest.mark.django_db

NOW = make.NOW
START = datetime(2026, 3, 11, 12, tzinfo=UTC)
UTC_ZONE = ZoneInfo("UTC")
SECOND = timedelta(seconds=1)


def webinar_with(places: int | None, **fields: Any) -> Webinar:
    """Every day at noon in UTC, with so many places."""
    schedule = make.schedule(attendee_zone=False, places=places, **fields)
    make.recurrence(schedule)
    return make.webinar(make.team(), schedule=schedule)


def fresh(webinar: Webinar) -> Webinar:
    """As another request reads it."""
    return Webinar.objects.select_related("team", "schedule", "chat_hours", "video__current").get(
        pk=webinar.pk
    )


def register(webinar: Webinar, name: str = "dana", **said: Any) -> Registration:
    usual: dict[str, Any] = {
        "kind": Kind.SCHEDULED,
        "starts_at": START,
        "first_name": name.title(),
        "email": f"{name}@example.org",
        "zone": UTC_ZONE,
        "guest": None,
        "now": NOW,
    }
    return service.register(webinar=webinar, **(usual | said)).registration


def wait(webinar: Webinar, name: str, **said: Any) -> waiting.Joined:
    usual: dict[str, Any] = {
        "kind": Kind.SCHEDULED,
        "starts_at": START,
        "first_name": name.title(),
        "email": f"{name}@example.org",
        "zone": UTC_ZONE,
        "guest": None,
        "now": NOW,
    }
    return waiting.join(webinar=webinar, **(usual | said))


def line(webinar: Webinar) -> list[str]:
    rows = WaitingPlace.objects.open().filter(webinar=webinar, session__isnull=False)
    return [row.person.first_name for row in rows.order_by("created_at", "pk").select_related("person")]


def held(webinar: Webinar, start: datetime = START) -> set[str]:
    live = Registration.objects.live().filter(webinar=webinar, session__starts_at=start)
    return {place.email.partition("@")[0] for place in live}


@pytest.mark.django_db(transaction=True)
def test_the_last_place_goes_to_exactly_one_of_fifty() -> None:
    webinar = webinar_with(3)
    register(webinar, "first")
    register(webinar, "second")

    def one(number: int) -> Callable[[], object]:
        return lambda: register(fresh(webinar), f"p{number}")

    outcomes = at_once(*[one(number) for number in range(50)])
    assert sum(isinstance(each, Registration) for each in outcomes) == 1
    assert sum(isinstance(each, service.SessionFull) for each in outcomes) == 49
    assert len(held(webinar)) == 3


@pytest.mark.django_db(transaction=True)
def test_fifty_who_join_the_waiting_list_at_once_stand_in_fifty_positions() -> None:
    webinar = webinar_with(1)
    register(webinar)

    def one(number: int) -> Callable[[], waiting.Joined]:
        return lambda: wait(fresh(webinar), f"p{number}")

    joined = at_once(*[one(number) for number in range(50)])
    positions = {waiting.position_of(each.waiting) for each in joined if each.waiting}
    assert positions == set(range(1, 51))


@pytest.mark.django_db(transaction=True)
def test_S3_two_places_that_free_at_once_move_two_up_whatever_looks_meanwhile() -> None:
    webinar = webinar_with(2)
    one, two = register(webinar, "one"), register(webinar, "two")
    for name in ("ann", "ben", "cleo"):
        wait(webinar, name)
    at_once(
        lambda: service.cancel(registration=one, now=NOW),
        lambda: service.cancel(registration=two, now=NOW),
        lambda: seats.fill_from_lines(now=NOW),
        lambda: seats.fill_from_lines(now=NOW),
    )
    assert held(webinar) == {"ann", "ben"}
    assert line(webinar) == ["Cleo"]


@pytest.mark.django_db(transaction=True)
def test_S3_a_raised_number_of_places_moves_each_up_once_with_five_beats() -> None:
    webinar = webinar_with(1)
    register(webinar)
    for number in range(8):
        wait(webinar, f"p{number}")
    webinar.schedule.places = 5
    webinar.schedule.save()
    moved = at_once(*[lambda: seats.fill_from_lines(now=NOW) for _ in range(5)])
    assert sum(moved) == 4
    assert held(webinar) == {"dana", "p0", "p1", "p2", "p3"}
    assert line(webinar) == ["P4", "P5", "P6", "P7"]


@pytest.mark.django_db(transaction=True)
def test_people_who_swap_starts_at_once_do_not_wait_for_each_other() -> None:
    webinar = webinar_with(20)
    other = START + timedelta(days=1)
    here = [register(webinar, f"a{n}") for n in range(6)]
    there = [register(webinar, f"b{n}", starts_at=other) for n in range(6)]

    def move(place: Registration, to: datetime) -> Callable[[], Registration]:
        found = Registration.objects.select_related("session", "person").get(pk=place.pk)
        found.webinar = fresh(webinar)
        return lambda: service.change(registration=found, kind=Kind.SCHEDULED, starts_at=to, now=NOW)

    outcomes = at_once(*[move(p, other) for p in here], *[move(p, START) for p in there])
    assert [each for each in outcomes if isinstance(each, Exception)] == []
    assert held(webinar) == {f"b{n}" for n in range(6)}
    assert held(webinar, other) == {f"a{n}" for n in range(6)}


@pytest.mark.django_db(transaction=True)
def test_who_comes_and_who_leaves_at_once_never_leave_a_place_empty_while_somebody_waits() -> None:
    webinar = webinar_with(5)
    places = [register(webinar, f"p{n}") for n in range(5)]
    for n in range(5):
        wait(webinar, f"w{n}")

    def come(number: int) -> Callable[[], object]:
        return lambda: register(fresh(webinar), f"n{number}")

    def go(place: Registration) -> Callable[[], object]:
        return lambda: service.cancel(registration=place, now=NOW)

    at_once(*[go(place) for place in places], *[come(n) for n in range(15)])
    assert held(webinar) == {f"w{n}" for n in range(5)}  # those who waited came first
    assert line(webinar) == []


class Crowd:
    """People who do things by chance, one after the other."""

    def __init__(self, seed: int) -> None:
        self.dice, self.places = random.Random(seed), 3
        self.webinar = webinar_with(self.places)

    def act(self, now: datetime) -> None:
        name = f"p{self.dice.randrange(8)}"
        acts = (self.come, self.come, self.come, self.go, self.go, self.leave, self.wait, self.enlarge)
        self.dice.choice(acts)(name, now)

    def come(self, name: str, now: datetime) -> None:
        try:
            register(fresh(self.webinar), name, now=now)
        except service.SessionFull:
            self.wait(name, now)

    def wait(self, name: str, now: datetime) -> None:
        wait(fresh(self.webinar), name, now=now)

    def go(self, name: str, now: datetime) -> None:
        for row in Registration.objects.live().filter(webinar=self.webinar, email__startswith=name)[:1]:
            service.cancel(registration=row, now=now)

    def leave(self, name: str, now: datetime) -> None:
        for row in WaitingPlace.objects.open().filter(webinar=self.webinar, email__startswith=name)[:1]:
            waiting.leave(waiting=row, now=now)

    def enlarge(self, name: str, now: datetime) -> None:
        self.places += self.dice.random() < 0.2
        self.webinar.schedule.places = self.places
        self.webinar.schedule.save()
        seats.fill_from_lines(now=now, webinar=self.webinar)


@pytest.mark.parametrize("seed", range(6))
def test_held_and_free_are_all_places_and_nobody_waits_beside_a_free_one(seed: int) -> None:
    crowd = Crowd(seed)
    for step in range(60):
        crowd.act(NOW + step * SECOND)
        session = Session.objects.filter(webinar=crowd.webinar).first()
        if session is None:
            continue
        free, taken = seats.free_places(session), held(crowd.webinar)
        assert free is not None
        assert free >= 0
        assert len(taken) + free == crowd.places
        queue = {name.lower() for name in line(crowd.webinar)}
        assert free == 0 or queue <= taken  # an address takes one place, so who has one moves nobody


def test_the_same_address_takes_one_place_and_is_passed_over_in_the_line() -> None:
    webinar = webinar_with(2)
    place = register(webinar, "dana")
    register(webinar, "ann")
    wait(webinar, "dana")
    wait(webinar, "ben")
    service.cancel(registration=Registration.objects.get(email="ann@example.org"), now=NOW)
    assert held(webinar) == {"dana", "ben"}
    assert line(webinar) == ["Dana"]
    service.cancel(registration=place, now=NOW)
    assert held(webinar) == {"dana", "ben"}  # now it is their turn
    assert line(webinar) == []


def test_the_last_second_before_a_start_is_in_time_and_the_next_is_not() -> None:
    webinar = webinar_with(None)
    assert register(webinar, "early", now=START - SECOND).starts_at == START
    assert register(webinar, "sharp", now=START).starts_at == START
    with pytest.raises(service.SlotGone) as gone:
        register(webinar, "late", now=START + SECOND)
    assert gone.value.next
    assert gone.value.next.starts_at == START + timedelta(days=1)
    assert held(webinar) == {"early", "sharp"}


def test_the_cut_off_ends_registration_to_the_second() -> None:
    webinar = webinar_with(None, cutoff_minutes=30)
    shut = START - timedelta(minutes=30)
    assert register(webinar, "early", now=shut).starts_at == START
    with pytest.raises(service.SlotGone):
        register(webinar, "late", now=shut + SECOND)
    assert held(webinar) == {"early"}


def test_a_just_in_time_mark_can_be_had_until_it_begins_though_it_is_offered_no_more() -> None:
    webinar = webinar_with(None, just_in_time=True, interval_minutes=15)
    mark = datetime(2026, 3, 10, 12, 15, tzinfo=UTC)
    said: dict[str, Any] = {"kind": Kind.JUST_IN_TIME, "starts_at": mark}
    assert register(webinar, "slow", now=mark - SECOND, **said).starts_at == mark
    with pytest.raises(service.SlotGone) as gone:
        register(webinar, "slower", now=mark + SECOND, **said)
    assert gone.value.next
    assert gone.value.next.starts_at == mark + timedelta(minutes=15)
    assert Registration.objects.filter(webinar=webinar).count() == 1


def test_a_start_that_a_host_called_off_meanwhile_is_gone() -> None:
    webinar = webinar_with(4)
    make.session(webinar, starts_at=START, cancelled_at=NOW)
    with pytest.raises(service.SlotGone):
        register(webinar)
    with pytest.raises(service.SlotGone):
        wait(webinar, "dana")
    assert not WaitingPlace.objects.exists()
