"""Decides whether an attendee writes too fast, from what is kept on the conversation."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

BURST = 5
REFILL = timedelta(milliseconds=1500)  # one more message
REPEATS = 3
REPEAT_SPAN = timedelta(seconds=60)


class TooFast(Exception):
    """The message is refused; `retry_after` says when it may come again."""

    def __init__(self, code: str, retry_after: timedelta) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Pace:
    """`left` messages may come at once as of `at`; `text` is a digest of the last one, said at `times` (epoch)."""

    left: float = BURST
    at: float = 0.0
    text: str = ""
    times: tuple[float, ...] = ()

    @classmethod
    def of(cls, kept: dict[str, Any]) -> "Pace":
        """From what was kept."""
        return cls(**kept | {"times": tuple(kept["times"])}) if kept else cls()

    def kept(self) -> dict[str, Any]:
        """What to keep."""
        return {"left": self.left, "at": self.at, "text": self.text, "times": self.times}


def spend(pace: Pace, text: str, now: datetime) -> Pace:
    """The pace after one more message; TooFast (`slow_down`, `repeated`) when it may not come yet."""
    at = now.timestamp()
    left = min(BURST, pace.left + max(0.0, at - pace.at) / REFILL.total_seconds())
    if left < 1:
        raise TooFast("slow_down", (1 - left) * REFILL)
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    recent = [moment for moment in pace.times if at - moment < REPEAT_SPAN.total_seconds()]
    times = recent if digest == pace.text else []
    if len(times) >= REPEATS - 1:
        raise TooFast("repeated", REPEAT_SPAN - timedelta(seconds=at - times[0]))
    return Pace(left - 1, at, digest, (*times, at))
