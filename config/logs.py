"""Keeps secrets out of every log line."""

import logging
import re
from collections.abc import MutableMapping
from typing import Any

import structlog

# What follows one of these in an address is a secret; keys and passwords come as name=value.
_SLASH = "(?:/|%2F)"  # also as the address to go on to: `?next=%2Finvitation%2F…`
_BEFORE = f"(?:j|unsubscribe|confirm-email|password{_SLASH}reset{_SLASH}key|invitation)"
_TOKEN = re.compile(rf"(?i)({_SLASH}{_BEFORE}{_SLASH})(?:(?!%2F)[^/\s?&\"'])+")
_PAIR = re.compile(r"(?i)\b(password\d?|secret|token|key|authorization|cookie)(=|: ?)[^\s&,;\"']+")


def redact(text: str) -> str:
    """The text with join tokens, reset links and name=value secrets replaced by an ellipsis."""
    return _PAIR.sub(r"\1\2…", _TOKEN.sub(r"\1…", text))


class SecretsFilter(logging.Filter):
    """Redacts the finished message of every record that passes a handler."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redact(record.getMessage()), None
        return True


class SecretsFormatter(logging.Formatter):
    """Redacts tracebacks as well, which a filter never sees."""

    def format(self, record: logging.LogRecord) -> str:
        """The finished line with its traceback, redacted."""
        return redact(super().format(record))


def redact_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The same for the values of a structured line, such as the address of a request (A4)."""
    return {key: redact(value) if isinstance(value, str) else value for key, value in event.items()}


def configure() -> None:
    """Let structured lines go where all others go, redacted on the way."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            redact_event,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
