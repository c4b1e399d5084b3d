"""The host's questions and answers, and what became of each answer that was said by itself."""

from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from chat.models.conversation import Conversation, Message
from webinars.models import Webinar


class FaqQuerySet(models.QuerySet["FaqEntry"]):
    """Entries by webinar, in the host's order."""

    def of_webinar(self, webinar: Webinar) -> "FaqQuerySet":
        """Those the host sees; removed ones only stay for what was said with them."""
        return self.filter(webinar=webinar, removed_at=None).order_by("place", "pk")

    def spoken(self) -> "FaqQuerySet":
        """Those that may be said."""
        return self.filter(on=True, removed_at=None)


class FaqEntry(models.Model):
    """A question that attendees ask again and again, the ways they ask it, and the host's answer."""

    webinar = models.ForeignKey(Webinar, models.CASCADE, related_name="faq")
    language = models.CharField(max_length=8)
    question = models.CharField(max_length=200)
    phrasings = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    answer = models.TextField(max_length=2000)
    on = models.BooleanField(default=True)
    place = models.PositiveIntegerField(default=0)  # in the host's list
    version = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = FaqQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["webinar", "place"], condition=Q(removed_at=None), name="faq_of_webinar")
        ]

    def __str__(self) -> str:
        return self.question


class Helped(models.TextChoices):
    """What the attendee said of an automatic answer."""

    NONE = "", _("Nothing said")
    YES = "yes", _("It helped")
    NO = "no", _("Asked for a human")


class FaqAnswer(models.Model):
    """That an entry was said by itself, to which message, how sure it was, and whether it helped."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="faq_answers")
    entry = models.ForeignKey(FaqEntry, models.CASCADE, related_name="said")
    asked = models.OneToOneField(Message, models.CASCADE, related_name="faq_answer")
    message = models.OneToOneField(Message, models.CASCADE, related_name="faq_said")
    score = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    helped = models.CharField(max_length=3, choices=Helped.choices, blank=True, default=Helped.NONE)
    helped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["conversation", "entry"], name="faq_once_a_conversation")
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} at {self.score}"

    def settle(self, helped: bool, now: datetime) -> None:
        """Take down what the attendee says of it."""
        self.helped = Helped.YES if helped else Helped.NO
        self.helped_at = now


class FaqVerdict(models.Model):
    """What the host says of a past question: that this entry, or none, is right or wrong for it."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="faq_verdicts")
    entry = models.ForeignKey(FaqEntry, models.CASCADE, null=True, related_name="verdicts")  # None: silence
    right = models.BooleanField()
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["message", "entry"], nulls_distinct=False, name="faq_verdict_once"
            )
        ]

    def __str__(self) -> str:
        return "right" if self.right else "wrong"


class FaqUse(models.Model):
    """That a moderator sent an entry's answer, as it was or changed."""

    entry = models.ForeignKey(FaqEntry, models.CASCADE, related_name="uses")
    message = models.OneToOneField(Message, models.CASCADE, related_name="faq_use")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.entry_id} in {self.message_id}"
