"""What the database remembers of who was at the inbox: the stretches of a member's presence."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

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
