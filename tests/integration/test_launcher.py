"""The way to the team on guests' pages, and the prompts that travel with a page: only what is needed, nobody's data."""

import gzip
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from chat.models import KindPolicy, Mode, Prompt, PromptSetting, PromptShown
from tests import make
from tests.talk import Talk, talk

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage() -> Talk:
    stage = talk(starts_at=timezone.now() - timedelta(minutes=1))
    stage.team.answer_address = "answers@crumb.example"
    stage.team.save()
    PromptSetting.objects.create(webinar=stage.webinar)
    return stage


@pytest.fixture
def dana(stage: Talk, client: Client) -> Client:
    _guest, token = make.guest(stage.person)
    client.cookies[settings.GUEST_COOKIE_NAME] = token
    return client


def public(stage: Talk) -> str:
    return f"/{stage.team.slug}/{stage.webinar.slug}/"


def data_of(html: str) -> Any:
    found = re.search(r'<script id="prompts-data" type="application/json">(.*?)</script>', html)
    return json.loads(found[1]) if found else None


def button(html: str) -> tuple[str, str]:
    found = re.search(r'<a class="launcher([^"]*)" href="([^"]*)"', html)
    assert found is not None
    return found[1].strip(), found[2]


def test_a073_the_button_stands_on_every_page_with_prompts_or_without(stage: Talk, client: Client) -> None:
    html = client.get(public(stage)).text
    assert button(html) == ("", "#reach")
    assert "mailto:answers@crumb.example" in html
    assert data_of(html) is None
    PromptSetting.objects.all().delete()
    assert button(client.get(public(stage)).text) == ("", "#reach")


def test_a105_the_host_may_choose_the_left(stage: Talk, client: Client) -> None:
    PromptSetting.objects.update(side="left")
    assert button(client.get(public(stage)).text) == ("launcher-left", "#reach")


def test_a073_on_a_place_it_leads_to_the_conversation_while_the_room_is_open(
    stage: Talk, dana: Client
) -> None:
    html = dana.get(f"/r/{stage.registration.pk}/").text
    assert button(html) == ("", f"/r/{stage.registration.pk}/room/#talk")
    early = stage.another_session(timezone.now() + timedelta(days=1))
    html = dana.get(f"/r/{early.pk}/").text
    assert button(html) == ("", "#reach")
    assert "You can write to us in the room, which opens on" in html
    for page in ("name/", "resend/", "change/", "cancel/"):
        assert "launcher" in dana.get(f"/r/{early.pk}/{page}").text


def test_a073_afterwards_it_leads_to_the_conversation_on_the_page_of_the_place(
    stage: Talk, dana: Client
) -> None:
    past = stage.another_session(timezone.now() - timedelta(hours=9))
    html = dana.get(f"/r/{past.pk}/").text
    assert button(html) == ("", "#conversation")
    assert 'id="conversation"' in html


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        (Mode.CHAT, "The chat is in the room, beside the film."),
        (Mode.EMAIL, "answers come by e-mail."),
        (Mode.OFF, "This webinar has no chat."),
    ],
)
def test_the_sheet_promises_no_chat_where_there_is_none(
    stage: Talk, client: Client, mode: str, words: str
) -> None:
    KindPolicy.objects.update(mode=mode)
    html = client.get(public(stage)).text
    assert words in html
    assert ("at the chat now" in html) is (mode == Mode.CHAT)


def test_outside_the_hours_it_says_when_the_chat_opens_again(stage: Talk, client: Client) -> None:
    tomorrow = (timezone.now() + timedelta(days=1)).weekday()
    hours = make.chat_hours(
        (tomorrow, timezone.now().time().replace(hour=9), timezone.now().time().replace(hour=17))
    )
    stage.webinar.chat_hours = hours
    stage.webinar.save()
    assert "It opens again on" in client.get(public(stage)).text


def test_a_visitors_page_holds_words_and_conditions_and_nothing_else(stage: Talk, client: Client) -> None:
    row = Prompt.objects.create(webinar=stage.webinar, text="Hello {first_name}, ask us.", seconds=45)
    Prompt.objects.create(webinar=stage.webinar, text="Off", is_on=False)
    Prompt.objects.create(webinar=stage.webinar, text="Elsewhere", addresses_out=[public(stage)])
    Prompt.objects.create(webinar=stage.webinar, text="")
    PromptShown.objects.create(prompt=row, person=stage.person, page="room")
    data = data_of(client.get(public(stage)).text)
    assert [one["text"] for one in data["prompts"]] == ["Hello, ask us."]
    assert (data["page"], data["visitor"], data["seen"], data["session"]) == ("registration", True, {}, "")
    assert str(stage.person.pk) not in json.dumps(data)


def test_a100_a_form_that_comes_back_is_the_last_step_of_registration(stage: Talk, client: Client) -> None:
    Prompt.objects.create(webinar=stage.webinar, text="Ask us.")
    response = client.post(public(stage), {"first_name": "", "made": make.page_stamp()})
    assert response.status_code == 422
    assert data_of(response.text)["page"] == "form"
    assert button(response.text) == ("", "#reach")


def test_an_attendees_page_knows_what_they_saw_on_another_device(stage: Talk, dana: Client) -> None:
    row = Prompt.objects.create(webinar=stage.webinar, text="Hello {first_name}!")
    closed = timezone.now().replace(microsecond=0)
    shown = {"prompt": row, "page": "thanks", "shown_at": closed}
    PromptShown.objects.create(**shown, person=stage.person, session=stage.session, closed_at=closed)
    PromptShown.objects.create(**shown, person=make.person(stage.team), closed_at=closed + timedelta(days=9))
    for path in ("", "room/"):
        html = dana.get(f"/r/{stage.registration.pk}/{path}").text
        found = re.search(r'<script id="room-data" type="application/json">(.*?)</script>', html)
        data = json.loads(found[1])["prompts"] if found else data_of(html)
        assert [one["text"] for one in data["prompts"]] == ["Hello Dana!"]
        milliseconds = round(closed.timestamp() * 1000)
        assert data["seen"] == {str(row.pk): {"at": milliseconds, "session": str(stage.session.pk)}}
        assert data["quiet_until"] == milliseconds + 30 * 86_400_000
        assert stage.person.email not in json.dumps(data)


def test_with_prompts_the_public_page_still_weighs_less_than_100_kB(stage: Talk, client: Client) -> None:
    Prompt.objects.bulk_create(
        Prompt(webinar=stage.webinar, text=f"{n} " + "Ask us. " * 40) for n in range(20)
    )
    html = client.get(public(stage)).content
    dist = settings.BASE_DIR / "static" / "dist"
    loaded = set(re.findall(r'"/static/dist/([^"]+)"', html.decode()))
    (later,) = (path.name for path in dist.glob("prompts-*.js"))
    loaded |= {later, *re.findall(r'"\./(chunk-[^"]+)"', (dist / later).read_text(encoding="utf-8"))}
    parts = [html, *((dist / name).read_bytes() for name in loaded)]
    assert sum(len(gzip.compress(part)) for part in parts) < 100_000


def test_the_pages_of_a_place_ask_the_database_as_often_with_three_prompts_as_with_one(
    stage: Talk, dana: Client, django_assert_max_num_queries: Any
) -> None:
    for count in (1, 3):
        while Prompt.objects.count() < count:
            Prompt.objects.create(webinar=stage.webinar, text="Ask us.")
        with django_assert_max_num_queries(36):
            dana.get(f"/r/{stage.registration.pk}/")
