"""A conversation with its numbered entries, and who may reach it."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Team, User
from webinars.models import Person, Registration, Session, Webinar


class State(models.TextChoices):
    """Where a conversation stands for the team."""

    OPEN = "open", _("Open")
    PENDING = "pending", _("Pending")
    SNOOZED = "snoozed", _("Snoozed")
    RESOLVED = "resolved", _("Resolved")


class ConversationQuerySet(models.QuerySet["Conversation"]):
    """Conversations by who may reach them: the one query object of lists, counters, sockets and pages."""

    def of_team(self, team: Team) -> "ConversationQuerySet":
        """One team's conversations, listed or not."""
        return self.filter(team=team)

    def visible_to(self, membership: Membership) -> "ConversationQuerySet":
        """Those in a member's inbox: of webinars they work on, with more in them than a welcome."""
        mine = self.filter(team_id=membership.team_id, listed=True)
        if membership.sees_all_webinars:
            return mine
        return mine.filter(webinar__assignments__membership=membership)

    def of_registration(self, registration: Registration) -> "ConversationQuerySet":
        """The one of a registered person with the webinar's team."""
        return self.filter(webinar_id=registration.webinar_id, person_id=registration.person_id)

    def make(self, registration: Registration) -> None:
        """An empty one for a registered person; nothing when it exists, also under a race (F-05)."""
        self.bulk_create([self.to_be(registration)], ignore_conflicts=True)

    def to_be(self, registration: Registration) -> "Conversation":
        """The one that a registered person will have once something is said, not stored.

        Its id is known before: a page that is only looked at writes nothing (A6).
        """
        return Conversation(
            id=uuid.uuid5(registration.webinar_id, str(registration.person_id)),
            team_id=registration.webinar.team_id,
            webinar_id=registration.webinar_id,
            person_id=registration.person_id,
            registration=registration,
        )

    def due(self, now: datetime) -> "ConversationQuerySet":
        """Those whose automation has to look."""
        return self.filter(due_at__lte=now).order_by("due_at")

    def releasing(self, now: datetime) -> "ConversationQuerySet":
        """Those with a reply whose seconds for taking it back are over."""
        return self.due(now).filter(release_at__lte=now)

    def owed_first(self) -> "ConversationQuerySet":
        """What is owed soonest, and so what is overdue longest, first."""
        return self.order_by(F("owed_due_at").asc(nulls_last=True), "id")

    def waiting_first(self) -> "ConversationQuerySet":
        """Longest wait first, then owed soonest, then the latest word."""
        return self.order_by(
            F("waiting_since").asc(nulls_last=True), F("owed_due_at").asc(nulls_last=True), "-last_at", "id"
        )


class Conversation(models.Model):
    """One attendee and the team, for one webinar, for ever.

    `seq` numbers every entry, for the team; `public_seq` only what the attendee may see. Both are taken under this
    row's lock, so commit order is number order. `revision` is the team's revision of the last change.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="conversations")
    webinar = models.ForeignKey(Webinar, models.CASCADE, related_name="conversations")
    person = models.ForeignKey(Person, models.CASCADE, related_name="conversations")
    registration = models.ForeignKey(
        Registration, models.CASCADE, related_name="+"
    )  # where they are or were last
    seq = models.BigIntegerField(default=0)
    public_seq = models.BigIntegerField(default=0)
    revision = models.BigIntegerField(default=0)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    owner = models.ForeignKey(
        Membership, models.SET_NULL, null=True, blank=True, related_name="conversations"
    )
    listed = models.BooleanField(default=False)  # holds more than a welcome
    waiting_since = models.DateTimeField(null=True, blank=True)  # of the open wait
    by_email = models.BooleanField(default=False)  # the open wait came through the e-mail form
    owed_due_at = models.DateTimeField(null=True, blank=True)  # of the owed reply that is due first
    due_at = models.DateTimeField(null=True, blank=True)  # when a tick has to look again, for whatever reason
    release_at = models.DateTimeField(null=True, blank=True)  # of the reply under undo that goes out first
    nudged_at = models.DateTimeField(null=True, blank=True)  # the open wait was seen and had its one nudge
    entered_at = models.DateTimeField(null=True, blank=True)  # first entry to the current session
    team_wrote_at = models.DateTimeField(null=True, blank=True)
    attendee_read = models.BigIntegerField(default=0)  # public_seq
    attendee_has = models.BigIntegerField(default=0)  # public_seq: it has reached one of their browsers
    team_read = models.BigIntegerField(default=0)  # seq
    last_line = models.CharField(max_length=120, blank=True, default="")
    last_by = models.CharField(max_length=12, blank=True, default="")  # attendee, moderator, automatic
    last_at = models.DateTimeField(default=timezone.now)
    pace = models.JSONField(default=dict)  # how fast the attendee writes; see chat.rules.Pace
    created_at = models.DateTimeField(default=timezone.now)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["webinar", "person"], name="conversation_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="conversation_due"),
            models.Index(fields=["team", "revision"], name="conversation_changed"),
            models.Index(fields=["team", "-last_at"], condition=Q(listed=True), name="conversation_listed"),
            models.Index(
                fields=["team", "waiting_since"],
                condition=Q(waiting_since__isnull=False),
                name="conversation_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"conversation {self.pk}"


class MessageKind(models.TextChoices):
    """What an entry of a conversation is."""

    ATTENDEE = "attendee", _("Attendee")
    MODERATOR = "moderator", _("Moderator")
    WELCOME = "welcome", _("Welcome")
    AUTORESPONDER = "autoresponder", _("Autoresponder")
    PROMPT = "prompt", _("Prompt")
    FAQ = "faq", _("Answer from the list")
    EVENT = "event", _("Event")
    CHANGE = "change", _("Change of another entry")


class Via(models.TextChoices):
    """Where an entry came in."""

    ROOM = "room", _("Room")
    INBOX = "inbox", _("Inbox")
    EMAIL = "email", _("E-mail")
    SLACK = "slack", _("Slack")
    API = "api", _("API")
    SYSTEM = "system", _("By itself")


class Message(models.Model):
    """One numbered entry of a conversation; what only the team sees has no `public_seq`.

    A reply under undo has none either, until it is released. A withdrawn one has no text any more: what it said is
    a `MessageVersion`. An entry of kind CHANGE says that its `target` is not as it was; nothing else of it matters.
    """

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="messages")
    seq = models.BigIntegerField()
    public_seq = models.BigIntegerField(null=True, blank=True)
    kind = models.CharField(max_length=16, choices=MessageKind.choices)
    author_key = models.CharField(max_length=44)  # "p:<person>", "u:<user>" or "auto"
    user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    ref = models.UUIDField(default=uuid.uuid4)  # the sender's own id: the same again is the same message
    text = models.TextField(max_length=4000, blank=True, default="")
    detail = models.JSONField(default=dict)  # automatic: {"waited": seconds}; event: {"what": …}
    via = models.CharField(max_length=8, choices=Via.choices, default=Via.ROOM)
    is_holding = models.BooleanField(default=False)  # "one moment": silences automation, answers nothing
    session = models.ForeignKey(Session, models.SET_NULL, null=True, blank=True, related_name="+")
    position = models.FloatField(null=True, blank=True)  # seconds into the film
    reply_to = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    target = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="changes", db_index=False
    )
    held_until = models.DateTimeField(null=True, blank=True)  # under undo: goes out then
    edited_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)  # a copy of it went by e-mail
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["conversation", "seq"], name="message_seq"),
            models.UniqueConstraint(
                fields=["conversation", "public_seq"],
                condition=Q(public_seq__isnull=False),
                name="message_public_seq",
            ),
            models.UniqueConstraint(fields=["conversation", "author_key", "ref"], name="message_ref"),
        ]
        # Most entries speak of no other, and must not pay for those that do.
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["reply_to"], condition=Q(reply_to__isnull=False), name="message_reply_to"),
            models.Index(fields=["target"], condition=Q(target__isnull=False), name="message_target"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.seq}"

    @property
    def words(self) -> str:
        """What stands for it where words are needed: its text, or the names of its files."""
        return self.text or ", ".join(file["name"] for file in self.detail.get("files", ()))

    @property
    def is_held(self) -> bool:
        """Whether it can still be taken back before anybody has it."""
        return self.held_until is not None and self.public_seq is None and self.withdrawn_at is None


class MessageVersion(models.Model):
    """What a message said before it was edited, withdrawn or taken back."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="versions")
    text = models.TextField(max_length=4000, blank=True)
    detail = models.JSONField(default=dict)  # of the message: its files
    at = models.DateTimeField()  # until when it said that
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")  # who changed it

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"until {self.at}"
