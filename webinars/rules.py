"""Decides what a place is worth, from plain values: what was watched, where a link leads, who somebody is."""

from collections.abc import Iterable

Span = tuple[float, float]


def merged(spans: Iterable[Span]) -> list[Span]:
    """The union of intervals of seconds, sorted and without overlaps; intervals that touch become one."""
    union: list[Span] = []
    for start, end in sorted(spans):
        if union and start <= union[-1][1]:
            union[-1] = (union[-1][0], max(union[-1][1], end))
        else:
            union.append((start, end))
    return union


def watched_seconds(coverage: Iterable[Span]) -> float:
    """How much of the film was played at least once, in seconds."""
    return sum(end - start for start, end in merged(coverage))


def same_address(one: str, other: str) -> bool:
    """Whether two typed addresses are one; only their case is folded."""
    return one.strip().casefold() == other.strip().casefold()
