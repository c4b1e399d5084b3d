"""The people it takes, against published figures and a simulated queue."""

import heapq
import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.staffing import answered_within, mean_wait, people_needed, wait_probability

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("load", "people", "published"),
    [
        (1, 2, 1 / 3),  # exact, from the formula by hand
        (2, 3, 4 / 9),  # exact
        (10, 14, 0.1741319335950498),  # pyworkforce's documented example
        (48, 55, 0.239),  # a tutorial's 360 calls of 4 minutes in half an hour, 55 agents
    ],
)
def test_the_probability_of_waiting_equals_published_figures(
    load: float, people: int, published: float
) -> None:
    assert wait_probability(load, people) == pytest.approx(published, abs=0.0005)


def test_A051_a_hundred_calls_of_three_minutes_in_half_an_hour_take_fourteen_people() -> None:
    need = people_needed(200, handling=3 * MINUTE, target=timedelta(seconds=20), share=0.8)
    assert need is not None
    assert need.people == 14
    assert need.within == pytest.approx(0.8883500191794669)
    assert need.busy == pytest.approx(10 / 14)
    assert need.mean_wait.total_seconds() == pytest.approx(7.8, abs=0.05)


def test_one_person_fewer_misses_the_target() -> None:
    assert answered_within(10, 13, handling=3 * MINUTE, target=timedelta(seconds=20)) < 0.8


def test_where_nothing_is_asked_nobody_is_needed_and_a_flood_has_no_answer() -> None:
    quiet = people_needed(0, handling=MINUTE, target=MINUTE, share=0.8)
    assert quiet is not None
    assert quiet.people == 0
    assert people_needed(1e6, handling=MINUTE, target=MINUTE, share=0.8) is None
    assert mean_wait(3, 3, handling=MINUTE) is None
    assert wait_probability(3, 3) == 1


@pytest.mark.parametrize(("handling", "share"), [(timedelta(0), 0.8), (MINUTE, 1), (MINUTE, -0.1)])
def test_what_cannot_be_meant_is_refused(handling: timedelta, share: float) -> None:
    with pytest.raises(ValueError, match="takes time"):
        people_needed(10, handling=handling, target=MINUTE, share=share)


@given(st.floats(0.01, 200), st.integers(1, 250))
def test_more_people_never_make_anybody_wait_longer(load: float, people: int) -> None:
    before, after = wait_probability(load, people), wait_probability(load, people + 1)
    assert 0 <= after <= before <= 1


def test_a_simulated_queue_waits_as_long_as_the_formula_says() -> None:
    chance, free = random.Random(7), [0.0] * 4
    now, waits = 0.0, []
    for _question in range(60_000):
        now += chance.expovariate(3)
        start = max(now, heapq.heappop(free))
        waits.append(start - now)
        heapq.heappush(free, start + chance.expovariate(1))
    predicted = mean_wait(3, 4, handling=MINUTE)
    assert predicted is not None
    assert sum(waits) / len(waits) == pytest.approx(predicted / MINUTE, rel=0.1)
    late = sum(wait > 0 for wait in waits) / len(waits)
    assert late == pytest.approx(wait_probability(3, 4), abs=0.03)
