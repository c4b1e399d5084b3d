"""Saves a schedule with what becomes of the people whose times it no longer gives: nobody is moved silently."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from accounts.services import audit
from scheduling import services as scheduling
from scheduling import slots
from scheduling.models import Kind, Schedule
from scheduling.services import Plan, Stale
from webinars import standing
from webinars.models import Registration, Session, Webinar
from webinars.services import reseating
from webinars.services.seats import fill_from_lines, locked, turn_of
from webinars.services.session_changes import call_off, shift

NOTICE = timedelta(hours=1)  # nobody is moved to an earlier start that is nearer than this


class Choice(StrEnum):
    """What becomes of the places whose times the new rules no longer give."""

    KEEP = "keep"
    MOVE = "move"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Affected:
    """Places in one session whose start the new rules no longer give, and the nearest start that they do give."""

    session: Session
    places: tuple[Registration, ...]
    to: datetime | None

    @property
    def starts_at(self) -> datetime:
        """The start they were promised."""
        if self.session.starts_at is None:
            raise ValueError("Only sessions with a start are affected by rules.")
        return self.session.starts_at

    @property
    def names(self) -> list[str]:
        """Who they are, as they gave their names."""
        return [place.person.first_name for place in self.places]


class NeedsChoice(Exception):
    """Nothing is saved: the host says first what becomes of these; `seen` comes back with the answer."""

    def __init__(self, found: Sequence[Affected]) -> None:
        super().__init__("People hold places that the new rules no longer give.")
        self.affected, self.seen = list(found), seen_of(found)


def seen_of(found: Iterable[Affected]) -> str:
    """A mark of exactly these places with their starts, old and new."""
    lines = sorted(f"{place.pk} {one.starts_at} {one.to}" for one in found for place in one.places)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:32]


def affected(webinar: Webinar, plan: Plan, now: datetime) -> list[Affected]:
    """The places in sessions to come that the rules as saved give and those of the plan do not, by start.

    Judged on each registration's own clock where the times are the attendee's. Sessions that a host moved by
    hand, and those that no rule gave before, are not of the rules and are left alone; just-in-time sessions begin
    within the hour and are kept.
    """
    places = list(_coming(webinar, now))
    if not places:
        return []
    before = standing.rules_of(webinar)
    schedule, hours = scheduling.drafted(webinar.schedule, webinar.chat_hours, plan)
    after = standing.schedule_rules(
        schedule, length=standing.length_of(webinar), hours=standing.hours_of(hours)
    )
    closed = _closed(webinar, now)
    judged: dict[tuple[datetime, ZoneInfo], tuple[bool, datetime | None]] = {}
    groups: dict[tuple[Any, datetime | None], list[Registration]] = {}
    for place in places:
        start, zone = place.session.starts_at, standing.zone_of(place.zone)
        if start is None:
            continue
        if (start, zone) not in judged:
            gone = _gives(before, zone, start) and not _gives(after, zone, start)
            judged[start, zone] = gone, _nearest(after, zone, start, now, closed) if gone else None
        gone, to = judged[start, zone]
        if gone:
            groups.setdefault((place.session_id, to), []).append(place)
    return [Affected(found[0].session, tuple(found), to) for (_session, to), found in groups.items()]


def outside(webinar: Webinar, now: datetime) -> set[Any]:
    """The ids of sessions to come whose places' starts the rules of today do not give, at least for some of them.

    The host kept them at a change of the rules, or a country has changed its clocks since people registered: the
    instants were promised and stay, and the host sees which these are.
    """
    rules = standing.rules_of(webinar)
    judged: dict[tuple[datetime, ZoneInfo], bool] = {}
    found = set()
    for place in _coming(webinar, now):
        start, zone = place.session.starts_at, standing.zone_of(place.zone)
        if start is None:
            continue
        if (start, zone) not in judged:
            judged[start, zone] = _gives(rules, zone, start)
        if not judged[start, zone]:
            found.add(place.session_id)
    return found


@transaction.atomic
def save_schedule(
    *,
    webinar: Webinar,
    actor: User,
    plan: Plan,
    version: int,
    now: datetime,
    choice: Choice | None = None,
    seen: str | None = None,
    note: str = "",
) -> Schedule:
    """Replace the schedule and the chat hours, and do with the places this concerns what the host chose.

    All or nothing. Raises Stale when another save came between, and NeedsChoice when people hold places in starts
    that the plan no longer gives and there is no `choice`, or `seen` says that it was made of other places.
    `note` goes into the mails.
    """
    turn_of(webinar.pk)
    row = Schedule.objects.select_for_update(of=("self",)).get(pk=webinar.schedule_id)
    if row.version != version:
        raise Stale(row.version)
    fresh = Webinar.objects.select_related("team", "schedule", "chat_hours", "video__current").get(
        pk=webinar.pk
    )
    found = affected(fresh, plan, now)
    if found and (choice is None or seen != seen_of(found)):
        raise NeedsChoice(found)
    saved = scheduling.save_schedule(
        schedule=fresh.schedule, hours=fresh.chat_hours, plan=plan, version=version, now=now
    )
    done = [_ACTS[choice](one, saved, note, now) for one in found] if choice else []
    fill_from_lines(webinar=fresh, now=now)
    detail: dict[str, Any] = {"version": saved.version}
    if done:
        detail |= {"choice": str(choice), "affected": done}
    target = f"webinar {webinar.pk}"
    audit(team=fresh.team, actor=actor, act="webinar.schedule_saved", target=target, detail=detail, now=now)
    return saved


def _coming(webinar: Webinar, now: datetime) -> Iterable[Registration]:
    return (
        Registration.objects.live()
        .filter(
            webinar=webinar,
            session__kind=Kind.SCHEDULED,
            session__starts_at__gt=now,
            session__cancelled_at__isnull=True,
            session__moved_from__isnull=True,
        )
        .select_related("session", "person", "webinar")
        .order_by("session__starts_at", "session", "created_at", "pk")
    )


def _closed(webinar: Webinar, now: datetime) -> set[datetime]:
    """Starts to come that nobody may be moved to: called off, shut, or left by a session that was moved."""
    coming = Session.objects.filter(webinar=webinar, kind=Kind.SCHEDULED)
    off = coming.filter(Q(cancelled_at__isnull=False) | Q(shut_at__isnull=False), starts_at__gt=now)
    left = coming.filter(moved_from__gt=now)
    starts = [*off.values_list("starts_at", flat=True), *left.values_list("moved_from", flat=True)]
    return {start for start in starts if start is not None}


def _gives(rules: slots.ScheduleRules, zone: ZoneInfo, start: datetime) -> bool:
    return next(slots.scheduled_starts(rules, zone, start), None) == start


def _nearest(
    rules: slots.ScheduleRules, zone: ZoneInfo, start: datetime, now: datetime, closed: set[datetime]
) -> datetime | None:
    """The start nearest to the old one, the later of two as near; an earlier one only with an hour's notice."""
    later = next((at for at in slots.scheduled_starts(rules, zone, start) if at not in closed), None)
    span = later - start if later else timedelta(days=31)
    earlier = None
    for at in slots.scheduled_starts(rules, zone, max(now + NOTICE, start - span)):
        if at >= start:
            break
        earlier = at if at not in closed and start - at < span else earlier
    return earlier or later


def _keep(one: Affected, saved: Schedule, note: str, now: datetime) -> dict[str, Any]:
    return _done(one, None)


def _move(one: Affected, saved: Schedule, note: str, now: datetime) -> dict[str, Any]:
    if one.to is None:
        return _done(one, None)
    session = locked(one.session)
    taken = Session.objects.filter(webinar_id=session.webinar_id, kind=Kind.SCHEDULED, starts_at=one.to)
    if _is_whole(one) and not taken.exists():
        shift(session, one.to, moved_from=None, note=note, now=now)
    else:
        reseating.reseat(session=session, places=one.places, to=one.to, note=note, now=now)
    return _done(one, one.to)


def _cancel(one: Affected, saved: Schedule, note: str, now: datetime) -> dict[str, Any]:
    session = locked(one.session)
    # On the attendee's own clock the same instant may still be a start for somebody elsewhere.
    if _is_whole(one) and not saved.attendee_zone:
        call_off(session, note=note, now=now)
    else:
        reseating.withdraw(session=session, places=one.places, note=note, now=now)
    return _done(one, None)


def _is_whole(one: Affected) -> bool:
    """Whether these are all who hold places in the session now."""
    held = Registration.objects.live().filter(session=one.session)
    return set(held.values_list("pk", flat=True)) == {place.pk for place in one.places}


def _done(one: Affected, to: datetime | None) -> dict[str, Any]:
    return {
        "session": str(one.session.pk),
        "starts_at": one.starts_at.isoformat(),
        "people": len(one.places),
        "to": to.isoformat() if to else None,
    }


_ACTS: dict[Choice, Callable[[Affected, Schedule, str, datetime], dict[str, Any]]] = {
    Choice.KEEP: _keep,
    Choice.MOVE: _move,
    Choice.CANCEL: _cancel,
}
