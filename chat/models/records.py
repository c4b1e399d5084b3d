"""What is kept of a conversation's course: episodes, waits, owed replies, and what was said by itself."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import User
from chat.models.conversation import Conversation, Message, Via
from webinars.models import Registration, Session


class Episode(models.Model):
    """One stretch of a conversation, from a question to its resolution.

    A moderator who opens it again goes on with the same one; an attendee who writes after it begins another.
    """

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="episodes")
    session = models.ForeignKey(Session, models.SET_NULL, null=True, related_name="+")
    opened_at = models.DateTimeField()
    opened_seq = models.BigIntegerField()
    position = models.FloatField(null=True, blank=True)
    first_answer_at = models.DateTimeField(null=True, blank=True)  # the first human one
    first_answer = models.ForeignKey(Message, models.SET_NULL, null=True, blank=True, related_name="+")
    answer_via = models.CharField(max_length=8, choices=Via.choices, blank=True, default="")
    answer_seconds = models.FloatField(null=True, blank=True)  # until it, within chat hours
    answer_met = models.BooleanField(null=True, blank=True)  # the attendee was in a room then
    answer_in_session = models.BooleanField(null=True, blank=True)  # before its exit room closed
    first_resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)  # the last time; empty again while reopened
    resolve_seconds = models.FloatField(null=True, blank=True)  # until it, within chat hours
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
    helped_at = models.DateTimeField(null=True, blank=True)  # "did this help: yes" silenced automation
    overflow_at = models.DateTimeField(null=True, blank=True)  # waited too long: by e-mail from then on
    seen_at = models.DateTimeField(null=True, blank=True)  # by somebody of the team
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=16, blank=True, default="")  # answer, no_reply_needed
    closed_user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    answer = models.ForeignKey(Message, models.SET_NULL, null=True, blank=True, related_name="+")
    answer_via = models.CharField(max_length=8, choices=Via.choices, blank=True, default="")
    open_seconds = models.FloatField(null=True, blank=True)  # its length within chat hours, when it closed

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
    cause = models.CharField(max_length=16)  # promised, session_over, late, overflow
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()  # as it was promised; never moved
    alert_at = models.DateTimeField(null=True, blank=True)  # when to look whether it is overdue; empty: never
    overdue_at = models.DateTimeField(null=True, blank=True)  # the team was told
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.CharField(max_length=16, blank=True, default="")  # answer, no_reply_needed

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["conversation"], condition=Q(settled_at__isnull=True), name="owed_open"),
            models.Index(fields=["alert_at"], condition=Q(alert_at__isnull=False), name="owed_alert"),
        ]

    def __str__(self) -> str:
        return f"owed by {self.due_at}"


class AutomaticRecord(models.Model):
    """The ledger of what was said by itself, or was due and was not, and why; once per window."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="automatic")
    kind = models.CharField(max_length=16)  # welcome, autoresponder, faq
    window = models.CharField(
        max_length=80
    )  # the session; for an autoresponder the session and the wait; for faq the message
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
