"""Lays sessions, chat hours and shifts over each other, to show who is there and where nobody is."""

from collections.abc import Mapping, Sequence
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
