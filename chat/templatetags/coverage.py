"""Shows beside a webinar's schedule who is there for it in a week, and what the week brings."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import template

from accounts.models import Membership
from chat import expected_load, shifts
from webinars.models import Webinar

register = template.Library()


@register.simple_tag
def week_of(webinar: Webinar, zone: ZoneInfo, at: datetime, now: datetime) -> shifts.Week:
    """The week that holds `at` on the clock of `zone`, of the webinar as it is saved and of its moderators."""
    answering = [row.membership_id for row in webinar.assignments.all() if row.moderates]
    members = (
        Membership.objects.of_team(webinar.team)
        .filter(pk__in=answering)
        .select_related("user", "roster__hours")
        .prefetch_related("roster__hours__windows", "roster__hours__exceptions")
    )
    first = shifts.monday_of(at.astimezone(zone).date())
    return shifts.week_of(list(members), [webinar], zone, first, now)


@register.simple_tag
def load_of(webinar: Webinar, week: shifts.Week, now: datetime) -> expected_load.Forecast:
    """What that week is expected to bring, by the schedule as it is saved."""
    return expected_load.forecast_of(webinar, now, week.begin)
