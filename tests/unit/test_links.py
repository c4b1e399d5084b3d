"""Addresses in what people write: found where a reader sees them, and never anything a browser should not open."""

import pytest

from chat.links import Part, addresses, parts


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("See https://bread.example/flour.", ["https://bread.example/flour"]),
        ("(https://bread.example/a_(b))", ["https://bread.example/a_(b)"]),
        ("www.bread.example, or http://b.example!", ["https://www.bread.example", "http://b.example"]),
        ("HTTPS://Bread.example/?q=1&r=2#top", ["HTTPS://Bread.example/?q=1&r=2#top"]),
        ("“https://bread.example/żur”…", ["https://bread.example/żur"]),
        ("javascript:alert(1) data:text/html,x ftp://a.example", []),
        ("<a href=https://evil.example>", ["https://evil.example"]),
        ("https://", []),
        ("www.", []),
        ("mail me: dana@example.org", []),
        ("https://a.example/" + "x" * 2000, []),
        ("xhttps://a.example", []),
    ],
)
def test_a069_what_counts_as_an_address(text: str, found: list[str]) -> None:
    assert addresses([text]) == found


def test_a069_each_address_stands_once_in_the_order_it_was_shared() -> None:
    assert addresses(["b https://b.example", "https://a.example https://b.example"]) == [
        "https://b.example",
        "https://a.example",
    ]


def test_the_stretches_are_the_text_and_nothing_else() -> None:
    text = "One https://a.example, two\n(www.b.example)."
    assert "".join(part.text for part in parts(text)) == text
    assert parts(text)[1] == Part("https://a.example", "https://a.example")
