"""Hears when the demo's film can be shown, and fills the theatre."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from config import demo
from videos.models import VideoVersion
from videos.signals import version_ready
from webinars.models import Webinar


@receiver(version_ready)
def open_demo(version: VideoVersion, now: datetime, **_: Any) -> None:
    """The demo's webinar is published, and people come, as soon as there is something to see."""
    webinar = Webinar.objects.filter(video=version.video_id, team__is_demo=True, published_at=None).first()
    if webinar is not None:
        demo.fill(webinar, now)
