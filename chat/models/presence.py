"""What the database remembers of members at work: the stretches of their presence, and what they intend."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Team


class PresenceQuerySet(models.QuerySet["Presence"]):
    """Stretches of presence by team and by time."""

    def of_team(self, team: Team) -> "PresenceQuerySet":
        """Those of one team's members, of former ones too."""
        return self.filter(team=team)

    def between(self, begin: datetime, end: datetime) -> "PresenceQuerySet":
        """Those that reach into the time from `begin` to `end`."""
        return self.filter(until_at__gt=begin, from_at__lt=end)


class Presence(models.Model):
    """One stretch of a member at the inbox, on however many screens, and whose attendees they answered then.

    `webinars` are those the member moderated at the time, so that who leaves a webinar or the team changes no report
    on the time before. Two stretches of a member may overlap where two processes began them at once.
    """

    team = models.ForeignKey(Team, models.CASCADE, related_name="presences")
    membership = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="presences")
    webinars: "ArrayField[list[uuid.UUID], list[uuid.UUID]]" = ArrayField(models.UUIDField(), default=list)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()  # when they were last heard of

    objects = PresenceQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["team", "until_at"], name="presence_of_team"),
            models.Index(fields=["membership", "until_at"], name="presence_of_member"),
        ]

    def __str__(self) -> str:
        return f"there until {self.until_at}"


class Intent(models.TextChoices):
    """Whether a member wants to answer; set by them alone, and kept until they set it again."""

    AVAILABLE = "available", _("Available")
    BUSY = "busy", _("Busy")
    AWAY = "away", _("Away")
    BREAK = "break", _("On a break")


class StatusIntervalQuerySet(models.QuerySet["StatusInterval"]):
    """Stretches of what members intended."""

    def open(self) -> "StatusIntervalQuerySet":
        """What they intend now."""
        return self.filter(until_at__isnull=True)

    def between(self, begin: datetime, end: datetime) -> "StatusIntervalQuerySet":
        """Those that reach into the time from `begin` to `end`."""
        return self.filter(Q(until_at__isnull=True) | Q(until_at__gt=begin), from_at__lt=end)


class StatusInterval(models.Model):
    """From when until when a member intended something; the open one is what they intend now.

    Rows are only added and closed, and the database refuses to change a closed one, so that reports of the past
    stay what they were. Somebody without any is available.
    """

    team = models.ForeignKey(Team, models.CASCADE, related_name="statuses")
    membership = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="statuses")
    intent = models.CharField(max_length=10, choices=Intent.choices)
    reason = models.CharField(max_length=80, blank=True, default="")
    planned_until = models.DateTimeField(null=True, blank=True)  # of a break; passing it changes nothing
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)

    objects = StatusIntervalQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["membership"], condition=Q(until_at__isnull=True), name="status_open_once"
            ),
            models.CheckConstraint(
                condition=Q(until_at__isnull=True) | Q(until_at__gte=F("from_at")), name="status_in_order"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["team", "from_at"], name="status_of_team")
        ]

    def __str__(self) -> str:
        return f"{self.intent} from {self.from_at}"
