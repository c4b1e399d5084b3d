"""Makes the people of a bench and the tables of its rivals; run as a program on the bench's own database.

`python -m tests.load.world people N` prints JSON; each of the N has asked one question. `... pages` makes two
webinars, one with a single choice and one with all that a schedule can hold.
"""

import json
import sys
import uuid
from datetime import time, timedelta
from typing import Any
from uuid import UUID

import django

django.setup()

from django.db import connection  # noqa: E402

from chat.models import Conversation  # noqa: E402
from chat.services.posting import post_as_attendee  # noqa: E402
from scheduling.due import database_now  # noqa: E402
from scheduling.models import Frequency, Kind  # noqa: E402
from tests import make  # noqa: E402
from tests.chaos import world  # noqa: E402
from webinars.models import Registration, Webinar  # noqa: E402
from webinars.signals import webinar_created  # noqa: E402

RECURRENCES = 40
RIVALS = """
CREATE TABLE IF NOT EXISTS bare_line (id bigserial PRIMARY KEY, conversation uuid NOT NULL, ref uuid NOT NULL UNIQUE,
  body text NOT NULL, at timestamptz NOT NULL DEFAULT now());
CREATE TABLE IF NOT EXISTS bare_item (id bigserial PRIMARY KEY, conversation uuid NOT NULL, due_at timestamptz);
CREATE INDEX IF NOT EXISTS bare_item_due ON bare_item (due_at);
CREATE TABLE IF NOT EXISTS stock_stockline (id bigserial PRIMARY KEY, conversation uuid NOT NULL,
  ref uuid NOT NULL UNIQUE, body text NOT NULL, at timestamptz NOT NULL);
CREATE TABLE IF NOT EXISTS stock_stockitem (id bigserial PRIMARY KEY, conversation uuid NOT NULL,
  ref uuid NOT NULL UNIQUE, due_at timestamptz);
CREATE INDEX IF NOT EXISTS stock_stockitem_due ON stock_stockitem (due_at);
"""


def people(number: int) -> dict[str, Any]:
    """A running room with so many attendees, each waiting for an answer, and its two moderators."""
    with connection.cursor() as cursor:
        cursor.execute(RIVALS)
    made = world.make_world(number)
    for one in made["attendees"]:
        registration = Registration.objects.select_related("webinar__team", "session").get(
            pk=UUID(one["registration"])
        )
        post_as_attendee(
            registration=registration,
            ref=uuid.uuid4(),
            text=f"Question of {one['registration']}",
            now=database_now() - timedelta(seconds=3),
        )
        one["conversation"] = str(Conversation.objects.of_registration(registration).get().pk)
    return made


def pages() -> dict[str, Any]:
    """The addresses of a registration page with one choice, and of one with all that a schedule can hold."""
    team = make.team("bench")
    today = database_now().date()
    busy = make.schedule(
        zone="Europe/Paris",
        starts_on=today - timedelta(days=700),
        attendee_zone=True,
        on_demand=True,
        just_in_time=True,
        replay=True,
        offer_count=20,
        offer_days=30,
        hours_limit=[Kind.JUST_IN_TIME],
    )
    for number in range(RECURRENCES):
        kind = (Frequency.DAILY, Frequency.WEEKDAYS, Frequency.WEEKLY)[number % 3]
        at = time(6 + number % 15, number % 4 * 15)
        make.recurrence(busy, at, frequency=kind, weekdays=[number % 7])
    for number in range(12):
        day = today + timedelta(days=3 + 7 * number)
        busy.blackouts.create(first=day, last=day, name=f"Holiday {number}")
    hours = make.chat_hours(*((day, time(9), time(17)) for day in range(7)), zone="Europe/Paris")
    for number in range(12):
        hours.exceptions.create(on=today + timedelta(days=2 + 5 * number), name="Off")
    hours.holidays_country = "FR"
    hours.save()
    rich = make.webinar(team, slug="rich", promise="Thirty minutes.", schedule=busy, chat_hours=hours)
    one = make.schedule(on_demand=True)
    lone = make.webinar(team, slug="lone", promise="Thirty minutes.", schedule=one)
    for webinar in (rich, lone):
        webinar_created.send(Webinar, webinar=webinar, now=database_now())
    return {webinar.slug: f"/{team.slug}/{webinar.slug}/" for webinar in (rich, lone)}


if __name__ == "__main__":
    found = pages() if sys.argv[1] == "pages" else people(int(sys.argv[2]))
    sys.stdout.write(json.dumps(found, default=str) + "\n")
