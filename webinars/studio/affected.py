"""Asks a host what becomes of people whose times a change of the rules takes away, before anything is saved."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, QueryDict

from accounts.models import Membership
from webinars import standing
from webinars.models import Webinar
from webinars.services.rule_changes import Affected, Choice, NeedsChoice
from webinars.services.session_changes import NOTE_LENGTH
from webinars.studio.editor import frame, show

_OWN = {"csrfmiddlewaretoken", "choice", "seen", "note", "do"}
SHOWN_NAMES = 8


@dataclass(frozen=True, slots=True)
class Line:
    """One session of the page: who is in it, and where they would go."""

    one: Affected
    names: list[str]
    more: int


def answer(data: QueryDict) -> dict[str, Any]:
    """What the host chose on the page, as arguments of `rule_changes.save_schedule`; nothing before it was shown."""
    try:
        choice = Choice(data.get("choice", ""))
    except ValueError:
        return {}
    words = " ".join(data.get("note", "").split())
    note = "".join(sign for sign in words if sign.isprintable())[:NOTE_LENGTH]
    return {"choice": choice, "seen": data.get("seen", ""), "note": note}


def ask(
    request: HttpRequest, membership: Membership, webinar: Webinar, need: NeedsChoice, now: datetime
) -> HttpResponse:
    """The page with 409: who is affected, what may become of them, and the typed form carried along unseen."""
    context = frame(membership, webinar, "schedule", now, unsaved=True, **asking(request.POST, need, webinar))
    return show(request, "studio/affected_page.html", context, status=409)


def asking(data: QueryDict, need: NeedsChoice, webinar: Webinar) -> dict[str, Any]:
    """What `studio/affected.html` reads."""
    lines = [
        Line(one, one.names[:SHOWN_NAMES], max(len(one.names) - SHOWN_NAMES, 0)) for one in need.affected
    ]
    zone: ZoneInfo = standing.zone_of(webinar.schedule.zone)
    return {
        "affected": lines,
        "people": sum(len(one.places) for one in need.affected),
        "stranded": sum(len(one.places) for one in need.affected if one.to is None),
        "seen": need.seen,
        "chosen": data.get("choice") or Choice.KEEP,
        "asked_again": "seen" in data,
        "note_typed": data.get("note", ""),
        "note_length": NOTE_LENGTH,
        "webinar_zone": zone,
        "do": data.get("do") or "save",
        "typed": "rule-TOTAL_FORMS" in data,  # whether the way back has anything to carry
        "carried": [(name, value) for name in data if name not in _OWN for value in data.getlist(name)],
    }
