"""Lays sessions, chat hours and shifts over each other, to show who is there and where nobody is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time during which nothing changes: who is on shift, how many sessions run, whether chat hours are open."""

    begin: datetime
    end: datetime
    people: frozenset[str]
    sessions: int
    hours_open: bool

    @property
    def is_gap(self) -> bool:
        """Whether a session runs, or the chat is said to be answered, with nobody on shift."""
        return not self.people and (self.sessions > 0 or self.hours_open)


@dataclass(frozen=True, slots=True)
class Gap:
    """A time with nobody on shift; `sessions` run in it, `hours_open` says whether chat hours meet it."""

    begin: datetime
    end: datetime
    sessions: int
    hours_open: bool

    @property
    def length(self) -> timedelta:
        """How long nobody is there."""
        return self.end - self.begin


def stretches(
    begin: datetime,
    end: datetime,
    *,
    shifts: Mapping[str, Sequence[Span]],
    sessions: Sequence[Span],
    hours: Sequence[Span],
) -> list[Stretch]:
    """The time from `begin` to `end` (aware) in pieces, without a hole between them, each piece as long as it can be.

    `shifts` says for each person when they are there, `sessions` when each session runs from its start to the end of
    its exit room, `hours` when the chat is said to be answered. All of them in any order, also overlapping.
    """
    every = [span for spans in shifts.values() for span in spans] + [*sessions, *hours]
    marks = sorted({begin, end, *(mark for span in every for mark in span if begin < mark < end)})
    pieces: list[Stretch] = []
    for first, last in pairwise(marks):
        piece = Stretch(
            first,
            last,
            frozenset(who for who, spans in shifts.items() if _any_at(spans, first)),
            sum(start <= first < stop for start, stop in sessions),
            _any_at(hours, first),
        )
        if pieces and _same(pieces[-1], piece):
            piece = replace(piece, begin=pieces.pop().begin)
        pieces.append(piece)
    return pieces


def gaps(pieces: Sequence[Stretch], sessions: Sequence[Span]) -> list[Gap]:
    """The times with nobody on shift while a session runs or chat hours are open, neighbours taken together."""
    found: list[Gap] = []
    for piece in pieces:
        if not piece.is_gap:
            continue
        begin, hours_open = piece.begin, piece.hours_open
        if found and found[-1].end == begin:
            before = found.pop()
            begin, hours_open = before.begin, hours_open or before.hours_open
        running = sum(start < piece.end and stop > begin for start, stop in sessions)
        found.append(Gap(begin, piece.end, running, hours_open))
    return found


def covered(pieces: Sequence[Stretch]) -> tuple[timedelta, timedelta]:
    """How much of the chat hours somebody is on shift, and how long the chat hours are."""
    open_pieces = [piece for piece in pieces if piece.hours_open]
    there = sum((p.end - p.begin for p in open_pieces if p.people), timedelta(0))
    return there, sum((p.end - p.begin for p in open_pieces), timedelta(0))


def _any_at(spans: Sequence[Span], instant: datetime) -> bool:
    return any(start <= instant < stop for start, stop in spans)


def _same(a: Stretch, b: Stretch) -> bool:
    return (a.people, a.sessions, a.hours_open) == (b.people, b.sessions, b.hours_open)


@dataclass(frozen=True, slots=True)
class Kept:
    """How far advertised hours were kept: how long they are, how long somebody was there, when nobody was."""

    advertised: timedelta = timedelta(0)
    there: timedelta = timedelta(0)
    gaps: tuple[Gap, ...] = ()

    @property
    def percent(self) -> int:
        """Rounded down, so that a gap never reads as none."""
        return 100 * self.there // self.advertised if self.advertised else 100

    @property
    def longest(self) -> Gap | None:
        """The longest gap, the first of equals."""
        return max(self.gaps, key=lambda gap: gap.length, default=None)


def kept(advertised: Sequence[Span], there: Sequence[Span]) -> Kept:
    """Which of the `advertised` time somebody was `there`; both in any order, also overlapping.

    As `stretches` with one person and no sessions would say it, in one pass: for a year of a busy team.
    """
    hours = union(advertised)
    holes = without(hours, there)
    missing = length(holes)
    found = tuple(Gap(begin, end, 0, hours_open=True) for begin, end in holes)
    return Kept(length(hours), length(hours) - missing, found)


def union(spans: Iterable[Span]) -> list[Span]:
    """The time in any of the spans, ascending and apart from each other; what touches is one."""
    found: list[Span] = []
    for begin, end in sorted(spans):
        if end <= begin:
            continue
        if found and begin <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((begin, end))
    return found


def without(spans: Iterable[Span], holes: Iterable[Span]) -> list[Span]:
    """What is left of the spans, ascending and apart from each other, once the holes are taken out."""
    left: list[Span] = []
    taken, index = union(holes), 0
    for begin, end in union(spans):
        while index < len(taken) and taken[index][1] <= begin:
            index += 1
        at, since = index, begin
        while at < len(taken) and taken[at][0] < end:
            if taken[at][0] > since:
                left.append((since, taken[at][0]))
            since = taken[at][1]
            at += 1
        if since < end:
            left.append((since, end))
    return left


def within(spans: Iterable[Span], frames: Iterable[Span]) -> list[Span]:
    """What of the spans lies inside any of the frames, ascending and apart from each other."""
    wanted = union(spans)
    return without(wanted, without(wanted, frames))


def length(spans: Iterable[Span]) -> timedelta:
    """How long spans are that lie apart from each other."""
    return sum((end - begin for begin, end in spans), timedelta(0))
