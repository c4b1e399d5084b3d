"""News of webinars for the apps above, sent inside the transaction that makes it true."""

from django.dispatch import Signal

registered = Signal()  # registration, now
cancelled = Signal()  # registration, now
link_requested = Signal()  # registration, now: send the personal link again
entered = Signal()  # attendance, now: the Enter click, also when somebody comes back
session_opened = Signal()  # session, now: an on-demand session or replay got its instants
session_closed = Signal()  # session, now: the exit room closed
webinar_created = Signal()  # webinar, now
session_changed = Signal()  # session, now, was (where it was moved, the start before): cancelled or moved
session_cancelled = Signal()  # session, now: called off by a host; comes with session_changed
places_moved = (
    Signal()
)  # places (registrations), session (the new one), was (their start before), now: by a host
places_withdrawn = Signal()  # places, session, now: taken back by a host, while the session stays for others
waiting_link_requested = Signal()  # waiting, now: send the link to a waiting place again
waiting_listed = Signal()  # waiting, now: somebody waits for a place in a full session
date_offered = Signal()  # waiting, now: there is a date for somebody who asked to be told
