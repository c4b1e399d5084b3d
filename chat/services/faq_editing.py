"""Changes the host's list of questions and answers, its switch and its threshold."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from accounts.services import audit
from chat.faq_samples import samples
from chat.models import ChatPolicy, FaqEntry, FaqVerdict, Message
from chat.services.policy import Stale, default_policy
from webinars.models import Webinar

MOST = 200  # entries; beyond that nobody keeps them true


class Full(Exception):
    """The list holds as many entries as it may."""


@dataclass(frozen=True, slots=True)
class EntrySetting:
    """What one entry is to have, checked."""

    question: str
    answer: str
    phrasings: Sequence[str] = ()
    language: str = "en"
    on: bool = True


@contextmanager
def _change(
    webinar: Webinar, actor: User, what: str, now: datetime, **detail: object
) -> Iterator[ChatPolicy]:
    """The webinar's policy under its lock; afterwards the list has its next version and a line in the audit log."""
    with transaction.atomic():
        policy = ChatPolicy.objects.select_for_update().get(pk=default_policy(webinar).pk)
        yield policy
        policy.faq_version += 1
        policy.faq_spoken = FaqEntry.objects.spoken().filter(webinar=webinar).count()
        policy.save(update_fields=["faq_version", "faq_spoken", "faq_on", "faq_threshold"])
        target = f"webinar {webinar.pk}"
        audit(
            team=webinar.team, actor=actor, act=f"webinar.faq_{what}", target=target, detail=detail, now=now
        )


def add(*, webinar: Webinar, actor: User, setting: EntrySetting, now: datetime) -> FaqEntry:
    """Put an entry at the end of the list. Raises Full."""
    with _change(webinar, actor, "added", now, question=setting.question):
        (entry,) = _append(webinar, [setting], now)
    return entry


def add_samples(*, webinar: Webinar, actor: User, now: datetime) -> list[FaqEntry]:
    """Put the three samples of the webinar's language at the end, each off until the host has filled its gaps."""
    settings = [
        EntrySetting(one.question, one.answer, one.phrasings, webinar.language, on=False)
        for one in samples(webinar.language)
    ]
    with _change(webinar, actor, "samples", now):
        return _append(webinar, settings, now)


def _append(webinar: Webinar, settings: Sequence[EntrySetting], now: datetime) -> list[FaqEntry]:
    if FaqEntry.objects.of_webinar(webinar).count() + len(settings) > MOST:
        raise Full
    last: int = FaqEntry.objects.filter(webinar=webinar).aggregate(last=Max("place"))["last"] or 0
    return FaqEntry.objects.bulk_create(
        FaqEntry(
            webinar=webinar,
            language=setting.language,
            question=setting.question,
            phrasings=list(setting.phrasings),
            answer=setting.answer,
            on=setting.on,
            place=last + number,
            updated_at=now,
        )
        for number, setting in enumerate(settings, 1)
    )


def edit(*, entry: FaqEntry, actor: User, setting: EntrySetting, version: int, now: datetime) -> None:
    """Save an entry by somebody who began with `version`; Stale when somebody else saved or removed it since."""
    with _change(entry.webinar, actor, "edited", now, question=setting.question):
        row = FaqEntry.objects.get(pk=entry.pk)
        if row.version != version or row.removed_at is not None:
            raise Stale
        row.question, row.answer, row.on = setting.question, setting.answer, setting.on
        row.phrasings, row.language = list(setting.phrasings), setting.language
        row.version += 1
        row.updated_at = now
        row.save()


def move(*, entry: FaqEntry, actor: User, up: bool, now: datetime) -> None:
    """Change places with the one above or below; at the end of the list nothing happens."""
    with _change(entry.webinar, actor, "moved", now, question=entry.question):
        rows = list(FaqEntry.objects.of_webinar(entry.webinar))
        here = next((number for number, row in enumerate(rows) if row.pk == entry.pk), len(rows))
        there = here - 1 if up else here + 1
        if here < len(rows) and 0 <= there < len(rows):
            rows[here], rows[there] = rows[there], rows[here]
        for number, row in enumerate(rows, 1):
            row.place = number
        FaqEntry.objects.bulk_update(rows, ["place"])


def remove(*, entry: FaqEntry, actor: User, now: datetime) -> None:
    """Take an entry out of the list; what was said with it stays said, and `restore` brings it back as it was."""
    with _change(entry.webinar, actor, "removed", now, question=entry.question):
        FaqEntry.objects.filter(pk=entry.pk, removed_at=None).update(removed_at=now)


def restore(*, entry: FaqEntry, actor: User, now: datetime) -> None:
    """Bring a removed entry back to its place. Raises Full."""
    with _change(entry.webinar, actor, "restored", now, question=entry.question):
        if FaqEntry.objects.of_webinar(entry.webinar).count() >= MOST:
            raise Full
        FaqEntry.objects.filter(pk=entry.pk).update(removed_at=None)


def set_list(
    *, webinar: Webinar, actor: User, on: bool, threshold: int, seen: tuple[bool, int], now: datetime
) -> None:
    """Switch the list and set its threshold; Stale when they are not as `seen` any more."""
    with _change(webinar, actor, "set", now, on=on, threshold=threshold) as policy:
        if (policy.faq_on, policy.faq_threshold) != seen:
            raise Stale
        policy.faq_on, policy.faq_threshold = on, threshold


@transaction.atomic
def judge(
    *, message: Message, entry: FaqEntry | None, right: bool | None, actor: User, now: datetime
) -> None:
    """Keep what the host says of an answer to a past question, or of silence; None takes it back."""
    FaqVerdict.objects.filter(message=message, entry=entry).delete()
    if right is not None:
        FaqVerdict.objects.create(message=message, entry=entry, right=right, by=actor, at=now)
