"""Who was at work, by moderator and by hour (M-08, M-16, M-17), as tables."""

import csv
import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chat.models import Intent, Presence
from chat.services import availability, handling
from tests import make
from tests.talk import Talk, talk

pytestmark = pytest.mark.django_db
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def noon() -> datetime:
    """Noon of yesterday."""
    return timezone.now().replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=1)


@pytest.fixture
def stage(noon: datetime) -> Talk:
    """Bob was there from 12:00 to 13:30; he answered one question in two minutes."""
    found = talk(starts_at=noon)
    Presence.objects.create(
        team=found.team,
        membership=found.bob,
        webinars=[found.webinar.pk],
        from_at=noon,
        until_at=noon + 1.5 * HOUR,
    )
    found.asks(now=noon + 10 * MINUTE)
    handling.claim(membership=found.bob, conversation_id=found.conversation.pk, now=noon + 11 * MINUTE)
    found.answers(now=noon + 12 * MINUTE)
    return found


def table(client: Client, stage: Talk, what: str, who: Any = None) -> list[dict[str, str]]:
    client.force_login((who or stage.bob).user)
    page = client.get(reverse("hours_kept_file", args=[stage.team.slug, what]), {"zone": "UTC"})
    assert page.status_code == 200
    return list(csv.DictReader(io.StringIO(page.content.decode().lstrip("\ufeff"))))


def test_M08_each_moderators_time_stands_with_how_they_answered(client: Client, stage: Talk) -> None:
    (line,) = table(client, stage, "people")
    assert line == {
        "member": "Bob",
        "logged_in_minutes": "90.0",
        "available_minutes": "90.0",
        "active_minutes": "1.0",
        "answers": "1",
        "response_median_seconds": "120.0",
        "response_median_seconds_from_ownership": "60.0",
        "concurrency_mean": "1.0",
        "concurrency_most": "1",
    }


def test_M08_a_break_counts_as_being_there_and_not_as_being_available(
    client: Client, stage: Talk, noon: datetime
) -> None:
    for intent, minutes in ((Intent.BREAK, 20), (Intent.AVAILABLE, 50)):
        availability.set_status(membership=stage.bob, intent=intent, now=noon + minutes * MINUTE)
    (line,) = table(client, stage, "people")
    assert [line["logged_in_minutes"], line["available_minutes"]] == ["90.0", "60.0"]


def test_M08_M17_each_hour_says_who_was_there(client: Client, stage: Talk, noon: datetime) -> None:
    lines = {line["hour"]: line for line in table(client, stage, "hours")}
    first, second, third = (lines[(noon + hours * HOUR).isoformat(timespec="minutes")] for hours in range(3))
    assert [first["logged_in_mean"], first["available_mean"], first["active_most"]] == ["1.0", "1.0", "1"]
    assert [second["logged_in_mean"], second["available_mean"]] == ["0.5", "0.5"]
    assert [line["minutes_with_somebody_available"] for line in (first, second, third)] == [
        "60.0",
        "30.0",
        "0.0",
    ]


def test_A1_nobody_reads_of_moderators_of_other_webinars(client: Client, stage: Talk) -> None:
    other = make.member(stage.team, role="moderator")
    assert table(client, stage, "people", other) == []
    assert {line["logged_in_most"] for line in table(client, stage, "hours", other)} == {"0"}
