"""What Celery is asked to do: ticks, by interval, that do not pile up, on queues that somebody serves."""

from typing import Any

import pytest
from celery import current_app
from celery.schedules import schedule

from config import programs
from config.celery import app

ENTRIES = sorted(app.conf.beat_schedule.items())


@pytest.mark.parametrize(("name", "entry"), ENTRIES)
def test_a_tick_is_an_interval_and_is_dropped_when_the_next_one_is_due(
    name: str, entry: dict[str, Any]
) -> None:
    every, options = entry["schedule"], entry["options"]
    assert type(every) is schedule, name
    assert isinstance(options, dict)
    assert options["expires"] == every.run_every.total_seconds()
    assert not entry.get("args")
    assert not entry.get("kwargs")


@pytest.mark.parametrize(("name", "entry"), ENTRIES)
def test_every_tick_is_a_task_that_exists(name: str, entry: dict[str, Any]) -> None:
    app.loader.import_default_modules()
    assert entry["task"] in app.tasks, name


def test_every_queue_is_served_by_exactly_one_program() -> None:
    served = [
        program.command[program.command.index("--queues") + 1]
        for program in programs.background()
        if "--queues" in program.command
    ]
    assert sorted(served) == sorted({entry["options"]["queue"] for _, entry in ENTRIES})


def test_tasks_are_repeated_when_a_worker_dies_and_keep_no_results() -> None:
    assert current_app.conf.broker_url == app.conf.broker_url
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.task_ignore_result
    assert app.conf.result_backend is None
    assert app.conf.accept_content == ["json"]
    assert app.conf.broker_transport_options["socket_timeout"] == 10
