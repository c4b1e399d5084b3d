"""News of videos for the apps above, sent inside the transaction that makes it true."""

from django.dispatch import Signal

version_ready = Signal()  # version, now: its first size plays, and it is its video's current version
