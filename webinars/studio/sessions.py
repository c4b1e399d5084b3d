"""The sessions part of the editor: what is to come, who is in it, and the acts that need no further question."""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import team_page
from accounts.models import Membership
from scheduling import slots
from scheduling.models import Kind
from scheduling.zones import UnknownZone, named
from webinars import standing
from webinars.models import Registration, Session, WaitingPlace, Webinar
from webinars.services import rule_changes, session_changes
from webinars.services.session_changes import CannotChange, Which, Why
from webinars.studio.editor import frame, may_edit, show, webinar_of

MOST_STORED, MOST_GIVEN = 200, 12
_STAMP = "%Y%m%dT%H%M%SZ"
_REF = re.compile(r"\A(scheduled|just_in_time)-(\d{8}T\d{6}Z)\Z")


@dataclass(frozen=True, slots=True)
class Row:
    """One session to come, stored or only given by the rules so far."""

    ref: str
    kind: str
    starts_at: datetime
    session: Session | None
    registered: int
    waiting: int
    places: int | None
    state: str  # open, full, shut, cancelled, taken_out
    was: bool  # whether somebody held a place in it before
    outside: bool = False  # whether the schedule of today does not give it

    @property
    def told(self) -> bool:
        """Whether people were told that it does not take place."""
        return self.state == "cancelled" and (self.registered > 0 or self.was)


def ref_of(kind: str, starts_at: datetime) -> str:
    """The name of a session in addresses: its kind and start."""
    return f"{kind}-{starts_at.astimezone(UTC):{_STAMP}}"


def which_of(webinar: Webinar, ref: str, zone: ZoneInfo) -> Which:
    """The session that an address names; 404 unless it is stored, taken out, or given by the rules.

    `zone` is whose clock the rules are read on where the times are the attendee's own.
    """
    found = _REF.match(ref)
    if found is None:
        raise Http404
    try:
        starts_at = datetime.strptime(found[2], _STAMP).replace(tzinfo=UTC)
    except ValueError as error:
        raise Http404 from error
    which = Which(found[1], starts_at)
    stored = Session.objects.filter(webinar=webinar, kind=which.kind, starts_at=starts_at)
    if stored.exists() or webinar.schedule.exclusions.filter(at=starts_at, floating=False).exists():
        return which
    given = slots.scheduled_starts(standing.rules_of(webinar), zone, starts_at)
    if which.kind == Kind.SCHEDULED and next(given, None) == starts_at:
        return which
    raise Http404


def zone_of(request: HttpRequest, webinar: Webinar) -> ZoneInfo:
    """On whose clock the rules are read: the webinar's, or the asked one."""
    try:
        return named(request.GET.get("zone", ""))
    except UnknownZone:
        return standing.zone_of(webinar.schedule.zone)


def coming(webinar: Webinar, zone: ZoneInfo, now: datetime) -> list[Row]:
    """All stored sessions to come and the next that the rules give, by start; a constant number of queries."""
    stored = list(
        Session.objects.filter(webinar=webinar, kind__in=standing.SHARED, starts_at__gt=now)
        .select_related("webinar__schedule")
        .order_by("starts_at")[:MOST_STORED]
    )
    counts = _Counts(stored, webinar.schedule.places)
    outside = rule_changes.outside(webinar, now)
    rows = [
        replace(counts.row(session, session.starts_at), outside=session.pk in outside)
        for session in stored
        if session.starts_at
    ]
    known = {row.starts_at for row in rows} | {session.moved_from for session in stored}
    out = webinar.schedule.exclusions.filter(at__gt=now, floating=False).order_by("at")[:MOST_GIVEN]
    rows += [_given(one.at, webinar, "taken_out") for one in out if one.at not in known]
    if standing.film_of(webinar):
        given = slots.scheduled_starts(standing.rules_of(webinar), zone, now)
        fresh = (start for start in given if start > now and start not in known)
        rows += [_given(start, webinar, "open") for start in islice(fresh, MOST_GIVEN)]
    return sorted(rows, key=lambda row: row.starts_at)


class _Counts:
    """How many hold and held and wait for places in some sessions."""

    def __init__(self, sessions: list[Session], places: int | None) -> None:
        self.places = places
        each = Registration.objects.filter(session__in=sessions).values("session")
        self.live = dict(
            each.filter(cancelled_at__isnull=True).annotate(n=Count("pk")).values_list("session", "n")
        )
        self.ever = dict(each.annotate(n=Count("pk")).values_list("session", "n"))
        waits = WaitingPlace.objects.filter(session__in=sessions, served_at=None, left_at=None)
        self.waits = dict(waits.values("session").annotate(n=Count("pk")).values_list("session", "n"))

    def row(self, session: Session, starts_at: datetime) -> Row:
        registered = self.live.get(session.pk, 0)
        full = self.places is not None and registered >= self.places
        state = "cancelled" if session.cancelled_at else "shut" if session.shut_at else ""
        return Row(
            ref=ref_of(session.kind, starts_at),
            kind=session.kind,
            starts_at=starts_at,
            session=session,
            registered=registered,
            waiting=self.waits.get(session.pk, 0),
            places=self.places,
            state=state or ("full" if full else "open"),
            was=session.pk in self.ever,
        )


def _given(starts_at: datetime, webinar: Webinar, state: str) -> Row:
    ref = ref_of(Kind.SCHEDULED, starts_at)
    return Row(ref, Kind.SCHEDULED, starts_at, None, 0, 0, webinar.schedule.places, state, False)


@team_page(may_edit)
@require_GET
def sessions(request: HttpRequest, membership: Membership, webinar: uuid.UUID, part: str) -> HttpResponse:
    """The list."""
    row, now = webinar_of(membership, webinar), timezone.now()
    zone = zone_of(request, row)
    rows = coming(row, zone, now)
    context = frame(
        membership,
        row,
        part,
        now,
        rows=rows,
        any_outside=any(one.outside for one in rows),
        webinar_zone=standing.zone_of(row.schedule.zone),
        read_zone=zone,
        has_film=bool(standing.film_of(row)),
    )
    return show(request, "studio/sessions.html", context)


Act = Callable[..., object]


def _act(
    request: HttpRequest, membership: Membership, webinar: uuid.UUID, ref: str, *, act: Act, done: str
) -> HttpResponseRedirect:
    row, now = webinar_of(membership, webinar), timezone.now()
    which = which_of(row, ref, zone_of(request, row))
    try:
        act(webinar=row, which=which, actor=membership.user, now=now)
        messages.success(request, done)
    except CannotChange as refusal:
        messages.error(request, sentence(refusal, membership.user.zone))
    return back_to(request, row)


def back_to(request: HttpRequest, webinar: Webinar) -> HttpResponseRedirect:
    """To the list, as it was read."""
    address = reverse("webinar_sessions", args=[webinar.team.slug, webinar.pk])
    zone = zone_of(request, webinar)
    asked = f"?zone={zone.key}" if zone != standing.zone_of(webinar.schedule.zone) else ""
    return redirect(address + asked)


@team_page(may_edit)
@require_POST
def shut(request: HttpRequest, membership: Membership, webinar: uuid.UUID, ref: str) -> HttpResponse:
    """No more registrations."""
    done = _("It takes no more registrations. Whoever has a place keeps it.")
    return _act(request, membership, webinar, ref, act=session_changes.shut, done=done)


@team_page(may_edit)
@require_POST
def let_in(request: HttpRequest, membership: Membership, webinar: uuid.UUID, ref: str) -> HttpResponse:
    """Registrations again."""
    return _act(
        request, membership, webinar, ref, act=session_changes.let_in, done=_("It takes registrations again.")
    )


@team_page(may_edit)
@require_POST
def take_out(request: HttpRequest, membership: Membership, webinar: uuid.UUID, ref: str) -> HttpResponse:
    """Delete a start that nobody holds."""
    done = _("Deleted. Nobody held a place in it, so nobody is told.")
    return _act(request, membership, webinar, ref, act=session_changes.take_out, done=done)


@team_page(may_edit)
@require_POST
def put_back(request: HttpRequest, membership: Membership, webinar: uuid.UUID, ref: str) -> HttpResponse:
    """Offer a start again."""
    return _act(
        request, membership, webinar, ref, act=session_changes.put_back, done=_("It is offered again.")
    )


def sentence(refusal: CannotChange, zone: ZoneInfo) -> str:
    """Why an act was refused."""
    if refusal.why is Why.TAKEN and refusal.other is not None and refusal.other.starts_at is not None:
        return _other(refusal.other, refusal.other.starts_at.astimezone(zone))
    sentences = {
        Why.BEGUN: _("This session has begun; what is on cannot be changed any more."),
        Why.CANCELLED: _("This session is cancelled, and people were told so."),
        Why.NO_FILM: _("There is no film yet, so there is no session to change."),
        Why.NOT_SCHEDULED: _("Only scheduled sessions can be moved."),
        Why.PAST: _("This is in the past."),
        Why.TOO_FAR: _("This is more than two years ahead."),
        Why.REGISTERED: _("People hold places in it or wait for one: cancel it instead, and they are told."),
        Why.HELD_BEFORE: _("People held places in it before, and their history stays: cancel it instead."),
        Why.TOLD: _("People were told that it does not take place; move another session there instead."),
    }
    return sentences.get(refusal.why, _("Another session of this webinar starts then."))


def _other(other: Session, local: datetime) -> str:
    facts = {"day": date_format(local, "l j F"), "time": date_format(local, "H:i")}
    if other.cancelled_at is not None:
        return (
            _("On %(day)s, %(time)s a session was cancelled and people were told; choose another minute.")
            % facts
        )
    count = Registration.objects.live().filter(session=other).count()
    if not count:
        return _("Another session of this webinar starts on %(day)s, %(time)s already.") % facts
    return _("Another session of this webinar starts on %(day)s, %(time)s already (registered: %(n)s).") % (
        facts | {"n": count}
    )
