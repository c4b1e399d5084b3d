"""The registration form's age and the domain of an address: what machines and slips send, what people keep."""

import contextlib
import re
import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import dns.message
import dns.rcode
import dns.rrset
import pytest
from django.test import Client

from accounts import throttle
from tests import make
from webinars import domains
from webinars.models import Registration, Webinar

pytestmark = pytest.mark.django_db

MADE = re.compile(r'name="made" value="([^"]+)"')
URL = "/lumen/bread/"


@pytest.fixture(autouse=True)
def _fresh_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test counts its own tries, in this process."""
    counters = throttle._Counters()
    counters.away_until = float("inf")
    monkeypatch.setattr(throttle, "_counters", counters)


@pytest.fixture
def webinar() -> Webinar:
    schedule = make.schedule(on_demand=True)
    return make.webinar(make.team("lumen"), slug="bread", title="Better bread", schedule=schedule)


def filled(**fields: str) -> dict[str, str]:
    usual = {"slot": "on_demand", "first_name": "Dana", "email": "dana@example.org", "zone": "UTC"}
    return usual | {"made": make.page_stamp()} | fields


def test_a_page_says_when_it_was_made_and_its_form_counts_until_the_next_day(
    client: Client, webinar: Webinar
) -> None:
    assert MADE.search(client.get(URL).content.decode())
    assert client.post(URL, filled(made=make.page_stamp(timedelta(hours=23)))).status_code == 303


def test_a_form_sent_at_once_is_shown_again_and_stores_nothing(client: Client, webinar: Webinar) -> None:
    made = make.page_stamp(timedelta(seconds=0.5))
    again = client.post(URL, filled(made=made))
    html = again.content.decode()
    assert again.status_code == 200
    assert "Please press the button once more" in html
    assert 'value="Dana"' in html
    assert MADE.findall(html) == [made]  # a little later it is old enough
    assert not Registration.objects.exists()


@pytest.mark.parametrize(
    "made", ["", "x", "1:x", "9" * 400, "\x00", None, timedelta(hours=25), timedelta(days=900)]
)
def test_a_form_of_yesterday_is_shown_again_with_new_times_and_what_was_typed(
    client: Client, webinar: Webinar, made: Any
) -> None:
    typed = filled()
    if isinstance(made, timedelta):
        typed["made"] = make.page_stamp(made)
    elif made is None:
        del typed["made"]
    else:
        typed["made"] = made
    again = client.post(URL, typed)
    html = again.content.decode()
    assert again.status_code == 422
    assert "was open for a long time" in html
    assert 'value="Dana"' in html
    assert 'value="dana@example.org"' in html
    assert not Registration.objects.exists()
    assert (
        client.post(URL, filled(made=unescape(MADE.findall(html)[0]))).status_code == 303
    )  # pressed at once


class Names:
    """A name server on the loopback: what it says of a domain, or nothing at all, and what it was asked."""

    def __init__(self) -> None:
        self.says: dict[str, str] = {}  # a code, the host of an MX, or "" for no MX
        self.silent = False
        self.asked: list[str] = []
        self.line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.line.bind(("127.0.0.1", 0))
        self.line.settimeout(0.1)
        self.ended = False
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.line.getsockname()[1]}"

    def _serve(self) -> None:
        while not self.ended:
            with contextlib.suppress(TimeoutError):
                data, peer = self.line.recvfrom(4096)
                query = dns.message.from_wire(data)
                name = str(query.question[0].name).rstrip(".")
                self.asked.append(name)
                if not self.silent:
                    self.line.sendto(self._answer(query, self.says.get(name, "NXDOMAIN")).to_wire(), peer)

    def _answer(self, query: dns.message.Message, says: str) -> dns.message.Message:
        answer = dns.message.make_response(query)
        if says in {"NXDOMAIN", "SERVFAIL", "REFUSED"}:
            answer.set_rcode(dns.rcode.from_text(says))
        elif says:
            name = query.question[0].name
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "MX", f"10 {says}"))
        return answer

    def end(self) -> None:
        self.ended = True
        self.thread.join()
        self.line.close()


@pytest.fixture
def names(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Names]:
    server = Names()
    settings.MAIL_DOMAIN_CHECK = True
    settings.DNS_SERVERS = [server.address]
    monkeypatch.setattr(domains, "_away_until", 0.0)
    yield server
    server.end()


def sentence(answer: Any) -> bool:
    return "We find nobody who takes mail" in answer.content.decode()


@pytest.mark.parametrize("says", ["mx.example.", "", "SERVFAIL", "REFUSED"])
def test_a_domain_with_mail_and_a_name_server_that_does_not_know_are_both_taken(
    client: Client, webinar: Webinar, names: Names, says: str
) -> None:
    names.says["bakery.example"] = says
    assert client.post(URL, filled(email="dana@bakery.example")).status_code == 303
    assert set(names.asked) == {"bakery.example"}


@pytest.mark.parametrize("says", ["NXDOMAIN", "."])
def test_a_domain_that_clearly_takes_no_mail_is_asked_about_once_and_never_forced(
    client: Client, webinar: Webinar, names: Names, says: str
) -> None:
    names.says["bakery.example"] = says
    doubted = client.post(URL, filled(email="dana@bakery.example"))
    html = doubted.content.decode()
    assert doubted.status_code == 422
    assert sentence(doubted)
    assert 'value="dana@bakery.example"' in html
    assert 'value="Dana"' in html
    assert not Registration.objects.exists()
    assert (
        client.post(URL, filled(email="dana@bakery.example", kept="dana@bakery.example")).status_code == 303
    )


def test_a_domain_is_asked_about_once_an_hour(client: Client, webinar: Webinar, names: Names) -> None:
    names.says["bakery.example"] = "mx.example."
    for name in ("dana", "ines", "olek"):
        assert Client().post(URL, filled(email=f"{name}@bakery.example")).status_code == 303
    assert names.asked == ["bakery.example"]


def test_a_machine_without_a_line_waits_once_and_takes_everybody(
    client: Client, webinar: Webinar, names: Names
) -> None:
    names.silent = True
    began = time.monotonic()
    for number in range(3):
        assert Client().post(URL, filled(email=f"dana@bakery{number}.example")).status_code == 303
    assert time.monotonic() - began < domains.PATIENCE + 2
    assert set(names.asked) == {"bakery0.example"}


def test_a_likely_slip_is_offered_before_anybody_is_asked(
    client: Client, webinar: Webinar, names: Names
) -> None:
    offered = client.post(URL, filled(email="dana@gmial.com"))
    assert offered.status_code == 422
    assert "dana@gmail.com" in offered.content.decode()
    assert not names.asked
    assert client.post(URL, filled(email="dana@gmial.com", kept="dana@gmial.com")).status_code == 303


def test_addresses_that_no_name_server_understands_are_left_alone(webinar: Webinar, names: Names) -> None:
    for domain in ("x" * 64 + ".example", "a..example", "xn--", "\u2603.example", "demo.localhost"):
        assert domains.takes_mail(f"dana@{domain}") in {True, False}
    assert "demo.localhost" not in names.asked
