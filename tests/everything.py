"""`make test`: every suite that can run on this machine, one after the other, with a summary of what could not."""

import os
import subprocess
import sys
import time
from pathlib import Path

from tests import chromium

ROOT = Path(__file__).resolve().parent.parent
NO_TESTS_COLLECTED = 5
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def pytest(*arguments: str) -> tuple[bool, float]:
    """Run pytest, which says what it skips; whether it passed, and how long it took in seconds."""
    began = time.monotonic()
    code = subprocess.run(
        [sys.executable, "-m", "pytest", "-rs", *arguments], cwd=ROOT, check=False
    ).returncode
    return code in (0, NO_TESTS_COLLECTED), time.monotonic() - began


def suites() -> list[tuple[str, list[str], str]]:
    """Name, pytest arguments, and why it is skipped here (empty when it is not)."""
    quick = ["-q", "-n", str(min(CORES, 4)), "-m", "not browser and not chaos and not load", "tests"]
    found = chromium.executable()
    missing = "" if found else "no Chromium on PATH (install chromium, or name one in CHROMIUM)"
    return [
        ("unit and integration", quick, ""),
        ("chaos, a few seeds", ["-q", "-m", "chaos", "tests/chaos"], ""),
        ("browser journeys", ["-q", "-m", "browser", "tests/browser"], missing),
    ]


def main() -> int:
    """Run what can run; 1 when anything failed."""
    told, failed = [], False
    for name, arguments, missing in suites():
        if missing:
            told.append(f"SKIPPED  {name}: {missing}")
            continue
        passed, took = pytest(*arguments)
        failed = failed or not passed
        told.append(f"{'passed ' if passed else 'FAILED '}  {name} ({took:.0f} s)")
    print("\n".join(["", "make test:", *told, "not part of it: make bench (measures, fails on nothing)"]))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
