"""One change of a conversation: its lock, the numbers it takes, and what it tells afterwards."""

import uuid
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.fields import BigIntegerField
from psycopg.types.json import Jsonb

from accounts.models import Membership, Role, User
from chat.frames import AttendeeFrames, TeamFrames
from chat.models import ChatPolicy, Conversation, Message, MessageKind, State, Via, Wait
from chat.news import Entry, News, announce
from chat.refusals import not_found
from chat.services.prepared import Prepared
from webinars.models import Grant, Registration

SAVED = (
    "seq",
    "public_seq",
    "state",
    "owner_id",
    "listed",
    "waiting_since",
    "by_email",
    "owed_due_at",
    "due_at",
    "release_at",
    "nudged_at",
    "entered_at",
    "team_wrote_at",
    "attendee_read",
    "team_read",
    "last_line",
    "last_by",
    "last_at",
    "pace",
    "registration_id",
)
_BY_PEOPLE = (MessageKind.ATTENDEE, MessageKind.MODERATOR)
_WITHOUT_WORDS = (MessageKind.EVENT, MessageKind.CHANGE)
# Nothing that happens in a conversation needs a webinar's long texts.
_LONG = tuple(f"webinar__{name}" for name in ("promise", "description", "learn", "presenters"))
# The team's revision is the last lock of every change: whoever waits for it holds nothing that others wait for,
# and revisions become visible in the order of their numbers.
_FINISH = f"""
WITH counted AS (UPDATE accounts_team SET revision = revision + 1 WHERE id = %s RETURNING revision)
UPDATE chat_conversation SET {", ".join(f"{name} = %s" for name in SAVED)}, revision = counted.revision
FROM counted WHERE chat_conversation.id = %s RETURNING counted.revision
"""  # noqa: S608 - names of columns, not values


class Work:
    """A locked conversation being changed at `now`; `finish` writes it and announces it after commit."""

    def __init__(self, conversation: Conversation, now: datetime) -> None:
        self.conversation = conversation
        self.now = now
        self.entries: list[Message] = []

    def add(
        self,
        kind: MessageKind,
        *,
        author_key: str,
        text: str = "",
        ref: uuid.UUID | None = None,
        user: User | None = None,
        via: Via = Via.SYSTEM,
        detail: dict[str, Any] | None = None,
        public: bool = True,
        session_id: uuid.UUID | None = None,
        position: float | None = None,
        is_holding: bool = False,
        reply_to: Message | None = None,
        target: Message | None = None,
        held_until: datetime | None = None,
    ) -> Message:
        """Store the next entry of the conversation; one that is held has no public number yet."""
        conversation = self.conversation
        conversation.seq += 1
        public = public and held_until is None
        if public:
            conversation.public_seq += 1
        message = Message(
            conversation=conversation,
            seq=conversation.seq,
            public_seq=conversation.public_seq if public else None,
            kind=kind,
            author_key=author_key,
            user=user,
            ref=ref or uuid.uuid4(),
            text=text,
            detail=detail or {},
            via=via,
            is_holding=is_holding,
            session_id=session_id,
            position=position,
            reply_to=reply_to,
            target=target,
            held_until=held_until,
            at=self.now,
        )
        self._store(message)
        self.entries.append(message)
        if kind not in _WITHOUT_WORDS:
            self._show(message)
        return message

    def _show(self, message: Message) -> None:
        """Let the row say it: who waits is listed with what they asked, not with what Matinee says to all who wait."""
        conversation = self.conversation
        conversation.last_at = self.now
        if message.kind in _BY_PEOPLE or conversation.waiting_since is None:
            conversation.last_line = line_of(message.words)

    def _store(self, message: Message) -> None:
        message.save(force_insert=True)

    def event(self, what: str, user: User | None) -> Message:
        """Store something that happened, for the team only."""
        key = f"u:{user.pk}" if user else "auto"
        return self.add(
            MessageKind.EVENT, author_key=key, user=user, via=Via.INBOX, detail={"what": what}, public=False
        )

    def change(
        self, target: Message, what: str, user: User | None, *, ref: uuid.UUID | None = None
    ) -> Message:
        """Store that another entry is not as it was: told to the attendee too when they have that entry."""
        key = f"u:{user.pk}" if user else "auto"
        public = target.public_seq is not None and what != "released"
        return self.add(
            MessageKind.CHANGE,
            author_key=key,
            ref=ref,
            user=user,
            via=Via.INBOX,
            detail={"what": what},
            public=public,
            target=target,
        )

    def say_last_line(self) -> None:
        """Let the row show the last line that still stands, after one was edited or taken away."""
        conversation = self.conversation
        said = Message.objects.filter(conversation=conversation, withdrawn_at=None)
        said = said.exclude(kind__in=_WITHOUT_WORDS)
        if conversation.waiting_since is not None:
            said = said.filter(kind__in=_BY_PEOPLE)
        last = said.order_by("-seq").first()
        by = last.kind if last and last.kind in _BY_PEOPLE else "automatic"
        conversation.last_by = by if last else ""
        conversation.last_line = line_of(last.words) if last else ""

    def finish(self) -> None:
        """Write the conversation with the team's next revision, and tell who listens once it is committed."""
        conversation = self.conversation
        values: list[Any] = [conversation.team_id]
        for name in SAVED:
            value = getattr(conversation, name)
            values.append(Jsonb(value) if name == "pace" else value)
        with connection.cursor() as cursor:
            cursor.execute(_FINISH, [*values, conversation.pk])
            (conversation.revision,) = cursor.fetchone()
        announce(self.news())

    def news(self) -> News:
        """What the change tells who listens, with the revision it was written with."""
        conversation = self.conversation
        team, attendee = TeamFrames(conversation), AttendeeFrames(conversation)
        entries = []
        for message in self.entries:
            public = _for_attendee(message)
            entries.append(
                Entry(
                    message.seq,
                    team.posted(message),
                    public.public_seq if public else None,
                    attendee.posted(public) if public else None,
                )
            )
        return News(str(conversation.team_id), conversation.revision, str(conversation.pk), tuple(entries))


def line_of(text: str) -> str:
    """A text as the row of a list shows it."""
    return " ".join(text.split())[:120]


def _for_attendee(message: Message) -> Message | None:
    """What of an entry the attendee is told: itself, or the reply that it lets go out."""
    if message.public_seq is not None:
        return message
    return message.target if message.detail.get("what") == "released" else None


def locked(found: QuerySet[Conversation], *, wait: bool = True) -> QuerySet[Conversation]:
    """The conversations under their locks, complete; without `wait`, those that somebody else has are left out."""
    return complete(found).select_for_update(of=("self",), no_key=True, skip_locked=not wait)


def complete(found: QuerySet[Conversation]) -> QuerySet[Conversation]:
    """The conversations with what services and frames need, and the versions caches go by."""
    kept_by = ChatPolicy.objects.filter(webinar=OuterRef("webinar")).annotate(
        by=F("version") + F("faq_version")
    )
    policy = kept_by.values("by")  # see ChatPolicy.cached_by
    waiting = Wait.objects.filter(conversation=OuterRef("pk"), closed_at__isnull=True).values("session")
    return (
        found.select_related("registration__session", "person", "webinar")
        .defer(*_LONG)
        .annotate(
            wait_session=Subquery(waiting),
            policy_version=Subquery(policy, output_field=BigIntegerField()),
            webinar_version=F("webinar__version"),
        )
    )


def _of_attendee(
    *, webinar: uuid.UUID, person: uuid.UUID, author_key: str, ref: uuid.UUID, guest: int, now: datetime
) -> QuerySet[Conversation]:
    live = Grant.objects.filter(guest__revoked_at__isnull=True, guest__expires_at__gt=now)
    held = live.filter(guest=guest, person=OuterRef("person"))
    same = Message.objects.filter(conversation=OuterRef("pk"), author_key=author_key, ref=ref)
    found = Conversation.objects.filter(webinar=webinar, person=person)
    return locked(found).annotate(held=Exists(held), known_ref=Exists(same))


_attendees = Prepared(
    _of_attendee,
    webinar=uuid.UUID(int=1),
    person=uuid.UUID(int=2),
    author_key="p:",
    ref=uuid.UUID(int=3),
    guest=-4,
    now=datetime(1901, 1, 1, tzinfo=UTC),
)


def of_attendee(
    registration: Registration,
    *,
    ref: uuid.UUID | None = None,
    guest_id: int | None = None,
    now: datetime | None = None,
) -> Conversation:
    """The attendee's conversation under its lock, made if it is the first time (F-05).

    With `ref`, `known_ref` says whether the attendee used it before. With `guest_id`, it is refused as not found
    when that guest session does not hold the person any more at `now` (A2).
    """
    facts = {
        "webinar": registration.webinar_id,
        "person": registration.person_id,
        "author_key": f"p:{registration.person_id}",
        "ref": ref,
        "guest": guest_id,
        "now": now,
    }
    conversation = _attendees.first(**facts)
    if conversation is None:
        Conversation.objects.make(registration)
        conversation = _attendees.first(**facts)
    if conversation is None:  # erased in this very moment
        raise not_found()
    conversation.registration.webinar = conversation.webinar
    if guest_id is not None and not getattr(conversation, "held", True):
        raise not_found()
    return conversation


def _of_member(role: str) -> Prepared[Conversation]:
    def build(*, team: uuid.UUID, member: int, pk: uuid.UUID) -> QuerySet[Conversation]:
        membership = Membership(pk=member, team_id=team, role=role)
        still = Membership.objects.active().filter(pk=member, role=role)
        return locked(Conversation.objects.visible_to(membership)).filter(Exists(still), pk=pk)

    return Prepared(build, team=uuid.UUID(int=5), member=-6, pk=uuid.UUID(int=7))


_members = {role: _of_member(role) for role in Role.values}


def of_member(membership: Membership, conversation_id: uuid.UUID) -> Conversation:
    """A conversation of the member's inbox under its lock; refused as not found when it is not theirs to see."""
    conversation = _members[membership.role].first(
        team=membership.team_id, member=membership.pk, pk=conversation_id
    )
    if conversation is None:
        raise not_found()
    return conversation


def reopen_quietly(conversation: Conversation) -> None:
    """What was put aside is open again because somebody wrote."""
    conversation.state = State.OPEN
