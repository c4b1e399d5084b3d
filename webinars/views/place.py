"""A kept place: the ticket, what happens next, and what its holder may change; afterwards, what is left of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.throttle import Throttle
from scheduling import opening
from scheduling.models import Kind
from webinars import calendar, guests, picker, rules, standing
from webinars.guest_forms import AddressForm, ChangeForm, NameForm
from webinars.guests import guest_page
from webinars.models import Attendance, Registration
from webinars.services import joining, replays
from webinars.services import registration as service
from webinars.views.page import Visit, picker_context, poster_path, room_address
from webinars.views.words import gone_sentence, replay_words

REMINDER = timedelta(minutes=10)
resending = Throttle("link-resent", ["5/10 minutes", "20/day"])


@dataclass(frozen=True, slots=True)
class Step:
    """One line of what happens next."""

    at: datetime | None
    kind: str  # reminder, doors, film, after


@require_safe
@guest_page
def place(request: HttpRequest, registration: Registration) -> HttpResponse:
    """The ticket until the end, the summary afterwards."""
    translation.activate(registration.webinar.language)
    now = timezone.now()
    if standing.is_over(registration, now):
        return over_page(request, registration, now)
    return render(request, "webinars/thanks.html", _ticket_context(registration, now))


def over_page(
    request: HttpRequest, registration: Registration, now: datetime, *, status: int = 200, **more: Any
) -> HttpResponse:
    """The summary; `more` is what a form on it is to show again."""
    return render(request, "webinars/over.html", _over_context(registration, now) | more, status=status)


@require_POST
@guest_page
def enter(request: HttpRequest, registration: Registration) -> HttpResponse:
    """The Enter click: a person is there. A script gets JSON, a form goes on into the room."""
    now = timezone.now()
    guest = guests.guest_of(request, now)
    wants_json = "application/json" in request.headers.get("Accept", "")
    try:
        if guest is None:
            raise joining.RoomClosed(None)
        joining.enter(registration=registration, guest=guest, now=now)
    except joining.TooLate:
        return (
            JsonResponse({"code": "too_late"}, status=409)
            if wants_json
            else see_other(room_address(registration))
        )
    except joining.RoomClosed as closed:
        if wants_json:
            opens_at = closed.opens_at.isoformat() if closed.opens_at else None
            return JsonResponse({"code": "room_closed", "opens_at": opens_at}, status=409)
        return see_other(reverse("place", args=[registration.pk]))
    if not wants_json:
        return see_other(room_address(registration))
    session = registration.session
    answer = {"now": now, "kind": session.kind, "starts_at": session.starts_at, "ends_at": session.ends_at}
    return JsonResponse(answer)


@require_safe
@guest_page
def calendar_file(request: HttpRequest, registration: Registration) -> HttpResponse:
    """The place as a calendar file, with the public page in it: the personal link stands only in mails."""
    if registration.starts_at is None:
        return see_other(reverse("place", args=[registration.pk]))
    url = calendar.public_url(registration.webinar)
    content = calendar.calendar_file(registration, url=url, now=timezone.now())
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{registration.webinar.slug}.ics"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@guest_page
def cancel(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Ask, and by POST give the place back."""
    translation.activate(registration.webinar.language)
    if request.method != "POST":
        return render(request, "webinars/cancel.html", _base_context(registration))
    service.cancel(registration=registration, now=timezone.now())
    messages.success(request, _("Your place is given back. You will get no more mail about it."))
    published = registration.webinar.is_published
    return see_other(_public_path(registration) if published else reverse("landing"))


@require_http_methods(["GET", "HEAD", "POST"])
@guest_page
def correct_name(request: HttpRequest, registration: Registration) -> HttpResponse:
    """How the person is called."""
    translation.activate(registration.webinar.language)
    form = NameForm(request.POST or None, initial={"first_name": registration.person.first_name})
    if request.method == "POST" and form.is_valid():
        service.correct_name(registration=registration, first_name=form.cleaned_data["first_name"])
        messages.success(request, _("Your name is corrected."))
        return see_other(reverse("place", args=[registration.pk]))
    status = 422 if form.errors else 200
    return render(request, "webinars/name.html", _base_context(registration) | {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@guest_page
def resend(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Send the personal link again, to a corrected address while nobody has come through the mailed one."""
    translation.activate(registration.webinar.language)
    form = AddressForm(request.POST or None, initial={"email": registration.person.email})
    context = _base_context(registration) | {"form": form}
    if request.method != "POST" or not form.is_valid():
        return render(request, "webinars/resend.html", context, status=422 if form.errors else 200)
    if not resending.hit(str(registration.person_id)):
        form.add_error(
            None, _("It was sent several times. Please look into your spam folder, or try again later.")
        )
        return render(request, "webinars/resend.html", context, status=429)
    now, email = timezone.now(), form.cleaned_data["email"]
    if rules.same_address(email, registration.person.email):
        service.resend(registration=registration, now=now)
    elif not service.correct_address(
        registration=registration, email=email, now=now, guest=guests.guest_of(request, now)
    ):
        form.add_error("email", _("This address is confirmed. To use another one, register with it."))
        return render(request, "webinars/resend.html", context, status=422)
    messages.success(request, _("Your link is on its way to %(email)s.") % {"email": email})
    return see_other(reverse("place", args=[registration.pk]))


@require_http_methods(["GET", "HEAD", "POST"])
@guest_page
def change(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Choose another start; the place changes only when a new one is sure."""
    translation.activate(registration.webinar.language)
    now = timezone.now()
    visit = Visit(registration.webinar, standing.zone_of(registration.zone), False, now, None)
    if not registration.webinar.is_published:
        return see_other(reverse("place", args=[registration.pk]))
    if request.method != "POST":
        return _change_page(request, registration, visit)
    form = ChangeForm(request.POST)
    if not form.is_valid():
        return _change_page(
            request, registration, visit, note=_("Please choose one of these times."), status=422
        )
    kind, starts_at = picker.parse_value(form.cleaned_data["slot"]) or ("", None)
    try:
        new = service.change(registration=registration, kind=kind, starts_at=starts_at, now=now)
    except service.SlotGone as gone:
        note = gone_sentence(gone, starts_at, visit.zone, now)
        chosen = picker.value_of(gone.next.kind, gone.next.starts_at) if gone.next else ""
        return _change_page(request, registration, visit, note=note, chosen=chosen, status=409)
    except service.NotOpen:
        return see_other(reverse("place", args=[registration.pk]))
    if new.pk != registration.pk:
        messages.success(request, _("Your place has moved. The new confirmation is on its way."))
    return see_other(reverse("place", args=[new.pk]))


@require_POST
@guest_page
def watch_again(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Open the replay of what is over."""
    try:
        replay = replays.watch_again(registration=registration, now=timezone.now())
    except replays.NoReplay:
        return see_other(reverse("place", args=[registration.pk]))
    return see_other(room_address(replay))


def see_other(address: str) -> HttpResponseRedirect:
    """Go on by GET."""
    return HttpResponseRedirect(address, status=303)


def _change_page(
    request: HttpRequest,
    registration: Registration,
    visit: Visit,
    *,
    note: str = "",
    chosen: str = "",
    status: int = 200,
) -> HttpResponse:
    context = _base_context(registration) | picker_context(visit, chosen=chosen) | {"note": note}
    return render(request, "webinars/change.html", context, status=status)


def _public_path(registration: Registration) -> str:
    webinar = registration.webinar
    return reverse("registration_page", args=[webinar.team.slug, webinar.slug])


def _base_context(registration: Registration) -> dict[str, Any]:
    webinar = registration.webinar
    has_poster = webinar.is_published and poster_path(webinar) is not None
    return {
        "registration": registration,
        "webinar": webinar,
        "team": webinar.team,
        "person": registration.person,
        "session": registration.session,
        "zone": str(registration.zone),
        "room_address": room_address(registration),
        "picture": reverse("webinar_poster", args=[webinar.team.slug, webinar.slug]) if has_poster else "",
    }


def _ticket_context(registration: Registration, now: datetime) -> dict[str, Any]:
    session = registration.session
    context = _base_context(registration) | {
        "now": now,
        "room_open": standing.is_room_open(registration, now),
        "minutes": max(round(session.duration / 60), 1),
        "presenters": get_text_list(
            [who["name"] for who in registration.webinar.presenters if who.get("name")], _("and")
        ),
        "steps": _steps(registration, now),
        "replay_words": replay_words(registration.webinar.schedule),
        "opening": opening.fortnight(
            standing.hours_of(registration.webinar.chat_hours), registration.zone, now
        ),
    }
    if registration.starts_at is not None:
        context["google_url"] = calendar.google_url(registration)
        context["outlook_url"] = calendar.outlook_url(registration)
        context["relative"] = registration.starts_at > now
        context["until"] = picker.in_words(registration.starts_at - now)
    return context


def _steps(registration: Registration, now: datetime) -> list[Step]:
    """What is still to come, each with its instant; nothing that has passed."""
    starts_at = registration.starts_at
    if starts_at is None:
        return []
    doors = standing.doors_at(registration)
    steps = [Step(starts_at, "film")]
    if doors and doors < starts_at:
        steps.append(Step(doors, "doors"))
    if registration.session.kind == Kind.SCHEDULED:
        steps.append(Step(starts_at - REMINDER, "reminder"))
    return sorted((step for step in steps if step.at and step.at > now), key=lambda step: step.at or now)


def _over_context(registration: Registration, now: datetime) -> dict[str, Any]:
    attendance = Attendance.objects.filter(registration=registration).first()
    spans = [(float(start), float(end)) for start, end in attendance.coverage] if attendance else []
    webinar = registration.webinar
    visit = Visit(webinar, standing.zone_of(registration.zone), False, now, None)
    offered = picker_context(visit)["picker"].every[:4] if webinar.is_published else []
    return _base_context(registration) | {
        "now": now,
        "attended": attendance is not None,
        "watched_minutes": round(rules.watched_seconds(spans) / 60),
        "minutes": max(round(registration.session.duration / 60), 1),
        "replay": replays.replay_of(registration, now),
        "next_rows": [row for row in offered if row.local and not row.full],
        "public_path": _public_path(registration) if webinar.is_published else "",
    }
