"""The load of a webinar on a screen: questions expected hour by hour, people needed, and what it rests on."""

import uuid
from datetime import datetime, time, timedelta

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.access import team_page
from accounts.models import Membership
from chat import expected_load
from chat.shifts import monday_of
from scheduling.models import Expectation
from scheduling.recurrence import resolve
from scheduling.rosters import save_expectation
from webinars.studio.editor import frame, may_edit, show, webinar_of


class ExpectationForm(forms.Form):
    """What the forecast rests on; what is left empty follows the past, or the assumption that stands beside it."""

    attendees_a_week = forms.IntegerField(
        min_value=0, max_value=1_000_000, required=False, label=gettext_lazy("Attendees a week")
    )
    questions_an_hour = forms.FloatField(
        min_value=0, max_value=60, required=False, label=gettext_lazy("Questions of one attendee in an hour")
    )
    scheduled_percent = forms.IntegerField(
        min_value=0, max_value=100, required=False, label=gettext_lazy("Percent who choose a scheduled start")
    )
    handling_seconds = forms.IntegerField(
        min_value=5, max_value=7200, label=gettext_lazy("Seconds to answer a question")
    )
    target_seconds = forms.IntegerField(
        min_value=5, max_value=86_400, label=gettext_lazy("Seconds until it is taken up")
    )
    target_percent = forms.IntegerField(
        min_value=1, max_value=99, label=gettext_lazy("Percent of the questions")
    )


@team_page(may_edit)
@require_http_methods(["GET", "POST"])
def load(request: HttpRequest, membership: Membership, webinar: uuid.UUID) -> HttpResponse:
    """Show what a week brings; take what the host expects instead."""
    row, now = webinar_of(membership, webinar), timezone.now()
    saved = Expectation.objects.filter(schedule=row.schedule_id).first() or Expectation()
    initial = {name: getattr(saved, name) for name in ExpectationForm.base_fields}
    form = ExpectationForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            save_expectation(schedule=row.schedule, values=form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("webinar_load", membership.team.slug, row.pk)
        status = 422
    zone = membership.user.zone
    first = monday_of(now.astimezone(zone).date())
    begin = resolve(datetime.combine(first, time(0)), zone)
    forecast = expected_load.forecast_of(row, now, begin)
    for name, figure in (
        ("attendees_a_week", forecast.grounds.attendees),
        ("questions_an_hour", forecast.grounds.questions),
        ("scheduled_percent", forecast.grounds.scheduled),
    ):
        form.fields[name].widget.attrs["placeholder"] = f"{figure.value:g}"
    context = frame(
        membership,
        row,
        "schedule",
        now,
        form=form,
        forecast=forecast,
        days=expected_load.in_days(forecast.hours, zone),
        zone=zone,
        week_end=begin + timedelta(days=6),
        begin=begin,
    )
    return show(request, "chat/load.html", context, status)
