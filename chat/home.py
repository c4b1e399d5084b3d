"""Gathers what the team's home shows: who watches, who waits, what comes next, what needs somebody."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Membership
from chat.models import Conversation
from chat.today import Day, day_of
from videos.models import VersionState
from webinars import standing
from webinars.models import Session, Webinar
from webinars.studio.editor import part_url
from webinars.studio.webinars import Row, coming_sessions, counted, listed, rows_of

SOON = timedelta(hours=24)
NEXT, NEEDS = 6, 8


@dataclass
class OnNow:
    """One webinar that runs: its sessions that people hold places in, who watches, who waits."""

    row: Row
    sessions: list[Session] = field(default_factory=list)
    waits: list[Conversation] = field(default_factory=list)
    percent: int = 0  # how far the session that began last is
    position: float = 0
    duration: float = 0


@dataclass(frozen=True)
class Next:
    """One start that comes."""

    at: datetime
    webinar: Webinar
    kind: str
    registered: int


@dataclass(frozen=True)
class Need:
    """One thing that needs somebody: what, what happens otherwise, one button."""

    title: str
    why: str
    url: str
    button: str
    harm: bool = False


@dataclass
class Picture:
    """All of the home page."""

    watching: int
    running: int
    waiting: int
    first: Conversation | None
    now: list[OnNow]
    next: list[Next]
    needs: list[Need]
    empty: bool
    today: Day

    @property
    def sentence(self) -> str:
        """What is going on, in words, from the figures below it."""
        who = ngettext("%(n)s person is watching", "%(n)s people are watching", self.watching)
        what = ngettext("%(n)s webinar.", "%(n)s webinars.", self.running)
        watch = f"{who % {'n': self.watching}} {what % {'n': self.running}}"
        wait = ngettext(
            "%(n)s person waits for an answer.", "%(n)s people wait for an answer.", self.waiting
        ) % {"n": self.waiting}
        if not self.running:
            watch = _("Nothing is running just now.")
        return f"{watch} {wait if self.waiting else _('Nobody waits for an answer.')}"


def picture(membership: Membership, now: datetime) -> Picture:
    """The home page of a member, in a constant number of queries."""
    zone = membership.user.zone
    found = counted(listed(membership).filter(archived_at__isnull=True), now).order_by("-created_at", "pk")
    rows = rows_of(found[:300], zone, now)
    waiting = list(
        Conversation.objects.visible_to(membership)
        .filter(waiting_since__isnull=False)
        .select_related("person", "webinar")
        .order_by("waiting_since")
    )
    held = _sessions_around(membership, now)
    on_now = _on_now(rows, held, waiting, now)
    published = [row.webinar for row in rows if row.webinar.is_published]
    return Picture(
        watching=sum(row.watching for row in rows),
        running=len(on_now),
        waiting=len(waiting),
        first=waiting[0] if waiting else None,
        now=on_now,
        next=_next(membership, rows, now),
        needs=_needs(membership, rows, now),
        empty=not rows,
        today=day_of(published, held, zone, now),
    )


def _sessions_around(membership: Membership, now: datetime) -> list[Session]:
    """Shared sessions within a day of now that people hold places in, latest first."""
    live = Q(registrations__cancelled_at__isnull=True)
    return list(
        Session.objects.filter(webinar__in=Webinar.objects.visible_to(membership))
        .filter(
            starts_at__range=(now - SOON, now + SOON), cancelled_at__isnull=True, kind__in=standing.SHARED
        )
        .annotate(registered=Count("registrations", filter=live))
        .filter(registered__gt=0)
        .order_by("-starts_at")
    )


def _on_now(rows: list[Row], held: list[Session], waiting: list[Conversation], now: datetime) -> list[OnNow]:
    running: dict[UUID, list[Session]] = defaultdict(list)
    for session in held:
        if session.starts_at and session.ends_at and session.starts_at <= now < session.ends_at:
            running[session.webinar_id].append(session)
    waits: dict[UUID, list[Conversation]] = defaultdict(list)
    for conversation in waiting:
        waits[conversation.webinar_id].append(conversation)
    shown = [row for row in rows if row.watching or running[row.webinar.pk]]
    return [_one_now(row, running[row.webinar.pk], waits[row.webinar.pk], now) for row in shown]


def _one_now(row: Row, sessions: list[Session], waits: list[Conversation], now: datetime) -> OnNow:
    one = OnNow(row, sessions, waits)
    if sessions and sessions[0].starts_at:
        one.position = (now - sessions[0].starts_at).total_seconds()
        one.duration = sessions[0].duration
        one.percent = min(100, round(100 * one.position / one.duration)) if one.duration else 0
    return one


def _next(membership: Membership, rows: list[Row], now: datetime) -> list[Next]:
    held = {
        (session.webinar_id, session.starts_at): Next(
            session.starts_at, session.webinar, session.kind, _registered(session)
        )
        for session in coming_sessions(membership, now, NEXT)
        if session.starts_at
    }
    for row in rows:
        if row.next_at and row.next_at <= now + SOON:
            held.setdefault((row.webinar.pk, row.next_at), Next(row.next_at, row.webinar, row.next_kind, 0))
    return sorted(held.values(), key=lambda one: one.at)[:NEXT]


def _registered(session: Any) -> int:
    return int(session.registered)


def _needs(membership: Membership, rows: list[Row], now: datetime) -> list[Need]:
    needs = _owed(membership, now)
    if not membership.may_edit:
        return needs
    published = [need for row in rows if row.state in {"published", "ended"} for need in _gap_needs(row)]
    drafts = [need for row in rows if row.state == "draft" for need in _draft_needs(row)]
    return [*needs, *published, *drafts][:NEEDS]


def _owed(membership: Membership, now: datetime) -> list[Need]:
    """What is overdue hurts now; what is due within a day comes after it."""
    mine = Conversation.objects.visible_to(membership)
    late, soon = Q(owed_due_at__lte=now), Q(owed_due_at__gt=now, owed_due_at__lt=now + SOON)
    count = mine.aggregate(late=Count("pk", filter=late), soon=Count("pk", filter=soon))
    url = f"{reverse('inbox', args=[membership.team.slug])}?view=owed"
    needs = []
    if count["late"]:
        title = ngettext(
            "%(n)s promised answer is overdue", "%(n)s promised answers are overdue", count["late"]
        ) % {"n": count["late"]}
        why = _("The time by which people were to have an answer has passed.")
        needs.append(Need(title, why, url, _("Answer now"), harm=True))
    if count["soon"]:
        title = ngettext("%(n)s answer is promised", "%(n)s answers are promised", count["soon"]) % {
            "n": count["soon"]
        }
        why = _("Due within a day. People were told that a human writes.")
        needs.append(Need(title, why, url, _("Open owed")))
    return needs


def _gap_needs(row: Row) -> list[Need]:
    """What a published webinar lacks: it hurts now."""
    if row.state == "ended":
        why = _("“%s” is published, and visitors find nothing to choose.") % row.webinar.title
        return [Need(_("No session is left"), why, row.url, _("Add dates"))]
    return [
        Need(
            gap.title,
            f"{row.webinar.title}: {gap.why}",
            part_url(row.webinar, gap.part),
            _("Mend it"),
            harm=True,
        )
        for gap in row.gaps
    ]


def _draft_needs(row: Row) -> list[Need]:
    if row.version and row.version.state == VersionState.FAILED:
        title, why = _("A video could not be read"), row.version.error or _("Upload another file.")
        return [
            Need(
                title, f"{row.webinar.title}: {why}", part_url(row.webinar, "video"), _("See why"), harm=True
            )
        ]
    if row.gaps:
        count = len(row.gaps)
        title = ngettext("A draft lacks one thing", "A draft lacks %(n)s things", count) % {"n": count}
        url = part_url(row.webinar, row.gaps[0].part)
        return [Need(title, f"{row.webinar.title}: {row.gaps[0].title.lower()}.", url, _("Go on with it"))]
    title = _("A draft is ready")
    return [Need(title, row.webinar.title, part_url(row.webinar, "registration") + "#publish", _("Publish"))]
