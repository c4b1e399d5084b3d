"""Decides whether an answer of the host's list is said to a question; from plain values only."""

from dataclasses import dataclass

from chat.rules import Mode, Why


@dataclass(frozen=True, slots=True)
class Question:
    """What an attendee has just asked, as the host's list sees it.

    `score` is the nearest entry's, None when none is near. `human_spoke`: somebody of the team wrote since the last
    episode was settled, a holding message or an answer under undo too. `wants_human`: they asked for a human in this
    episode. `said_before`: that entry was said in this conversation.
    """

    mode: Mode
    score: int | None
    in_room: bool = True
    session_over: bool = False
    human_spoke: bool = False
    wants_human: bool = False
    said_before: bool = False


def judge(question: Question, threshold: int) -> Why:
    """Whether the nearest answer is said (`Why.DUE`), or why it is not. Source: product rule "Other automation"."""
    obstacles = (
        (question.mode is not Mode.CHAT, Why.NOT_CHAT),
        (question.session_over, Why.AFTER_EXIT),
        (not question.in_room, Why.LATE),
        (question.human_spoke, Why.TEAM_WROTE),
        (question.wants_human, Why.WANTS_HUMAN),
        (question.score is None or question.score < threshold, Why.BELOW_THRESHOLD),
        (question.said_before, Why.SAID_BEFORE),
    )
    return next((why for stands, why in obstacles if stands), Why.DUE)
