"""Makes videos, and has the demo film made."""

from datetime import datetime

from django.db import transaction

from accounts.models import Team
from videos import demo_film
from videos.models import CaptionTrack, VersionState, Video, VideoVersion


def create_video(*, team: Team, now: datetime) -> Video:
    """A video without a version, for a webinar to be given its file later."""
    return Video.objects.create(team=team, created_at=now)


@transaction.atomic
def queue_demo_film(*, video: Video, now: datetime) -> VideoVersion:
    """A version that the worker will first make and then prepare, with its captions."""
    version = VideoVersion.objects.create(
        video=video,
        file_name=demo_film.NAME,
        size=0,
        state=VersionState.WAITING,
        generated=True,
        created_at=now,
        due_at=now,
    )
    CaptionTrack.objects.create(version=version, language="en", label="English", text=demo_film.captions())
    return version
