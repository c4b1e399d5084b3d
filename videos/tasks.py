"""The tick of videos: prepare what was uploaded, and remove what nobody went on with."""

from celery import shared_task

from scheduling import due
from videos import preparation
from videos.models import VideoVersion
from videos.services.uploads import give_up_abandoned, sweep

LONGEST_RUN = 14 * 3600  # seconds, a film of four hours on a slow machine


@shared_task(acks_late=False, time_limit=LONGEST_RUN, soft_time_limit=LONGEST_RUN - 60)
def tick() -> None:
    """Prepare waiting versions one after another until none is due; teams that have one in work come later."""
    now = due.database_now()
    due.beat("videos", now=now)
    give_up_abandoned(now=now)
    sweep(now=now)
    while prepare_next():
        pass


def prepare_next() -> bool:
    """Prepare the version whose turn it is; False when none is due."""
    now = due.database_now()
    busy = VideoVersion.objects.filter(token__isnull=False, due_at__gt=now).values("video__team")
    turn = VideoVersion.objects.to_prepare(now).exclude(video__team__in=busy)
    for item in due.lease(turn, now=now, span=preparation.LEASE, limit=1):
        preparation.prepare(item)
        return True
    return False
