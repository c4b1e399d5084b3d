"""What the database remembers of the talk: policies, conversations, messages, waits, and what was said by itself."""

import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Team, User
from chat.presence_rows import Presence  # noqa: F401 - where Django looks for models
from webinars.models import Person, Registration, Session, Webinar


class PolicyKind(models.TextChoices):
    """The kinds of session that chat settings tell apart; on demand goes with just in time everywhere."""

    SCHEDULED = "scheduled", _("Scheduled")
    JUST_IN_TIME = "just_in_time", _("Just in time and on demand")
    REPLAY = "replay", _("Replay")


class Mode(models.TextChoices):
    """How attendees can talk."""

    CHAT = "chat", _("Chat")
    EMAIL = "email", _("E-mail form")
    OFF = "off", _("Off")
    OTHER = "other", _("Another chat")


class Promise(models.TextChoices):
    """By when an autoresponder says that a human answers."""

    NONE = "none", _("No promise")
    WEBINAR_END = "webinar_end", _("By the end of the webinar")
    DAY_END = "day_end", _("By the end of the attendee's day")
    HOURS = "hours", _("Within some hours")


class ChatPolicy(models.Model):
    """How the talk of one webinar works; what differs by kind of session stands in its `KindPolicy` rows."""

    webinar = models.OneToOneField(Webinar, models.CASCADE, related_name="chat_policy")
    welcome_delay = models.PositiveIntegerField(default=5)  # seconds after the first entry
    autoresponder_delay = models.PositiveIntegerField(default=300)  # seconds of waiting, at least 15
    once_per_session = models.BooleanField(default=True)
    promise = models.CharField(max_length=12, choices=Promise.choices, default=Promise.DAY_END)
    promise_hours = models.PositiveSmallIntegerField(default=24)
    outside_mode = models.CharField(max_length=8, choices=Mode.choices, default=Mode.EMAIL)
    target_seconds = models.PositiveIntegerField(default=180)  # clocks turn red at this wait
    expectation = models.CharField(
        max_length=200, blank=True, default=""
    )  # the host's own words, else measured
    name_fallback = models.CharField(max_length=40, blank=True, default="")  # for people without a name
    script_said = models.TextField(blank=True, default="")  # the line the host says in the film, as ticked
    next_step_from = models.DateTimeField(null=True, blank=True)  # no hint at the next preset before
    version = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"chat of {self.webinar}"


class KindPolicy(models.Model):
    """The way of talking and the automatic texts for one kind of session."""

    policy = models.ForeignKey(ChatPolicy, models.CASCADE, related_name="kinds")
    kind = models.CharField(max_length=16, choices=PolicyKind.choices)
    mode = models.CharField(max_length=8, choices=Mode.choices, default=Mode.CHAT)
    welcome_on = models.BooleanField(default=True)
    welcome_text = models.TextField(max_length=4000, blank=True, default="")
    autoresponder_on = models.BooleanField(default=True)
    autoresponder_text = models.TextField(max_length=4000, blank=True, default="")
    outside_text = models.TextField(max_length=4000, blank=True, default="")  # outside chat hours

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["policy", "kind"], name="kind_policy_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.mode}"


class PresetApplication(models.Model):
    """That a strategy was applied to a webinar: what it replaced, what it set, and whether that was taken back.

    `before` and `after` hold the fields of `config.presets`; `before` is empty for the one a webinar was made with.
    """

    webinar = models.ForeignKey(Webinar, models.CASCADE, related_name="presets")
    preset = models.PositiveSmallIntegerField()
    before = models.JSONField(default=dict)
    after = models.JSONField()
    versions = models.JSONField(default=dict)  # of webinar, schedule and policy when it was applied
    applied_at = models.DateTimeField()
    applied_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["webinar", "-id"], condition=Q(undone_at=None), name="preset_in_force")
        ]

    def __str__(self) -> str:
        return f"preset {self.preset} on {self.webinar_id}"


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
    due_at = models.DateTimeField(null=True, blank=True)  # when automation has to look again
    entered_at = models.DateTimeField(null=True, blank=True)  # first entry to the current session
    team_wrote_at = models.DateTimeField(null=True, blank=True)
    attendee_read = models.BigIntegerField(default=0)  # public_seq
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
    EVENT = "event", _("Event")


class Via(models.TextChoices):
    """Where an entry came in."""

    ROOM = "room", _("Room")
    INBOX = "inbox", _("Inbox")
    EMAIL = "email", _("E-mail")
    SLACK = "slack", _("Slack")
    API = "api", _("API")
    SYSTEM = "system", _("By itself")


class Message(models.Model):
    """One numbered entry of a conversation; what only the team sees has no `public_seq`."""

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

    def __str__(self) -> str:
        return f"{self.kind} {self.seq}"


class Episode(models.Model):
    """One stretch of a conversation, from a question to its resolution."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="episodes")
    session = models.ForeignKey(Session, models.SET_NULL, null=True, related_name="+")
    opened_at = models.DateTimeField()
    opened_seq = models.BigIntegerField()
    position = models.FloatField(null=True, blank=True)
    first_answer_at = models.DateTimeField(null=True, blank=True)  # the first human one
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["conversation"], condition=Q(resolved_at__isnull=True), name="episode_open_once"
            )
        ]

    def __str__(self) -> str:
        return f"episode from {self.opened_seq}"


class Wait(models.Model):
    """From an attendee's first unanswered message to the next human answer.

    `session` and `counts_from` are what the autoresponder goes by: they move when the wait is carried into a new
    session and a new question is asked there, `opened_at` does not.
    """

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="waits")
    episode = models.ForeignKey(Episode, models.CASCADE, related_name="waits")
    registration = models.ForeignKey(Registration, models.CASCADE, related_name="+")
    session = models.ForeignKey(Session, models.CASCADE, related_name="waits")
    opened_at = models.DateTimeField()
    opened_seq = models.BigIntegerField()
    counts_from = models.DateTimeField()
    late = models.BooleanField(
        default=False
    )  # came by mail or after the session: owed, never answered by itself
    by_email = models.BooleanField(default=False)  # written in the e-mail form: to be answered by mail
    held_at = models.DateTimeField(null=True, blank=True)  # a holding message silenced automation
    automatic_at = models.DateTimeField(null=True, blank=True)  # had its autoresponder
    seen_at = models.DateTimeField(null=True, blank=True)  # by somebody of the team
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=16, blank=True, default="")  # answer, no_reply_needed

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["conversation"], condition=Q(closed_at__isnull=True), name="wait_open_once"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["session"], condition=Q(closed_at__isnull=True), name="wait_open_session")
        ]

    def __str__(self) -> str:
        return f"wait from {self.opened_seq}"


class OwedReply(models.Model):
    """An answer that was promised, or left open when the session ended, until a human gives it."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="owed")
    wait = models.OneToOneField(Wait, models.CASCADE, related_name="owed")
    cause = models.CharField(max_length=16)  # promised, session_over, late
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.CharField(max_length=16, blank=True, default="")  # answer, no_reply_needed

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["conversation"], condition=Q(settled_at__isnull=True), name="owed_open")
        ]

    def __str__(self) -> str:
        return f"owed by {self.due_at}"


class AutomaticRecord(models.Model):
    """The ledger of what was said by itself, or was due and was not, and why; once per window."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="automatic")
    kind = models.CharField(max_length=16)  # welcome, autoresponder
    window = models.CharField(max_length=80)  # the session; for an autoresponder the session and the wait
    session = models.ForeignKey(Session, models.SET_NULL, null=True, related_name="+")
    wait = models.ForeignKey(Wait, models.CASCADE, null=True, related_name="automatic")
    said = models.BooleanField()
    reason = models.CharField(max_length=24)  # a chat.rules.Why
    waited = models.PositiveIntegerField(default=0)  # seconds the rule waited for
    due_at = models.DateTimeField()
    at = models.DateTimeField()
    message = models.ForeignKey(Message, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["conversation", "kind", "window"], name="automatic_once"),
            models.UniqueConstraint(
                fields=["wait"],
                condition=Q(said=True, kind="autoresponder"),
                name="autoresponder_once_a_wait",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {'said' if self.said else self.reason}"


class Epoch(models.Model):
    """Which life of the database this is: a restored copy gets a new one, and every client reloads."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    epoch = models.UUIDField(default=uuid.uuid4)

    def __str__(self) -> str:
        return str(self.epoch)


def current_epoch() -> str:
    """The installation's epoch; made when first asked for."""
    found: Any = Epoch.objects.values_list("epoch", flat=True).filter(pk=1).first()
    return str(found or Epoch.objects.get_or_create(pk=1)[0].epoch)
