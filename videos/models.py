"""Files that are shown: the upload as it arrives, each version of a video, its renditions and captions."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Team


class VideoQuerySet(models.QuerySet["Video"]):
    """Videos by who may reach them."""

    def of_team(self, team: Team) -> "VideoQuerySet":
        """One team's videos."""
        return self.filter(team=team)

    def visible_to(self, membership: Membership) -> "VideoQuerySet":
        """Those of webinars a member works on; the webinars are named as strings, since they lie above."""
        mine = self.filter(team_id=membership.team_id)
        if membership.sees_all_webinars:
            return mine
        return mine.filter(webinars__assignments__membership=membership).distinct()


class Video(models.Model):
    """What a webinar shows; each uploaded file is a version of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="videos")
    current = models.ForeignKey("VideoVersion", models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = VideoQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.id)


class VersionState(models.TextChoices):
    """How far a file is on its way to being shown."""

    UPLOADING = "uploading", _("Uploading")
    WAITING = "waiting", _("Waiting to be prepared")
    PREPARING = "preparing", _("Being prepared")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")


class VideoVersionQuerySet(models.QuerySet["VideoVersion"]):
    """Versions by who may reach them and by what is due."""

    def of_team(self, team: Team) -> "VideoVersionQuerySet":
        """One team's versions."""
        return self.filter(video__team=team)

    def visible_to(self, membership: Membership) -> "VideoVersionQuerySet":
        """Those of videos a member may reach."""
        return self.filter(video__in=Video.objects.visible_to(membership))

    def to_prepare(self, now: datetime) -> "VideoVersionQuerySet":
        """Uploaded ones whose preparation, or another try at it, is due; the longest waiting first."""
        return self.exclude(state=VersionState.UPLOADING).filter(due_at__lte=now).order_by("due_at")

    def abandoned(self, now: datetime) -> "VideoVersionQuerySet":
        """Uploads that nobody went on with in time."""
        return self.filter(state=VersionState.UPLOADING, due_at__lte=now).order_by("due_at")


class VideoVersion(models.Model):
    """One uploaded file and what became of it.

    `due_at` is when an upload is given up, or when preparing it is (again) due; null once nothing is left to do.
    READY with a `due_at` can be shown already while further sizes are being made.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    video = models.ForeignKey(Video, models.CASCADE, related_name="versions")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    file_name = models.CharField(max_length=200)  # shown only; files on disk have generated names
    size = models.BigIntegerField()  # bytes declared
    state = models.CharField(max_length=12, choices=VersionState.choices, default=VersionState.UPLOADING)
    error = models.CharField(max_length=200, blank=True, default="")
    progress = models.PositiveSmallIntegerField(default=0)  # percent of the preparation
    duration = models.FloatField(null=True, blank=True)  # seconds
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    seconds_left = models.PositiveIntegerField(null=True, blank=True)  # of the preparation, as far as known
    generated = models.BooleanField(default=False)  # the project's own film, never uploaded
    due_at = models.DateTimeField(null=True, blank=True)
    token = models.UUIDField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    ready_at = models.DateTimeField(null=True, blank=True)

    objects = VideoVersionQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="version_due")
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.state})"

    @property
    def can_be_shown(self) -> bool:
        """Whether at least one size of it plays."""
        return self.state == VersionState.READY


class Rendition(models.Model):
    """One size of a version as HLS: its segments with their lengths, in order."""

    version = models.ForeignKey(VideoVersion, models.CASCADE, related_name="renditions")
    height = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    bandwidth = models.PositiveIntegerField()  # bits a second
    codecs = models.CharField(max_length=80)
    segments = models.JSONField(default=list)  # lengths in seconds; segment n is file n

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["version", "height"], name="rendition_once")
        ]

    def __str__(self) -> str:
        return f"{self.height}p"


class CaptionTrack(models.Model):
    """The spoken words of a version in one language, as WebVTT."""

    version = models.ForeignKey(VideoVersion, models.CASCADE, related_name="captions")
    language = models.CharField(max_length=8)
    label = models.CharField(max_length=40)
    text = models.TextField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["version", "language"], name="captions_once")
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def lines(self) -> int:
        """How many captions there are."""
        return self.text.count(" --> ")
