"""What an attacker tried: each test is a way in that once stood open, or one that somebody is bound to try again."""

import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings as django_settings
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import throttle
from accounts.models import Membership, Role
from accounts.services import invite
from notifications import services as mails
from notifications.models import Email, OptOut, Purpose, Suppression
from notifications.tokens import unsubscribe_url
from tests import make
from tests.mailing import carry, only
from webinars import links
from webinars.models import Person, Registration
from webinars.services import registration as service

pytestmark = pytest.mark.django_db
NOW = make.NOW
MINE, YOURS = "mallory@example.com", "victim@example.org"


@pytest.fixture(autouse=True)
def _fresh_limits(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test counts its own tries, in this process."""
    counters = throttle._Counters()
    counters.away_until = float("inf")
    monkeypatch.setattr(throttle, "_counters", counters)
    from django.core.cache import cache

    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def place() -> Registration:
    """Mallory's own place, in a session that runs."""
    session = make.session(starts_at=timezone.now() - timedelta(minutes=1))
    return make.registration(session, who=make.person(session.webinar.team, first_name="Mal", email=MINE))


def browser(token: str) -> Client:
    client = Client()
    client.cookies[django_settings.GUEST_COOKIE_NAME] = token
    return client


def member_client(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


# ---------------------------------------------------------------- whose address it is


def test_X8_a_link_to_ones_own_address_confirms_no_other_one(place: Registration) -> None:
    """Join by a link to one's own address, then "correct" it to somebody else's: that one is not confirmed."""
    mallory = browser(make.guest(place.person, mailed=True)[1])
    answer = mallory.post(f"/r/{place.pk}/resend/", {"email": YOURS})
    assert answer.status_code == 303
    assert mallory.post(f"/r/{place.pk}/enter/").status_code == 303
    person = Person.objects.get()
    assert (person.email, person.confirmed_at) == (YOURS, None)


def test_A3_whoever_came_by_the_link_to_a_wrong_address_is_out_when_it_is_corrected(
    place: Registration,
) -> None:
    owner = browser(make.guest(place.person, mailed=False)[1])
    _reader, theirs = make.guest(place.person, mailed=True)
    owner.post(f"/r/{place.pk}/resend/", {"email": YOURS})
    assert browser(theirs).get(f"/r/{place.pk}/").status_code == 404
    assert owner.get(f"/r/{place.pk}/").status_code == 200


def test_X2_the_way_out_of_mails_to_one_address_silences_no_other_one(place: Registration) -> None:
    """Take the link from a mail to oneself, "correct" the address, and nobody else's mail stops."""
    link = unsubscribe_url(place).removeprefix(django_settings.SITE_URL)
    service.correct_address(registration=place, email=YOURS, now=NOW)
    for what in ("all", "webinar"):
        assert Client().post(link, {"what": what}).status_code == 404
    assert not Suppression.objects.exists()
    assert not OptOut.objects.exists()


# ---------------------------------------------------------------- mail to people who never asked

SPAM = "Win 500 € at http://spam.example"


def sign_up(**fields: str) -> None:
    given = {"email": YOURS, "password1": "a long enough password", "name": "Alice"}
    assert Client().post(reverse("account_signup"), given | fields).status_code == 302


def test_X8_a_typed_name_goes_into_no_header_of_the_mail_that_asks_for_confirmation() -> None:
    sign_up(name=SPAM)
    carry(only(Purpose.ACCOUNT).planned_at + timedelta(seconds=1))
    (message,) = mail.outbox
    assert "spam" not in str(message.message())


def test_a_line_break_in_a_members_name_adds_no_header_and_stops_no_mail() -> None:
    who = make.user("bob@example.org", name="Bob\r\nBcc: all@example.org")
    mails.plan_account_mail(
        to=who.email, user=who, template="password_changed", secrets={"link": "x"}, now=NOW
    )
    Email.objects.update(to_name=who.name)
    carry(NOW)
    (message,) = mail.outbox
    assert message.message()["Bcc"] is None


def test_X8_an_invitation_carries_nothing_that_its_team_typed_beside_its_name() -> None:
    owner = make.member(make.team(footer=SPAM), Role.OWNER, name="Alice")
    invite(by=owner, email=YOURS, role=Role.MODERATOR, now=NOW)
    carry(NOW)
    (message,) = mail.outbox
    assert "spam" not in str(message.message())


def test_X8_invitations_are_capped_for_people_with_an_account_too() -> None:
    victim = make.user(YOURS)
    EmailAddress.objects.create(user=victim, email=YOURS, verified=True, primary=True)
    owner = make.member()
    for _ in range(5):
        invite(by=owner, email=YOURS, role=Role.MODERATOR, now=NOW)
        carry(NOW)
    assert len(mail.outbox) == 3


def test_X8_one_member_invites_no_crowd() -> None:
    owner = make.member()
    client, address = member_client(owner), reverse("members", args=[owner.team.slug])
    codes = [
        client.post(address, {"email": f"victim{n}@example.org", "role": "moderator"}).status_code
        for n in range(31)
    ]
    assert codes == [302] * 30 + [429]


def test_X8_asking_for_lost_links_floods_nobody_from_however_many_networks() -> None:
    for _ in range(2):
        session = make.session(starts_at=timezone.now() + timedelta(hours=1))
        make.registration(session, who=make.person(session.webinar.team, email=YOURS, confirmed_at=NOW))
    answers = set()
    for number in range(12):
        answer = Client().post("/j/", {"email": YOURS.upper()}, REMOTE_ADDR=f"198.51.100.{number}")
        answers.add((answer.status_code, answer.content.partition(b"<main")[2]))
        for row in Email.objects.filter(key__startswith="access"):  # as if a minute had passed
            Email.objects.filter(pk=row.pk).update(key=str(uuid.uuid4()))
    assert Email.objects.filter(purpose=Purpose.ACCESS).count() == 3
    assert len(answers) == 1  # and says the same all the time (A13)


def test_A12_what_people_type_is_never_taken_for_a_secrets_place() -> None:
    webinar = make.webinar(title="⟦join⟧ and ⟦unsubscribe⟧")
    row = make.registration(make.session(webinar, starts_at=NOW + timedelta(hours=2)))
    mails.plan_for_registration(registration=row, now=NOW)
    carry(NOW)
    (message,) = mail.outbox
    token = links.mint(row, NOW)
    assert str(message.body).count(token) == 2  # the template's own two
