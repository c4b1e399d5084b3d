"""Who was at work (M-08) and when anybody was (M-17), against a count of single minutes."""

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from chat import at_work
from chat.at_work import Load, Member
from scheduling.coverage import Span
from tests.make import NOW

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def at(minute: float) -> datetime:
    return NOW + minute * MINUTE


@st.composite
def spans(draw: st.DrawFn) -> tuple[Span, ...]:
    pairs = draw(st.lists(st.tuples(st.integers(-90, 300), st.integers(1, 120)), max_size=4))
    return tuple((at(begin), at(begin + length)) for begin, length in pairs)


members = st.builds(Member, st.just("1"), st.just("Bob"), spans(), spans(), st.none() | spans(), spans())


def inside(some: tuple[Span, ...], minute: int) -> bool:
    return any(begin <= at(minute) < end for begin, end in some)


@settings(deadline=None, max_examples=60)
@given(st.lists(members, max_size=3), st.integers(1, 200))
def test_M08_M17_hours_are_what_a_count_of_minutes_gives(people: list[Member], length: int) -> None:
    hours = at_work.by_hour(people, NOW, at(length))
    assert [hour.begin for hour in hours] == [at(60 * n) for n in range(-(-length // 60))]
    for number, hour in enumerate(hours):
        minutes = range(60 * number, min(60 * number + 60, length))
        logged = [sum(inside(one.connected, m) for one in people) for m in minutes]
        there = [
            sum(
                inside(one.connected, m)
                and not inside(one.aside, m)
                and (one.shift is None or inside(one.shift, m))
                for one in people
            )
            for m in minutes
        ]
        active = [sum(inside(one.active, m) for one in people) for m in minutes]
        for found, counted in ((hour.logged_in, logged), (hour.available, there), (hour.active, active)):
            assert abs(found.mean - sum(counted) / len(counted)) < 1e-9
            assert found.most == max(counted)
        assert abs(hour.covered - 60 * sum(count > 0 for count in there)) < 1e-6


def test_M08_whoever_means_not_to_answer_is_logged_in_and_not_available() -> None:
    bob = Member(
        "1",
        "Bob",
        connected=((at(0), at(60)), (at(50), at(90))),
        aside=((at(30), at(40)),),
        shift=((at(0), at(80)),),
        active=((at(10), at(20)), (at(15), at(25))),
    )
    assert at_work.worked(bob) == (90 * 60, 70 * 60, 15 * 60)


def test_an_empty_team_has_empty_hours() -> None:
    (hour,) = at_work.by_hour([], NOW, NOW + HOUR)
    assert (hour.logged_in, hour.available, hour.active, hour.covered) == (Load(), Load(), Load(), 0)
