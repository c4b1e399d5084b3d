"""What a message, a page and a first question cost as conversations and teams grow; a program told what to do.

`python -m tests.load.grown` makes a room with one talk in it and then reads words, one a line: `length N`, `team N`
(make it so large), `line`, `answer`, `first`, `page`, `events`, `last` (do it so many times, say what each cost).
"""

import copy
import json
import sys
import time
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from chat.models import Conversation, Message  # noqa: E402
from scheduling.due import database_now  # noqa: E402
from tests import make  # noqa: E402
from tests.talk import Talk, talk  # noqa: E402
from webinars.models import Person, Registration  # noqa: E402

TIMES = 40
TOGETHER = 2000


class Grown:
    """One talk, as long and in as large a team as it was told."""

    def __init__(self) -> None:
        self.now: datetime = database_now()
        self.stage: Talk = talk(starts_at=self.now - timedelta(minutes=1))
        self.stage.asks("The first question", self.now)
        self.browser = Client(headers={"host": "127.0.0.1:8941"})
        _guest, token = make.guest(self.stage.person)
        self.browser.cookies[settings.GUEST_COOKIE_NAME] = token

    def length(self, number: int) -> None:
        """Let the conversation have so many entries."""
        conversation = self.stage.conversation
        pattern = Message.objects.filter(conversation=conversation, kind="attendee").earliest("seq")
        found: list[Message] = []
        for seq in range(conversation.seq + 1, number + 1):
            row = copy.copy(pattern)
            row.pk, row.ref, row.seq, row.public_seq = (
                None,
                uuid.uuid4(),
                seq,
                conversation.public_seq + len(found) + 1,
            )
            row.text = f"Line {seq} of a long talk"
            found.append(row)
        Message.objects.bulk_create(found, batch_size=TOGETHER)
        public = conversation.public_seq + len(found)
        Conversation.objects.filter(pk=conversation.pk).update(seq=number, public_seq=public)

    def team(self, number: int) -> None:
        """Let the team have so many conversations, half of them waiting."""
        pattern, stage = self.stage.conversation, self.stage
        missing = number - Conversation.objects.of_team(stage.team).count()
        people = [
            Person(team=stage.team, first_name="Guest", email=f"{uuid.uuid4().hex}@example.org")
            for _ in range(missing)
        ]
        places = [
            Registration(
                webinar=stage.webinar, session=stage.session, person=one, email=one.email, zone="UTC"
            )
            for one in people
        ]
        talks: list[Conversation] = []
        for place in places:
            row = copy.copy(pattern)
            row.pk, row.person, row.registration = uuid.uuid4(), place.person, place
            row.seq = row.public_seq = row.attendee_read = 0
            if len(talks) % 2:
                row.waiting_since = None
            talks.append(row)
        Person.objects.bulk_create(people, batch_size=TOGETHER)
        Registration.objects.bulk_create(places, batch_size=TOGETHER)
        Conversation.objects.bulk_create(talks, batch_size=TOGETHER)

    def _later(self) -> datetime:
        """A little later each time: the pace that protects a room would hold a bench back."""
        self.now += timedelta(seconds=3)
        return self.now

    def line(self) -> None:
        self.stage.asks(f"Line {uuid.uuid4()}", self._later())

    def answer(self) -> None:
        self.stage.answers(f"Answer {uuid.uuid4()}", self._later())

    def first(self) -> None:
        place = self.fresh.pop()
        self.stage.asks(f"Question {uuid.uuid4()}", self._later(), registration=place)

    def page(self) -> None:
        self._get("room/")

    def events(self) -> None:
        self._get("events/?after=0")

    def last(self) -> None:
        self._get(f"events/?after={self.stage.conversation.public_seq - 20}")

    def _get(self, path: str) -> None:
        answer = self.browser.get(f"/r/{self.stage.registration.pk}/{path}")
        assert answer.status_code == 200, answer.status_code

    def measure(self, word: str) -> dict[str, float]:
        """CPU of this process for one, and the time it took altogether."""
        act: Callable[[], None] = getattr(self, word)
        stage = self.stage
        self.fresh = [
            make.registration(stage.session, who=make.person(stage.team, first_name="Eve"))
            for _ in range(TIMES + 3 if word == "first" else 0)
        ]
        for _ in range(3):
            act()
        began, wall = time.process_time(), time.monotonic()
        for _ in range(TIMES):
            act()
        return {
            "cpu": 1e6 * (time.process_time() - began) / TIMES,
            "took": 1000 * (time.monotonic() - wall) / TIMES,
        }


def main() -> None:
    """Do what the lines say."""
    grown = Grown()
    sys.stdout.write("{}\n")
    sys.stdout.flush()
    for text in sys.stdin:
        word, _, number = text.strip().partition(" ")
        found: dict[str, Any] = {}
        if number:
            getattr(grown, word)(int(number))
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        else:
            found = grown.measure(word)
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
