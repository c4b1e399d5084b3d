"""Says how many people it takes to answer a stream of questions in time (Erlang C)."""

import math
from dataclasses import dataclass
from datetime import timedelta

MOST = 500  # people; more than any chat has, and the search stays short


@dataclass(frozen=True, slots=True)
class Need:
    """So many people answer `within` of the questions (0 to 1) in the target time; `mean_wait` is over all of them.

    `busy` is the part of their time (0 to 1) that the people spend answering.
    """

    people: int
    within: float
    mean_wait: timedelta
    busy: float


def wait_probability(load: float, people: int) -> float:
    """The probability that a question finds everybody busy (Erlang C, M/M/c).

    `load` is in erlangs: questions per unit of time times handling time in the same unit. With no more people than
    load the queue only grows, and everybody waits: 1. By Erlang B's recursion, which neither overflows nor loses
    digits where the textbook's powers and factorials do (Cooper, Introduction to Queueing Theory, 1981, §3.3-3.4).
    """
    if load <= 0:
        return 0.0
    if people <= load:
        return 1.0
    blocked = 1.0
    for servers in range(1, people + 1):
        blocked = load * blocked / (servers + load * blocked)
    return blocked / (1 - load / people * (1 - blocked))


def answered_within(load: float, people: int, *, handling: timedelta, target: timedelta) -> float:
    """The share of questions (0 to 1) that somebody takes up within `target`; `handling` is the mean time of one."""
    if load <= 0:
        return 1.0
    if people <= load:
        return 0.0
    return 1 - wait_probability(load, people) * math.exp(-(people - load) * (target / handling))


def mean_wait(load: float, people: int, *, handling: timedelta) -> timedelta | None:
    """How long a question waits on average, those answered at once included; None: the queue only grows."""
    if load <= 0:
        return timedelta(0)
    if people <= load:
        return None
    return wait_probability(load, people) * handling / (people - load)


def people_needed(
    questions_an_hour: float, *, handling: timedelta, target: timedelta, share: float
) -> Need | None:
    """The fewest people who take up `share` (0 to 1, not 1) of the questions within `target`.

    None when even 500 are too few. Nobody is needed where nothing is asked. Raises ValueError for a handling time
    that is not positive or a share outside 0 to 1.
    """
    if handling <= timedelta(0) or not 0 <= share < 1:
        raise ValueError("Answering takes time, and the share lies between 0 and 1, 1 excluded.")
    load = questions_an_hour * (handling / timedelta(hours=1))
    if load <= 0:
        return Need(0, 1.0, timedelta(0), 0.0)
    for people in range(math.floor(load) + 1, MOST + 1):
        within = answered_within(load, people, handling=handling, target=target)
        if within >= share:
            wait = mean_wait(load, people, handling=handling) or timedelta(0)
            return Need(people, within, wait, load / people)
    return None
