"""The demo theatre: made once, filled when its film can be shown, and never in production."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Membership, Team
from chat.models import Conversation
from config import demo
from tests import make
from tests.make import NOW
from videos.models import VersionState, VideoVersion
from videos.signals import version_ready
from webinars.models import Webinar

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


def film_is_ready() -> None:
    version = VideoVersion.objects.get()
    version.state, version.duration = VersionState.READY, 75.0
    version.save()
    version.video.current = version
    version.video.save()
    version_ready.send(VideoVersion, version=version, now=NOW)


def test_the_demo_is_made_once_and_its_logins_are_for_the_owner_only(data: Path) -> None:
    assert demo.make(NOW)
    assert not demo.make(NOW)
    logins = data / "demo-logins.txt"
    assert logins.stat().st_mode & 0o077 == 0
    assert Membership.objects.filter(team__slug="demo").count() == 3
    assert "marta@demo.localhost" in logins.read_text()


def test_the_webinar_is_published_when_its_film_is_ready_with_people_in_each_state() -> None:
    demo.make(NOW)
    assert Webinar.objects.get().published_at is None
    film_is_ready()
    assert Webinar.objects.get().is_published
    conversations = {one.person.first_name: one for one in Conversation.objects.select_related("person")}
    assert conversations["Łukasz"].waiting_since is not None
    assert conversations["Émilie"].owed_due_at is not None
    assert conversations["Hanna"].owner is not None
    assert conversations["Owen"].state == "resolved"


def test_the_first_page_leads_to_the_demo_once_its_film_is_made(client: Client, settings: Any) -> None:
    settings.DEMO = settings.LOCAL = True
    demo.make(NOW)
    early = client.get("/").content.decode()
    assert "Its film is being made" in early
    assert "/demo/automated-webinars/" not in early
    film_is_ready()
    later = client.get("/").content.decode()
    assert "Its film is being made" not in later
    assert "/demo/automated-webinars/" in later


def test_a_second_rendition_changes_nothing() -> None:
    demo.make(NOW)
    film_is_ready()
    before = Conversation.objects.count()
    film_is_ready()
    assert Conversation.objects.count() == before


def test_another_teams_film_opens_nothing() -> None:
    webinar = make.webinar(published=False)
    assert webinar.video is not None
    version_ready.send(VideoVersion, version=webinar.video.current, now=NOW)
    webinar.refresh_from_db()
    assert webinar.published_at is None


def test_production_has_no_demo(settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError):
        call_command("demo")
    assert not Team.objects.exists()
