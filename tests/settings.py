"""Settings of the tests: the project's own, on throw-away servers and quick where nothing is proven."""

import os
import secrets
import tempfile
from pathlib import Path

from config import embedded

# One folder for the whole run; pytest-xdist's workers inherit the variable from the process that made it.
TEST_DATA = Path(
    os.environ.setdefault(
        "MATINEE_TEST_DATA", f"{tempfile.gettempdir()}/matinee-tests-{secrets.token_hex(8)}"
    )
)
# Redis knows no namespaces for pub/sub: every worker of pytest-xdist has a server of its own.
WORKER_DATA = TEST_DATA / os.environ.get("PYTEST_XDIST_WORKER", "main")

OWN_POSTGRES = os.environ.get("MATINEE_TEST_POSTGRES", "" if "DATABASE_URL" in os.environ else "own") == "own"
OWN_REDIS = os.environ.get("MATINEE_TEST_REDIS", "" if "REDIS_URL" in os.environ else "own") == "own"
if OWN_POSTGRES:
    os.environ |= {
        "MATINEE_TEST_POSTGRES": "own",
        "DATABASE_URL": embedded.Postgres(TEST_DATA, safe=False).url,
    }
if OWN_REDIS:
    os.environ |= {"MATINEE_TEST_REDIS": "own", "REDIS_URL": embedded.Redis(WORKER_DATA).url}
os.environ |= {
    "MATINEE_MODE": "local",
    "MATINEE_DATA": str(WORKER_DATA / "data"),
    "SECRET_KEY": "tests-only-" * 6,
    "SITE_URL": "http://testserver",
    "MAIL_DOMAIN_CHECK": "0",
}

from config.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
