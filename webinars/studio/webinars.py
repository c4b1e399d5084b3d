"""The list of a team's webinars."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from accounts.access import team_page
from accounts.models import Membership
from scheduling import slots
from videos.models import VersionState, VideoVersion
from webinars import standing
from webinars.checklist import Gap, gaps
from webinars.models import Attendance, Registration, Session, Webinar
from webinars.studio.editor import part_url

PAGE = 50
VIEWS = ("all", "published", "drafts", "archived")


@dataclass(frozen=True)
class Row:
    """One webinar as the list and the home page show it."""

    webinar: Webinar
    url: str
    state: str  # published, ended, draft, preparing, archived
    version: VideoVersion | None  # the one on its way, or the one that is shown
    gaps: list[Gap]
    next_at: datetime | None
    next_local: datetime | None
    next_kind: str
    watching: int
    registered: int
    attended: int

    @property
    def attendance(self) -> float | None:
        """Attended of registered, in percent; None while nobody registered."""
        return 100 * self.attended / self.registered if self.registered else None


def listed(membership: Membership) -> QuerySet[Webinar]:
    """The webinars a member works on with all that a row reads, in a constant number of queries."""
    found = (
        Webinar.objects.visible_to(membership)
        .select_related("team", "schedule__jit_hours", "chat_hours", "video__current")
        .prefetch_related(
            "schedule__recurrences", "schedule__blackouts", "schedule__exclusions", "video__versions"
        )
        .prefetch_related("schedule__jit_hours__windows", "schedule__jit_hours__exceptions")
        .prefetch_related("chat_hours__windows", "chat_hours__exceptions", "assignments__membership__user")
    )
    return standing.with_moved(found)


def counted(rows: QuerySet[Webinar], now: datetime) -> QuerySet[Webinar]:
    """The same with how many registered, came, and watch now."""
    live = Registration.objects.filter(webinar=OuterRef("pk"), cancelled_at__isnull=True).order_by()
    came = Attendance.objects.filter(registration__webinar=OuterRef("pk")).order_by()
    return rows.annotate(
        registered=_count(live, "webinar"),
        attended=_count(came.filter(registration__cancelled_at__isnull=True), "registration__webinar"),
        watching=_count(came.present(now), "registration__webinar"),
    )


def _count(rows: QuerySet[Any], by: str) -> Coalesce:
    return Coalesce(Subquery(rows.values(by).annotate(n=Count("pk")).values("n")), 0)


def rows_of(found: Iterable[Any], zone: ZoneInfo, now: datetime) -> list[Row]:
    """The rows of `counted` webinars; no further queries."""
    return [_row(webinar, zone, now) for webinar in found]


def _row(webinar: Any, zone: ZoneInfo, now: datetime) -> Row:
    upcoming = next_start(webinar, zone, now) if webinar.is_published else None
    versions = sorted(webinar.video.versions.all(), key=lambda v: v.created_at) if webinar.video else []
    return Row(
        webinar=webinar,
        url=part_url(webinar, "schedule"),
        state=_state(webinar, upcoming, versions),
        version=versions[-1] if versions else None,
        gaps=gaps(webinar, now) if webinar.archived_at is None else [],
        next_at=upcoming.starts_at if upcoming else None,
        next_local=upcoming.local if upcoming else None,
        next_kind=str(upcoming.kind) if upcoming else "",
        watching=webinar.watching,
        registered=webinar.registered,
        attended=webinar.attended,
    )


def next_start(webinar: Webinar, zone: ZoneInfo, now: datetime) -> slots.Slot | None:
    """The first thing somebody in `zone` can choose that has a start, else watching now; None: nothing."""
    offered = slots.offer(standing.rules_of(webinar), zone, now)
    return next((slot for slot in offered if slot.starts_at), offered[0] if offered else None)


def _state(webinar: Webinar, upcoming: slots.Slot | None, versions: list[VideoVersion]) -> str:
    if webinar.archived_at:
        return "archived"
    if webinar.published_at:
        return "published" if upcoming else "ended"
    busy = bool(versions) and versions[-1].state in {VersionState.WAITING, VersionState.PREPARING}
    return "preparing" if busy else "draft"


def _filtered(rows: QuerySet[Webinar], view: str, query: str) -> QuerySet[Webinar]:
    published = Q(published_at__isnull=False)
    chosen = {
        "all": rows.filter(archived_at__isnull=True),
        "published": rows.filter(published, archived_at__isnull=True),
        "drafts": rows.filter(~published, archived_at__isnull=True),
        "archived": rows.filter(archived_at__isnull=False),
    }[view]
    return chosen.filter(Q(title__icontains=query) | Q(description__icontains=query)) if query else chosen


@team_page()
@require_GET
def webinars(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The webinars of the team, those that were published last first."""
    now, zone = timezone.now(), membership.user.zone
    view = request.GET.get("view", "all")
    view = view if view in VIEWS else "all"
    query = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    mine = Webinar.objects.visible_to(membership)
    counts = mine.aggregate(
        all=Count("pk", filter=Q(archived_at__isnull=True)),
        published=Count("pk", filter=Q(archived_at__isnull=True, published_at__isnull=False)),
        drafts=Count("pk", filter=Q(archived_at__isnull=True, published_at__isnull=True)),
        archived=Count("pk", filter=Q(archived_at__isnull=False)),
    )
    found = _filtered(counted(listed(membership), now), view, query).order_by("-created_at", "pk")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "membership": membership,
        "team": membership.team,
        "section": "webinars",
        "rows": rows_of(page.object_list, zone, now),
        "page": page,
        "view": view,
        "query": query,
        "counts": counts,
        "empty": not any(counts.values()),
        "keep": urlencode({"view": view, "q": query}) + "&",
        "zone": zone,
        "now": now,
        "here": now.astimezone(zone),
    }
    return render(request, "studio/webinars.html", context)


def coming_sessions(membership: Membership, now: datetime, most: int) -> list[Session]:
    """The next shared sessions that people hold places in, with how many as `registered`; one query."""
    live = Q(registrations__cancelled_at__isnull=True)
    return list(
        Session.objects.filter(webinar__in=Webinar.objects.visible_to(membership))
        .filter(starts_at__gt=now, cancelled_at__isnull=True, kind__in=standing.SHARED)
        .annotate(registered=Count("registrations", filter=live))
        .filter(registered__gt=0)
        .select_related("webinar__team")
        .order_by("starts_at")[:most]
    )
