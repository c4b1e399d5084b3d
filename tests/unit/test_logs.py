"""D6, A4: no secret reaches a log line, whichever library writes it."""

import io
import logging

import pytest
import structlog

from config.logs import SecretsFilter, SecretsFormatter, redact

TOKEN = "Zq3" + "x" * 40


@pytest.mark.parametrize(
    "line",
    [
        f"GET /j/{TOKEN}/",
        f"POST /unsubscribe/{TOKEN}/ 200",
        f"/account/confirm-email/{TOKEN}/",
        f"/account/password/reset/key/{TOKEN}/",
        f"/invitation/{TOKEN}/",
        f"GET /account/signup/?next=%2Finvitation%2F{TOKEN}%2F&x=1",
        f"GET /account/login/?next=%2fj%2f{TOKEN}%2f",
        f"/account%2Fpassword%2Freset%2Fkey%2F1-{TOKEN}%2F",
        f"password1={TOKEN}&name=x",
        f"Authorization: {TOKEN}",
    ],
)
def test_D6_the_secret_part_of_a_line_is_gone(line: str) -> None:
    assert TOKEN not in redact(line)


def test_A4_structlog_and_tracebacks_are_redacted_as_well() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(SecretsFilter())
    handler.setFormatter(SecretsFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        structlog.get_logger("x").warning("request_started", request=f"GET /j/{TOKEN}/")
        try:
            raise ValueError(f"/j/{TOKEN}/")
        except ValueError:
            logging.getLogger("y").exception("failed at /j/%s/", TOKEN)
    finally:
        root.removeHandler(handler)
    assert "request_started" in stream.getvalue()
    assert TOKEN not in stream.getvalue()
