"""Takes what an attendee writes on the page of their place once there is no room any more."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chat import refusals
from chat.services import posting
from webinars import standing
from webinars.guests import guest_page
from webinars.models import Registration
from webinars.views.place import over_page


@require_POST
@guest_page
def ask(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Store a question that is answered by e-mail; while there is a room, it is asked there."""
    translation.activate(registration.webinar.language)
    now = timezone.now()
    if not standing.is_over(registration, now):
        return HttpResponseRedirect(reverse("room", args=[registration.pk]), status=303)
    text = request.POST.get("text", "")
    try:
        posting.post_as_attendee(
            registration=registration, ref=_ref(request.POST.get("ref", "")), text=text, now=now
        )
    except refusals.Refusal as refusal:
        more = {"asked": text, "wrong": refusal.text}
        return over_page(request, registration, now, status=422, **more)
    messages.success(request, _("Your question has arrived. We answer by e-mail."))
    return HttpResponseRedirect(reverse("place", args=[registration.pk]) + "#conversation", status=303)


def _ref(given: str) -> uuid.UUID | None:
    """The ref that the form came with, so that sending it twice is one message; None for anything else."""
    try:
        return uuid.UUID(given)
    except ValueError:
        return None
