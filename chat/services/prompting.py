"""Reads prompts and what people were shown of them as plain values, and writes down what becomes of one."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, QuerySet

from chat import prompting, refusals, rules, wording
from chat.models import Conversation, Message, MessageKind, Prompt, PromptSetting, PromptShown
from chat.services.automation import Setting, setting_of
from chat.services.speaking import by_when
from chat.services.work import Work, of_attendee
from webinars import standing
from webinars.models import Attendance, Grant, GuestSession, Person, Registration
from webinars.standing import position_of

REF = uuid.UUID(
    "6f0a3f0e-4f6d-4d0b-9a7e-5b7b7a0d9c51"
)  # of the message that a prompt becomes, with the row's id


def value_of(row: Prompt, opener: str = "") -> prompting.Prompt:
    """A prompt's row as the rules see it; `opener` is what all prompts of the webinar say, where they say the same."""
    value = prompting.Prompt(
        key=str(row.pk),
        text=row.text,
        is_on=row.is_on,
        seconds=row.seconds,
        idle=row.idle,
        position=row.position,
        pages=row.pages,
        join=prompting.Join(row.join),
        properties=tuple(prompting.Comparison(**one) for one in row.properties),
        pages_in=frozenset(map(prompting.Page, row.pages_in)),
        pages_out=frozenset(map(prompting.Page, row.pages_out)),
        addresses_in=tuple(row.addresses_in),
        addresses_out=tuple(row.addresses_out),
        form_too=row.form_too,
        often=prompting.Often(row.often),
        days=row.days,
        action=prompting.Action(row.action),
    )
    return prompting.worded(value, opener)


def seen_by(person_id: uuid.UUID, webinar_id: uuid.UUID) -> dict[str, prompting.Seen]:
    """What a person was last shown of a webinar's prompts, by the prompt's id."""
    rows = PromptShown.objects.filter(person=person_id, prompt__webinar=webinar_id).order_by("shown_at")
    return {str(row.prompt_id): prompting.Seen(row.shown_at, str(row.session_id or "")) for row in rows}


def quiet_until(person_id: uuid.UUID, webinar_id: uuid.UUID, days: int) -> datetime | None:
    """Until when a person is left alone, since they closed a prompt of the webinar; None for somebody who did not."""
    mine = PromptShown.objects.filter(person=person_id, prompt__webinar=webinar_id)
    closed = mine.aggregate(last=Max("closed_at"))["last"]
    return closed + timedelta(days=days) if closed else None


def situation_of(
    registration: Registration, page: prompting.Page, setting: PromptSetting, mode: rules.Mode, now: datetime
) -> prompting.Situation:
    """What the database knows of somebody on a page; what passes there, the browser knows."""
    facts = Conversation.objects.of_registration(registration).values("waiting_since", "team_wrote_at")
    conversation = facts.first() or {"waiting_since": None, "team_wrote_at": None}
    person, webinar = registration.person_id, registration.webinar_id
    return prompting.Situation(
        page=page,
        now=now,
        session=str(registration.session_id),
        mode=mode,
        properties=properties_of(registration),
        seen=seen_by(person, webinar),
        quiet_until=quiet_until(person, webinar, setting.quiet_days),
        question_open=conversation["waiting_since"] is not None,
        human_at=conversation["team_wrote_at"],
    )


def properties_of(registration: Registration) -> dict[str, str]:
    """What prompts can be tied to: kind of session, language, whether they came before, whether they asked."""
    before = Attendance.objects.filter(registration__person=registration.person_id)
    asked = Message.objects.filter(
        conversation__webinar=registration.webinar_id,
        conversation__person=registration.person_id,
        kind=MessageKind.ATTENDEE,
    )
    return {
        "kind": registration.session.kind,
        "language": registration.person.language.partition("-")[0].lower(),
        "returning": _said(before.exclude(registration=registration).exists()),
        "asked": _said(asked.exists()),
    }


def _said(holds: bool) -> str:
    return "yes" if holds else "no"


def filled(text: str, setting: Setting, first_name: str) -> str:
    """A prompt's words with the names in them filled."""
    names = {
        "first_name": first_name.strip() or setting.name_fallback,
        "webinar": setting.title,
        "by_when": by_when(setting.policy, None, setting.language),
    }
    return wording.fill(text, names)


def note_prompt(
    *, registration: Registration, guest_id: int, prompt_id: int, what: str, page: str, now: datetime
) -> None:
    """Write down that a prompt is about to be shown, was closed, acted on, or led a visitor to this place.

    Showing is decided again here, under the person's lock, so that two devices never show one twice: refused with
    `not_now`. Acting on one that opens the chat says its words there, once, marked; it opens no wait. Refuses
    not_found for a prompt or a place that is not theirs.
    """
    prompt = Prompt.objects.filter(pk=prompt_id, webinar=registration.webinar_id).first()
    if prompt is None:
        raise refusals.not_found()
    with transaction.atomic():
        live = GuestSession.objects.live(now).filter(pk=guest_id)
        held = Grant.objects.filter(guest__in=live, person=registration.person_id)
        if not held.exists():
            raise refusals.not_found()
        if what == "acted":
            _act(prompt, registration, guest_id, now)
            return
        Person.objects.select_for_update(no_key=True).get(pk=registration.person_id)
        if what == "closed":
            _open_rows(prompt, registration).update(closed_at=now)
        elif what == "registered":
            _lead(prompt, registration, page, now)
        else:
            _show(prompt, registration, prompting.Page(page), now)


def _open_rows(prompt: Prompt, registration: Registration) -> QuerySet[PromptShown]:
    return PromptShown.objects.filter(prompt=prompt, person=registration.person_id, closed_at=None)


def _show(prompt: Prompt, registration: Registration, page: prompting.Page, now: datetime) -> None:
    setting = PromptSetting.objects.filter(webinar=registration.webinar_id).first()
    place = Registration.objects.select_related("session", "person").get(pk=registration.pk)
    mode = setting_of(place.webinar_id).mode(place.session.kind, now, place.zone)
    situation = situation_of(place, page, setting or PromptSetting(), mode, now)
    why = prompting.allowed(value_of(prompt), situation)
    if not prompt.is_on or why is not prompting.Why.SHOWS:
        raise refusals.not_now()
    PromptShown.objects.create(
        prompt=prompt, person_id=place.person_id, session_id=place.session_id, page=page, shown_at=now
    )


def _lead(prompt: Prompt, registration: Registration, page: str, now: datetime) -> None:
    seen = {"page": page, "session_id": registration.session_id, "shown_at": now, "acted_at": now}
    PromptShown.objects.get_or_create(
        prompt=prompt, person_id=registration.person_id, registered=True, defaults=seen
    )


def _act(prompt: Prompt, registration: Registration, guest_id: int, now: datetime) -> None:
    """Note it once; what opens the chat says there what was answered to."""
    place = Registration.objects.select_related("session", "webinar").get(pk=registration.pk)
    says = prompt.action == prompting.Action.CHAT and _can_be_answered(place, now)
    conversation = of_attendee(place, guest_id=guest_id, now=now) if says else None
    shown = PromptShown.objects.filter(prompt=prompt, person=registration.person_id)
    latest = shown.order_by("-shown_at").select_for_update(no_key=True).first()
    if latest is None:
        raise refusals.not_found()
    if latest.acted_at is not None:
        return
    latest.acted_at = now
    latest.save(update_fields=["acted_at"])
    if conversation is not None:
        _say(prompt, latest, Work(conversation, now), place)


def _can_be_answered(place: Registration, now: datetime) -> bool:
    """Whether the place has a conversation open in which one can write now."""
    mode = setting_of(place.webinar_id).mode(place.session.kind, now, place.zone)
    return mode in {rules.Mode.CHAT, rules.Mode.EMAIL} and standing.is_room_open(place, now)


def _say(prompt: Prompt, shown: PromptShown, work: Work, place: Registration) -> None:
    """Put the prompt into the conversation, marked; no wait opens, and an empty conversation stays unlisted."""
    conversation = work.conversation
    setting = PromptSetting.objects.filter(webinar=place.webinar_id).first()
    value = value_of(prompt, setting.opener_of_all if setting else "")
    work.add(
        MessageKind.PROMPT,
        author_key="auto",
        text=filled(value.text, setting_of(place.webinar_id), conversation.person.first_name),
        ref=uuid.uuid5(REF, str(shown.pk)),
        detail={"prompt": prompt.pk},
        session_id=place.session_id,
        position=position_of(place, work.now),
    )
    if conversation.waiting_since is None:
        conversation.last_by = "automatic"
    conversation.attendee_read = conversation.public_seq  # they have just read it
    work.finish()
