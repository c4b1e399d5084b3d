"""Files that people send each other in a conversation; the bytes lie on the disk under the row's id."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, User
from chat.models.conversation import Conversation, Message
from webinars.models import Registration


class FileState(models.TextChoices):
    """Where a file stands."""

    WAITING = "waiting", _("Not yet sent")
    SENT = "sent", _("Sent")


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    """Files by who may have them."""

    def of_attendee(self, registration: Registration) -> "AttachmentQuerySet":
        """What an attendee may have: what was sent in their conversation and is still there, and what they uploaded."""
        mine = self.filter(
            conversation__webinar=registration.webinar_id, conversation__person=registration.person_id
        )
        return mine.filter(
            Q(state=FileState.WAITING, by_attendee=True)
            | Q(state=FileState.SENT, message__public_seq__isnull=False, message__withdrawn_at=None)
        )

    def visible_to(self, membership: Membership) -> "AttachmentQuerySet":
        """What a member may have: what was sent in conversations of their inbox, and what they uploaded."""
        seen = Conversation.objects.visible_to(membership).values("pk")
        mine = Q(state=FileState.WAITING, user=membership.user_id)
        return self.filter(Q(state=FileState.SENT, message__withdrawn_at=None) | mine, conversation__in=seen)

    def waiting_from(self, conversation: Conversation, user: User | None) -> "AttachmentQuerySet":
        """What one side uploaded and has not sent: a member's own, or with None the attendee's."""
        return self.filter(
            conversation=conversation, state=FileState.WAITING, user=user, by_attendee=user is None
        )

    def abandoned(self, now: datetime) -> "AttachmentQuerySet":
        """What was uploaded and never sent, once its time is over."""
        return self.filter(due_at__lte=now).order_by("due_at")


class Attachment(models.Model):
    """One file. `due_at` is when it is removed unless it was sent; its id is the key under which its bytes lie."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="attachments")
    by_attendee = models.BooleanField()
    user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")  # of the team
    message = models.ForeignKey(Message, models.CASCADE, null=True, blank=True, related_name="attachments")
    state = models.CharField(max_length=8, choices=FileState.choices, default=FileState.WAITING)
    name = models.CharField(max_length=120)
    type = models.CharField(max_length=80)  # by its content
    size = models.PositiveIntegerField()  # bytes
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="attachment_due"),
        ]

    def __str__(self) -> str:
        return f"{self.type} of {self.size} bytes"

    @property
    def is_picture(self) -> bool:
        """Whether it was written anew by us, and has a small one beside it."""
        return self.width is not None

    def facts(self) -> dict[str, str | int | None]:
        """What browsers are told of it, and what the message keeps so that no frame asks for it."""
        return {
            "id": str(self.pk),
            "name": self.name,
            "type": self.type,
            "size": self.size,
            "width": self.width,
            "height": self.height,
        }
