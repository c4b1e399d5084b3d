"""Builds what the prompts of a page need in the browser, for visitors and attendees; nothing of the team is in it."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from chat import prompting
from chat.frames import Json
from chat.models import Prompt, PromptSetting
from chat.services.automation import setting_of
from chat.services.prompting import filled, situation_of, value_of
from webinars import standing
from webinars.models import Registration, Webinar


def setting_for(webinar: Webinar) -> PromptSetting | None:
    """How the webinar invites; None while no host has touched it, and then it has no prompts."""
    return PromptSetting.objects.filter(webinar=webinar).first()


def for_visitor(webinar: Webinar, setting: PromptSetting, page: prompting.Page, address: str) -> Json | None:
    """The prompts of a public page: the same for everybody, what a visitor saw is only in their browser."""
    rows = _rows(webinar)
    if not rows:
        return None
    settings = setting_of(webinar.pk)
    prompts = _fitting(rows, setting, address)
    return {
        **_page(webinar, page, setting),
        "prompts": [_prompt(row, value, filled(value.text, settings, "")) for row, value in prompts],
        "visitor": True,
        "mode": "chat",
        "properties": {"asked": "no"},
        "seen": {},
        "quiet_until": None,
        "question_open": False,
        "human_at": None,
        "session": "",
        "urls": {"form": reverse("registration_page", args=[webinar.team.slug, webinar.slug])},
    }


def for_attendee(
    registration: Registration, setting: PromptSetting, page: prompting.Page, address: str, now: datetime
) -> Json | None:
    """The prompts of an attendee's page with what they were shown before, on whatever device."""
    rows = _rows(registration.webinar)
    if not rows:
        return None
    webinar, person = registration.webinar, registration.person
    settings = setting_of(webinar.pk)
    mode = settings.mode(registration.session.kind, now, registration.zone)
    situation = situation_of(registration, page, setting, mode, now)
    prompts = _fitting(rows, setting, address)
    return {
        **_page(webinar, page, setting),
        "prompts": [
            _prompt(row, value, filled(value.text, settings, person.first_name)) for row, value in prompts
        ],
        "visitor": False,
        "mode": mode.value,
        "properties": dict(situation.properties),
        "seen": {key: {"at": _ms(seen.at), "session": seen.session} for key, seen in situation.seen.items()},
        "quiet_until": _ms(situation.quiet_until) if situation.quiet_until else None,
        "question_open": situation.question_open,
        "human_at": _ms(situation.human_at) if situation.human_at else None,
        "session": situation.session,
        "urls": {
            "commands": reverse("room_commands", args=[registration.pk]),
            "talk": talk_address(registration, now),
            "form": _form_address(webinar),
        },
    }


def talk_address(registration: Registration, now: datetime) -> str:
    """Where the conversation stands beside a composer; empty while the room is closed."""
    return (
        reverse("room", args=[registration.pk]) + "#talk" if standing.is_room_open(registration, now) else ""
    )


def _form_address(webinar: Webinar) -> str:
    if not webinar.is_published:
        return ""
    return reverse("registration_page", args=[webinar.team.slug, webinar.slug]) + "?other"


def _rows(webinar: Webinar) -> list[Prompt]:
    return list(Prompt.objects.of_webinar(webinar).filter(is_on=True))


def _fitting(
    rows: Iterable[Prompt], setting: PromptSetting, address: str
) -> list[tuple[Prompt, prompting.Prompt]]:
    """Those with words whose addresses fit; all else is decided where it changes."""
    found = ((row, value_of(row, setting.opener_of_all)) for row in rows)
    return [
        (row, value) for row, value in found if value.text.strip() and prompting.address_fits(value, address)
    ]


def _page(webinar: Webinar, page: prompting.Page, setting: PromptSetting) -> Json:
    return {
        "page": page.value,
        "webinar": str(webinar.pk),
        "team": webinar.team.slug,
        "quiet_days": setting.quiet_days,
        "side": setting.side,
    }


def _prompt(row: Prompt, value: prompting.Prompt, text: str) -> Json:
    return {
        "key": value.key,
        "text": text,
        "article": row.article,
        "seconds": value.seconds,
        "idle": value.idle,
        "position": value.position,
        "pages": value.pages,
        "join": value.join.value,
        "properties": row.properties,
        "pages_in": sorted(value.pages_in),
        "pages_out": sorted(value.pages_out),
        "form_too": value.form_too,
        "often": value.often.value,
        "days": value.days,
        "action": value.action.value,
    }


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
