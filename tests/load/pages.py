"""Row `page`: the registration page with its picker against a plain Django page, and what a rich schedule adds."""

import http.client

from tests.load.measure import Figure, cpu_of
from tests.load.site import OURS, PORTS, Site, answer

ROUNDS = 7
VISITS = 400  # a round; each of somebody new
ANEW = 40  # a round; each made from the rows
RICH, LONE = "rich", "lone"


class Visitor:
    """Asks for pages over one connection, each time as a browser without cookies."""

    def __init__(self) -> None:
        self.line = http.client.HTTPConnection("127.0.0.1", PORTS[OURS], timeout=20)

    def get(self, path: str) -> bytes:
        """A page, which has to be there."""
        self.line.request("GET", path)
        response = self.line.getresponse()
        body = response.read()
        assert response.status == 200, response.status
        return body


def run(site: Site) -> list[Figure]:
    """CPU a request of the web server, and of the plain page called without any server around it."""
    made = site.world("pages")
    visits: list[float] = []
    plain: list[float] = []
    rich: list[float] = []
    lone: list[float] = []
    with site.server(OURS) as pid, site.program("tests.load.plain") as rival:
        visitor = Visitor()
        assert visitor.get(made[RICH]).count(b'name="slot"') >= 20
        assert visitor.get(made[LONE]).count(b'name="slot"') == 1
        answer(rival, str(VISITS))
        for _ in range(ROUNDS):
            visits.append(_cost(visitor, pid, made[RICH], VISITS))
            plain.append(answer(rival, str(VISITS))["cpu"] / VISITS * 1e6)
            # With a question the page is made anew for whoever asks.
            rich.append(_cost(visitor, pid, f"{made[RICH]}?anew", ANEW))
            lone.append(_cost(visitor, pid, f"{made[LONE]}?anew", ANEW))
    added = [with_it - without for with_it, without in zip(rich, lone, strict=True)]
    return [
        Figure(
            "page: registration page, one webinar asked for by many",
            "CPU µs",
            visits,
            None,
            plain,
            "REF ≥ 2x",
        ),
        Figure(
            "page: the same as requests a second of one core",
            "requests/s",
            _rates(visits),
            None,
            _rates(plain),
            "REF ≥ 2x",
            less_is_better=False,
            note="REF is called in its process, without a server",
        ),
        Figure("page: made anew from its rows", "CPU µs", rich, None, plain, ""),
        Figure(
            "page: what 40 recurrences, chat hours, blackouts and 20 choices add",
            "CPU µs",
            added,
            None,
            lone,
            "REF ≥ 1x",
            note="REF is the page with one choice, on demand",
        ),
    ]


def _cost(visitor: Visitor, pid: int, path: str, times: int) -> float:
    """Microseconds of the server for each of so many requests."""
    before = cpu_of(pid)
    for _ in range(times):
        visitor.get(path)
    return 1e6 * (cpu_of(pid) - before) / times


def _rates(costs: list[float]) -> list[float]:
    return [1e6 / cost for cost in costs]
