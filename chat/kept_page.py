"""Shows whether chat hours were kept, for a range of days, and gives the same as tables for other programs."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from accounts.access import team_page
from accounts.models import Membership
from accounts.tables import csv_file
from chat.answer_report import COLUMNS, answers_of, table_of
from chat.kept import Hole, Report, Row, report_of
from chat.work_report import HOURS, PEOPLE, hours_table, people_table
from scheduling import zones
from scheduling.fields import DayField, ZoneField
from scheduling.recurrence import resolve

MOST_DAYS = 366
SHOWN, NAMED = 100, 8  # gaps on the page, and conversations of one gap
RANGES = (7, 28)
_DAY = timedelta(days=1)
Lines = Iterable[Iterable[object]]
_TOO_LONG = gettext_lazy("At most 366 days at once, please. Choose a later first day.")
_UNREADABLE = gettext_lazy("This is no date. Write it as 2026-03-10.")
_ERRORS = {"invalid": _UNREADABLE, "required": _UNREADABLE}


class RangeForm(forms.Form):
    """From which day to which, both included, and on whose clock."""

    first = DayField(label=gettext_lazy("First day"), error_messages=_ERRORS)
    last = DayField(label=gettext_lazy("Last day"), error_messages=_ERRORS)
    zone = ZoneField(label=gettext_lazy("Time zone"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last:
            if first > last:
                raise ValidationError({"last": _("The last day lies before the first.")})
            if (last - first).days >= MOST_DAYS:
                raise ValidationError({"first": _TOO_LONG})
        return cleaned


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page or a file is about: the form as it was sent, and the report where it can be read."""

    form: RangeForm
    zone: ZoneInfo
    today: date
    report: Report | None


@team_page()
@require_GET
def kept(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The report; a range that cannot be read is said beside its field."""
    return _page(request, membership, _asked(request, membership))


@team_page()
@require_GET
def kept_file(request: HttpRequest, membership: Membership, what: str) -> HttpResponse:
    """One of the tables as CSV: webinars, gaps, answers, people or hours."""
    if what not in _TABLES:
        raise Http404
    asked = _asked(request, membership)
    if asked.report is None:
        return _page(request, membership, asked)
    days = f"{asked.form.cleaned_data['first']}-{asked.form.cleaned_data['last']}"
    name, columns, lines = _TABLES[what]
    return csv_file(f"{name}-{days}.csv", columns, lines(membership, asked.report, asked.zone))


_WEBINAR_COLUMNS = (
    "webinar",
    "advertised_minutes",
    "kept_minutes",
    "percent",
    "gaps",
    "longest_gap_minutes",
    "conversations_waited",
)
_GAP_COLUMNS = ("webinar", "from", "to", "minutes", "conversations_waited", "who_waited")


def _webinar_line(row: Row) -> Iterable[object]:
    longest = row.kept.longest
    return (
        row.webinar.title,
        _minutes(row.kept.advertised),
        _minutes(row.kept.there),
        row.kept.percent,
        len(row.kept.gaps),
        _minutes(longest.length) if longest else 0,
        row.conversations,
    )


def _gap_line(hole: Hole, zone: ZoneInfo) -> Iterable[object]:
    names = ", ".join(one.name for one in hole.waited)
    begin, end = (at.astimezone(zone).isoformat(timespec="seconds") for at in (hole.gap.begin, hole.gap.end))
    return hole.webinar.title, begin, end, _minutes(hole.gap.length), len(hole.waited), names


def _people(membership: Membership, report: Report, _zone: ZoneInfo) -> Lines:
    return people_table(membership, report.begin, report.end)


def _hours(membership: Membership, report: Report, zone: ZoneInfo) -> Lines:
    return hours_table(membership, report.begin, report.end, zone)


def _answers(membership: Membership, report: Report, _zone: ZoneInfo) -> Lines:
    return table_of(membership, report.begin, report.end, timezone.now())


_TABLES: dict[str, tuple[str, Sequence[str], Callable[[Membership, Report, ZoneInfo], Lines]]] = {
    "webinars": ("hours", _WEBINAR_COLUMNS, lambda _who, report, _zone: map(_webinar_line, report.rows)),
    "gaps": (
        "gaps",
        _GAP_COLUMNS,
        lambda _who, report, zone: (_gap_line(hole, zone) for hole in report.holes),
    ),
    "answers": ("answers", COLUMNS, _answers),
    "people": ("people", PEOPLE, _people),
    "hours": ("by-hour", HOURS, _hours),
}


def _minutes(span: timedelta) -> float:
    """In minutes with two decimals, cut rather than rounded up."""
    return span // timedelta(milliseconds=600) / 100


def _asked(request: HttpRequest, membership: Membership) -> Asked:
    now = timezone.now()
    own: ZoneInfo = membership.user.zone
    today = now.astimezone(own).date()
    sent = {name: request.GET.get(name, "")[:80] for name in RangeForm.base_fields}
    first, last = _last_days(RANGES[0], today)
    standard = {"first": first.isoformat(), "last": last.isoformat(), "zone": own.key}
    form = RangeForm({name: text.strip() or standard[name] for name, text in sent.items()})
    if not form.is_valid():
        return Asked(form, own, today, None)
    zone = form.cleaned_data["zone"]
    begin = resolve(datetime.combine(form.cleaned_data["first"], time(0)), zone)
    end = resolve(datetime.combine(form.cleaned_data["last"] + _DAY, time(0)), zone)
    return Asked(form, zone, now.astimezone(zone).date(), report_of(membership, begin, end, now))


def _last_days(number: int, today: date) -> tuple[date, date]:
    return today - (number - 1) * _DAY, today


def _page(request: HttpRequest, membership: Membership, asked: Asked) -> HttpResponse:
    report = asked.report
    holes = report.long_holes if report else []
    context = {
        "membership": membership,
        "team": membership.team,
        "section": "shifts",
        "form": asked.form,
        "zone": asked.zone,
        "zones": sorted(zones.names()),
        "report": report,
        "holes": holes[:SHOWN],
        "more": max(len(holes) - SHOWN, 0),
        "shorter": len(report.holes) - len(holes) if report else 0,
        "named": f":{NAMED}",
        "ranges": [(number, *_last_days(number, asked.today)) for number in RANGES],
        "answers": report and answers_of(membership, report.begin, report.end, timezone.now()),
        "query": urlencode(asked.form.cleaned_data) if report else "",
    }
    return render(request, "chat/kept.html", context, status=200 if report else 422)
