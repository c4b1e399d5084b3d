"""Makes webinars and changes what a host may change of them, each act with its line in the audit log."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from accounts.models import Membership, User
from accounts.services import audit
from scheduling.models import ChatHours, HoursWindow, Schedule
from scheduling.services import Stale
from videos.services import create_video
from webinars import signals
from webinars.checklist import Gap, gaps
from webinars.models import Assignment, Webinar

SLUG_LENGTH = 80


class SlugTaken(Exception):
    """Another webinar of the team has this address."""


class NotReady(Exception):
    """It cannot be published yet; `gaps` says what is missing."""

    def __init__(self, missing: list[Gap]) -> None:
        super().__init__("Something is missing.")
        self.gaps = missing


@dataclass(frozen=True)
class Texts:
    """All that the registration page says."""

    title: str
    slug: str
    promise: str = ""
    description: str = ""
    learn: list[str] = field(default_factory=list)
    presenters: list[dict[str, str]] = field(default_factory=list)


def free_slug(team_id: Any, title: str) -> str:
    """An address made of the title that no webinar of the team has."""
    base = slugify(title)[: SLUG_LENGTH - 4].strip("-") or "webinar"
    taken = set(Webinar.objects.filter(team_id=team_id, slug__startswith=base).values_list("slug", flat=True))
    return next(
        slug for n in range(1, len(taken) + 2) if (slug := base if n == 1 else f"{base}-{n}") not in taken
    )


@transaction.atomic
def create_webinar(*, membership: Membership, title: str, zone: ZoneInfo, now: datetime) -> Webinar:
    """A draft without times yet, its maker as moderator, its chat hours 9 to 5 on weekdays in `zone`.

    What it is shown by, and how it is talked about, a strategy says; see `config.strategies.new_webinar`.
    """
    schedule = Schedule.objects.create(zone=zone, starts_on=now.astimezone(zone).date())
    hours = ChatHours.objects.create(zone=zone)
    HoursWindow.objects.bulk_create(
        HoursWindow(hours=hours, weekday=day, opens=time(9), closes=time(17)) for day in range(5)
    )
    webinar = Webinar.objects.create(
        team=membership.team,
        title=title,
        slug=free_slug(membership.team_id, title),
        schedule=schedule,
        chat_hours=hours,
        video=create_video(team=membership.team, now=now),
        language=membership.user.language,
        created_at=now,
    )
    Assignment.objects.create(webinar=webinar, membership=membership)
    _log(webinar, membership.user, "webinar.created", {}, now)
    signals.webinar_created.send(Webinar, webinar=webinar, now=now)
    return webinar


def _log(webinar: Webinar, actor: User | None, act: str, detail: dict[str, Any], now: datetime) -> None:
    target = f"webinar {webinar.pk}"
    audit(team=webinar.team, actor=actor, act=act, target=target, detail=detail, now=now)


def _locked(webinar: Webinar, version: int | None = None) -> Webinar:
    """The row under its lock; Stale when the editor began with another version."""
    row = Webinar.objects.select_for_update(of=("self",)).select_related("team").get(pk=webinar.pk)
    if version is not None and row.version != version:
        raise Stale(row.version)
    return row


@transaction.atomic
def save_texts(*, webinar: Webinar, actor: User, texts: Texts, version: int, now: datetime) -> Webinar:
    """Replace the texts of the registration page. Raises Stale, or SlugTaken; then nothing is changed."""
    row = _locked(webinar, version)
    moved = row.slug != texts.slug
    for name in Texts.__dataclass_fields__:
        setattr(row, name, getattr(texts, name))
    row.version = version + 1
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise SlugTaken from error
    _log(row, actor, "webinar.texts_saved", {"address_changed": moved}, now)
    return row


@transaction.atomic
def save_settings(
    *,
    webinar: Webinar,
    actor: User,
    doors_minutes: int,
    exit_minutes: int,
    language: str = "",
    version: int,
    now: datetime,
) -> Webinar:
    """Change how long before the start the waiting room opens and how long after the end the chat stays open.

    Sessions that people hold places in keep the exit room they were made with. `language` is the one that is said
    by itself and written in mails; empty leaves it. Raises Stale.
    """
    row = _locked(webinar, version)
    row.doors_minutes, row.exit_minutes, row.version = doors_minutes, exit_minutes, version + 1
    row.language = language or row.language
    row.save()
    detail = {"doors_minutes": doors_minutes, "exit_minutes": exit_minutes, "language": row.language}
    _log(row, actor, "webinar.settings_saved", detail, now)
    return row


@transaction.atomic
def set_moderators(
    *, webinar: Webinar, actor: User, memberships: Iterable[Membership], version: int, now: datetime
) -> Webinar:
    """Let exactly these members answer the webinar's attendees. Raises Stale.

    Editors and moderators see only webinars they are assigned to: who is left out loses sight of it, an editor of
    it does not.
    """
    row = _locked(webinar, version)
    chosen = {member.pk: member for member in memberships}
    if any(member.team_id != row.team_id for member in chosen.values()):
        raise ValueError("A moderator of a webinar is a member of its team.")
    for kept in row.assignments.select_for_update().select_related("membership"):
        moderates = chosen.pop(kept.membership_id, None) is not None
        if not moderates and not _edits(kept.membership):
            kept.delete()
        elif kept.moderates != moderates:
            kept.moderates = moderates
            kept.save(update_fields=["moderates"])
    for member in chosen.values():
        Assignment.objects.create(webinar=row, membership=member)
    row.version = version + 1
    row.save(update_fields=["version"])
    who = sorted(row.assignments.filter(moderates=True).values_list("membership_id", flat=True))
    _log(row, actor, "webinar.moderators_set", {"memberships": who}, now)
    return row


def _edits(membership: Membership) -> bool:
    return membership.may_edit and not membership.sees_all_webinars


@transaction.atomic
def publish(*, webinar: Webinar, actor: User | None, now: datetime) -> Webinar:
    """Open the registration page to everybody. Raises NotReady with all that is missing."""
    row = _locked(webinar)
    missing = gaps(row, now)
    if missing:
        raise NotReady(missing)
    if not row.is_published:
        row.published_at, row.archived_at, row.closed_at = now, None, None
        row.save(update_fields=["published_at", "archived_at", "closed_at"])
        _log(row, actor, "webinar.published", {}, now)
    return row


@transaction.atomic
def unpublish(*, webinar: Webinar, actor: User, now: datetime) -> Webinar:
    """Close the registration page. People who hold places keep them, and their sessions take place."""
    row = _locked(webinar)
    if row.published_at is not None:
        row.published_at, row.closed_at = None, now
        row.save(update_fields=["published_at", "closed_at"])
        _log(row, actor, "webinar.unpublished", {}, now)
    return row


@transaction.atomic
def archive(*, webinar: Webinar, actor: User, now: datetime) -> Webinar:
    """Put a webinar away: its page closes and it leaves the list; nothing of it is deleted."""
    row = _locked(webinar)
    if row.archived_at is None:
        row.closed_at = now if row.published_at else row.closed_at
        row.archived_at, row.published_at = now, None
        row.save(update_fields=["archived_at", "published_at", "closed_at"])
        _log(row, actor, "webinar.archived", {}, now)
    return row


@transaction.atomic
def restore(*, webinar: Webinar, actor: User, now: datetime) -> Webinar:
    """Bring an archived webinar back as a draft."""
    row = _locked(webinar)
    if row.archived_at is not None:
        row.archived_at = None
        row.save(update_fields=["archived_at"])
        _log(row, actor, "webinar.restored", {}, now)
    return row
