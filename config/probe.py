"""Asks the web server of this machine whether it answers: for `up`, and as a container's health check."""

import http.client
import os
import sys
from urllib.parse import urlsplit


def answers(host: str, port: int, name: str) -> bool:
    """Whether anything speaks HTTP at the port, asked for the site called `name`; what ails it is for it to say."""
    connection = http.client.HTTPConnection("127.0.0.1" if host == "0.0.0.0" else host, port, timeout=2)  # noqa: S104
    try:
        connection.request("GET", "/healthz", headers={"Host": name})
        return connection.getresponse().status > 0
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    site = urlsplit(os.environ.get("SITE_URL", "http://127.0.0.1")).hostname or "127.0.0.1"
    sys.exit(not answers("127.0.0.1", int(os.environ.get("PORT", "8000")), site))
