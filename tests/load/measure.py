"""Figures of a bench: CPU time of a process, medians of rounds, and the table that is printed and kept."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

SCHED = 2  # the kernel's word for "time on a processor" in the number of a process's clock


def cpu_of(pid: int) -> float:
    """Seconds that a process has spent on processors, in all its threads, to the nanosecond."""
    return time.clock_gettime((~pid << 3) | SCHED)


def family(pid: int) -> list[int]:
    """A process and its children, for servers that fork."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in children for one in family(int(child)))]


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured property: `ours` against LIMIT and REF, each the median of its rounds (None: not measured)."""

    what: str
    unit: str
    ours: Sequence[float]
    limit: Sequence[float] | None
    reference: Sequence[float] | None
    target: str
    less_is_better: bool = True
    note: str = ""

    @property
    def won(self) -> float | None:
        """How many times better than REF, above 1 is better."""
        if not self.reference:
            return None
        ours, reference = median(self.ours), median(self.reference)
        return reference / ours if self.less_is_better else ours / reference

    @property
    def paid(self) -> float | None:
        """How many times the cost of LIMIT."""
        if not self.limit:
            return None
        ours, limit = median(self.ours), median(self.limit)
        return ours / limit if self.less_is_better else limit / ours


HEAD = "| What | ours | LIMIT | REF | ours costs, of LIMIT | better than REF | target | |"
RULE = "|---|--:|--:|--:|--:|--:|---|---|"


def table(figures: Sequence[Figure]) -> str:
    """The figures as one Markdown table, which reads well on a terminal too."""
    return "\n".join([HEAD, RULE, *(_line(figure) for figure in figures)])


def _line(figure: Figure) -> str:
    cells = [
        f"{figure.what} ({figure.unit})",
        *(_spread(values) for values in (figure.ours, figure.limit, figure.reference)),
        *(f"{ratio:.2g}x" if ratio is not None else "" for ratio in (figure.paid, figure.won)),
        figure.target,
        figure.note,
    ]
    return f"| {' | '.join(cells)} |"


def _spread(values: Sequence[float] | None) -> str:
    """The median, with the lowest and the highest round: what a noisy machine did to it."""
    if not values:
        return ""
    if min(values) == max(values):
        return f"{values[0]:.4g}"
    return f"{median(values):.3g} ({min(values):.3g}–{max(values):.3g})"


def machine() -> str:
    """The processor, how many of them, and how busy they were with other things."""
    cpuinfo = Path("/proc/cpuinfo").read_text()
    names = [line.split(":", 1)[1].strip() for line in cpuinfo.splitlines() if line.startswith("model name")]
    busy = " ".join(f"{load:.1f}" for load in os.getloadavg())
    return f"{len(os.sched_getaffinity(0))} cores of {names[0] if names else 'an unknown processor'}, load {busy}"
