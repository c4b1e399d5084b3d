"""What is shown, and to whom: webinars and who works on them, sessions, people, registrations, attendance."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from timezone_field import TimeZoneField

from accounts.models import Membership, Team
from scheduling.models import ChatHours, Kind, Schedule
from videos.models import Video, VideoVersion
from webinars.waiting_places import WaitingPlace as WaitingPlace  # noqa: PLC0414 - one of the models here
from webinars.waiting_places import WaitingPlaceQuerySet as WaitingPlaceQuerySet  # noqa: PLC0414 - as above

PRESENT_FOR = timedelta(seconds=60)


class WebinarQuerySet(models.QuerySet["Webinar"]):
    """Webinars by who may reach them."""

    def of_team(self, team: Team) -> "WebinarQuerySet":
        """One team's webinars."""
        return self.filter(team=team)

    def visible_to(self, membership: Membership) -> "WebinarQuerySet":
        """Those a member works on: all of the team's, or the assigned ones."""
        mine = self.filter(team_id=membership.team_id)
        return mine if membership.sees_all_webinars else mine.filter(assignments__membership=membership)

    def published(self) -> "WebinarQuerySet":
        """Those with a public page."""
        return self.filter(published_at__isnull=False, archived_at__isnull=True)

    def closed(self) -> "WebinarQuerySet":
        """Those whose public page was open once and is not now."""
        return self.filter(closed_at__isnull=False)


class Webinar(models.Model):
    """The thing that is shown: a video with everything around it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="webinars")
    slug = models.SlugField(_("address"), max_length=80)
    title = models.CharField(_("title"), max_length=150)
    promise = models.CharField(max_length=300, blank=True, default="")  # the sentence under the title
    description = models.TextField(max_length=20_000, blank=True, default="")  # Markdown
    learn = ArrayField(
        models.CharField(max_length=200), default=list, blank=True
    )  # what you will be able to do
    presenters = models.JSONField(default=list)  # [{"name", "about"}]
    language = models.CharField(max_length=8, default="en")
    video = models.ForeignKey(Video, models.SET_NULL, null=True, blank=True, related_name="webinars")
    schedule = models.OneToOneField(Schedule, models.PROTECT, related_name="webinar")
    chat_hours = models.OneToOneField(ChatHours, models.PROTECT, related_name="webinar")
    doors_minutes = models.PositiveSmallIntegerField(default=15)  # the waiting room opens this long before
    exit_minutes = models.PositiveSmallIntegerField(default=15)  # the chat stays open this long after
    version = models.PositiveIntegerField(
        default=0
    )  # grows with each save in the editor; stale saves are refused
    created_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)  # when its page, open once, was closed

    objects = WebinarQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["team", "slug"], name="webinar_address")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_published(self) -> bool:
        """Whether visitors see its page."""
        return self.published_at is not None and self.archived_at is None


class Assignment(models.Model):
    """A member who works on a webinar, and whether they answer its attendees."""

    webinar = models.ForeignKey(Webinar, models.CASCADE, related_name="assignments")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="assignments")
    moderates = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["webinar", "membership"], name="assignment_once")
        ]

    def __str__(self) -> str:
        return f"{self.membership} on {self.webinar}"


class SessionQuerySet(models.QuerySet["Session"]):
    """Sessions by webinar and by what is due."""

    def of_team(self, team: Team) -> "SessionQuerySet":
        """One team's sessions."""
        return self.filter(webinar__team=team)

    def due(self, now: datetime) -> "SessionQuerySet":
        """Those whose close is due."""
        return self.filter(due_at__lte=now).order_by("due_at")


class Session(models.Model):
    """One start of a webinar, stored when the first person registers for it.

    Scheduled and just-in-time sessions are shared and their instants are set at once; on-demand and replay
    ones belong to one registration and have no instants until that person opens the room.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    webinar = models.ForeignKey(Webinar, models.CASCADE, related_name="sessions")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)  # the film's end; a replay's: when it expires
    closes_at = models.DateTimeField(null=True, blank=True)  # the end of the exit room
    video_version = models.ForeignKey(VideoVersion, models.PROTECT, related_name="sessions")
    duration = models.FloatField()  # seconds, of that version
    due_at = models.DateTimeField(null=True, blank=True)  # when to close it
    closed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    shut_at = models.DateTimeField(null=True, blank=True)  # since when it takes no registrations
    moved_from = models.DateTimeField(
        null=True, blank=True
    )  # the start the schedule gave it, before it was moved
    replay_of = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="replays"
    )  # the session that is shown again
    sequence = models.PositiveIntegerField(default=0)  # of its calendar entry (RFC 5545 SEQUENCE)
    note = models.CharField(max_length=300, blank=True, default="")  # the host's words on the last change
    created_at = models.DateTimeField(default=timezone.now)

    objects = SessionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["webinar", "kind", "starts_at"],
                condition=models.Q(kind__in=["scheduled", "just_in_time"]),
                name="session_shared_once",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["on_demand", "replay"]) | models.Q(starts_at__isnull=False),
                name="session_shared_has_start",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="session_due"),
            models.Index(fields=["webinar", "starts_at"]),
            models.Index(
                fields=["webinar", "moved_from"],
                condition=models.Q(moved_from__isnull=False),
                name="session_moved",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.starts_at or 'unopened'}"

    @property
    def is_shared(self) -> bool:
        """Whether everybody in it watches on one clock."""
        return self.kind in {Kind.SCHEDULED, Kind.JUST_IN_TIME}


class PersonQuerySet(models.QuerySet["Person"]):
    """People by team."""

    def of_team(self, team: Team) -> "PersonQuerySet":
        """One team's people."""
        return self.filter(team=team)


class Person(models.Model):
    """Somebody who registered with a team; known by their link, never by a typed address."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="people")
    first_name = models.CharField(max_length=80)
    email = models.EmailField()
    language = models.CharField(max_length=8, default="en")
    confirmed_at = models.DateTimeField(null=True, blank=True)  # entered through a mailed link
    created_at = models.DateTimeField(default=timezone.now)

    objects = PersonQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["team", "email"])]

    def __str__(self) -> str:
        return self.first_name


class RegistrationQuerySet(models.QuerySet["Registration"]):
    """Registrations by who may reach them."""

    def of_team(self, team: Team) -> "RegistrationQuerySet":
        """One team's registrations."""
        return self.filter(webinar__team=team)

    def visible_to(self, membership: Membership) -> "RegistrationQuerySet":
        """Those for webinars a member works on."""
        return self.filter(webinar__in=Webinar.objects.visible_to(membership))

    def by_join_token_hash(self, token_hash: bytes) -> "RegistrationQuerySet":
        """The one a join link opens, unless the link was revoked."""
        return self.filter(links__token_hash=token_hash, links__revoked_at__isnull=True)

    def granted_to(self, guest: "GuestSession") -> "RegistrationQuerySet":
        """Those of the people a guest session holds."""
        return self.filter(person__grants__guest=guest)

    def live(self) -> "RegistrationQuerySet":
        """Those not cancelled."""
        return self.filter(cancelled_at__isnull=True)


class Registration(models.Model):
    """A person's place in a session, with the instant and zone as they were promised."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    webinar = models.ForeignKey(Webinar, models.CASCADE, related_name="registrations")
    session = models.ForeignKey(Session, models.CASCADE, related_name="registrations")
    person = models.ForeignKey(Person, models.CASCADE, related_name="registrations")
    email = models.EmailField()  # the address at registration: one place an address and session
    zone = TimeZoneField(default="UTC", use_pytz=False)
    starts_at = models.DateTimeField(null=True, blank=True)  # frozen; null for a clock of one's own
    browser = models.BinaryField(
        max_length=32, null=True, blank=True, editable=False
    )  # SHA-256 of the sender's CSRF cookie, by which a doubled submit is known before the guest cookie is there
    created_at = models.DateTimeField(default=timezone.now)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["session", "person"], name="registration_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["webinar", "-created_at"]),
            models.Index(Upper("email"), name="registration_address"),  # what `email__iexact` asks for
        ]

    def __str__(self) -> str:
        return f"{self.person} for {self.session}"


class JoinLink(models.Model):
    """A personal link, kept as the SHA-256 of its token, which is derived again when a mail is written."""

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="links")
    serial = models.PositiveIntegerField(default=1)
    token_hash = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"link {self.serial} of {self.registration_id}"


class GuestSessionQuerySet(models.QuerySet["GuestSession"]):
    """Guest sessions that count."""

    def live(self, now: datetime) -> "GuestSessionQuerySet":
        """Those neither revoked nor past their thirty days."""
        return self.filter(revoked_at__isnull=True, expires_at__gt=now)


class GuestSession(models.Model):
    """A browser that holds grants, known by a cookie whose SHA-256 is kept."""

    token_hash = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = GuestSessionQuerySet.as_manager()

    def __str__(self) -> str:
        return f"guest {self.pk}"


class Grant(models.Model):
    """That a guest session acts as a person."""

    guest = models.ForeignKey(GuestSession, models.CASCADE, related_name="grants")
    person = models.ForeignKey(Person, models.CASCADE, related_name="grants")
    mailed = models.BooleanField(default=False)  # came through a mailed link, so entering confirms the person
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["guest", "person"], name="grant_once")
        ]

    def __str__(self) -> str:
        return f"{self.guest} as {self.person_id}"


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    """Attendances by who is there now."""

    def present(self, now: datetime) -> "AttendanceQuerySet":
        """Those with a live connection within the last minute."""
        return self.filter(last_seen_at__gte=now - PRESENT_FOR)

    def of_sessions(self, sessions: Iterable[Any]) -> "AttendanceQuerySet":
        """Those of some sessions."""
        return self.filter(registration__session__in=list(sessions))


class Attendance(models.Model):
    """What a registered person did in the room."""

    registration = models.OneToOneField(
        Registration, models.CASCADE, related_name="attendance", primary_key=True
    )
    entered_at = models.DateTimeField()  # the Enter click
    film_from_at = models.DateTimeField(null=True, blank=True)  # first moment with the film running
    last_seen_at = models.DateTimeField()
    position = models.FloatField(default=0)  # last known, seconds
    coverage = models.JSONField(default=list)  # [[from, to], ...] seconds of the film, merged and sorted

    objects = AttendanceQuerySet.as_manager()

    def __str__(self) -> str:
        return f"attendance of {self.registration_id}"
