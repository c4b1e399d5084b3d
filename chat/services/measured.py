"""Reads the facts of the talk that `chat.measures` works with, for webinars and a range of time."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, QuerySet, Subquery

from chat.measures import Answered, Outcome, Owned, Promised, Span, Talked, Waited, outcome
from chat.models import Episode, Message, MessageKind, OwedReply, OwnershipInterval, Presence, Wait
from chat.services.presence import SILENCE

_NO_WORDS = ("event", "change")  # entries that say nothing by themselves
_WAIT = (
    *("episode_id", "opened_at", "closed_at", "closed_by", "closed_user_id", "open_seconds"),
    *("by_email", "late", "automatic_at", "helped_at"),
)
_MESSAGE = ("conversation_id", "seq", "at", "kind", "user_id")
_OWNERSHIP = ("conversation_id", "membership_id", "membership__user_id", "cause", "from_at", "until_at")


@dataclass(frozen=True, slots=True)
class Facts:
    """What happened in one webinar: its episodes in the order of their beginnings, and what was owed."""

    episodes: list[Talked]
    promises: list[Promised]


def facts_of(
    webinars: Collection[UUID], begin: datetime, end: datetime, *, whole: bool = False
) -> dict[UUID, Facts]:
    """For each webinar the episodes that began from `begin` to `end`, and what fell due then.

    As many queries for all as for one. Only `whole` facts have owners, public messages and who wrote them; the
    others are enough for M-01, M-03 to M-05, M-10, M-14, M-15 and M-18.
    """
    found = list(_episodes(webinars, begin, end))
    waits = _waits([episode.pk for episode in found])
    talked = {episode.pk: _talked(episode, waits[episode.pk]) for episode in found}
    if whole:
        _complete(found, talked)
    promises = _promises(webinars, begin, end)
    by_webinar: dict[UUID, list[Talked]] = defaultdict(list)
    for episode in found:
        by_webinar[episode.conversation.webinar_id].append(talked[episode.pk])
    return {webinar: Facts(by_webinar[webinar], promises[webinar]) for webinar in webinars}


def outcomes_of(episodes: Sequence[Episode]) -> dict[int, Outcome]:
    """What became of each of the episodes; one query."""
    waits = _waits([episode.pk for episode in episodes])
    return {episode.pk: outcome(_talked(episode, waits[episode.pk])) for episode in episodes}


def _episodes(webinars: Collection[UUID], begin: datetime, end: datetime) -> QuerySet[Episode]:
    later = Episode.objects.filter(
        conversation=OuterRef("conversation"), opened_seq__gt=OuterRef("opened_seq")
    )
    following = later.order_by("opened_seq")
    return (
        Episode.objects.filter(conversation__webinar__in=webinars, opened_at__gte=begin, opened_at__lt=end)
        .select_related("conversation")
        .annotate(
            target=F("conversation__webinar__chat_policy__target_seconds"),
            next_at=Subquery(following.values("opened_at")[:1]),
            next_seq=Subquery(following.values("opened_seq")[:1]),
        )
        .order_by("opened_at", "pk")
    )


def _talked(episode: Any, waits: Sequence[Waited]) -> Talked:
    seconds = getattr(episode, "target", None)
    answered = None
    if episode.first_answer_at is not None:
        answered = Answered(
            at=episode.first_answer_at,
            via=episode.answer_via,
            in_session=episode.answer_in_session,
            met=episode.answer_met,
            open_seconds=episode.answer_seconds,
        )
    return Talked(
        key=str(episode.pk),
        opened_at=episode.opened_at,
        answered=answered,
        first_resolved_at=episode.first_resolved_at,
        resolved_at=episode.resolved_at,
        resolve_seconds=episode.resolve_seconds,
        next_at=getattr(episode, "next_at", None),
        target=timedelta(seconds=180 if seconds is None else seconds),
        waits=tuple(waits),
    )


def _waits(episodes: Sequence[int]) -> dict[int, list[Waited]]:
    found: dict[int, list[Waited]] = defaultdict(list)
    rows = Wait.objects.filter(episode__in=episodes).order_by("opened_seq").values(*_WAIT)
    for row in rows:
        author = row["closed_user_id"] if row["closed_by"] == "answer" else None
        found[row["episode_id"]].append(
            Waited(
                opened_at=row["opened_at"],
                closed_at=row["closed_at"],
                closed_by=row["closed_by"],
                author=None if author is None else str(author),
                open_seconds=row["open_seconds"],
                by_mail=row["by_email"] or row["late"],
                automatic=row["automatic_at"] is not None,
                helped=row["helped_at"] is not None,
            )
        )
    return found


def _promises(webinars: Collection[UUID], begin: datetime, end: datetime) -> dict[UUID, list[Promised]]:
    found: dict[UUID, list[Promised]] = defaultdict(list)
    rows = OwedReply.objects.filter(
        conversation__webinar__in=webinars, due_at__gte=begin, due_at__lt=end
    ).order_by("due_at")
    columns = ("conversation__webinar_id", "due_at", "settled_at", "settled_by")
    for webinar, due_at, settled_at, settled_by in rows.values_list(*columns):
        found[webinar].append(Promised(due_at, settled_at, settled_by))
    return found


def _complete(episodes: Sequence[Any], talked: dict[int, Talked]) -> None:
    """Add what needs every message and every owner."""
    conversations = {episode.conversation_id for episode in episodes}
    said = _said(conversations)
    owned = _owned(conversations)
    for episode in episodes:
        mine = [
            row
            for row in said[episode.conversation_id]
            if episode.opened_seq <= row[0] < (episode.next_seq or row[0] + 1)
        ]
        people = frozenset(
            str(user) for _seq, _at, kind, user in mine if kind == MessageKind.MODERATOR and user is not None
        )
        ends_at = episode.resolved_at or episode.next_at
        talked[episode.pk] = replace(
            talked[episode.pk],
            public=tuple(at for _seq, at, _kind, _user in mine),
            people=people,
            owned=tuple(
                one
                for one in owned[episode.conversation_id]
                if (one.end is None or one.end > episode.opened_at)
                and (ends_at is None or one.begin < ends_at)
            ),
        )


def _said(conversations: Collection[UUID]) -> dict[UUID, list[tuple[int, datetime, str, int | None]]]:
    """The public messages of conversations, in order."""
    found: dict[UUID, list[tuple[int, datetime, str, int | None]]] = defaultdict(list)
    rows = Message.objects.filter(conversation__in=conversations, public_seq__isnull=False)
    for conversation, *row in rows.exclude(kind__in=_NO_WORDS).order_by("seq").values_list(*_MESSAGE):
        seq, at, kind, user = row
        found[conversation].append((seq, at, kind, user))
    return found


def _owned(conversations: Collection[UUID]) -> dict[UUID, list[Owned]]:
    rows = list(
        OwnershipInterval.objects.filter(conversation__in=conversations)
        .order_by("from_at", "pk")
        .values_list(*_OWNERSHIP)
    )
    there = _there({row[1] for row in rows if row[1] is not None}, [row[4] for row in rows])
    found: dict[UUID, list[Owned]] = defaultdict(list)
    for conversation, membership, user, cause, begin, end in rows:
        available_at = _first_there(there.get(membership, []), begin, end)
        found[conversation].append(Owned(str(user), cause, begin, end, available_at))
    return found


def _there(members: Collection[int], begins: Iterable[datetime]) -> dict[int, list[Span]]:
    """When members were at the inbox, since the first of the instants; who was heard of within a minute is there."""
    found: dict[int, list[Span]] = defaultdict(list)
    first = min(begins, default=None)
    if first is None:
        return found
    rows = Presence.objects.filter(membership__in=members, until_at__gte=first - SILENCE)
    for member, begin, end in rows.order_by("from_at").values_list("membership_id", "from_at", "until_at"):
        found[member].append((begin, end + SILENCE))
    return found


def _first_there(there: Sequence[Span], begin: datetime, end: datetime | None) -> datetime | None:
    """The first moment of a stretch at which its owner was there; they ascend, so what ended before is passed over."""
    place = bisect_right(there, begin, key=lambda span: span[0])
    for since, until in there[max(0, place - 2) :]:
        at = max(since, begin)
        if at < until and (end is None or at < end):
            return at
    return None
