"""docs/failures.md names every failure, promise and feature of the chat, and only tests that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs" / "failures.md").read_text()
FEATURES = "7 8 9 12 13 14 22 23 27 28 29 31 35 38 47 65 69 70 71 72 73 74 76 77 78 81 82 83 99 101 102 105"
PROMISES = "M1 M2 M3 M4 M5 M6 M7 M8 M9 M10 M11 S5 A2 A3 A9 A14 A17 R5"


def rows() -> dict[str, str]:
    found = re.findall(r"^\| ([A-Z]-?\d+) \| [^|]+ \| (.*) \|$", PAGE, re.MULTILINE)
    assert len(dict(found)) == len(found)
    return dict(found)


def test_every_number_has_a_row_that_says_something() -> None:
    numbers = [f"F-{number:02d}" for number in range(1, 35)]
    numbers += [f"A-{int(number):03d}" for number in FEATURES.split()] + PROMISES.split()
    assert set(rows()) == set(numbers)
    assert [number for number, proof in rows().items() if len(proof) < 20] == []


def test_every_test_that_is_named_exists() -> None:
    written = {
        name
        for file in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"def (test_\w+)", file.read_text())
    }
    sentences = "\n".join(file.read_text() for file in (ROOT / "assets").rglob("*.test.ts"))
    named = [name for proof in rows().values() for name in re.findall(r"`([^`]+)`", proof)]
    tests = [name for name in named if not name.startswith(("make ", "ATTENDEES=", "post_as_"))]
    assert len(tests) > 60
    assert [name for name in tests if name not in written and f'"{name}"' not in sentences] == []
