"""A draft of a reply that a language model was asked for: what a courier works on, and what became of it."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from chat.models.conversation import Conversation
from chat.models.records import Wait


class DraftState(models.TextChoices):
    """What has become of a draft."""

    ASKED = "asked", _("Being written")
    READY = "ready", _("Ready")
    DROPPED = "dropped", _("Dropped: a human was faster")
    FAILED = "failed", _("Failed")
    TAKEN = "taken", _("Taken into a reply")
    DISCARDED = "discarded", _("Discarded")


class DraftQuerySet(models.QuerySet["Draft"]):
    """Drafts by what is to be done about them."""

    def due(self, now: datetime) -> "DraftQuerySet":
        """Those that a courier has to work on."""
        return self.filter(state=DraftState.ASKED, due_at__lte=now).order_by("due_at")

    def shown_to(self, user: User) -> "DraftQuerySet":
        """A member's own that they have not dealt with, the latest first."""
        return (
            self.filter(user=user).exclude(state__in=(DraftState.TAKEN, DraftState.DISCARDED)).order_by("-id")
        )


class Draft(models.Model):
    """One wish of a moderator for a draft about an open question; it is theirs alone, and nothing sends it."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="drafts")
    wait = models.ForeignKey(Wait, models.CASCADE, related_name="drafts")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")  # who asked
    asked_at = models.DateTimeField()
    asked_seq = models.BigIntegerField()  # of the conversation, when it was asked
    due_at = models.DateTimeField(null=True, blank=True)
    token = models.UUIDField(default=uuid.uuid4)  # fences the lease
    attempts = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=DraftState.choices, default=DraftState.ASKED)
    reason = models.CharField(max_length=200, blank=True, default="")
    text = models.TextField(blank=True, default="")
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["conversation", "user"], condition=Q(state="asked"), name="draft_asked_once"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="draft_due")
        ]

    def __str__(self) -> str:
        return f"draft {self.pk}: {self.state}"
