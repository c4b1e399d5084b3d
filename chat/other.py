"""Says which addresses of a third party's chat may be shown in a frame beside the film."""

import ipaddress
import re
from collections.abc import Collection
from urllib.parse import urlsplit

LONGEST = 2048
# Whatever this needs beyond, it does not get: no navigation of our page, no downloads, no dialogs of the browser.
SANDBOX = "allow-scripts allow-same-origin allow-forms"
_HOST = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_INSIDE = (".local", ".localhost", ".internal", ".lan", ".home", ".home.arpa", ".intranet", ".corp", ".test")
_PRINTABLE = re.compile(r"[\x21-\x7e]+")


class BadAddress(Exception):
    """The address cannot be shown; `code` says what is wrong with it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def checked(text: str, *, own_hosts: Collection[str] = ()) -> str:
    """The address as it is kept.

    BadAddress with required, too_long, not_https, credentials, host_private, host_own or address_invalid. A frame of
    our own origin could take its sandbox off, hence none; nobody asks the network here.
    """
    address = text.strip()
    if not address:
        raise BadAddress("required")
    if len(address) > LONGEST:
        raise BadAddress("too_long")
    if not _PRINTABLE.fullmatch(address) or any(mark in address for mark in "\"'<>`\\;,"):
        raise BadAddress("address_invalid")
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise BadAddress("address_invalid") from None
    if parts.scheme.lower() != "https":
        raise BadAddress("not_https")
    if "@" in parts.netloc:
        raise BadAddress("credentials")
    _check_host(host, own_hosts)
    if port == 0:
        raise BadAddress("address_invalid")
    return address


def _check_host(host: str, own_hosts: Collection[str]) -> None:
    if _is_number(host) or host == "localhost" or f".{host}".endswith(_INSIDE):
        raise BadAddress("host_private")
    if not _HOST.fullmatch(host):
        raise BadAddress("address_invalid")
    if any(
        host == own.lstrip(".") or (own.startswith(".") and host.endswith(own)) for own in own_hosts if own
    ):
        raise BadAddress("host_own")


def _is_number(host: str) -> bool:
    """An address by number, public or not: no chat that may be framed has a certificate for one."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return bool(host) and all(re.fullmatch(r"0x[0-9a-f]*|[0-9]+", part) for part in host.split("."))
    return True


def origin_of(address: str) -> str:
    """The origin of a checked address, as `frame-src` names it and as the attendee is asked about it."""
    parts = urlsplit(address)
    port = f":{parts.port}" if parts.port not in {None, 443} else ""
    return f"https://{parts.hostname}{port}"
