"""Celery, which carries ticks and nothing else: "go and look what is due"."""

import os
import warnings

from celery import Celery
from celery.platforms import SecurityWarning
from celery.schedules import schedule
from celery.signals import worker_process_init
from django.conf import settings

from config import processes

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# As root in a container this is one line of noise at every start; it is about pickle, which we refuse anyway.
warnings.filterwarnings("ignore", message=r"(?s).*superuser privileges", category=SecurityWarning)

FREEZE_BOUND = {"socket_timeout": 10, "socket_connect_timeout": 2, "socket_keepalive": True}


def tick(task: str, seconds: float, queue: str) -> dict[str, object]:
    """A beat entry; a tick that waited for longer than its interval is dropped, the next one looks anyway."""
    return {
        "task": task,
        "schedule": schedule(seconds),
        "options": {"queue": queue, "expires": seconds, "ignore_result": True},
    }


app = Celery("matinee")
app.conf.update(
    broker_url=settings.CELERY_BROKER_URL,
    timezone="UTC",
    enable_utc=True,
    task_serializer="json",
    result_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_soft_time_limit=50,
    task_time_limit=60,
    task_default_queue="chat",
    worker_max_tasks_per_child=1000,
    worker_hijack_root_logger=False,
    worker_soft_shutdown_timeout=5,
    worker_enable_soft_shutdown_on_idle=True,
    worker_cancel_long_running_tasks_on_connection_loss=True,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options={
        "visibility_timeout": 300,
        "health_check_interval": 15,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        **FREEZE_BOUND,
    },
    task_publish_retry_policy={"max_retries": 1, "interval_start": 0, "interval_max": 0.2},
    beat_schedule={
        "chat": tick("chat.tasks.tick", 2, "chat"),
        "outside": tick("notifications.tasks.tick", 2, "outside"),
        "videos": tick("videos.tasks.tick", 5, "media"),
        "sessions": tick("webinars.tasks.tick", 15, "chat"),
        **({"drafts": tick("chat.tasks.draft", 2, "outside")} if settings.AI_BASE_URL else {}),
    },
)
app.autodiscover_tasks()


@worker_process_init.connect
def die_with_parent(**_: object) -> None:
    """A pool process whose parent was killed ends too, instead of finishing beside its successor."""
    processes.tie_to_parent()
