"""Sees from the figures whether a team is ready for the strategy after its own."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chat.models import ChatPolicy, Episode
from webinars.models import Attendance, Registration, Webinar

OVER = timedelta(days=30)
REST = timedelta(days=30)  # a hint that was put away stays away so long
FEWEST_PLACES, FEWEST_QUESTIONS = 20, 10
ATTENDANCE, WITHIN_SESSION = 35, 80  # percent
FIRST_ANSWER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Figures:
    """The last thirty days: places in sessions that are over, who came, questions, and how they were answered."""

    places: int
    came: int
    questions: int
    answered_in_session: int
    first_answer: timedelta | None  # the median

    @property
    def attendance(self) -> int:
        """Who came, in percent of the places."""
        return round(100 * self.came / self.places) if self.places else 0

    @property
    def within(self) -> int:
        """Questions answered before their session was over, in percent."""
        return round(100 * self.answered_in_session / self.questions) if self.questions else 0

    @property
    def are_ready(self) -> bool:
        """Whether every figure reaches its threshold, over enough people to mean something."""
        return (
            self.places >= FEWEST_PLACES
            and self.questions >= FEWEST_QUESTIONS
            and self.attendance >= ATTENDANCE
            and self.within >= WITHIN_SESSION
            and self.first_answer is not None
            and self.first_answer <= FIRST_ANSWER
        )


@dataclass(frozen=True, slots=True)
class Hint:
    """That a team could take the next step, and the figures that say so."""

    preset: int
    figures: Figures


def hint_for(webinar: Webinar, preset: int | None, now: datetime) -> Hint | None:
    """The hint at the strategy after `preset`; None at the last one, below a threshold, or while put away."""
    if preset not in {1, 2}:
        return None
    rest = ChatPolicy.objects.filter(webinar=webinar, next_step_from__gt=now)
    if rest.exists():
        return None
    figures = figures_of(webinar, now)
    return Hint(preset + 1, figures) if figures.are_ready else None


def figures_of(webinar: Webinar, now: datetime) -> Figures:
    """What the rows of the last thirty days say; three queries."""
    over = Registration.objects.live().filter(
        webinar=webinar, session__closes_at__gt=now - OVER, session__closes_at__lte=now
    )
    came = Attendance.objects.filter(registration__in=over).count()
    asked = list(
        Episode.objects.filter(
            conversation__webinar=webinar, opened_at__gt=now - OVER, session__closes_at__lte=now
        ).values_list("opened_at", "first_answer_at", "session__closes_at")
    )
    waits = sorted(first - opened for opened, first, _closes in asked if first)
    return Figures(
        places=over.count(),
        came=came,
        questions=len(asked),
        answered_in_session=sum(
            1 for _opened, first, closes in asked if first and closes and first <= closes
        ),
        first_answer=(waits[(len(waits) - 1) // 2] + waits[len(waits) // 2]) / 2 if waits else None,
    )


def put_away(*, webinar: Webinar, now: datetime) -> None:
    """No hint for thirty days."""
    ChatPolicy.objects.filter(webinar=webinar).update(next_step_from=now + REST)
