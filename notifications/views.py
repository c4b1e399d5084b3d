"""Pages for readers of mails: the way out of them, and, in local mode, the outbox."""

import ipaddress
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from csp.decorators import csp_exempt
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from notifications import services
from notifications.compose import shown
from notifications.models import Email, State
from notifications.tokens import holder_of
from notifications.transport import Outbox, configured
from webinars.models import WaitingPlace

P = ParamSpec("P")
PageView = Callable[Concatenate[HttpRequest, P], HttpResponse]

_FORWARDED = ("HTTP_X_FORWARDED", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA", "HTTP_CF_", "HTTP_X_CLIENT")
# The mail as its reader's program shows it: no scripts, nothing loaded, links in a new tab.
_MAIL_CSP = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
_PAGE = 50


@never_cache
@csrf_exempt  # a mail program posts here without a cookie; the token is what counts (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the ways out and changes nothing; POST takes the one asked for, at once, as often as it comes."""
    registration = holder_of(token)
    if registration is None:
        return render(request, "notifications/unsubscribe_unknown.html", status=404)
    done = ""
    if request.method == "POST":
        done = "all" if request.POST.get("what") == "all" else "webinar"
        act = services.suppress if done == "all" else services.opt_out
        act(registration=registration, now=timezone.now())
    context = {
        "registration": registration,
        "waits": isinstance(registration, WaitingPlace),
        "team": registration.webinar.team,
        "done": done,
    }
    response = render(request, "notifications/unsubscribe.html", context)
    response["Referrer-Policy"] = "strict-origin"
    return response


def is_local(request: HttpRequest) -> bool:
    """Whether the request came from this machine itself, through nobody."""
    if any(name.startswith(_FORWARDED) for name in request.META):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def local_page(view: PageView[P]) -> Callable[..., HttpResponse]:
    """Wrap a page that exists only in local mode and on the loopback; elsewhere it is not found."""

    @wraps(view)
    def inner(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not (settings.LOCAL and settings.OUTBOX_PAGE and is_local(request)):
            raise Http404
        return view(request, *args, **kwargs)

    return inner


@require_GET
@never_cache
@local_page
def outbox(request: HttpRequest) -> HttpResponse:
    """Every mail of this machine, latest first."""
    rows = Email.objects.select_related("team", "webinar").order_by("-planned_at", "-created_at")
    state = request.GET.get("state", "")
    state = state if state in State.values else ""
    rows = rows.filter(state=state) if state else rows
    page = Paginator(rows, _PAGE).get_page(request.GET.get("page"))
    choices = [("", _("All")), *State.choices]
    tabs = [
        {"href": f"?state={value}", "label": label, "current": value == state} for value, label in choices
    ]
    context = {"page": page, "state": state, "tabs": tabs, "leaves": not isinstance(configured(), Outbox)}
    return render(request, "notifications/outbox.html", context)


@require_GET
@never_cache
@local_page
def outbox_mail(request: HttpRequest, email: uuid.UUID) -> HttpResponse:
    """One mail: rendered, as text, with its headers and its calendar file."""
    row = get_object_or_404(Email.objects.select_related("team", "webinar"), pk=email)
    return render(request, "notifications/outbox_mail.html", {"email": row, "mail": shown(row)})


@require_GET
@never_cache
@csp_exempt()
@xframe_options_sameorigin
@local_page
def outbox_html(request: HttpRequest, email: uuid.UUID) -> HttpResponse:
    """The HTML part alone, for the frame."""
    row = get_object_or_404(Email, pk=email)
    html = shown(row).html.replace("<head>", '<head><base target="_blank">', 1)
    return HttpResponse(html, headers={"Content-Security-Policy": _MAIL_CSP})


@require_GET
@never_cache
@local_page
def outbox_calendar(request: HttpRequest, email: uuid.UUID) -> HttpResponse:
    """The calendar file, as attached."""
    calendar = shown(get_object_or_404(Email, pk=email)).calendar
    if not calendar:
        raise Http404
    return HttpResponse(
        calendar,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="invitation.ics"'},
    )
