"""News of webinars for the apps above, sent inside the transaction that makes it true."""

from django.dispatch import Signal

registered = Signal()  # registration, now
cancelled = Signal()  # registration, now
link_requested = Signal()  # registration, now: send the personal link again
entered = Signal()  # attendance, now: the Enter click, also when somebody comes back
session_opened = Signal()  # session, now: an on-demand session or replay got its instants
session_closed = Signal()  # session, now: the exit room closed
webinar_created = Signal()  # webinar, now
session_changed = Signal()  # session, now: cancelled or its instants moved
