"""Makes the people of a bench and the tables of its rivals; run as a program on the bench's own database.

`python -m tests.load.world people N` prints JSON; each of the N has asked one question.
"""

import json
import sys
import uuid
from datetime import timedelta
from typing import Any
from uuid import UUID

import django

django.setup()

from django.db import connection  # noqa: E402

from chat.models import Conversation  # noqa: E402
from chat.services.posting import post_as_attendee  # noqa: E402
from scheduling.due import database_now  # noqa: E402
from tests.chaos import world  # noqa: E402
from webinars.models import Registration  # noqa: E402

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


if __name__ == "__main__":
    sys.stdout.write(json.dumps(people(int(sys.argv[2])), default=str) + "\n")
