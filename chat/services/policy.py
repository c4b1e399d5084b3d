"""Saves how the talk of a webinar works, and lets what is not yet due follow."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from chat import other, texts, wording
from chat.models import ChatPolicy, Conversation, KindPolicy, KindText, Mode, PolicyKind, Promise
from webinars.models import Webinar


class Stale(Exception):
    """Somebody else saved in between."""


class Invalid(Exception):
    """Some fields cannot be saved; `errors` has a code for each, keyed `field` or `kind.field`."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(", ".join(errors))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class KindSetting:
    """What one kind of session has, with its texts in the webinar's language."""

    mode: str = Mode.CHAT
    welcome_on: bool = True
    welcome_text: str = ""
    autoresponder_on: bool = True
    autoresponder_text: str = ""
    outside_text: str = ""
    other_url: str = ""


@dataclass(frozen=True, slots=True)
class PolicySetting:
    """What a webinar is to have; seconds and hours as whole numbers.

    `language` is the one that the texts were written in, where somebody could have changed it meanwhile.
    """

    kinds: Mapping[str, KindSetting]
    welcome_delay: int = 5
    autoresponder_delay: int = 300
    once_per_session: bool = True
    promise: str = Promise.DAY_END
    promise_hours: int = 24
    outside_mode: str = Mode.EMAIL
    away_email: bool = False
    queue_most: int | None = None
    queue_minutes: int | None = None
    target_seconds: int = 180
    expectation: str = ""
    name_fallback: str = ""
    files: bool = True
    receipts: bool = False
    nudge_minutes: int = 0
    ai_drafts: bool = False
    language: str = ""


TEXTS = tuple(texts.SAID)
PLAIN = (
    "welcome_delay",
    "autoresponder_delay",
    "once_per_session",
    "promise",
    "promise_hours",
    "outside_mode",
    "away_email",
    "queue_most",
    "queue_minutes",
    "target_seconds",
    "expectation",
    "name_fallback",
    "files",
    "receipts",
    "nudge_minutes",
    "ai_drafts",
)


@transaction.atomic
def default_policy(webinar: Webinar) -> ChatPolicy:
    """The webinar's policy, made with everything on when it has none; it says our own texts until somebody writes."""
    policy, made = ChatPolicy.objects.get_or_create(webinar=webinar)
    if made:
        KindPolicy.objects.bulk_create(KindPolicy(policy=policy, kind=kind) for kind in PolicyKind.values)
    return policy


def kinds_of(policy: ChatPolicy, language: str) -> dict[str, KindSetting]:
    """What each kind of session has, with its texts in a language; a policy that is not stored has the defaults."""
    kinds = {row.kind: row for row in policy.kinds.all()} if policy.pk else {}
    rows = {(row.kind, row.language): row for row in policy.texts.all()} if policy.pk else {}
    return {
        kind: _kind(kinds.get(kind) or KindPolicy(kind=kind), said_in(rows, kind, language))
        for kind in PolicyKind.values
    }


def _kind(row: KindPolicy, said: Mapping[str, str]) -> KindSetting:
    return KindSetting(
        mode=row.mode,
        welcome_on=row.welcome_on,
        autoresponder_on=row.autoresponder_on,
        other_url=row.other_url,
        **said,
    )


def said_in(rows: Mapping[tuple[str, str], KindText], kind: str, language: str) -> dict[str, str]:
    """The texts of a kind in a language: the host's where there are some, else ours."""
    own = rows.get((kind, language))
    if own is not None:
        return {name: getattr(own, name) for name in TEXTS}
    others = [row for (of_kind, _language), row in rows.items() if of_kind == kind]
    return {
        name: texts.default(name, language, {row.language: getattr(row, name) for row in others})
        for name in TEXTS
    }


@transaction.atomic
def save_policy(
    *, webinar: Webinar, setting: PolicySetting, version: int | None, now: datetime
) -> ChatPolicy:
    """Save all of a webinar's chat settings.

    The texts become those of the webinar's language; what is written in others stays. Raises Stale when `version` is
    given and not the stored one, or when the webinar's language is another meanwhile; Invalid with
    `unknown_placeholder`, `text_invalid`, `too_long`, `too_short` or `field_invalid` per field. What is not yet due
    is decided again at the next tick.
    """
    default_policy(webinar)
    policy = ChatPolicy.objects.select_for_update().get(webinar=webinar)
    language = Webinar.objects.values_list("language", flat=True).get(pk=webinar.pk)
    if (version is not None and version != policy.version) or setting.language not in {"", language}:
        raise Stale
    errors = _plain_errors(setting)
    kinds = {
        kind: _texts(kind, setting.kinds[kind], errors) for kind in PolicyKind.values if kind in setting.kinds
    }
    if errors:
        raise Invalid(errors)
    for name in PLAIN:
        setattr(policy, name, getattr(setting, name))
    policy.version += 1
    policy.save()
    for kind, values in kinds.items():
        said = {name: values.pop(name) for name in TEXTS}
        KindPolicy.objects.filter(policy=policy, kind=kind).update(**values)
        KindText.objects.update_or_create(policy=policy, kind=kind, language=language, defaults=said)
    look_again(webinar, now)
    return policy


def look_again(webinar: Webinar, now: datetime) -> None:
    """Let the next tick decide about everything that automation waits for: a changed delay moves it."""
    pending = Q(due_at__isnull=False) | Q(waiting_since__isnull=False)
    Conversation.objects.filter(pending, webinar=webinar).update(due_at=now)


def _plain_errors(setting: PolicySetting) -> dict[str, str]:
    checks = {
        "autoresponder_delay": 15 <= setting.autoresponder_delay <= 86_400,
        "welcome_delay": 0 <= setting.welcome_delay <= 3600,
        "promise": setting.promise in Promise.values,
        "promise_hours": 1 <= setting.promise_hours <= 720,
        "outside_mode": setting.outside_mode in {Mode.CHAT, Mode.EMAIL, Mode.OFF},
        "queue_most": setting.queue_most is None or 1 <= setting.queue_most <= 999,
        "queue_minutes": setting.queue_minutes is None or 1 <= setting.queue_minutes <= 999,
        "target_seconds": 10 <= setting.target_seconds <= 86_400,
        "expectation": len(setting.expectation) <= 200 and "\0" not in setting.expectation,
        "nudge_minutes": 0 <= setting.nudge_minutes <= 240,
        "name_fallback": len(setting.name_fallback) <= 40 and "\0" not in setting.name_fallback,
    }
    return {name: "field_invalid" for name, fine in checks.items() if not fine}


def _texts(kind: str, setting: KindSetting, errors: dict[str, str]) -> dict[str, Any]:
    """The row's values with texts checked and aliases replaced; what is wrong goes into `errors`."""
    values: dict[str, Any] = {
        "mode": setting.mode,
        "welcome_on": setting.welcome_on,
        "autoresponder_on": setting.autoresponder_on,
        "other_url": setting.other_url,
    }
    if setting.mode not in Mode.values:
        errors[f"{kind}.mode"] = "field_invalid"
    if setting.other_url or setting.mode == Mode.OTHER:
        try:
            values["other_url"] = other.checked(setting.other_url, own_hosts=settings.ALLOWED_HOSTS)
        except other.BadAddress as bad:
            errors[f"{kind}.other_url"] = bad.code
    for name in TEXTS:
        text = getattr(setting, name)
        try:
            values[name] = wording.template(wording.checked(text)) if text.strip() else ""
        except wording.UnknownNames:
            errors[f"{kind}.{name}"] = "unknown_placeholder"
        except wording.BadText as bad:
            errors[f"{kind}.{name}"] = bad.code
    return values
