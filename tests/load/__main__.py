"""`make bench`: measures each row beside LIMIT and REF, prints the table, and keeps it in RESULTS.md."""

import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from tests.load import broadcast, chat, due, growth, pages, sessions, storm
from tests.load.measure import Figure, machine, table
from tests.load.site import Site

ROWS: dict[str, Callable[[Site], list[Figure]]] = {
    "chat": chat.run,
    "broadcast": broadcast.run,
    "storm": storm.run,
    "growth": growth.run,
    "due": due.run,
    "sessions": sessions.run,
    "page": pages.run,
}
RESULTS = Path(__file__).with_name("RESULTS.md")
MARK = "<!-- newest first -->\n"
PACKAGES = ("Django", "channels", "channels_redis", "daphne", "uvicorn", "psycopg", "redis", "celery")


def main(arguments: list[str]) -> int:
    """Measure the named rows, or all; 2 for a row that does not exist."""
    chosen = arguments or list(ROWS)
    if unknown := set(chosen) - set(ROWS):
        print(f"There is no row {', '.join(sorted(unknown))}: {', '.join(ROWS)}.", file=sys.stderr)
        return 2
    figures: list[Figure] = []
    began = machine()
    with tempfile.TemporaryDirectory(prefix="matinee-bench-") as folder, Site(Path(folder)).up() as site:
        for name in chosen:
            print(f"{name} ...", file=sys.stderr, flush=True)
            figures += ROWS[name](site)
    found = table(figures)
    print(found)
    keep(found, began)
    return 0


def keep(found: str, began: str) -> None:
    """Write the table above the earlier ones, with what it was measured on."""
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES)
    said = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    python = f"Python {sys.version.split()[0]}"
    entry = f"\n## {now}, {said.stdout.strip()}\n\n{began} at the start. {python}, {versions}.\n\n{found}\n"
    head, _, rest = RESULTS.read_text().partition(MARK)
    RESULTS.write_text(head + MARK + entry + rest)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
