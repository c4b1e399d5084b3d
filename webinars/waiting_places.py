"""Who waits: for a place in a full session, or to be told of any date. Part of the models of this app."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from timezone_field import TimeZoneField

from accounts.models import Membership, Team


class WaitingPlaceQuerySet(models.QuerySet["WaitingPlace"]):
    """Waiting places by who may reach them, and by what may still come of them."""

    def of_team(self, team: Team) -> "WaitingPlaceQuerySet":
        """One team's waiting places."""
        return self.filter(webinar__team=team)

    def visible_to(self, membership: Membership) -> "WaitingPlaceQuerySet":
        """Those for webinars a member works on."""
        mine = self.filter(webinar__team_id=membership.team_id)
        return (
            mine if membership.sees_all_webinars else mine.filter(webinar__assignments__membership=membership)
        )

    def granted_to(self, guest: models.Model) -> "WaitingPlaceQuerySet":
        """Those of the people a guest session holds."""
        return self.filter(person__grants__guest=guest.pk)

    def open(self) -> "WaitingPlaceQuerySet":
        """Those neither served nor left."""
        return self.filter(served_at__isnull=True, left_at__isnull=True)

    def in_line(self, session: models.Model) -> "WaitingPlaceQuerySet":
        """Who waits for a place in a session, in the order of waiting."""
        return self.open().filter(session=session.pk).order_by("created_at", "pk")

    def wishes(self) -> "WaitingPlaceQuerySet":
        """Who waits to be told of any date."""
        return self.open().filter(session__isnull=True)


class WaitingPlace(models.Model):
    """Somebody who waits for a place in a full session, or, without a session, for any date."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    webinar = models.ForeignKey("webinars.Webinar", models.CASCADE, related_name="waiting_places")
    session = models.ForeignKey(
        "webinars.Session", models.CASCADE, null=True, blank=True, related_name="waiting_places"
    )
    person = models.ForeignKey("webinars.Person", models.CASCADE, related_name="waiting_places")
    email = models.EmailField()
    zone = TimeZoneField(default="UTC", use_pytz=False)
    created_at = models.DateTimeField(default=timezone.now)
    served_at = models.DateTimeField(null=True, blank=True)  # moved up, or told of a date
    registration = models.OneToOneField(
        "webinars.Registration", models.SET_NULL, null=True, blank=True, related_name="waited"
    )
    left_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)  # a wish: when to look for a date next
    browser = models.BinaryField(max_length=32, null=True, blank=True, editable=False)  # as a registration's
    link_hash = models.BinaryField(
        max_length=32, null=True, blank=True, editable=False, unique=True
    )  # of the personal link in the mail about it

    objects = WaitingPlaceQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["webinar", "session", "person"], name="waiting_once", nulls_distinct=False
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["webinar", "session", "created_at"],
                condition=models.Q(served_at__isnull=True, left_at__isnull=True),
                name="waiting_in_order",
            ),
            models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="waiting_due"),
        ]

    def __str__(self) -> str:
        return f"{self.person} waits"
