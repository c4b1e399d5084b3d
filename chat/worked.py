"""Reads who was at work in a range, for webinars: presence, intent, shifts and owned episodes."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from accounts.models import Membership, Team
from chat.at_work import Member
from chat.measures import Talked, active_by_owner
from chat.models import Intent, Presence, StatusInterval
from chat.shifts import hours_of_member
from scheduling.coverage import Span
from scheduling.hours import open_spans


def members_of(
    team: Team, webinars: Collection[UUID], episodes: Sequence[Talked], begin: datetime, end: datetime
) -> list[Member]:
    """Everybody who had the inbox open for one of the webinars from `begin` to `end`, by name.

    `end` lies no later than now. A constant number of queries. Who has left the team is not among them.
    """
    connected: dict[int, list[Span]] = defaultdict(list)
    rows = Presence.objects.of_team(team).between(begin, end).filter(webinars__overlap=list(webinars))
    for member, since, until in rows.values_list("membership_id", "from_at", "until_at"):
        if member is not None:
            connected[member].append((max(since, begin), min(until, end)))
    active = active_by_owner(episodes)
    aside = _aside(connected, begin, end)
    found = (
        Membership.objects.filter(pk__in=list(connected))
        .select_related("user", "roster__hours")
        .prefetch_related("roster__hours__windows", "roster__hours__exceptions")
    )
    members = [
        Member(
            who=str(row.user_id),
            name=row.user.display_name,
            connected=tuple(connected[row.pk]),
            aside=tuple(aside[row.pk]),
            shift=_shift(row, begin, end),
            active=tuple(span for _episode, span in active.get(str(row.user_id), ())),
        )
        for row in found
    ]
    return sorted(members, key=lambda member: member.name)


def _aside(members: Collection[int], begin: datetime, end: datetime) -> dict[int, list[Span]]:
    """When each of the members meant not to answer."""
    spans: dict[int, list[Span]] = defaultdict(list)
    rows = StatusInterval.objects.filter(membership__in=list(members)).between(begin, end)
    for member, since, until in rows.exclude(intent=Intent.AVAILABLE).values_list(
        "membership_id", "from_at", "until_at"
    ):
        spans[member or 0].append((max(since, begin), min(until or end, end)))
    return spans


def _shift(member: Membership, begin: datetime, end: datetime) -> tuple[Span, ...] | None:
    """When they were on shift, by their roster as it is now; None for who has none."""
    roster = getattr(member, "roster", None)
    hours = hours_of_member(roster) if roster else None
    return None if hours is None else tuple(open_spans(hours, begin, end))
