"""From which address a request comes, also when its headers lie (A16)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.network import UNKNOWN, address_of_scope, network_of, real_address

OURS = ["10.0.0.0/8", "fd00::/8"]


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "real"),
    [
        ("203.0.113.9", "", [], "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", [], "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", OURS, "203.0.113.9"),
        ("10.0.0.1", "198.51.100.1", OURS, "198.51.100.1"),
        ("10.0.0.1", "192.0.2.66, 198.51.100.1", OURS, "198.51.100.1"),
        ("10.0.0.1", "192.0.2.66, 198.51.100.1, 10.0.0.2", OURS, "198.51.100.1"),
        ("10.0.0.1", "", OURS, "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1:4711", OURS, "198.51.100.1"),
        ("fd00::1", "[2001:db8::7]:443", OURS, "2001:db8::7"),
        ("::ffff:10.0.0.1", "198.51.100.1", OURS, "198.51.100.1"),
        ("10.0.0.1", "nonsense", OURS, UNKNOWN),
        ("", "198.51.100.1", OURS, UNKNOWN),
        ("", "198.51.100.1", ["unix"], "198.51.100.1"),
    ],
)
def test_A16_only_our_own_proxies_are_believed(
    peer: str, forwarded: str, trusted: list[str], real: str
) -> None:
    assert real_address(peer, forwarded, trusted) == real


@given(st.text(), st.text())
def test_A16_no_header_breaks_it(peer: str, forwarded: str) -> None:
    network_of(real_address(peer, forwarded, OURS))


@given(st.text())
def test_A16_without_trusted_proxies_no_header_changes_the_answer(forwarded: str) -> None:
    assert real_address("203.0.113.9", forwarded, []) == "203.0.113.9"


def test_a_household_is_one_network() -> None:
    assert network_of("2001:db8:1:2:aaaa::1") == network_of("2001:db8:1:2:bbbb::2") == "2001:db8:1:2::/64"
    assert network_of("203.0.113.9") == "203.0.113.9"
    assert network_of("") == UNKNOWN


def test_a_sockets_scope_has_the_same_address() -> None:
    scope = {"client": ("203.0.113.9", 4711), "headers": [(b"x-forwarded-for", b"198.51.100.1")]}
    assert address_of_scope(scope) == "203.0.113.9"
    assert address_of_scope({"client": None, "headers": []}) == UNKNOWN
