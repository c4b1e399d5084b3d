"""Who had a conversation, from when until when."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, User
from chat.models.conversation import Conversation


class Cause(models.TextChoices):
    """Why somebody got a conversation, or why it was theirs no more."""

    MANUAL = "manual", _("By hand")
    RELEASE = "release", _("Given back")
    AUTO = "auto", _("Assigned by itself")
    TRANSFER = "transfer", _("Handed on")
    HANDOVER = "handover", _("End of a shift")
    RULE = "rule", _("By a rule")


class OwnershipInterval(models.Model):
    """One stretch in which a conversation was somebody's; what has ended is never written again.

    The database refuses a second open one, an end before the beginning, and (by a trigger of the migration) any
    change of a closed one but that a person is erased from it.
    """

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="ownership")
    membership = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="ownership")
    cause = models.CharField(max_length=8, choices=Cause.choices)
    actor = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")  # who brought it about
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)
    ended = models.CharField(max_length=8, choices=Cause.choices, blank=True, default="")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["conversation"], condition=Q(until_at__isnull=True), name="ownership_open_once"
            ),
            models.CheckConstraint(
                condition=Q(until_at__isnull=True) | Q(until_at__gte=F("from_at")), name="ownership_forward"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["membership", "from_at"], name="ownership_of_member")
        ]

    def __str__(self) -> str:
        return f"{self.cause} from {self.from_at}"
