"""The health pages: each thing that can be wrong turns `/healthz/deep` red, by name, and only that (R6)."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client

from config import health
from scheduling import due
from scheduling.models import Heartbeat
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def well() -> None:
    """Every tick ran just now."""
    for name in health.PULSES:
        due.beat(name, now=due.database_now())


def problems(client: Client) -> dict[str, str]:
    answer = client.get("/healthz/deep")
    body = answer.json()
    assert answer.status_code == (503 if body["problems"] else 200)
    assert body["ok"] is not bool(body["problems"])
    found: dict[str, str] = body["problems"]
    return found


def test_healthz_asks_nobody(client: Client, django_assert_num_queries: Callable[[int], object]) -> None:
    with django_assert_num_queries(0):  # type: ignore[attr-defined]
        assert client.get("/healthz").json() == {"ok": True}


@pytest.mark.usefixtures("well")
def test_R6_deep_is_green_when_all_is_well_and_names_the_zones(client: Client) -> None:
    assert problems(client) == {}
    assert client.get("/healthz/deep").json()["tzdata"].startswith("20")


def test_R6_a_tick_that_never_ran_is_red(client: Client) -> None:
    assert set(problems(client)) == {f"tick {name}" for name in health.PULSES}


@pytest.mark.usefixtures("well")
@pytest.mark.parametrize("name", health.PULSES)
def test_R6_a_tick_that_is_silent_for_a_minute_is_red(client: Client, name: str) -> None:
    Heartbeat.objects.filter(name=name).update(at=due.database_now() - timedelta(seconds=61))
    assert set(problems(client)) == {f"tick {name}"}


@pytest.mark.usefixtures("well")
def test_R6_a_host_with_a_wrong_clock_is_red(client: Client) -> None:
    Heartbeat.objects.filter(name="chat").update(skew_seconds=-1.2)
    assert problems(client) == {"clock": "chat is off by -1.2 s"}


@pytest.mark.usefixtures("well")
def test_R6_a_session_that_nobody_closed_is_red_after_two_minutes(client: Client) -> None:
    session = make.session()
    for minutes, red in ((1, set()), (3, {"overdue webinars.session"})):
        session.due_at = due.database_now() - timedelta(minutes=minutes)
        session.save(update_fields=["due_at"])
        assert set(problems(client)) == red


def test_R6_what_people_owe_and_what_was_said_are_no_timers() -> None:
    watched = {model._meta.label for model in health.timed_models()}
    assert watched == {
        "chat.Attachment",
        "chat.Conversation",
        "chat.Draft",
        "notifications.Email",
        "webinars.Session",
        "webinars.WaitingPlace",
    }


@pytest.mark.usefixtures("well")
def test_R6_a_dead_redis_is_red(client: Client, settings: SimpleNamespace) -> None:
    settings.REDIS_URL = "unix:///nowhere/redis.sock?db=0"
    assert set(problems(client)) == {"redis"}


@pytest.mark.usefixtures("well")
def test_R6_a_missing_data_folder_is_red(client: Client, settings: SimpleNamespace) -> None:
    settings.DATA_DIR = "/nowhere"
    assert set(problems(client)) == {"disk"}


def test_a_full_small_disk_is_red_and_a_busy_big_one_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    giga = 1024**3
    for total, free, red in (
        (10 * giga, giga // 2, True),
        (10 * giga, 3 * giga, False),
        (900 * giga, 50 * giga, False),
    ):
        usage = SimpleNamespace(total=total, free=free)
        monkeypatch.setattr("shutil.disk_usage", lambda _path, usage=usage: usage)
        assert bool(dict(health.disk())) is red
