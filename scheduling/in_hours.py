"""Measures how much of a time lies within hours, by the hours that were in force at each moment of it."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from scheduling.hours import Hours, open_spans

Earlier = tuple[datetime, Hours]  # until when they were in force


def in_force(
    earlier: Sequence[Earlier], current: Hours, begin: datetime, end: datetime
) -> Iterator[tuple[Hours, datetime, datetime]]:
    """The time from `begin` to `end` in the pieces in which the same hours stood, ascending, without the empty ones.

    `earlier` in any order; each stood from the end of the one before.
    """
    since = begin
    for until, hours in sorted(earlier, key=lambda one: one[0]):
        if since < min(until, end):
            yield hours, since, min(until, end)
            since = min(until, end)
    if since < end:
        yield current, since, end


def open_time(
    earlier: Sequence[Earlier],
    current: Hours,
    begin: datetime,
    end: datetime,
    attendee_zone: ZoneInfo | None = None,
) -> timedelta:
    """How long hours were open between two aware instants; where none are set they are always open.

    Real time, also over a change of the clocks: a night shift that a repeated hour makes longer counts longer.
    """
    pieces = (
        span
        for hours, since, until in in_force(earlier, current, begin, end)
        for span in open_spans(hours, since, until, attendee_zone)
    )
    return sum((until - since for since, until in pieces), timedelta(0))
