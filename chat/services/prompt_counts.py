"""Counts what came of prompts, from the rows of those who were shown them."""

from django.db.models import Count, Exists, OuterRef, Q

from chat.models import Message, MessageKind, PromptShown
from webinars.models import Webinar

NONE = {"shown": 0, "closed": 0, "acted": 0, "asked": 0, "registered": 0}


def counts_of(webinar: Webinar) -> dict[int, dict[str, int]]:
    """By prompt: shown, closed, acted, asked and registered; a prompt nobody saw is not in it.

    *Asked* is a message of the same person in the same session after the prompt. *Registered* are places that came
    of a prompt which a visitor followed; what else visitors do stays in their browser and is counted nowhere.
    """
    later = Message.objects.filter(
        kind=MessageKind.ATTENDEE,
        conversation__webinar=webinar,
        conversation__person=OuterRef("person"),
        session=OuterRef("session"),
        at__gte=OuterRef("shown_at"),
    )
    found = PromptShown.objects.filter(prompt__webinar=webinar).annotate(has_asked=Exists(later))
    rows = found.values("prompt").annotate(
        shown=Count("pk"),
        closed=Count("pk", filter=Q(closed_at__isnull=False)),
        acted=Count("pk", filter=Q(acted_at__isnull=False)),
        asked=Count("pk", filter=Q(has_asked=True)),
        registered_count=Count("pk", filter=Q(registered=True)),
    )
    return {
        row["prompt"]: {name: row[name] for name in ("shown", "closed", "acted", "asked")}
        | {"registered": row["registered_count"]}
        for row in rows
    }
