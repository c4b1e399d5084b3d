"""Draws a week of the team: sessions, chat hours and members' shifts, and where nobody is there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from accounts.models import Membership
from chat.expected_load import Forecast, forecast_of
from scheduling import coverage, slots
from scheduling.coverage import Gap, Span, Stretch
from scheduling.hours import Hours, open_spans
from scheduling.models import Roster
from scheduling.recurrence import resolve
from webinars import standing
from webinars.models import Session, Webinar

DAYS, DAY_WIDTH = 7, 150
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of one day in the drawing's units, with the words it shows and those it is read as."""

    x: float
    width: float
    words: str = ""
    said: str = ""


@dataclass(slots=True)
class Person:
    """One member's row: their shifts as bars, and how long they are there in all."""

    membership: Membership
    bars: list[Bar] = field(default_factory=list)
    away: list[Bar] = field(default_factory=list)
    total: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Hole:
    """A time with nobody on shift for one webinar: how many sessions run in it, how many questions are expected."""

    webinar: Webinar
    gap: Gap
    questions: float


@dataclass(slots=True)
class Week:
    """All of the page: the days, the rows of the drawing, and what is missing."""

    begin: datetime
    end: datetime
    zone: ZoneInfo
    days: list[date]
    people: list[Person] = field(default_factory=list)
    sessions: list[Bar] = field(default_factory=list)
    there: list[Bar] = field(default_factory=list)
    empty: list[Bar] = field(default_factory=list)
    closed: list[Bar] = field(default_factory=list)
    holes: list[Hole] = field(default_factory=list)
    covered: timedelta = timedelta(0)
    open_for: timedelta = timedelta(0)
    webinars: int = 0
    rostered: bool = False  # whether anybody has shifts at all

    @property
    def lines(self) -> list[int]:
        """Where a day ends and the next begins."""
        return [number * DAY_WIDTH for number in range(1, DAYS)]

    @property
    def missing(self) -> timedelta:
        """How long nobody is there, gaps of several webinars at the same time counted once."""
        spans = sorted((hole.gap.begin, hole.gap.end) for hole in self.holes)
        total, until = timedelta(0), self.begin
        for begin, end in spans:
            total += max(end - max(begin, until), timedelta(0))
            until = max(until, end)
        return total

    @property
    def percent(self) -> int:
        """How much of the chat hours somebody is there, rounded down so that a gap never reads as none."""
        return int(100 * (self.covered / self.open_for)) if self.open_for else 100


def monday_of(day: date) -> date:
    """The first day of the week that holds `day`."""
    return day - timedelta(days=day.weekday())


def hours_of_member(roster: Roster) -> Hours | None:
    """A member's shifts as a value; None where they have none at all, for hours without windows are always open."""
    hours = standing.hours_of(roster.hours)
    return hours if hours.windows or any(exception.open for exception in hours.exceptions) else None


def week_of(
    members: Sequence[Membership], webinars: Sequence[Webinar], zone: ZoneInfo, first: date, now: datetime
) -> Week:
    """The week from the date `first` on the clock of `zone`, of published webinars and of everybody on the team.

    `members` come with their rosters, `webinars` as `webinars.studio.webinars.listed` fetches them.
    """
    begin = resolve(datetime.combine(first, time(0)), zone)
    end = resolve(datetime.combine(first + DAYS * _DAY, time(0)), zone)
    week = Week(begin, end, zone, [first + n * _DAY for n in range(DAYS)], webinars=len(webinars))
    shifts = _shifts(members, begin, end)
    week.rostered = bool(shifts)
    for member in members:
        week.people.append(_person(week, member, shifts.get(str(member.pk), [])))
    sessions = {webinar.pk: sessions_of(webinar, begin, end, zone) for webinar in webinars}
    hours = [_hours_of(webinar, begin, end, zone) for webinar in webinars]
    every = [span for spans in sessions.values() for span in spans]
    pieces = coverage.stretches(
        begin, end, shifts=shifts, sessions=every, hours=[span for spans in hours for span in spans]
    )
    week.covered, week.open_for = coverage.covered(pieces)
    week.sessions = [bar for span in sorted(every) for bar in _bars(week, span)]
    week.closed = [bar for piece in pieces if not piece.hours_open for bar in _bars(week, _span(piece))]
    week.there = [bar for piece in pieces if piece.people for bar in _count(week, piece)]
    for webinar, spans in zip(webinars, hours, strict=True):
        holes = _gaps(webinar, shifts, sessions[webinar.pk], spans, week)
        expected = forecast_of(webinar, now, week.begin) if holes else None
        week.holes += [Hole(webinar, gap, _questions(expected, gap)) for gap in holes]
    week.holes.sort(key=lambda hole: hole.gap.begin)
    week.empty = [bar for hole in week.holes for bar in _bars(week, (hole.gap.begin, hole.gap.end))]
    return week


def sessions_of(webinar: Webinar, begin: datetime, end: datetime, zone: ZoneInfo) -> list[Span]:
    """When the webinar's sessions run: the scheduled ones, and those that people hold places in."""
    rules, length = standing.rules_of(webinar), standing.length_of(webinar)
    starts = set(takewhile(lambda start: start < end, slots.scheduled_starts(rules, zone, begin - length)))
    held = Session.objects.filter(
        webinar=webinar, starts_at__gte=begin - length, starts_at__lt=end, kind__in=standing.SHARED
    )
    for session in held:
        if session.cancelled_at is not None:
            starts.discard(session.starts_at)
        elif session.starts_at is not None and session.registrations.live().exists():
            starts.add(session.starts_at)
    return [
        (max(start, begin), min(start + length, end)) for start in sorted(starts) if start + length > begin
    ]


def _hours_of(webinar: Webinar, begin: datetime, end: datetime, zone: ZoneInfo) -> list[Span]:
    hours = standing.hours_of(webinar.chat_hours)
    return open_spans(hours, begin, end, zone) if hours.windows else []


def _shifts(members: Iterable[Membership], begin: datetime, end: datetime) -> dict[str, list[Span]]:
    found = {}
    for member in members:
        roster = getattr(member, "roster", None)
        hours = hours_of_member(roster) if roster else None
        if hours is not None:
            found[str(member.pk)] = open_spans(hours, begin, end)
    return found


def _gaps(
    webinar: Webinar, shifts: dict[str, list[Span]], sessions: list[Span], hours: list[Span], week: Week
) -> list[Gap]:
    """Where nobody who answers this webinar's attendees is on shift."""
    answering = {str(row.membership_id) for row in webinar.assignments.all() if row.moderates}
    mine = {who: spans for who, spans in shifts.items() if who in answering}
    pieces = coverage.stretches(week.begin, week.end, shifts=mine, sessions=sessions, hours=hours)
    return coverage.gaps(pieces, sessions)


def _questions(expected: Forecast | None, gap: Gap) -> float:
    total = 0.0
    for hour in expected.hours if expected else ():
        common = min(hour.at + timedelta(hours=1), gap.end) - max(hour.at, gap.begin)
        total += max(common / timedelta(hours=1), 0.0) * hour.questions
    return total


def _person(week: Week, member: Membership, spans: list[Span]) -> Person:
    person = Person(member, total=sum((end - begin for begin, end in spans), timedelta(0)))
    person.bars = [bar for span in spans for bar in _bars(week, span)]
    roster = getattr(member, "roster", None)
    for row in roster.hours.exceptions.all() if roster else ():
        if row.opens is None and week.days[0] <= row.on <= week.days[-1]:
            x = week.days.index(row.on) * DAY_WIDTH
            person.away.append(Bar(x, DAY_WIDTH, row.name, row.name))
    return person


def _span(piece: Stretch) -> Span:
    return piece.begin, piece.end


def _count(week: Week, piece: Stretch) -> list[Bar]:
    number = len(piece.people)
    return [Bar(bar.x, bar.width, str(number), f"{number}: {bar.said}") for bar in _bars(week, _span(piece))]


def _bars(week: Week, span: Span) -> list[Bar]:
    """The stretch day by day; each day has the same width, whether its clock changes or not."""
    begin, end = (instant.astimezone(week.zone) for instant in span)
    bars = []
    for number, day in enumerate(week.days):
        if not begin.date() <= day <= end.date():
            continue
        first = _of_day(begin) if begin.date() == day else 0.0
        last = _of_day(end) if end.date() == day else 1.0
        if last > first:
            x, width = (number + first) * DAY_WIDTH, (last - first) * DAY_WIDTH
            said = f"{day:%a} {begin:%H:%M}–{end:%H:%M}"
            bars.append(Bar(round(x, 1), round(width, 1), f"{_short(begin)}–{_short(end)}", said))
    return bars


def _of_day(local: datetime) -> float:
    return (local.hour * 60 + local.minute) / 1440


def _short(local: datetime) -> str:
    return f"{local.hour}:{local:%M}" if local.minute else str(local.hour)
