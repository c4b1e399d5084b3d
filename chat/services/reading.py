"""Reads what doors show: entries after a number, rows, counters, heads."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet

from accounts.models import Membership, Team
from chat import frames
from chat.models import Conversation, ConversationQuerySet, Message, MessageKind, State, current_epoch
from chat.refusals import not_found
from chat.services.automation import Setting, setting_at, setting_of
from chat.services.availability import Status, statuses
from chat.services.crowd import Scene, scenes
from chat.services.expecting import Outlook, expectation, outlook
from chat.services.marks import seen_by_team
from webinars.models import Registration, Webinar

PAGE = 200
VIEWS = ("mine", "unassigned", "waiting", "owed", "all", "resolved")
NOT_RESOLVED = ~Q(state=State.RESOLVED)


@dataclass(frozen=True, slots=True)
class Opening:
    """What an attendee's page starts from."""

    epoch: str
    conversation: str
    head: int
    read: int
    mode: str
    expect: dict[str, Any] | None
    frames: list[tuple[int, str]]
    talk: "Talk"
    setting: Setting
    seen: int | None  # by the team; None where the host does not show it
    said: str  # the frame that would say mode and expectation


def conversation_of(registration: Registration) -> Conversation:
    """The attendee's conversation; as it will be, and not stored, while nothing was said in it."""
    found = Conversation.objects.select_related("person").of_registration(registration).first()
    return found or Conversation.objects.to_be(registration)


def opening(registration: Registration, *, last: int, now: datetime) -> Opening:
    """All that an attendee's page needs to begin or to go on after public number `last`; one page of entries."""
    conversation = conversation_of(registration)
    talk, setting = talk_of(registration, conversation.pk), setting_of(registration.webinar_id)
    mode, expect, frame = modes([talk], now)[talk]
    return Opening(
        epoch=current_epoch(),
        conversation=str(conversation.pk),
        head=conversation.public_seq,
        read=conversation.attendee_read,
        mode=mode,
        expect=expect,
        frames=public_after(conversation, last) if last < conversation.public_seq else [],
        setting=setting,
        seen=seen_by_team(conversation) if setting.receipts else None,
        talk=talk,
        said=frame,
    )


class Talk(NamedTuple):
    """Who talks where: all of an attendee that how they can talk depends on."""

    webinar: uuid.UUID
    kind: str
    zone: str
    conversation: uuid.UUID
    session: uuid.UUID
    closes_at: datetime | None


def talk_of(registration: Registration, conversation: uuid.UUID) -> Talk:
    """An attendee's, as things stand."""
    session = registration.session
    zone = str(registration.zone)
    return Talk(registration.webinar_id, session.kind, zone, conversation, session.pk, session.closes_at)


Said = tuple[str, dict[str, Any] | None, str]  # the mode, what to expect of it, and the frame that says both


def modes(talks: Collection[Talk], now: datetime) -> dict[Talk, Said]:
    """How everybody can talk now, and what to expect.

    A few statements, however many attendees there are, and one frame for all to whom the same is said.
    """
    found = Webinar.objects.filter(pk__in={talk.webinar for talk in talks}).select_related("chat_policy")
    views = {webinar.pk: _View(webinar, now) for webinar in found}
    seen = scenes(views.keys(), now) if views else {}
    return {
        talk: views[talk.webinar].said(talk, seen[talk.webinar]) for talk in talks if talk.webinar in views
    }


class _View:
    """One webinar at one instant, with what was said of it already."""

    def __init__(self, webinar: Webinar, now: datetime) -> None:
        policy = getattr(webinar, "chat_policy", None)
        self.webinar, self.now = webinar, now
        self.setting = setting_at(webinar.pk, policy.cached_by if policy else 0, webinar.version, now)
        self.known: dict[Outlook, Said] = {}

    def said(self, talk: Talk, scene: Scene) -> Said:
        """What is said to one attendee."""
        crowd = scene.crowd(talk.conversation, talk.session, self.now)
        over = talk.closes_at is not None and talk.closes_at <= self.now
        zone = ZoneInfo(talk.zone)
        way = self.setting.way(talk.kind, self.now, zone, crowd, over=over)
        seen = outlook(way, crowd, zone)
        found = self.known.get(seen)
        if found is None:
            mode, expect = way.mode.value, expectation(self.webinar, self.setting, seen, self.now)
            frame = frames.dump({"type": "mode", "mode": mode, "expect": expect})
            found = self.known[seen] = (mode, expect, frame)
        return found


def latest_public_messages(registration: Registration, limit: int = 100) -> list[dict[str, Any]]:
    """The attendee's last entries, oldest first, as they are now, for a page."""
    return public_before(conversation_of(registration), None, limit)


def public_before(conversation: Conversation, before: int | None, limit: int) -> list[dict[str, Any]]:
    """The attendee's last entries before a public number, or of all, oldest first, as they are now.

    What only says that another entry changed is left out.
    """
    found = Message.objects.filter(conversation=conversation, public_seq__isnull=False)
    if before is not None:
        found = found.filter(public_seq__lt=before)
    last = _page_of(found.exclude(kind=MessageKind.CHANGE).order_by("-public_seq"), limit)
    build = frames.AttendeeFrames(conversation)
    return [build.message(message) for message in reversed(last)]


def public_after(conversation: Conversation, after: int, limit: int = PAGE) -> list[tuple[int, str]]:
    """A page of the attendee's entries after a public number, as frames."""
    build = frames.AttendeeFrames(conversation)
    return [
        (message.public_seq or 0, build.posted(message)) for message in _public(conversation, after, limit)
    ]


def team_after(conversation: Conversation, after: int, limit: int = PAGE) -> list[tuple[int, str]]:
    """A page of all entries after a number, as frames for the team."""
    build = frames.TeamFrames(conversation)
    return [(message.seq, build.posted(message)) for message in _all(conversation, after, limit)]


def team_messages(conversation: Conversation, after: int, limit: int = PAGE) -> list[dict[str, Any]]:
    """A page of all entries after a number, for the team."""
    build = frames.TeamFrames(conversation)
    return [build.message(message) for message in _all(conversation, after, limit)]


def _public(conversation: Conversation, after: int, limit: int) -> list[Message]:
    found = Message.objects.filter(conversation=conversation, public_seq__gt=after)
    return _page_of(found.order_by("public_seq"), limit)


def _all(conversation: Conversation, after: int, limit: int) -> list[Message]:
    found = Message.objects.filter(conversation=conversation, seq__gt=after)
    return _page_of(found.order_by("seq"), limit)


def _page_of(found: QuerySet[Message], limit: int) -> list[Message]:
    """Entries with whom they are by, and the entries they speak of; most pages have none of those."""
    page = list(found.select_related("user")[:limit])
    named = {pk for one in page for pk in (one.reply_to_id, one.target_id) if pk is not None}
    if not named:
        return page
    others = Message.objects.select_related("user", "reply_to").in_bulk(named)
    for one in page:
        if one.reply_to_id is not None:
            one.reply_to = others.get(one.reply_to_id)
        if one.target_id is not None:
            one.target = others.get(one.target_id)
    return page


def for_catching_up(side: str, conversation_id: str, after: int) -> list[tuple[int, str]]:
    """A page of frames for a socket whose right to them was checked; `side` is attendee or team."""
    conversation = Conversation.objects.select_related("person").filter(pk=conversation_id).first()
    if conversation is None:
        return []
    return (public_after if side == "attendee" else team_after)(conversation, after)


def of_inbox(membership: Membership, conversation_id: uuid.UUID) -> Conversation:
    """A conversation the member may see; refused as not found otherwise."""
    found = (
        Conversation.objects.visible_to(membership)
        .select_related("person")
        .filter(pk=conversation_id)
        .first()
    )
    if found is None:
        raise not_found()
    return found


def with_row_facts(found: ConversationQuerySet) -> ConversationQuerySet:
    """Conversations with all that a row shows."""
    return found.select_related(
        "person", "webinar__chat_policy", "registration__session", "registration__attendance", "owner__user"
    )


_NOT_SHOWN = {"pace", "due_at", "release_at", "attendee_has", "created_at"}
_ROW = (
    *(f.name for f in Conversation._meta.concrete_fields if f.name not in _NOT_SHOWN),
    *("person__first_name", "registration__session__kind", "webinar__title"),
    *(
        "webinar__chat_policy__target_seconds",
        "owner__user__name",
        "owner__user__email",
        "owner__user__photo",
    ),
    *(f"registration__attendance__{name}" for name in ("last_seen_at", "position", "film_from_at")),
)


def _with_rows(found: ConversationQuerySet) -> ConversationQuerySet:
    """Conversations with what a row shows and no other column: lists are read several times a second."""
    return with_row_facts(found).only(*_ROW)


def in_view(found: ConversationQuerySet, view: str, membership: Membership) -> ConversationQuerySet:
    """One view of an inbox; refused as not found for a name that is none."""
    conditions = {
        "mine": NOT_RESOLVED & Q(owner=membership),
        "unassigned": NOT_RESOLVED & Q(owner=None),
        "waiting": Q(waiting_since__isnull=False),
        "owed": Q(owed_due_at__isnull=False),
        "all": NOT_RESOLVED,
        "resolved": Q(state=State.RESOLVED),
    }
    if view not in conditions:
        raise not_found()
    return found.filter(conditions[view])


def rows(
    membership: Membership, *, view: str = "all", after_revision: int = 0, now: datetime, limit: int = PAGE
) -> list[dict[str, Any]]:
    """A view's rows, waiting first; of what is owed, the soonest due.

    With `after_revision`, every changed row whatever view it belongs to.
    """
    found = Conversation.objects.visible_to(membership)
    if after_revision:
        found = found.filter(revision__gt=after_revision).order_by("revision")
    else:
        found = in_view(found, view, membership)
        found = found.owed_first() if view == "owed" else found.waiting_first()
    return [frames.row(conversation, now) for conversation in _with_rows(found)[:limit]]


def revision_of(team: Team) -> int:
    """The team's revision now; read it before the rows, never after."""
    return Team.objects.values_list("revision", flat=True).get(pk=team.pk)


def counts(membership: Membership) -> dict[str, int]:
    """The counters of a member's views, from the same query object as their lists."""
    mine = Conversation.objects.visible_to(membership)
    return mine.aggregate(
        mine=Count("pk", filter=NOT_RESOLVED & Q(owner=membership)),
        unassigned=Count("pk", filter=NOT_RESOLVED & Q(owner=None)),
        waiting=Count("pk", filter=Q(waiting_since__isnull=False)),
        owed=Count("pk", filter=Q(owed_due_at__isnull=False)),
        all=Count("pk", filter=NOT_RESOLVED),
        resolved=Count("pk", filter=Q(state=State.RESOLVED)),
    )


@dataclass(frozen=True, slots=True)
class TeamChanges:
    """What changed in a team since a revision, for every inbox of it that this process serves."""

    revision: int
    rows: list[tuple[int, str, str]]  # revision, webinar, row as JSON
    tallies: list[tuple[str, int | None, dict[str, int]]]  # webinar, owner's membership, counters
    statuses: dict[int, Status]  # what members intend
    full: bool  # more changed than fits: ask again after these


def team_changes(team_id: str, after: int, now: datetime) -> TeamChanges:
    """Rows changed after a revision and the counters by webinar and owner; the revision is read first."""
    revision = Team.objects.values_list("revision", flat=True).filter(pk=team_id).first() or 0
    listed = Conversation.objects.filter(team_id=team_id, listed=True)
    changed = _with_rows(listed.filter(revision__gt=after)).order_by("revision")[: PAGE + 1]
    found = [(c.revision, str(c.webinar_id), frames.dump(frames.row(c, now))) for c in changed]
    full = len(found) > PAGE
    tallied = listed.values_list("webinar_id", "owner_id").annotate(
        n_waiting=Count("pk", filter=Q(waiting_since__isnull=False)),
        n_owed=Count("pk", filter=Q(owed_due_at__isnull=False)),
        n_all=Count("pk", filter=NOT_RESOLVED),
        n_resolved=Count("pk", filter=Q(state=State.RESOLVED)),
    )
    names = ("waiting", "owed", "all", "resolved")
    tallies = [
        (str(webinar), owner, dict(zip(names, numbers, strict=True))) for webinar, owner, *numbers in tallied
    ]
    if full:
        found = found[:PAGE]
        revision = found[-1][0]
    return TeamChanges(revision, found, tallies, statuses(team_id), full)


def counted(changes: TeamChanges, membership_id: int, webinars: Collection[str] | None) -> dict[str, int]:
    """One member's counters out of a team's tallies; `webinars` None: all of them."""
    total = dict.fromkeys(VIEWS, 0)
    for webinar, owner, numbers in changes.tallies:
        if webinars is not None and webinar not in webinars:
            continue
        for name, number in numbers.items():
            total[name] += number
        if owner is None:
            total["unassigned"] += numbers["all"]
        elif owner == membership_id:
            total["mine"] += numbers["all"]
    return total


def webinars_of(membership: Membership) -> frozenset[str] | None:
    """The webinars a member's inbox is limited to; None for members who see all of the team's."""
    if membership.sees_all_webinars:
        return None
    return frozenset(str(pk) for pk in Webinar.objects.visible_to(membership).values_list("pk", flat=True))


def team_heads(
    known: dict[str, int | None], watched: Iterable[str]
) -> tuple[dict[str, int], Sequence[tuple[str, int, int]]]:
    """The revisions of some teams, and (conversation, seq, public_seq) of what changed since those known.

    Where no revision is known yet, all watched conversations are looked at.
    """
    revisions = {
        str(pk): revision for pk, revision in Team.objects.filter(pk__in=known).values_list("pk", "revision")
    }
    changed = Q(pk__in=[])
    for team, revision in revisions.items():
        before = known[team]
        if before is None:
            changed |= Q(team_id=team, pk__in=list(watched))
        elif revision > before:
            changed |= Q(team_id=team, revision__gt=before)
    if not changed.children or len(changed.children) == 1:
        return revisions, ()
    found = Conversation.objects.filter(changed).values_list("pk", "seq", "public_seq")
    return revisions, [(str(pk), seq, public) for pk, seq, public in found]
