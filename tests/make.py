"""Makes rows for tests: small functions with defaults, each returning the saved row."""

import hashlib
import itertools
import secrets
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Membership, Role, Team, User
from scheduling.models import ChatHours, EventType, Frequency, HoursWindow, Kind, Recurrence, Schedule
from videos.models import VersionState, Video, VideoVersion
from webinars.models import (
    Assignment,
    Attendance,
    Grant,
    GuestSession,
    JoinLink,
    Person,
    Registration,
    Session,
    WaitingPlace,
    Webinar,
)
from webinars.stamp import stamp

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)  # a Tuesday, three weeks before Europe's clock change
_number = itertools.count(1)


def user(email: str = "", name: str = "", **fields: Any) -> User:
    """A user without a usable password."""
    email = email or f"user{next(_number)}@example.org"
    return User.objects.create_user(email, None, name=name or email.split("@", 1)[0].title(), **fields)


def team(slug: str = "", **fields: Any) -> Team:
    """A team."""
    slug = slug or f"team-{next(_number)}"
    return Team.objects.create(slug=slug, name=fields.pop("name", slug.title()), **fields)


def member(
    of: Team | None = None, role: str = Role.OWNER, who: User | None = None, name: str = ""
) -> Membership:
    """A membership; of a new team and a new user unless given."""
    return Membership.objects.create(team=of or team(), user=who or user(name=name), role=role)


def version(of: Team, *, duration: float = 600.0, ready: bool = True) -> VideoVersion:
    """A video of a team with one version that can be shown."""
    video = Video.objects.create(team=of)
    row = VideoVersion.objects.create(
        video=video,
        file_name="film.mp4",
        size=1000,
        duration=duration,
        width=1280,
        height=720,
        state=VersionState.READY if ready else VersionState.WAITING,
        progress=100 if ready else 0,
    )
    if ready:
        video.current = row
        video.save(update_fields=["current"])
    return row


def schedule(**fields: Any) -> Schedule:
    """A schedule without recurrences."""
    fields.setdefault("starts_on", date(2026, 1, 1))
    fields.setdefault("event_type", EventType.RECURRING)
    return Schedule.objects.create(**fields)


def recurrence(of: Schedule, *times: time, **fields: Any) -> Recurrence:
    """A row of a schedule, every day at noon unless told otherwise."""
    fields.setdefault("frequency", Frequency.DAILY)
    return Recurrence.objects.create(schedule=of, times=list(times) or [time(12)], **fields)


def chat_hours(*windows: tuple[int, time, time], zone: str = "UTC") -> ChatHours:
    """Chat hours; without windows, always open."""
    hours = ChatHours.objects.create(zone=zone)
    for weekday, opens, closes in windows:
        HoursWindow.objects.create(hours=hours, weekday=weekday, opens=opens, closes=closes)
    return hours


def webinar(of: Team | None = None, *, published: bool = True, **fields: Any) -> Webinar:
    """A webinar with a ready video of ten minutes, an empty schedule and chat hours that never close."""
    owner = of or team()
    slug = fields.pop("slug", "") or f"webinar-{next(_number)}"
    if "video" not in fields:
        fields["video"] = version(owner).video
    fields.setdefault("title", "Better bread at home")
    fields.setdefault("schedule", None)
    fields.setdefault("chat_hours", None)
    fields["schedule"] = fields["schedule"] or schedule()
    fields["chat_hours"] = fields["chat_hours"] or chat_hours()
    return Webinar.objects.create(team=owner, slug=slug, published_at=NOW if published else None, **fields)


def assignment(of: Webinar, who: Membership, *, moderates: bool = True) -> Assignment:
    """A member working on a webinar."""
    return Assignment.objects.create(webinar=of, membership=who, moderates=moderates)


def session(
    of: Webinar | None = None,
    *,
    kind: str = Kind.SCHEDULED,
    starts_at: datetime | None = NOW,
    **fields: Any,
) -> Session:
    """A session; its end and close follow from the film's length and the exit room."""
    show = of or webinar()
    assert show.video is not None
    shown = show.video.current
    assert shown is not None
    if starts_at is not None:
        ends_at = starts_at + timedelta(seconds=shown.duration or 0)
        closes_at = ends_at + timedelta(minutes=show.exit_minutes)
        fields = {"ends_at": ends_at, "closes_at": closes_at, "due_at": closes_at} | fields
    return Session.objects.create(
        webinar=show,
        kind=kind,
        starts_at=starts_at,
        video_version=shown,
        duration=shown.duration or 0,
        **fields,
    )


def person(of: Team, *, first_name: str = "Dana", email: str = "", **fields: Any) -> Person:
    """Somebody who registered with a team."""
    email = email or f"person{next(_number)}@example.org"
    return Person.objects.create(team=of, first_name=first_name, email=email, **fields)


def registration(of: Session | None = None, *, who: Person | None = None, **fields: Any) -> Registration:
    """A place in a session, with the instant as promised."""
    place = of or session()
    holder = who or person(place.webinar.team)
    fields.setdefault("starts_at", place.starts_at)
    return Registration.objects.create(
        webinar=place.webinar, session=place, person=holder, email=holder.email, **fields
    )


def waiting(of: Session | None = None, who: Person | None = None, **fields: Any) -> WaitingPlace:
    """That somebody waits for a place in a session; without one, for any date of `webinar`."""
    show = of.webinar if of else fields.pop("webinar")
    holder = who or person(show.team)
    return WaitingPlace.objects.create(webinar=show, session=of, person=holder, email=holder.email, **fields)


def attendance(of: Registration, *, entered_at: datetime = NOW, **fields: Any) -> Attendance:
    """That the registered person entered, and was seen just then."""
    fields.setdefault("last_seen_at", entered_at)
    return Attendance.objects.create(registration=of, entered_at=entered_at, **fields)


def page_stamp(ago: timedelta = timedelta(minutes=1)) -> str:
    """What the form of a page carries that was opened some time ago."""
    return stamp(timezone.now() - ago)


def guest(
    *people: Person, expires_at: datetime | None = None, mailed: bool = True
) -> tuple[GuestSession, str]:
    """A browser that holds grants for some people, and the value of its cookie."""
    token = secrets.token_urlsafe(32)
    row = GuestSession.objects.create(
        token_hash=hashlib.sha256(token.encode()).digest(),
        expires_at=expires_at or datetime(2100, 1, 1, tzinfo=UTC),
    )
    for who in people:
        Grant.objects.create(guest=row, person=who, mailed=mailed)
    return row, token


def join_link(of: Registration) -> tuple[JoinLink, str]:
    """A personal link of a registration with a random token, and the token."""
    token = secrets.token_urlsafe(32)
    row = JoinLink.objects.create(registration=of, token_hash=hashlib.sha256(token.encode()).digest())
    return row, token
