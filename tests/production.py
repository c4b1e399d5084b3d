"""Runs Django's deployment check against production settings, and tries that nothing needed may be missing."""

import os
import subprocess
import sys
import tempfile

NEEDED = {
    "SECRET_KEY": "not-a-secret-" * 5 + "0123456789abcdefghijklmnopqrstuvwxyz",
    "SITE_URL": "https://matinee.example.org",
    "DATABASE_URL": "postgresql://matinee:secret@127.0.0.1:1/matinee",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "DEFAULT_FROM_EMAIL": "Matinee <matinee@example.org>",
}
REFUSED = {
    "MATINEE_OUTBOX": "1",
    "MATINEE_DEMO": "1",
    "SITE_URL": "http://matinee.example.org",
    "SECRET_KEY": "short",
    "EMAIL_BACKEND": "notifications.outbox.OutboxBackend",
}


def check(changes: dict[str, str], *, without: str = "") -> subprocess.CompletedProcess[str]:
    """The outcome of `manage.py check --deploy` in production mode with `changes` and without one variable."""
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    given = {key: value for key, value in (NEEDED | changes).items() if key != without}
    with tempfile.TemporaryDirectory() as data:
        return subprocess.run(
            [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
            env={**kept, **given, "MATINEE_MODE": "production", "MATINEE_DATA": data},
            capture_output=True,
            text=True,
            check=False,
        )


def faults() -> list[str]:
    """What is wrong with the production settings, one text each."""
    found = []
    good = check({})
    if good.returncode:
        found.append(good.stderr or good.stdout)
    for name in NEEDED:
        refused = check({}, without=name)
        if refused.returncode == 0 or name not in refused.stderr:
            found.append(f"production starts without {name}")
    for name, value in REFUSED.items():
        if check({name: value}).returncode == 0:
            found.append(f"production starts with {name}={value}")
    return found


if __name__ == "__main__":
    wrong = faults()
    print("\n".join(wrong) or "production: the settings are complete and refuse what they must")
    sys.exit(bool(wrong))
