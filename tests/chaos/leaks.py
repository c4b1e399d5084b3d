"""Whether anything that an attendee of a chaos run was sent belongs to the team or to another attendee."""

import json
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from chat.schemas.down import attendee_frames
from tests.chaos.clients import Attendee
from tests.chaos.people import Run

CATCHING_UP = {"epoch", "head", "mode", "expect", "conversation", "seen", "events"}


def leaks(run: Run, made: dict[str, Any], ledger: dict[str, Any]) -> tuple[int, list[str]]:
    """How many payloads there were, and what is wrong with any: a shape that is not public, or somebody's secret."""
    told: list[str] = []
    names = {one["registration"]: one["name"] for one in made["attendees"]}
    for attendee in run.attendees:
        secrets = [*made["secrets"], *_others(attendee, run, names), *_of_the_team(ledger)]
        for text in attendee.payloads:
            told += [f"{attendee.registration} was sent {word!r}" for word in secrets if word in text]
            told += [f"{attendee.registration} was sent what is not public: {why}" for why in _strange(text)]
    return sum(len(one.payloads) for one in run.attendees), told


def _others(attendee: Attendee, run: Run, names: dict[str, str]) -> Iterator[str]:
    """Names of other attendees, their conversations and the words they typed."""
    for other in run.attendees:
        if other is not attendee:
            yield names[other.registration]
            yield other.registration
            if other.conversation:
                yield other.conversation
            yield from (one.data["text"] for one in other.typed[:20])


def _of_the_team(ledger: dict[str, Any]) -> Iterator[str]:
    """Words of entries without a public number: events and notes."""
    for one in ledger["conversations"].values():
        for _seq, public, _kind, text in one["entries"]:
            if public is None and len(text) > 12:
                yield text


def _strange(text: str) -> Iterator[str]:
    """What is no frame that an attendee may get, nor a page."""
    if not text.startswith("{"):
        return
    found = json.loads(text)
    for frame in [found] if "type" in found else found.get("events", []):
        try:
            attendee_frames.validate_python(frame)
        except ValidationError as error:
            yield f"{frame.get('type')}: {error.errors()[0]['loc']}"
    if "type" not in found and set(found) != CATCHING_UP:
        yield f"an answer with {sorted(found)}"
