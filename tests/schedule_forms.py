"""What the schedule part of the editor sends, for the tests that post it."""

from datetime import UTC, datetime
from typing import Any

from django.test import Client
from django.urls import reverse

from scheduling.models import Schedule
from tests import make

YEAR = datetime.now(UTC).year + 1

Fields = dict[str, Any]


COLUMNS: Fields = {
    "do": "save",
    "version": "0",
    "event_type": "recurring",
    "clock": "fixed",
    "zone": "Europe/Warsaw",
    "starts_on": "2026-01-01",
    "end": "none",
    "ends_on": "",
    "sessions": "",
    "week_start": "6",
    "switches_after_first": "on",
    "on_demand": "on",
    "just_in_time": "on",
    "interval_minutes": "15",
    "jit_hours": "inside",
    "lead_seconds": "60",
    "replay": "on",
    "replay_for": "registered",
    "replay_until": "after_session",
    "replay_length": "7",
    "replay_unit": "days",
    "replay_last_on": "",
    "replay_from_hours": "0",
    "offer_count": "8",
    "offer_days": "14",
    "cutoff_minutes": "0",
    "places": "",
    "full": "shown",
    "waiting": "with",
    "late": "join",
    "late_minutes": "10",
    "late_point": "0:00",
    "hours_clock": "fixed",
    "hours_zone": "Europe/Warsaw",
    "holidays_country": "",
    "holidays_region": "",
    "hours_hold": "start",
}


def typed(**changes: Any) -> Fields:
    """A form that can be kept, with changes; a change to None takes the field out."""
    fields: Fields = {
        **COLUMNS,
        **rows("rule", {"frequency": "weekdays", "times": ["11:00", "15:00"]}),
        **rows("once"),
        **rows("date"),
        **rows("exclusion"),
        **rows("window", {"days": "weekdays", "opens": "09:00", "closes": "18:00"}),
        **rows("own"),
        **rows("exception"),
        **rows("blackout"),
    }
    fields |= changes
    return {name: value for name, value in fields.items() if value is not None}


def rows(prefix: str, *each: Fields) -> Fields:
    fields: Fields = {f"{prefix}-TOTAL_FORMS": str(len(each)), f"{prefix}-INITIAL_FORMS": "0"}
    for number, row in enumerate(each):
        fields |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return fields


class Page:
    """A webinar's schedule in the browser of its owner."""

    def __init__(self) -> None:
        self.member = make.member()
        self.webinar = make.webinar(self.member.team)
        self.client = Client()
        self.client.force_login(self.member.user)
        kwargs = {"team": self.member.team.slug, "webinar": self.webinar.pk, "part": "schedule"}
        self.url = reverse("webinar_edit", kwargs=kwargs)

    def post(self, fields: Fields) -> Any:
        return self.client.post(self.url, fields)

    def saved(self) -> Schedule:
        return Schedule.objects.get(pk=self.webinar.schedule_id)
