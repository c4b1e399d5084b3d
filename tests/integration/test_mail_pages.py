"""The way out of mails, the outbox, and mails about accounts."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.test import Client
from django.urls import reverse

from accounts.models import Invitation, Role, Team, User
from accounts.services import invite
from notifications import services
from notifications.models import Email, OptOut, Purpose, State, Suppression
from notifications.outbox import OutboxBackend
from notifications.tokens import unsubscribe_url
from tests import make
from tests.mailing import MINUTE, carry, only
from webinars.models import Registration

pytestmark = pytest.mark.django_db
NOW = make.NOW


@pytest.fixture
def place() -> Registration:
    row = make.registration(make.session(starts_at=NOW + timedelta(minutes=30)))
    services.plan_for_registration(registration=row, now=NOW)
    carry(NOW)
    return row


def way_out(row: Registration) -> str:
    return unsubscribe_url(row).removeprefix("http://testserver")


def test_X2_looking_at_the_way_out_changes_nothing_however_often(client: Client, place: Registration) -> None:
    for _ in range(20):
        assert client.get(way_out(place)).status_code == 200
        assert client.head(way_out(place)).status_code == 200
    assert not OptOut.objects.exists()
    carry(NOW + 20 * MINUTE)
    assert len(mail.outbox) == 2


@pytest.mark.parametrize("body", [{"List-Unsubscribe": "One-Click"}, {"what": "webinar"}, {}, {"x": "y"}])
def test_X2_one_post_without_cookie_is_enough_and_may_be_repeated(
    place: Registration, body: dict[str, str]
) -> None:
    stranger = Client(enforce_csrf_checks=True)
    for _ in range(2):
        assert stranger.post(way_out(place), body).status_code == 200
    assert OptOut.objects.get().address == place.email
    carry(NOW + 20 * MINUTE)
    assert len(mail.outbox) == 1
    assert "Unsubscribed" in only(Purpose.REMINDER).reason


def test_X2_an_opt_out_is_of_this_webinar_and_leaves_the_link_reachable(
    client: Client, place: Registration
) -> None:
    client.post(way_out(place), {"what": "webinar"})
    services.plan_link_again(registration=place, now=NOW + MINUTE)
    other = make.registration(
        make.session(make.webinar(place.webinar.team), starts_at=NOW + timedelta(minutes=30)),
        who=place.person,
    )
    services.plan_for_registration(registration=other, now=NOW)
    carry(NOW + MINUTE)
    carry(NOW + 20 * MINUTE)
    purposes = set(Email.objects.filter(state=State.SENT).values_list("registration", "purpose"))
    assert (place.pk, "access") in purposes
    assert (other.pk, "confirmation") in purposes
    assert (place.pk, "reminder") not in purposes


def test_somebody_who_never_registered_is_left_alone_by_that_team(
    client: Client, place: Registration
) -> None:
    response = client.post(way_out(place), {"what": "all"})
    assert "sends nothing more" in response.content.decode()
    assert Suppression.objects.get().team == place.webinar.team
    services.plan_link_again(registration=place, now=NOW + MINUTE)
    carry(NOW + 20 * MINUTE)
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("token", ["x", "a" * 300, "%00", "0" * 32 + ".forged", "é"])
def test_a_link_that_we_did_not_write_is_not_found_and_changes_nothing(client: Client, token: str) -> None:
    for response in (client.get(f"/unsubscribe/{token}/"), client.post(f"/unsubscribe/{token}/")):
        assert response.status_code == 404
        assert "not known" in response.content.decode()
    assert not OptOut.objects.exists()


def test_the_outbox_shows_every_mail_with_its_parts(client: Client, place: Registration) -> None:
    carry(NOW)
    email = only(Purpose.CONFIRMATION)
    listing = client.get(reverse("outbox")).content.decode()
    assert email.subject in listing
    assert "Waiting" in listing
    page = client.get(reverse("outbox_mail", args=[email.pk])).content.decode()
    assert re.search(r"/j/[\w-]{40,}/", page)
    assert "BEGIN:VCALENDAR" in page
    assert "Message-ID" in page
    calendar = client.get(reverse("outbox_calendar", args=[email.pk]))
    assert calendar["Content-Type"].startswith("text/calendar")
    assert calendar.content.startswith(b"BEGIN:VCALENDAR")
    waiting = only(Purpose.REMINDER)
    assert client.get(reverse("outbox_mail", args=[waiting.pk])).status_code == 200
    assert client.get(reverse("outbox_calendar", args=[waiting.pk])).status_code == 404
    assert client.get(reverse("outbox"), {"page": "x", "state": "nonsense"}).status_code == 200


@pytest.mark.parametrize("mails", [1, 3])
def test_the_outbox_asks_as_often_for_many_mails_as_for_one(
    client: Client, mails: int, django_assert_num_queries: Any
) -> None:
    for _ in range(mails):
        services.plan_link_again(registration=make.registration(make.session()), now=NOW)
    with django_assert_num_queries(2):
        client.get(reverse("outbox"))


def test_a_mail_is_shown_in_a_frame_that_may_run_and_load_nothing(
    client: Client, place: Registration
) -> None:
    response = client.get(reverse("outbox_html", args=[only(Purpose.CONFIRMATION).pk]))
    policy = response["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "script-src" not in policy
    assert policy.startswith("default-src 'none'")
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert '<base target="_blank">' in response.content.decode()
    outer = client.get(reverse("outbox_mail", args=[only(Purpose.CONFIRMATION).pk]))
    assert "'unsafe-inline'" not in outer["Content-Security-Policy"]


@pytest.mark.parametrize(
    "asker",
    [
        {"REMOTE_ADDR": "10.0.0.7"},
        {"REMOTE_ADDR": "203.0.113.5"},
        {"REMOTE_ADDR": ""},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.5"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_FORWARDED": "for=203.0.113.5"},
    ],
)
def test_the_outbox_is_not_found_from_anywhere_else(
    client: Client, place: Registration, asker: dict[str, str]
) -> None:
    email = only(Purpose.CONFIRMATION)
    for name, args in (("outbox", []), ("outbox_mail", [email.pk]), ("outbox_html", [email.pk])):
        assert client.get(reverse(name, args=args), **asker).status_code == 404  # type: ignore[arg-type]


def test_the_outbox_is_not_found_outside_local_mode(
    client: Client, settings: Any, place: Registration
) -> None:
    settings.OUTBOX_PAGE = False
    assert client.get("/outbox/").status_code == 404


def test_nothing_leaves_through_the_outbox() -> None:
    backend: BaseEmailBackend = OutboxBackend()
    assert backend.send_messages([mail.EmailMessage("s", "b", "a@example.org", ["b@example.org"])]) == 1
    assert mail.outbox == []


def test_a_host_who_signs_up_verifies_the_address_by_a_mail_of_ours(client: Client) -> None:
    password = "a long enough password"
    response = client.post(
        reverse("account_signup"),
        {"email": "host@example.org", "password1": password, "name": "Alice", "team": "Alice and friends"},
    )
    assert response.status_code == 302, response.content.decode()
    email = only(Purpose.ACCOUNT)
    assert mail.outbox == []  # until a courier comes
    carry(email.planned_at + timedelta(seconds=1))
    (message,) = mail.outbox
    link = re.search(r"http://testserver(/account/confirm-email/[^\s]+)", str(message.body))
    assert link is not None
    assert client.get(link[1]).status_code == 200
    assert client.post(link[1]).status_code == 302
    user = User.objects.get(email="host@example.org")
    assert user.emailaddress_set.get().verified  # type: ignore[attr-defined]
    email.refresh_from_db()
    assert "confirm-email" not in email.text + email.html


def test_a_forgotten_password_is_answered_alike_and_mailed_only_to_who_has_one(client: Client) -> None:
    make.user("bob@example.org")
    for address in ("bob@example.org", "nobody@example.org"):
        assert client.post(reverse("account_reset_password"), {"email": address}).status_code == 302
    email = only(Purpose.ACCOUNT)
    assert email.to == "bob@example.org"
    carry(email.planned_at + timedelta(seconds=1))
    assert "/account/password/reset/key/" in str(mail.outbox[0].body)


def test_an_invitation_comes_by_mail_and_not_after_it_was_taken_back() -> None:
    owner = make.member(make.team(name="Atelier Lumen"), Role.OWNER, name="Alice")
    invite(by=owner, email="new@example.org", role=Role.MODERATOR, now=NOW)
    gone = invite(by=owner, email="gone@example.org", role=Role.MODERATOR, now=NOW)
    Invitation.objects.filter(pk=gone.pk).delete()
    carry(NOW)
    (message,) = mail.outbox
    assert message.subject == "Alice invites you to Atelier Lumen"
    assert re.search(r"http://testserver/invitation/[\w-]{40,}/", str(message.body))


def test_X8_a_team_named_like_an_advertisement_invites_without_its_name() -> None:
    team: Team = make.team(name="Win at http://spam.example")
    owner = make.member(team, Role.OWNER, name="www.spam.example")
    invite(by=owner, email="new@example.org", role=Role.MODERATOR, now=NOW)
    carry(NOW)
    message = mail.outbox[0]
    assert "spam" not in message.subject + str(message.body) + message.from_email


def test_A1_a_team_sees_what_became_of_its_mails_and_nobody_elses(
    client: Client, place: Registration
) -> None:
    owner = make.member(place.webinar.team, Role.OWNER)
    stranger = make.member(make.team(), Role.OWNER)
    editor = make.member(place.webinar.team, Role.EDITOR)
    moderator = make.member(place.webinar.team, Role.MODERATOR)
    Email.objects.filter(purpose=Purpose.CONFIRMATION).update(state=State.EXPIRED, reason="Over the cap.")
    url = reverse("team_mails", args=[place.webinar.team.slug])
    for who, status in ((owner, 200), (editor, 200), (moderator, 403), (stranger, 404)):
        client.force_login(who.user)
        assert client.get(url).status_code == status
    client.force_login(owner.user)
    page = client.get(url).content.decode()
    assert place.email in page
    assert "Over the cap." in page
    assert "/j/" not in page
    client.force_login(editor.user)  # assigned to nothing
    assert place.email not in client.get(url).content.decode()
    make.assignment(place.webinar, editor)
    assert place.email in client.get(url, {"state": "expired"}).content.decode()


@pytest.mark.parametrize("mails", [1, 3])
def test_the_list_of_a_teams_mails_costs_the_same_for_one_and_for_many(
    client: Client, mails: int, django_assert_num_queries: Any
) -> None:
    owner = make.member()
    session = make.session(make.webinar(owner.team))
    for _ in range(mails):
        services.plan_link_again(registration=make.registration(session), now=NOW)
    client.force_login(owner.user)
    url = reverse("team_mails", args=[owner.team.slug])
    with django_assert_num_queries(7):
        client.get(url)
