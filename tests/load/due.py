"""Row `due`: automatic messages that fall due, and the mechanism alone, against one Celery task for each."""

import contextlib
import subprocess
from typing import Any

import psycopg

from tests.load.measure import Figure, cpu_of, family
from tests.load.site import LIMIT, OURS, REF, Site, answer

PEOPLE = 100
ROUNDS = 5
WORKER = ("celery", "-A", "tests.load.stock", "worker", "--concurrency", "1", "--queues", "stock")
QUIET = ("--loglevel", "ERROR", "--without-gossip", "--without-mingle", "--without-heartbeat")


def run(site: Site) -> list[Figure]:
    """CPU for each item, and items a second; REF's is that of who sends the tasks and of the worker."""
    site.world("people", str(PEOPLE))
    with psycopg.connect(site.postgres.url) as database:  # those whom another row brought are asked too
        items = database.execute("SELECT count(*) FROM chat_conversation").fetchall()[0][0]
    with contextlib.ExitStack() as stack:
        worker = stack.enter_context(site.program(*WORKER, *QUIET)).pid
        programs = {
            name: stack.enter_context(site.program("tests.load.items", name)) for name in (OURS, LIMIT, REF)
        }
        said = _measure(programs, worker, "speak", items)
        mechanism = _measure(programs, worker, "settle", items)
    return [
        _figure("due: an automatic message decided, written, published", said, "REF ≥ 10x"),
        _figure("due: claimed and settled, nothing said", mechanism, "REF ≥ 10x"),
    ]


def _measure(
    programs: dict[str, subprocess.Popen[Any]], worker: int, word: str, items: int
) -> dict[str, Any]:
    found: dict[str, Any] = {name: [] for name in programs} | {"lost": dict.fromkeys(programs, 0)}
    for turn in range(-1, ROUNDS):
        for name, program in programs.items():
            before = _spent(worker)
            took = answer(program, word)
            cpu = took["cpu"] + (_spent(worker) - before if name == REF else 0.0)
            found["lost"][name] += items - took["done"]
            if turn >= 0:
                found[name].append(1e6 * cpu / items)
    return found


def _spent(worker: int) -> float:
    return sum(cpu_of(pid) for pid in family(worker))


def _figure(what: str, found: dict[str, Any], target: str) -> Figure:
    note = f"lost {found['lost'][OURS]}, LIMIT {found['lost'][LIMIT]}, REF {found['lost'][REF]}"
    return Figure(what, "CPU µs", found[OURS], found[LIMIT], found[REF], target, note=note)
