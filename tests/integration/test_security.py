"""What an attacker tried: each test is a way in that once stood open, or one that somebody is bound to try again."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django.conf import settings as django_settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts import throttle
from accounts.models import Membership, Role
from accounts.services import invite
from config.asgi import application
from config.gate import Message, Receive, Send, as_browsers_write, from_our_pages
from config.middleware import DatabaseDownMiddleware
from notifications import services as mails
from notifications.models import Email, OptOut, Purpose, Suppression
from notifications.tokens import unsubscribe_url
from scheduling.models import Kind
from tests import make
from tests.mailing import carry, conversation, line, only, wait
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


def test_X8_the_words_about_a_change_are_no_strangers_first_mail() -> None:
    """Write down a stranger, call the session off before the confirmation leaves, and say what one likes."""
    session = make.session(starts_at=NOW + timedelta(days=1))
    place = make.registration(session, who=make.person(session.webinar.team, email=YOURS))
    make.waiting(session, make.person(session.webinar.team, email="carol@example.org"))
    session.cancelled_at, session.note = NOW, SPAM
    session.save()
    mails.plan_change(session=session, now=NOW)
    mails.plan_line_news(session=session, now=NOW)
    carry(NOW)
    assert len(mail.outbox) == 2
    assert not any("spam.example" in str(message.message()) for message in mail.outbox)
    mails.plan_change(session=session, now=NOW)
    session.sequence += 1
    mails.plan_change(session=session, now=NOW)
    carry(NOW)
    assert place.email in mail.outbox[-1].to
    assert "spam.example" in mail.outbox[-1].body


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


# ---------------------------------------------------------------- forged headers, hosts, bodies


def test_A16_guessing_passwords_stops_although_each_try_claims_another_network() -> None:
    codes = []
    for number in range(12):
        claimed = f"203.0.113.{number}"
        answer = Client().post(
            reverse("account_login"),
            {"login": f"bob{number}@example.org", "password": "wrong password"},
            HTTP_X_FORWARDED_FOR=claimed,
            HTTP_X_REAL_IP=claimed,
            HTTP_FORWARDED=f"for={claimed}",
        )
        codes.append("Too many" in answer.content.decode() or answer.status_code == 429)
    assert codes == [False] * 10 + [True] * 2


def test_A16_only_a_proxy_of_ours_says_from_where_somebody_signs_in(settings: Any) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.1"]
    adapter = get_adapter()
    through = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="6.6.6.6, 198.51.100.7")
    past = RequestFactory().get("/", REMOTE_ADDR="198.51.100.7", HTTP_X_FORWARDED_FOR="6.6.6.6")
    assert adapter.get_client_ip(through) == adapter.get_client_ip(past) == "198.51.100.7"


@pytest.mark.parametrize("host", ["testserver:9999", "TESTSERVER:1"])
def test_links_in_mails_lead_to_our_own_address_whatever_host_was_asked(host: str) -> None:
    make.user(YOURS)
    Client().post(reverse("account_reset_password"), {"email": YOURS}, HTTP_HOST=host)
    carry(only(Purpose.ACCOUNT).planned_at + timedelta(seconds=1))
    (message,) = mail.outbox
    assert "http://testserver/account/password/reset/key/" in str(message.body)
    assert ":9999" not in str(message.body)


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "127.0.0.1.nip.example", "a b"])
@pytest.mark.parametrize("path", ["/outbox/", "/", "/healthz/deep", "/account/login/"])
def test_other_hosts_are_refused_before_anything_is_shown(host: str, path: str) -> None:
    assert Client().get(path, HTTP_HOST=host).status_code == 400


SURROGATE = "\\ud800"


@pytest.mark.parametrize(
    "frame",
    [
        '{"type": "message.post", "ref": "%s", "data": {"text": "x"}}',
        '{"type": "ping", "data": {"%s": 1}}',
        '{"type": "%s", "data": {}}',
        '{"type": "hello", "data": {"epoch": "%s", "last": 0}}',
    ],
)
def test_letters_that_no_line_can_carry_are_answered_in_frames(place: Registration, frame: str) -> None:
    guest = browser(make.guest(place.person)[1])
    address = f"/r/{place.pk}/commands/"
    answer = guest.post(address, frame % SURROGATE, content_type="application/json")
    assert answer.status_code in (200, 400)
    answer.content.decode()


def test_a_long_name_of_a_field_is_not_sent_back(place: Registration) -> None:
    guest = browser(make.guest(place.person)[1])
    frame = '{"type": "ping", "data": {"%s": 1}}' % ("<b>" * 2000)
    answer = guest.post(f"/r/{place.pk}/commands/", frame, content_type="application/json")
    assert answer.json()["code"] == "field_not_allowed"
    assert len(answer.content) < 400


async def handshake(*origins: str) -> list[Message]:
    """What a handshake with these Origin headers leads to, with a cookie that nobody has."""
    headers = [(b"origin", origin.encode()) for origin in origins]
    scope: dict[str, Any] = {"type": "websocket", "path": f"/ws/room/{uuid.uuid4()}/", "headers": headers}
    scope |= {"query_string": b"", "subprotocols": []}
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    async def reached(scope: Message, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})

    await from_our_pages(reached, ["https://host.example:8443"])(scope, receive, send)
    return sent


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "null",
        "http://host.example:8443",
        "https://host.example",
        "https://host.example:8443/",
        "https://host.example:8443.evil.example",
        "https://host.example:8443@evil.example",
        "https://host.example:8443, https://evil.example",
        "https://evil.host.example:8443",
        "HTTPS://HOST.EXAMPLE:8443",
        "https://host.example:8443\x0b",
        "https://hóst.example:8443",
        "*",
        "file://",
    ],
)
async def test_A5_any_other_origin_is_refused_in_the_handshake(origin: str) -> None:
    assert [message["type"] for message in await handshake(origin)] == ["websocket.close"]


async def test_A5_no_origin_or_two_are_refused_and_our_own_passes() -> None:
    ours = "https://host.example:8443"
    for origins in ([], [ours, ours], [ours, "https://evil.example"]):
        assert [message["type"] for message in await handshake(*origins)] == ["websocket.close"]
    assert [message["type"] for message in await handshake(ours)] == ["websocket.accept"]


@pytest.mark.parametrize(
    "configured", ["https://Host.Example", "https://host.example:443/", "https://host.example/a"]
)
def test_A5_our_own_origin_passes_however_it_was_configured(configured: str) -> None:
    assert as_browsers_write(configured) == "https://host.example"


async def test_a_socket_that_there_is_not_is_refused_without_a_fault() -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: dict[str, Any] = {
        "type": "websocket",
        "path": "/ws/none/",
        "headers": [(b"origin", b"http://testserver")],
    }
    await application(scope | {"query_string": b"", "subprotocols": []}, receive, send)
    assert [message["type"] for message in sent] == ["websocket.close"]


async def posted(pieces: int) -> tuple[list[Message], int]:
    """The answer to a body of so many megabytes, and how many of them were taken."""
    sent: list[Message] = []
    taken = 0

    async def receive() -> Message:
        nonlocal taken
        taken += 1
        return {"type": "http.request", "body": b"a" * 1024**2, "more_body": taken < pieces}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"host", b"testserver"), (b"content-type", b"application/x-www-form-urlencoded")]
    scope: dict[str, Any] = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "query_string": b"",
        "headers": headers,
    }
    await application(scope, receive, send)
    return sent, taken


@pytest.mark.django_db(transaction=True)
async def test_a_body_without_end_is_refused_and_not_kept() -> None:
    sent, taken = await posted(10_000)
    assert (sent[0]["status"], taken) == (413, 17)


class Counting(MD5PasswordHasher):
    """Counts how often a password is hashed."""

    hashed = 0

    def encode(self, password: str, salt: str) -> str:
        Counting.hashed += 1
        return super().encode(password, salt)


def test_A13_signing_up_costs_the_same_for_an_address_that_has_an_account(settings: Any) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.Counting"]
    costs = []
    for address in ("new@example.org", YOURS):
        make.user(YOURS) if address == YOURS else None
        before = Counting.hashed
        sign_up(email=address)
        costs.append(Counting.hashed - before)
    assert costs[0] == costs[1] > 0


@pytest.mark.parametrize(
    "header", ["X-Forwarded-Host", "X-Forwarded-Proto", "Cf-Connecting-Ip", "X-Client-Ip"]
)
def test_the_outbox_is_not_there_for_who_comes_through_anybody(header: str) -> None:
    assert Client().get("/outbox/").status_code == 200
    assert Client().get("/outbox/", headers={header: "x"}).status_code == 404


def test_X8_signing_up_with_a_taken_address_floods_nobody() -> None:
    EmailAddress.objects.create(user=make.user(YOURS), email=YOURS, verified=True, primary=True)
    for _ in range(5):
        mails.plan_account_mail(
            to=YOURS, user=None, template="account_already_exists", secrets={"link": "x"}, now=NOW
        )
    carry(NOW)
    assert len(mail.outbox) == 3


def test_R1_the_page_that_says_the_database_is_away_asks_it_nothing(django_assert_num_queries: Any) -> None:
    member = make.member()
    request = RequestFactory().get("/studio/")
    request.membership = member  # type: ignore[attr-defined]
    down = DatabaseDownMiddleware(lambda _request: HttpResponse())
    with django_assert_num_queries(0):
        answer = down.process_exception(request, OperationalError("password=hunter2 at /var/run"))
    assert answer is not None
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "hunter2" not in answer.content.decode()


def test_R3_signing_in_without_redis_is_refused_honestly(settings: Any) -> None:
    """Tries could not be counted, so none is taken; nobody sees a fault of ours."""
    away = settings.CACHES["default"] | {"LOCATION": "unix:///nowhere/redis.sock?db=0"}
    settings.CACHES = {"default": away}
    given = {"login": YOURS, "password": "wrong password"}
    answer = Client(raise_request_exception=False).post(reverse("account_login"), given)
    assert (answer.status_code, answer.get("Retry-After")) == (503, "5")


@pytest.mark.parametrize("charset", ["utf-16", "utf-7", "latin-1"])
@pytest.mark.parametrize("path", ["/j/", "/account/login/"])
def test_a_form_in_letters_that_we_do_not_read_is_a_bad_request_and_no_fault(path: str, charset: str) -> None:
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    strict.get(path)
    kind = f"application/x-www-form-urlencoded; charset={charset}"
    answer = strict.post(path, b"email=a", content_type=kind)
    assert answer.status_code == 400
    assert "<h1" in answer.content.decode()


HOSTILE = (
    "</mj-text><mj-raw><script>x()</script></mj-raw> &lt;script&gt;y()&lt;/script&gt; <img src=x onerror=z()>"
)


def test_A11_no_mail_runs_what_people_typed() -> None:
    team = make.team(name=HOSTILE[:80], footer=HOSTILE, answer_address="a@example.org")
    bob = make.member(team, Role.OWNER, name=HOSTILE[:80])
    webinar = make.webinar(team, title=HOSTILE)
    make.assignment(webinar, bob)
    session = make.session(webinar, kind=Kind.ON_DEMAND, starts_at=None)
    who = make.person(team, first_name=HOSTILE[:80], confirmed_at=NOW)
    row = make.registration(session, who=who)
    mails.plan_for_registration(registration=row, now=NOW)
    talk = conversation(row)
    asked = line(talk, HOSTILE, NOW - timedelta(minutes=9))
    mails.plan_wait_alerts(wait=wait(talk, asked), now=NOW - timedelta(minutes=9))
    said = line(talk, HOSTILE, NOW - timedelta(minutes=5), by=bob.user)
    mails.plan_reply(message=said, now=NOW - timedelta(minutes=5))
    invite(by=bob, email="new@example.org", role=Role.MODERATOR, now=NOW)
    carry(NOW)
    assert len(mail.outbox) == 4
    for message in mail.outbox:
        assert isinstance(message, EmailMultiAlternatives)
        html = str(message.alternatives[0][0]).lower()
        assert "<script" not in html
        assert "<img" not in html
        message.message().as_bytes()


def test_A11_no_page_runs_what_people_typed(client: Client) -> None:
    evil = "\"'></script></title></textarea><svg onload=x()>{{7*7}}"
    team = make.team(name=evil[:80], footer=evil)
    owner = make.member(team, Role.OWNER, name=evil)
    schedule = make.schedule(on_demand=True, replay=True)
    version = make.version(team)
    version.file_name = evil
    version.save(update_fields=["file_name"])
    texts: dict[str, Any] = {"title": evil, "promise": evil, "description": evil, "learn": [evil]}
    texts |= {"presenters": [{"name": evil, "about": evil}], "schedule": schedule, "video": version.video}
    webinar = make.webinar(team, **texts)
    make.assignment(webinar, owner)
    session = make.session(webinar, starts_at=timezone.now() - timedelta(minutes=1))
    who = make.person(team, first_name=evil)
    row = make.registration(session, who=who)
    make.attendance(row, entered_at=timezone.now())
    talk = conversation(row)
    wait(talk, line(talk, evil, timezone.now()))
    line(talk, evil, timezone.now(), by=owner.user)
    type(talk).objects.update(last_line=evil, last_at=timezone.now(), waiting_since=timezone.now())
    client.force_login(owner.user)
    client.cookies[django_settings.GUEST_COOKIE_NAME] = make.guest(who)[1]
    studio, place = f"/studio/{team.slug}/", f"/r/{row.pk}/"
    parts = (
        "video",
        "schedule",
        "registration",
        "chat",
        "moderators",
        "settings",
        "preview",
        "registrations",
    )
    pages = [studio + name for name in ("", "inbox/", "webinars/", "members/", "settings/", "mails/")]
    pages += [f"{studio}webinars/{webinar.pk}/{part}/" for part in parts]
    pages += [place + name for name in ("", "room/", "cancel/", "name/", "resend/", "change/")]
    pages += [f"/{team.slug}/{webinar.slug}/", f"/{team.slug}/{webinar.slug}/?other", "/studio/new/"]
    pages += [f"/j/{links.mint(row, NOW)}/", unsubscribe_url(row).removeprefix("http://testserver")]
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200, page
        html = answer.content.decode()
        assert "<svg onload" not in html, page
        assert "\"'>" not in html, page
        assert 'onload="' not in html, page
