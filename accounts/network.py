"""Says from which address a request really comes: forwarded addresses count only behind our own proxies."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "unknown"


def real_address(peer: str, forwarded: str, trusted: Sequence[str]) -> str:
    """The nearest address that is not one of the `trusted` networks.

    `peer` is the other end of the connection, `forwarded` the `X-Forwarded-For` header. Each proxy of ours
    adds whom it heard from at the right, so only what stands right of the first stranger can be believed.
    """
    address = _plain(peer)
    hops = [part.strip() for part in forwarded.split(",") if part.strip()]
    while hops and _is_trusted(address, trusted):
        address = _plain(hops.pop())
    return address


def address_of(request: HttpRequest) -> str:
    """The address a request comes from; of an IPv6 address the /64, which is one household."""
    peer = str(request.META.get("REMOTE_ADDR") or "")
    forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR") or "")
    return network_of(real_address(peer, forwarded, settings.TRUSTED_PROXIES))


def address_of_scope(scope: Mapping[str, Any]) -> str:
    """The same for a socket's ASGI scope."""
    client = scope.get("client")
    headers = [value for name, value in scope.get("headers", ()) if name == b"x-forwarded-for"]
    forwarded = b",".join(headers).decode("latin-1")
    return network_of(real_address(client[0] if client else "", forwarded, settings.TRUSTED_PROXIES))


def network_of(address: str) -> str:
    """What limits are counted for: the address itself, of an IPv6 address its /64."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return UNKNOWN
    if isinstance(parsed, IPv6Address):
        return str(IPv6Network((parsed, 64), strict=False))
    return str(parsed)


def _plain(text: str) -> str:
    """An address without port and brackets, IPv4 in IPv6 as IPv4; the unknown one for anything else."""
    bare = text.strip().strip('"')
    if bare.startswith("["):
        bare = bare[1:].split("]", 1)[0]
    elif bare.count(":") == 1:
        bare = bare.split(":", 1)[0]
    try:
        parsed = ip_address(bare)
    except ValueError:
        return UNKNOWN
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return str(mapped or parsed)


def _is_trusted(address: str, trusted: Sequence[str]) -> bool:
    if address == UNKNOWN:  # a unix socket has no address: only our own front server can write to it
        return "unix" in trusted
    return any(
        ip_address(address) in ip_network(network, strict=False) for network in trusted if network != "unix"
    )
