"""Says whether somebody was there in the chat hours that were advertised, and who waited while nobody was."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Prefetch, Q

from accounts.models import AuditEntry, Membership
from chat.models import Conversation, Wait
from chat.services import presence
from scheduling import coverage
from scheduling.coverage import Gap, Kept, Span
from scheduling.hours import Hours, open_spans
from scheduling.in_hours import in_force
from scheduling.models import ChatHours, HoursVersion
from scheduling.services import hours_of_snapshot
from webinars import standing
from webinars.models import Webinar

_OPENED, _CLOSED = "webinar.published", ("webinar.unpublished", "webinar.archived")


@dataclass(frozen=True, slots=True)
class Waited:
    """Somebody who waited for an answer while nobody was there; `closed_at` is None where they wait still."""

    conversation: UUID
    name: str
    opened_at: datetime
    closed_at: datetime | None


@dataclass(slots=True)
class Hole:
    """A time in which the chat was said to be answered and nobody of the webinar's moderators was there."""

    webinar: Webinar
    gap: Gap
    waited: list[Waited] = field(default_factory=list)

    @property
    def is_short(self) -> bool:
        """Whether it is over in less than a minute."""
        return self.gap.length < timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Row:
    """One webinar with how far its hours were kept, and how many conversations waited in vain."""

    webinar: Webinar
    kept: Kept
    conversations: int


@dataclass(frozen=True, slots=True)
class Report:
    """All of a range: every webinar that advertised hours in it, all of them together, and each gap in order.

    `silent` are webinars that were published and advertised no hours.
    """

    begin: datetime
    end: datetime
    rows: list[Row]
    holes: list[Hole]
    silent: list[Webinar]
    whole: Kept
    conversations: int

    @property
    def missing(self) -> timedelta:
        """How long nobody was there, gaps of several webinars at the same time counted once."""
        return self.whole.advertised - self.whole.there

    @property
    def long_holes(self) -> list[Hole]:
        """Those of a minute and more."""
        return [hole for hole in self.holes if not hole.is_short]


def report_of(membership: Membership, begin: datetime, end: datetime, now: datetime) -> Report:
    """The time from `begin` to `end`, but not beyond `now`, of the webinars that a member works on.

    A constant number of queries. Where hours are on the attendee's clock, they are read on that of their own zone.
    """
    end = max(begin, min(end, now))
    webinars = list(_webinars(membership, begin))
    public = _public(membership, webinars, end)
    there = presence.there_for(membership.team, [row.pk for row in webinars], begin, end, now)
    found: dict[UUID, Kept] = {}
    advertised, silent = [], []
    for webinar in webinars:
        spans = coverage.within(public[webinar.pk], [(begin, end)])
        hours = coverage.within(advertised_hours(webinar.chat_hours, begin, end), spans)
        if hours:
            advertised += hours
            found[webinar.pk] = coverage.kept(hours, there[webinar.pk])
        elif spans and not _says_hours(webinar.chat_hours):
            silent.append(webinar)
    shown = [row for row in webinars if row.pk in found]
    holes_of = {row.pk: [Hole(row, gap) for gap in found[row.pk].gaps] for row in shown}
    _add_waited(holes_of, begin, end)
    rows = [Row(row, found[row.pk], _conversations(holes_of[row.pk])) for row in shown]
    holes = [hole for row in shown for hole in holes_of[row.pk]]
    holes.sort(key=lambda hole: (hole.gap.begin, hole.webinar.title))
    whole = _together(advertised, [row.kept for row in rows])
    return Report(begin, end, rows, holes, silent, whole, _conversations(holes))


def _together(advertised: Sequence[Span], every: Sequence[Kept]) -> Kept:
    """All webinars at once: a minute is kept where none of those that are open then has nobody."""
    holes = coverage.union((gap.begin, gap.end) for one in every for gap in one.gaps)
    total = coverage.length(coverage.union(advertised))
    longest = max((one.longest for one in every if one.longest), key=lambda gap: gap.length, default=None)
    return Kept(total, total - coverage.length(holes), (longest,) if longest else ())


def advertised_hours(clock: ChatHours, begin: datetime, end: datetime) -> list[Span]:
    """What was open from `begin` to `end`, by the hours that were in force at each time; prefetch `versions`."""
    earlier = [
        (row.until_at, standing.hours_of(hours_of_snapshot(row.value))) for row in clock.versions.all()
    ]
    spans: list[Span] = []
    for hours, since, until in in_force(earlier, standing.hours_of(clock), begin, end):
        spans += _open(hours, since, until)
    return coverage.union(spans)


def _open(hours: Hours, begin: datetime, end: datetime) -> list[Span]:
    """Nothing where no hours are said at all: the chat is open then, and nobody promised to be there."""
    says = hours.windows or any(exception.open for exception in hours.exceptions)
    return open_spans(hours, begin, end) if says else []


def _says_hours(clock: ChatHours) -> bool:
    return bool(clock.windows.all())


def _webinars(membership: Membership, begin: datetime) -> Iterable[Webinar]:
    """The webinars whose page was open at some time since `begin`."""
    open_since = Q(published_at__isnull=False) | Q(closed_at__gt=begin)
    versions = HoursVersion.objects.filter(until_at__gt=begin).order_by("until_at")
    return (
        Webinar.objects.visible_to(membership)
        .filter(open_since)
        .select_related("chat_hours")
        .prefetch_related("chat_hours__windows", "chat_hours__exceptions")
        .prefetch_related(Prefetch("chat_hours__versions", versions))
        .order_by("title", "pk")
    )


def _public(membership: Membership, webinars: Sequence[Webinar], end: datetime) -> dict[UUID, list[Span]]:
    """When the page of each webinar was open to everybody."""
    acts = AuditEntry.objects.filter(team=membership.team, act__in=(_OPENED, *_CLOSED), at__lt=end)
    targets = {f"webinar {webinar.pk}": webinar.pk for webinar in webinars}
    opened: dict[UUID, datetime] = {}
    spans: dict[UUID, list[Span]] = {webinar.pk: [] for webinar in webinars}
    for act, target, at in acts.order_by("at", "pk").values_list("act", "target", "at"):
        webinar = targets.get(target)
        if webinar is None:
            continue
        if act == _OPENED:
            opened.setdefault(webinar, at)
        elif webinar in opened:
            spans[webinar].append((opened.pop(webinar), at))
    for row in webinars:
        if row.published_at is not None:
            spans[row.pk].append((row.published_at, end))
    return {key: coverage.union(found) for key, found in spans.items()}


def _add_waited(holes_of: dict[UUID, list[Hole]], begin: datetime, end: datetime) -> None:
    """Hang on each gap who waited in it, longest first; a webinar's gaps come in order."""
    waits = Wait.objects.filter(
        Q(closed_at__isnull=True) | Q(closed_at__gt=begin),
        opened_at__lt=end,
        conversation__webinar__in=list(holes_of),
        conversation__in=Conversation.objects.filter(listed=True),
    )
    columns = ("conversation_id", "conversation__person__first_name", "opened_at", "closed_at")
    for webinar, *facts in waits.order_by("opened_at").values_list("conversation__webinar_id", *columns):
        one = Waited(*facts)
        mine = holes_of[webinar]
        for hole in mine[bisect_left(mine, one.opened_at, key=lambda hole: hole.gap.end) :]:
            if one.closed_at is not None and hole.gap.begin >= one.closed_at:
                break
            if one.opened_at < hole.gap.end:
                hole.waited.append(one)


def _conversations(holes: Iterable[Hole]) -> int:
    return len({one.conversation for hole in holes for one in hole.waited})
