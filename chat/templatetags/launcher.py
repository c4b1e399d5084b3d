"""Puts the way to the team, and the prompts, onto the pages of attendees outside the room."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone

from chat import prompting
from chat.frames import Json
from chat.models import KindPolicy, Mode, Side
from chat.services import prompt_page
from scheduling import hours
from scheduling.models import Kind
from webinars import standing
from webinars.models import Registration, Webinar

register = template.Library()


@dataclass(frozen=True, slots=True)
class Launcher:
    """The button, where it leads, what its sheet says, and the prompts of the page.

    `href` is the conversation, or the sheet where there is none to write in. `way` is how the room talks: chat, email
    or nothing; `doors_at` when it opens.
    """

    href: str
    way: str
    is_left: bool
    is_open: bool
    opens_at: datetime | None
    doors_at: datetime | None
    zone: str
    prompts: Json | None


@register.simple_tag(takes_context=True)
def launcher(context: dict[str, Any], webinar: Webinar) -> Launcher:
    """The launcher of a guest's page about a webinar; always there, with prompts or without (A-073)."""
    now = timezone.now()
    registration: Registration | None = context.get("registration")
    zone = ZoneInfo(str(context.get("zone") or webinar.schedule.zone))
    setting = prompt_page.setting_for(webinar)
    prompts = None
    page = _page_of(context, registration, now)
    if setting is not None and page is not None:
        address = context["request"].path
        if registration is not None:
            prompts = prompt_page.for_attendee(registration, setting, page, address, now)
        else:
            prompts = prompt_page.for_visitor(webinar, setting, page, address)
    times = standing.hours_of(webinar.chat_hours)
    is_open = hours.is_open(times, now, zone)
    doors = standing.doors_at(registration) if registration is not None else None
    talk = _talk(registration, page, now) if registration is not None else ""
    return Launcher(
        href=talk or "#reach",
        way=_way(webinar, registration),
        is_left=setting is not None and setting.side == Side.LEFT,
        is_open=is_open,
        opens_at=None if is_open else hours.next_opening(times, now, zone),
        doors_at=doors if doors is not None and doors > now else None,
        zone=zone.key,
        prompts=prompts,
    )


def _talk(registration: Registration, page: prompting.Page | None, now: datetime) -> str:
    """Where their conversation stands: in the room, afterwards on the page of the place; empty where nowhere."""
    talk = prompt_page.talk_address(registration, now)
    if talk or page is not prompting.Page.OVER:
        return talk
    return "#conversation"


def _way(webinar: Webinar, registration: Registration | None) -> str:
    """How one can talk in the room at best: of the attendee's kind of session, for a visitor of any kind."""
    found = KindPolicy.objects.filter(policy__webinar=webinar)
    if registration is not None:
        kind = registration.session.kind
        found = found.filter(kind="just_in_time" if kind == Kind.ON_DEMAND else kind)
    modes = set(found.values_list("mode", flat=True))
    return next((mode for mode in (Mode.CHAT, Mode.EMAIL) if mode in modes), "")


def _page_of(
    context: dict[str, Any], registration: Registration | None, now: datetime
) -> prompting.Page | None:
    """Which of the pages with prompts this is; None for all others, such as the one to correct a name."""
    match = context["request"].resolver_match
    name = match.url_name if match else ""
    if name == "place" and registration is not None:
        return prompting.Page.OVER if standing.is_over(registration, now) else prompting.Page.THANKS
    if name == "registration_page" and registration is None:
        form = context.get("form")
        return prompting.Page.FORM if form is not None and form.is_bound else prompting.Page.REGISTRATION
    return None
