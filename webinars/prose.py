"""Turns a host's Markdown into HTML that can do nothing but be read (A11)."""

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

_TAGS = {
    "p", "br", "strong", "em", "ul", "ol", "li", "a", "blockquote", "code", "pre", "h3", "h4", "h5", "h6", "hr", "s",
}  # fmt: skip
_markdown = MarkdownIt("commonmark", {"html": False}).enable("strikethrough")


def as_html(text: str) -> SafeString:
    """The text as HTML; its headings begin right below those of the page, its links tell nobody where they were."""
    tokens = _markdown.parse(text)
    headings = [token for token in tokens if token.type in {"heading_open", "heading_close"}]
    highest = min((int(token.tag[1]) for token in headings), default=1)
    for token in headings:
        token.tag = f"h{min(int(token.tag[1]) - highest + 3, 6)}"
    html = _markdown.renderer.render(tokens, _markdown.options, {})
    safe = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener noreferrer",
    )
    return mark_safe(safe)  # noqa: S308 - nh3 has just cleaned it
