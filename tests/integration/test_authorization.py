"""Tries every door as every actor of the cast, and compares with the table."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, get_args

import pytest
from celery import current_app
from django.conf import settings
from django.core.management import get_commands
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from accounts.models import Invitation, Membership, Role
from chat.models import FaqEntry, Prompt
from chat.schemas import up
from chat.services.faq_editing import EntrySetting, add
from chat.services.policy import default_policy
from chat.services.posting import post_as_attendee
from config.celery import app as celery_app
from tests import authorization as table
from tests import hostile, make
from webinars.models import Registration, Session, Webinar
from webinars.studio.sessions import ref_of

pytestmark = pytest.mark.django_db


def addresses() -> dict[str, URLPattern]:
    """Every address of the project but allauth's own."""
    found: dict[str, URLPattern] = {}

    def walk(patterns: list[Any], before: str) -> None:
        for pattern in patterns:
            route = before + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                walk(pattern.url_patterns, route)
            elif not route.startswith("account/"):
                found[route] = pattern

    walk(get_resolver().url_patterns, "")
    return found


@dataclass
class Cast:
    """Team A with one of everything, team B as its twin, and a client for each actor."""

    clients: dict[str, Client] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)


def _signed_in(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def _browser(of: Registration) -> Client:
    _, cookie = make.guest(of.person)
    client = Client()
    client.cookies[settings.GUEST_COOKIE_NAME] = cookie
    return client


def _webinar(owner: Membership) -> tuple[Webinar, Session, Registration]:
    webinar = make.webinar(owner.team)
    starts_at = timezone.now().replace(microsecond=0) + timedelta(minutes=5)
    session = make.session(webinar, starts_at=starts_at)
    return webinar, session, make.registration(session)


@pytest.fixture
def cast() -> Cast:
    owner = make.member()
    team = owner.team
    members = {
        "owner": owner,
        "admin": make.member(team, Role.ADMIN),
        "editor": make.member(team, Role.EDITOR),
        "moderator": make.member(team, Role.MODERATOR),
        "outsider": make.member(team, Role.EDITOR),
        "removed": make.member(team, Role.ADMIN),
        "stranger": make.member(),
    }
    webinar, session, registration = _webinar(owner)
    for name in ("editor", "moderator"):
        make.assignment(webinar, members[name])
    clients = {name: _signed_in(member) for name, member in members.items()}
    members["removed"].delete()
    clients["guest"] = _browser(registration)
    clients["other_guest"] = _browser(make.registration(session))
    clients["visitor"] = Client()
    values = _values(owner, members["moderator"], webinar, registration)
    default_policy(webinar)
    now = timezone.now()
    file = hostile.picture_of(registration, now)
    asked = post_as_attendee(registration=registration, ref=uuid.uuid4(), text="Why?", files=[file], now=now)
    return Cast(clients, values | {"conversation": asked.conversation, "file": file})


def _values(
    owner: Membership, member: Membership, webinar: Webinar, registration: Registration
) -> dict[str, Any]:
    now = timezone.now()
    invitation = Invitation.objects.create(
        team=owner.team,
        email="new@example.org",
        role=Role.MODERATOR,
        token_hash=b"x" * 32,
        invited_by=owner.user,
        expires_at=now + timedelta(days=7),
    )
    assert webinar.video is not None
    assert webinar.video.current is not None
    return {
        "team": owner.team.slug,
        "webinar": webinar.pk,
        "slug": webinar.slug,
        "member": member.pk,
        "draft": 1,  # of nobody
        "invitation": invitation.pk,
        "registration": registration.pk,
        "waiting_place": make.waiting(make.session(webinar, starts_at=now + timedelta(days=2))).pk,
        "waiting": make.waiting(
            make.session(webinar, starts_at=now + timedelta(days=1)), registration.person
        ).pk,
        "ref": ref_of(registration.session.kind, registration.session.starts_at or now),
        "video": webinar.video.pk,
        "version": webinar.video.current.pk,
        "token": "A" * 43,
        "language": "en",
        "height": 360,
        "seq": 1,
        "number": 0,
        "name": "x" * 32,
        "preset": 2,
        "entry": _entry(owner, webinar).pk,
        "act": "up",
        "what": "gaps",
        "path": "master.m3u8",
        "email": uuid.uuid4(),
        "prompt": Prompt.objects.create(webinar=webinar, text="Ask us.").pk,
    }


def _entry(owner: Membership, webinar: Webinar) -> FaqEntry:
    setting = EntrySetting("How much does it cost?", "Ninety euro.")
    return add(webinar=webinar, actor=owner.user, setting=setting, now=timezone.now())


def outcome(response: Any) -> str:
    """What the door answered, in the words of the table."""
    if response.status_code == 401:
        return table.LOGIN
    if response.status_code in {301, 302} and "/account/login/" in response.url:
        return table.LOGIN
    if response.status_code in {403, 404}:
        return str(response.status_code)
    assert response.status_code < 500 or response.status_code == 503
    return table.OK


def address(route: str, values: dict[str, Any]) -> str:
    """The route with this world's values in it."""
    parts: list[str] = []
    for piece in route.split("<"):
        name, closed, rest = piece.partition(">")
        parts.append(f"{values[name.partition(':')[2]]}{rest}" if closed else piece)
    return "/" + "".join(parts)


def test_every_address_is_in_the_table() -> None:
    listed = {route for route, _ in table.ADDRESSES}
    assert set(addresses()) == listed


def test_every_frame_is_in_the_table() -> None:
    def types(union: Any) -> Iterator[str]:
        for shape in get_args(get_args(union)[0]):
            yield get_args(shape.model_fields["type"].annotation)[0]

    real = {("room", name) for name in types(up.AttendeeCommand)}
    real |= {("inbox", name) for name in types(up.TeamCommand)}
    assert real == set(table.FRAMES)


def test_every_task_and_command_is_in_the_table() -> None:
    celery_app.loader.import_default_modules()
    ours = {name for name in current_app.tasks if not name.startswith("celery.")}
    assert ours == table.TASKS
    apps = {"accounts", "scheduling", "videos", "webinars", "chat", "notifications", "config"}
    assert {name for name, app in get_commands().items() if app in apps} == table.COMMANDS


def tried(client: Client, method: str, path: str) -> Any:
    """The answer, with everything that the request did undone."""
    undo = transaction.savepoint()
    response = client.generic(method, path)
    if hasattr(response, "render"):
        response.render()
    transaction.savepoint_rollback(undo)
    return response


def test_A1_each_actor_gets_what_the_table_says_at_each_door(cast: Cast) -> None:
    wrong = {}
    for (route, method), expected in table.ADDRESSES.items():
        path = address(route, cast.values)
        for actor in table.ACTORS:
            got = outcome(tried(cast.clients[actor], method, path))
            if got != expected[actor]:
                wrong[f"{actor}: {method} {route}"] = f"{got}, not {expected[actor]}"
    assert wrong == {}


def test_A1_another_teams_thing_answers_like_one_that_does_not_exist(cast: Cast) -> None:
    nothing = {
        name: "nobody" if name == "team" else (uuid.uuid4() if isinstance(value, uuid.UUID) else value)
        for name, value in cast.values.items()
    }
    for (route, method), profile in table.ADDRESSES.items():
        if profile["stranger"] == table.NOT_FOUND:
            theirs, nobodys = (
                tried(cast.clients["stranger"], method, address(route, values))
                for values in (cast.values, nothing)
            )
            assert seen(theirs) == seen(nobodys), f"{method} {route}"


def seen(response: Any) -> tuple[int, bytes, dict[str, str]]:
    """All that a client can compare, but for the page's own clock and form token."""
    body = re.sub(rb'data-now="\d+"|name="csrfmiddlewaretoken" value="\w+"', b"", response.content)
    return (
        response.status_code,
        body,
        {k: v for k, v in response.items() if k not in {"Content-Length", "Expires"}},
    )


def test_A6_no_post_without_a_csrf_token(cast: Cast) -> None:
    for route in sorted({route for route, method in table.ADDRESSES if method == "POST"}):
        for actor in ("owner", "guest"):
            strict = Client(enforce_csrf_checks=True)
            strict.cookies = cast.clients[actor].cookies
            response = strict.post(address(route, cast.values), {"text": "x"})
            assert response.status_code in {302, 401, 403, 404}, (actor, route)
            if response.status_code == 302:
                assert "/account/login/" in response.url  # type: ignore[attr-defined]
