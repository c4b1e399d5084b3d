"""The attendee's talk over plain HTTP: commands where sockets are blocked, and entries to catch up with."""

import json

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.throttle import Throttle
from chat import commands, frames, news
from chat.schemas import up
from chat.schemas.base import LARGEST_FRAME
from chat.services import consent, reading
from webinars import presence
from webinars.guests import guest_of, guest_page
from webinars.models import Registration

LARGEST_NUMBER = 2**53
AGAIN_MS = 1000
sending = Throttle("room-commands", ["240/minute"])  # twice what one socket may say


@require_POST
@guest_page
def command(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Run one command; the answer is the frame that the socket would have sent back."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_FRAME:
        return _frame(frames.refused(None, "bad_frame", _("This is no command.")), 413)
    try:
        wanted = commands.parse(request.body.decode(), up.attendee_commands)
    except UnicodeDecodeError:
        return _frame(frames.refused(None, "bad_frame", _("This is no command.")), 400)
    except commands.BadFrame as bad:
        return _frame(bad.reply, 400)
    if not sending.hit(str(registration.pk)):
        ref = str(wanted.ref) if wanted.ref else None
        return _frame(frames.refused(ref, "slow_down", _("A little slower, please."), AGAIN_MS), 429)
    return _frame(_answer(request, registration, wanted))


def _answer(request: HttpRequest, registration: Registration, wanted: up.Command) -> str:
    now, ref = timezone.now(), str(wanted.ref) if wanted.ref else None
    guest = guest_of(request, now)
    if (
        isinstance(wanted, up.Post | up.Read | up.Delivered | up.PromptNote | up.FaqHelped)
        and guest is not None
    ):
        result = commands.as_attendee(registration, guest.pk, wanted, now)
        for hint in result.hints:
            news.publish(hint)
        return result.reply or frames.ack(ref, None, now)
    if isinstance(wanted, up.Seen) and presence.note_seen(
        registration.pk, wanted.data.position, wanted.data.playing, now
    ):
        presence.flush(now)
    if isinstance(wanted, up.Hello | up.Ping):
        return frames.clock("pong", now, reading.conversation_of(registration).public_seq)
    return frames.ack(ref, None, now)


def _frame(text: str, status: int = 200) -> HttpResponse:
    return HttpResponse(text, content_type="application/json", status=status)


@require_POST
@guest_page
def other(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Agree that a third party's chat is loaded, or take that back; a script gets no page, a form the room."""
    found = consent.other_chat(registration, registration.session.kind)
    yes = request.POST.get("agree") == "yes"
    # The origin comes with the form: whoever agreed to one must not have agreed to another that came meanwhile.
    if yes and (found is None or request.POST.get("origin") != found.origin):
        if "application/json" in request.headers.get("Accept", ""):
            return JsonResponse({"code": "conversation_changed"}, status=409)
        return HttpResponseRedirect(reverse("room", args=[registration.pk]), status=303)
    origin = found.origin if found else ""
    consent.agree(registration=registration, origin=origin, yes=yes, now=timezone.now())
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"agreed": yes})
    return HttpResponseRedirect(reverse("room", args=[registration.pk]), status=303)


@require_GET
@guest_page
def events(request: HttpRequest, registration: Registration) -> HttpResponse:
    """What an attendee lacks after a public number: a page of entries, oldest first, and where things stand."""
    text = request.GET.get("after", "0")
    if not (text.isascii() and text.isdigit() and len(text) <= 16):
        raise Http404
    opening = reading.opening(registration, last=min(int(text), LARGEST_NUMBER), now=timezone.now())
    return JsonResponse(
        {
            "epoch": opening.epoch,
            "head": opening.head,
            "mode": opening.mode,
            "expect": opening.expect,
            "conversation": opening.conversation,
            "seen": opening.seen,
            "events": [json.loads(frame) for _seq, frame in opening.frames],
        }
    )
