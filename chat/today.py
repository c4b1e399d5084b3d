"""Draws the team's day for its home: sessions as bars, hours without chat as hatch, now as a line."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduling import hours as pure_hours
from scheduling.recurrence import occurrences, resolve
from webinars import standing
from webinars.models import Session, Webinar

LEFT, WIDTH, LANES = 40, 1050, 5
_QUARTER = timedelta(minutes=15)


@dataclass(frozen=True)
class Bar:
    """One stretch of the day in the drawing's own units."""

    x: float
    width: float
    y: int = 0
    state: str = ""  # past, now, coming


@dataclass
class Day:
    """The drawing: bars of sessions, hatched stretches, hours along the edge, where now is."""

    bars: list[Bar] = field(default_factory=list)
    closed: list[Bar] = field(default_factory=list)
    marks: list[tuple[float, str]] = field(default_factory=list)
    now: float = 0
    sessions: int = 0
    coming: int = 0

    @property
    def flag(self) -> float:
        """Where the flag with the hour begins, kept inside the drawing."""
        return min(max(self.now - 23, 0), LEFT + WIDTH - 36)


class _Axis:
    def __init__(self, zone: ZoneInfo, now: datetime) -> None:
        today = now.astimezone(zone).date()
        self.zone = zone
        self.begin = resolve(datetime.combine(today, time(0)), zone)
        self.end = resolve(datetime.combine(today + timedelta(days=1), time(0)), zone)

    def at(self, instant: datetime) -> float:
        """Where an instant lies, kept inside the day."""
        inside = min(max(instant, self.begin), self.end)
        return round(LEFT + WIDTH * ((inside - self.begin) / (self.end - self.begin)), 1)


def day_of(webinars: Iterable[Webinar], held: Iterable[Session], zone: ZoneInfo, now: datetime) -> Day:
    """The day in `zone` that holds `now`: of published webinars, and of sessions that people hold places in."""
    axis, shown = _Axis(zone, now), list(webinars)
    stretches = {(s.webinar_id, s.starts_at): s.ends_at for s in held if s.starts_at and s.ends_at}
    for webinar in shown:
        rules = standing.rules_of(webinar)
        own = zone if rules.attendee_zone else rules.zone
        for start in occurrences(rules.recurrences, own, axis.begin):
            if start >= axis.end:
                break
            stretches.setdefault((webinar.pk, start), start + standing.film_of(webinar))
    spans = sorted(
        (start, end) for (_webinar, start), end in stretches.items() if end > axis.begin and start < axis.end
    )
    return Day(
        bars=_bars(axis, spans, now),
        closed=_closed(axis, {standing.hours_of(webinar.chat_hours) for webinar in shown}),
        marks=[_mark(axis, hour) for hour in range(0, 25, 2)],
        now=axis.at(now),
        sessions=len(spans),
        coming=sum(start > now for start, _end in spans),
    )


def _mark(axis: _Axis, hour: int) -> tuple[float, str]:
    instant = min(axis.begin + timedelta(hours=hour), axis.end)
    return axis.at(instant), f"{instant.astimezone(axis.zone):%H:%M}" if hour < 24 else ""


def _bars(axis: _Axis, spans: list[tuple[datetime, datetime]], now: datetime) -> list[Bar]:
    free: list[datetime] = [axis.begin - timedelta(days=2)] * LANES
    bars = []
    for start, end in spans:
        lane = next((n for n, until in enumerate(free) if until <= start), LANES - 1)
        free[lane] = end
        state = "past" if end <= now else "now" if start <= now else "coming"
        x = axis.at(start)
        bars.append(Bar(x, max(axis.at(end) - x, 6), 27 + 12 * lane, state))
    return bars


def _closed(axis: _Axis, every: set[pure_hours.Hours]) -> list[Bar]:
    """The stretches, by quarters of an hour, in which nobody of any webinar can be expected to answer."""
    stretches: list[list[datetime]] = []
    instant = axis.begin
    while every and instant < axis.end:
        if not any(pure_hours.is_open(hours, instant, axis.zone) for hours in every):
            if stretches and stretches[-1][1] == instant:
                stretches[-1][1] = instant + _QUARTER
            else:
                stretches.append([instant, instant + _QUARTER])
        instant += _QUARTER
    return [Bar(axis.at(start), round(axis.at(end) - axis.at(start), 1)) for start, end in stretches]
