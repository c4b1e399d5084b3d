"""Asks the domain name system whether a domain takes mail; whatever is not clear counts as yes."""

import threading
import time
from collections import OrderedDict

from django.conf import settings
from dns.exception import DNSException
from dns.resolver import NXDOMAIN, NoAnswer, Resolver

PATIENCE = 2.0  # seconds
KEPT = {True: 3600.0, False: 300.0}  # seconds
ROOM = 4096
AWAY_FOR = 30.0  # seconds without asking, once nobody answered: a machine without a line is slowed once

_known: OrderedDict[tuple[str, ...], tuple[bool, float]] = OrderedDict()
_lock = threading.Lock()
_away_until = 0.0


def takes_mail(address: str) -> bool:
    """Whether mail to the address can arrive: False only where its domain clearly does not exist or takes none.

    Waits at most two seconds, and not at all for a domain that was asked about within the hour.
    """
    domain = address.rpartition("@")[2].lower().rstrip(".")
    if not settings.MAIL_DOMAIN_CHECK or domain.rpartition(".")[2] == "localhost":
        return True
    key = (domain, *settings.DNS_SERVERS)
    with _lock:
        known, until = _known.get(key, (True, 0.0))
        if time.monotonic() < max(until, _away_until):
            return known
    found = _ask(domain)
    with _lock:
        if found is None:
            _rest()
            return True
        _known[key] = (found, time.monotonic() + KEPT[found])
        while len(_known) > ROOM:
            _known.popitem(last=False)
    return found


def _rest() -> None:
    global _away_until  # noqa: PLW0603 - one line to the outside a process, one rest
    _away_until = time.monotonic() + AWAY_FOR


def _ask(domain: str) -> bool | None:
    """What the domain name system says; None when it does not say."""
    try:
        answer = _resolver().resolve(domain, "MX", lifetime=PATIENCE, search=False)
    except NXDOMAIN:
        return False
    except NoAnswer:
        return True  # without an MX the host itself takes the mail
    except (DNSException, OSError, ValueError):
        return None
    return any(str(row.exchange) != "." for row in answer)  # one dot: takes no mail at all


def _resolver() -> Resolver:
    if not settings.DNS_SERVERS:
        return Resolver()
    resolver = Resolver(configure=False)
    host, _, port = settings.DNS_SERVERS[0].rpartition(":")
    resolver.nameservers, resolver.port = [host], int(port)
    return resolver
