"""Saves a webinar's prompts for a host: none in silence over somebody else's, each act in the audit log."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from accounts.services import audit
from chat import openers, prompting
from chat.models import Prompt, PromptSetting
from webinars.models import Webinar

MOST = 20  # of one webinar; more would be a campaign


class StalePrompts(Exception):
    """Somebody else saved in between."""


class TooMany(Exception):
    """The webinar has as many prompts as it may."""


class Gone(Exception):
    """The prompt was removed meanwhile."""


def _held(webinar: Webinar, version: int) -> PromptSetting:
    """The webinar's setting under its lock, made when it is missing; StalePrompts for another version."""
    PromptSetting.objects.get_or_create(webinar=webinar)
    setting = PromptSetting.objects.select_for_update().get(webinar=webinar)
    if setting.version != version:
        raise StalePrompts
    return setting


def _done(
    setting: PromptSetting, act: str, *, webinar: Webinar, actor: User, now: datetime, **detail: Any
) -> None:
    setting.version += 1
    setting.save()
    what, target = f"webinar.prompts_{act}", f"webinar {webinar.pk}"
    audit(team=webinar.team, actor=actor, act=what, target=target, detail=detail, now=now)


def version_of(webinar: Webinar) -> int:
    """The version a form begins with."""
    return PromptSetting.objects.filter(webinar=webinar).values_list("version", flat=True).first() or 0


@transaction.atomic
def save_prompt(
    *,
    webinar: Webinar,
    actor: User,
    prompt_id: int | None,
    values: Mapping[str, Any],
    version: int,
    now: datetime,
) -> Prompt:
    """Save a prompt, a new one without `prompt_id`; `values` are fields of `Prompt`, checked by the form.

    Raises StalePrompts, TooMany or Gone, and then nothing is saved.
    """
    setting = _held(webinar, version)
    if prompt_id is None:
        _room_for(webinar, 1)
        prompt = Prompt(webinar=webinar, place=_last_place(webinar) + 1)
    else:
        prompt = _of(webinar, prompt_id)
    for name, value in values.items():
        setattr(prompt, name, value)
    prompt.save()
    _done(setting, "saved", webinar=webinar, actor=actor, now=now, prompt=prompt.pk)
    return prompt


@transaction.atomic
def save_setting(
    *, webinar: Webinar, actor: User, values: Mapping[str, Any], version: int, now: datetime
) -> None:
    """Save what holds for all prompts; raises StalePrompts."""
    setting = _held(webinar, version)
    for name, value in values.items():
        setattr(setting, name, value)
    _done(setting, "set", webinar=webinar, actor=actor, now=now, opener=setting.opener)


@transaction.atomic
def switch(
    *, webinar: Webinar, actor: User, prompt_id: int, is_on: bool, version: int, now: datetime
) -> None:
    """Switch one on or off; raises StalePrompts or Gone."""
    setting = _held(webinar, version)
    prompt = _of(webinar, prompt_id)
    prompt.is_on = is_on
    prompt.save(update_fields=["is_on"])
    _done(setting, "switched", webinar=webinar, actor=actor, now=now, prompt=prompt_id, is_on=is_on)


@transaction.atomic
def move_up(*, webinar: Webinar, actor: User, prompt_id: int, version: int, now: datetime) -> None:
    """Put one before its neighbour: of several that may show, the first does. Raises StalePrompts or Gone."""
    setting = _held(webinar, version)
    rows = list(Prompt.objects.of_webinar(webinar))
    at = next((place for place, row in enumerate(rows) if row.pk == prompt_id), None)
    if at is None:
        raise Gone
    if at:
        rows[at - 1], rows[at] = rows[at], rows[at - 1]
    _number(rows)
    _done(setting, "moved", webinar=webinar, actor=actor, now=now, prompt=prompt_id)


@transaction.atomic
def remove(*, webinar: Webinar, actor: User, prompt_id: int, version: int, now: datetime) -> None:
    """Take one away with what was counted of it; raises StalePrompts or Gone."""
    setting = _held(webinar, version)
    _of(webinar, prompt_id).delete()
    _done(setting, "removed", webinar=webinar, actor=actor, now=now, prompt=prompt_id)


@transaction.atomic
def apply_site(*, webinar: Webinar, actor: User, site: str, version: int, now: datetime) -> int:
    """Set the prompts of a kind of site, with neutral openers; how many were made (A-072).

    What is there stays; only *never* switches it off, and makes none. Raises StalePrompts or TooMany.
    """
    setting = _held(webinar, version)
    made = prompting.site_preset(site)
    _room_for(webinar, len(made))
    if site == "never":
        Prompt.objects.filter(webinar=webinar).update(is_on=False)
    words = openers.LIBRARY[openers.language_of(webinar.language)]
    first = _last_place(webinar) + 1
    Prompt.objects.bulk_create(
        _row(webinar, value, words[number % len(words)], first + number) for number, value in enumerate(made)
    )
    _done(setting, "preset", webinar=webinar, actor=actor, now=now, site=site)
    return len(made)


def _row(webinar: Webinar, value: prompting.Prompt, text: str, place: int) -> Prompt:
    return Prompt(
        webinar=webinar,
        place=place,
        text=text,
        seconds=value.seconds,
        pages=value.pages,
        pages_in=sorted(value.pages_in),
        often=value.often,
        days=value.days,
    )


def _of(webinar: Webinar, prompt_id: int) -> Prompt:
    prompt = Prompt.objects.filter(webinar=webinar, pk=prompt_id).first()
    if prompt is None:
        raise Gone
    return prompt


def _room_for(webinar: Webinar, more: int) -> None:
    if Prompt.objects.filter(webinar=webinar).count() + more > MOST:
        raise TooMany


def _last_place(webinar: Webinar) -> int:
    return Prompt.objects.filter(webinar=webinar).aggregate(last=Max("place"))["last"] or 0


def _number(rows: Sequence[Prompt]) -> None:
    for place, row in enumerate(rows):
        row.place = place
    Prompt.objects.bulk_update(rows, ["place"])
