"""Row `growth`: what a message and a page cost as the conversation and the team grow, with the exponent."""

import math
from statistics import median

from tests.load.measure import Figure
from tests.load.site import Site, answer

ROUNDS = 3
LENGTHS = (10, 1_000, 10_000)
TEAMS = (100, 10_000)
IN_A_TALK = {
    "line": "one more line",
    "answer": "an answer",
    "page": "the room's page",
    "last": "events/, the last 20",
    "events": "events/ from the beginning",
}
IN_A_TEAM = {"line": "one more line", "answer": "an answer", "first": "a first question"}


def run(site: Site) -> list[Figure]:
    """Each size in turn, as nothing can be made smaller again; a database and a program of its own for each."""
    with site.program("tests.load.grown") as program:
        answer(program)
        lengths: dict[str, list[list[float]]] = {word: [] for word in IN_A_TALK}
        for size in LENGTHS:
            answer(program, f"length {size}")
            for word, kept in lengths.items():
                kept.append([answer(program, word)["cpu"] for _ in range(ROUNDS)])
        teams: dict[str, list[list[float]]] = {word: [] for word in IN_A_TEAM}
        for size in TEAMS:
            answer(program, f"team {size}")
            for word, kept in teams.items():
                kept.append([answer(program, word)["cpu"] for _ in range(ROUNDS)])
    return [
        *(_figure(f"{what}, conversations of", LENGTHS, lengths[word]) for word, what in IN_A_TALK.items()),
        *(
            _figure(f"{what}, conversations of the team:", TEAMS, teams[word])
            for word, what in IN_A_TEAM.items()
        ),
    ]


def _figure(what: str, sizes: tuple[int, ...], found: list[list[float]]) -> Figure:
    """The largest size is the figure; the note has all sizes and the exponent between the ends."""
    middles = [median(rounds) for rounds in found]
    exponent = math.log(middles[-1] / middles[0]) / math.log(sizes[-1] / sizes[0])
    each = ", ".join(f"{size}: {middle:.0f}" for size, middle in zip(sizes, middles, strict=True))
    note = f"{each}; exponent {exponent:.2f}"
    return Figure(f"growth: {what} {sizes[-1]}", "CPU µs", found[-1], None, None, "exponent ≤ 0.1", note=note)
