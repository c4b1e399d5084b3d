"""Works out from plain spans who was at work: logged in, available, active (M-08), and when anybody was (M-17)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from scheduling.coverage import Span, length, union, within, without

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Member:
    """What is known of one member: when their inbox was open, when they meant not to answer, when they were on shift.

    `shift` None: they have no roster, any time counts. `active`: when they owned an episode that was active.
    """

    who: str
    name: str
    connected: tuple[Span, ...] = ()
    aside: tuple[Span, ...] = ()
    shift: tuple[Span, ...] | None = None
    active: tuple[Span, ...] = ()

    @property
    def logged_in(self) -> list[Span]:
        """When they had a live connection."""
        return union(self.connected)

    @property
    def available(self) -> list[Span]:
        """When they were connected, meant to answer and were on shift."""
        there = without(self.logged_in, self.aside)
        return there if self.shift is None else within(there, self.shift)


@dataclass(frozen=True, slots=True)
class Load:
    """How many were so at once: in the mean over the time, and at most."""

    mean: float = 0.0
    most: int = 0


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of the team; `covered` are the seconds with at least one available."""

    begin: datetime
    logged_in: Load
    available: Load
    active: Load
    covered: float


def worked(member: Member) -> tuple[float, float, float]:
    """M-08 of one member in seconds: logged in, available, active."""
    return (
        length(member.logged_in).total_seconds(),
        length(member.available).total_seconds(),
        length(union(member.active)).total_seconds(),
    )


def by_hour(members: Sequence[Member], begin: datetime, end: datetime) -> list[Hour]:
    """M-08 and M-17 for each hour from `begin` to `end`, the last one cut; members' spans may pass both."""
    logged_in = _loads([member.logged_in for member in members], begin, end)
    available = _loads([member.available for member in members], begin, end)
    active = _loads([union(member.active) for member in members], begin, end)
    anybody = union(span for member in members for span in member.available)
    covered = _loads([anybody], begin, end)
    hours = []
    for number in range(-(-(end - begin) // HOUR)):
        at = begin + number * HOUR
        seconds = (min(at + HOUR, end) - at).total_seconds()
        loads = (logged_in[number], available[number], active[number])
        hours.append(Hour(at, *loads, covered=covered[number].mean * seconds))
    return hours


def _loads(people: Iterable[Sequence[Span]], begin: datetime, end: datetime) -> dict[int, Load]:
    """For each hour how many of the people were so."""
    weighed: dict[int, float] = defaultdict(float)
    most: dict[int, int] = defaultdict(int)
    for since, until, count in _pieces(people, begin, end):
        number = (since - begin) // HOUR
        weighed[number] += count * (until - since).total_seconds()
        most[number] = max(most[number], count)
    found: dict[int, Load] = defaultdict(Load)
    for number, total in weighed.items():
        at = begin + number * HOUR
        found[number] = Load(total / (min(at + HOUR, end) - at).total_seconds(), most[number])
    return found


def _pieces(
    people: Iterable[Sequence[Span]], begin: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime, int]]:
    """The time in pieces during which as many were so, none reaching over the end of an hour; none where nobody was."""
    changes: dict[datetime, int] = defaultdict(int)
    for spans in people:
        for since, until in within(spans, [(begin, end)]):
            changes[since] += 1
            changes[until] -= 1
    for number in range((end - begin) // HOUR + 1):
        changes[begin + number * HOUR] += 0
    count = 0
    for since, until in pairwise(sorted(changes)):
        count += changes[since]
        if count:
            yield since, until, count
