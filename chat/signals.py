"""News of the talk for the apps above, sent inside the transaction that makes it true."""

from django.dispatch import Signal

wait_opened = Signal()  # wait, now: an attendee's question that nobody has answered yet
wait_closed = Signal()  # wait, now: answered by a human, or resolved with no reply needed
wait_seen = Signal()  # wait, now: somebody of the team looked at it
answered = Signal()  # message, now: a human of the team wrote
attendee_read = Signal()  # conversation, now: the attendee's read mark moved
owed = Signal()  # owed, now: an answer was promised or left open
overdue = Signal()  # owed_list, now: answers that were not given by their due time, of any webinars
session_owed = Signal()  # session, owed_list, now: what was left open when a session closed
