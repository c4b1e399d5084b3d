"""Keeps secrets out of every log line."""

import logging
import re

# A join or opt-out token is 43 characters of base64url; keys and passwords come as name=value.
_TOKEN = re.compile(r"(/(?:j|unsubscribe|confirm-email|reset|key|invitation)/)[^/\s?\"']+")
_PAIR = re.compile(r"(?i)\b(password|secret|token|key|authorization|cookie)(=|: ?)[^\s&,;\"']+")


def redact(text: str) -> str:
    """The text with join tokens, reset links and name=value secrets replaced by an ellipsis."""
    return _PAIR.sub(r"\1\2…", _TOKEN.sub(r"\1…", text))


class SecretsFilter(logging.Filter):
    """Redacts the finished message of every record that passes a handler."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redact(record.getMessage()), None
        return True
