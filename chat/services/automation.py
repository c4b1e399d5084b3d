"""Says welcome and the autoresponder when they are due, decided again under the conversation's lock."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from chat import rules, wording
from chat.models import AutomaticRecord, ChatPolicy, Conversation, MessageKind, Wait
from chat.services.promises import owe
from chat.services.work import Work
from scheduling import hours
from webinars.models import Session, Webinar
from webinars.standing import hours_of

_GIVE_UP = 20  # decisions of one look; each settles a window, so this is never reached


@dataclass(frozen=True, slots=True)
class Setting:
    """A webinar's policy and chat hours as values, as they stood at some version."""

    policy: rules.Policy
    hours: hours.Hours
    name_fallback: str
    title: str

    def open_at(self, now: datetime, zone: ZoneInfo) -> bool:
        """Whether a human can be expected to answer now."""
        return hours.is_open(self.hours, now, zone)

    def mode(self, kind: str, now: datetime, zone: ZoneInfo) -> rules.Mode:
        """How one can talk now in a session of that kind."""
        return rules.mode_at(self.policy, kind, hours_open=self.open_at(now, zone))


def policy_value(policy: ChatPolicy) -> rules.Policy:
    """The policy's rows as a value."""
    return rules.Policy(
        kinds={
            row.kind: rules.KindRules(
                mode=rules.Mode(row.mode),
                welcome_on=row.welcome_on,
                welcome_text=row.welcome_text,
                autoresponder_on=row.autoresponder_on,
                inside_text=row.autoresponder_text,
                outside_text=row.outside_text,
            )
            for row in policy.kinds.all()
        },
        welcome_delay=timedelta(seconds=policy.welcome_delay),
        autoresponder_delay=timedelta(seconds=policy.autoresponder_delay),
        once_per_session=policy.once_per_session,
        outside_mode=rules.Mode(policy.outside_mode),
        promise=rules.Promise(policy.promise),
        promise_span=timedelta(hours=policy.promise_hours),
    )


def setting_of(webinar_id: UUID) -> Setting:
    """A webinar's setting as it stands now; a webinar without a policy has its chat off."""
    webinar = Webinar.objects.select_related("chat_hours", "chat_policy").get(pk=webinar_id)
    policy = getattr(webinar, "chat_policy", None)
    value = policy_value(policy) if policy else rules.Policy(kinds={})
    fallback = policy.name_fallback if policy else ""
    return Setting(value, hours_of(webinar.chat_hours), fallback, webinar.title)


@lru_cache(maxsize=512)
def _kept(webinar_id: UUID, _policy: int, _webinar: int, _life: int) -> Setting:
    return setting_of(webinar_id)


def setting_for(conversation: Conversation, now: datetime) -> Setting:
    """The setting for a conversation that came through `work.locked`, kept while its versions stand.

    What somebody changes past the services shows after a few seconds all the same.
    """
    versions: Any = conversation
    return setting_at(conversation.webinar_id, versions.policy_version or 0, versions.webinar_version, now)


def setting_at(webinar_id: UUID, policy_version: int, webinar_version: int, now: datetime) -> Setting:
    """The setting of a webinar at known versions of its policy and itself."""
    return _kept(webinar_id, policy_version, webinar_version, int(now.timestamp()) // 10)


def place_of(session: Session) -> rules.Place:
    """A session as automation sees it; a closed or cancelled one is over whatever its times say."""
    return rules.Place(
        str(session.pk), session.kind, session.closed_at or session.cancelled_at or session.closes_at
    )


def open_wait(conversation: Conversation) -> Wait | None:
    """The open wait; asked only when there is one, and mostly of the conversation's own session."""
    if conversation.waiting_since is None:
        return None
    wait = Wait.objects.filter(conversation=conversation, closed_at__isnull=True).first()
    registration = conversation.registration
    if wait is not None and wait.registration_id == registration.pk:
        wait.registration = registration
    if wait is not None and wait.session_id == registration.session_id:
        wait.session = registration.session
    return wait


def standing_of(conversation: Conversation, wait: Wait | None) -> rules.Standing:
    """The conversation as automation sees it; one query for the ledger."""
    place = place_of(conversation.registration.session)
    ledger = list(
        AutomaticRecord.objects.filter(conversation=conversation).values_list(
            "kind", "window", "session_id", "said"
        )
    )
    waiting = None
    if wait is not None:
        window = f"{wait.session_id}/{wait.pk}"
        mine = [line for line in ledger if line[0] == rules.What.AUTORESPONDER]
        waiting = rules.OpenWait(
            wait=str(wait.pk),
            place=place_of(wait.session),
            counts_from=wait.counts_from,
            held=wait.held_at is not None,
            late=wait.late,
            had_automatic=wait.automatic_at is not None,
            dealt_with=any(line[1] == window for line in mine),
            said_in_session=any(line[2] == wait.session_id and line[3] for line in mine),
        )
    return rules.Standing(
        place=place,
        entered_at=conversation.entered_at,
        team_wrote_at=conversation.team_wrote_at,
        welcome_dealt_with=(rules.What.WELCOME, place.session) in {(line[0], line[1]) for line in ledger},
        wait=waiting,
    )


def decide_again(work: Work, wait: Wait | None) -> None:
    """Set when automation has to look at the conversation next, from the facts as they are now."""
    conversation = work.conversation
    setting = setting_for(conversation, work.now)
    automatic = rules.next_automatic(setting.policy, standing_of(conversation, wait))
    conversation.due_at = automatic.due_at if automatic else None


def act(conversation: Conversation, now: datetime) -> None:
    """Deal with everything that is due in a conversation that is locked and complete, and set when to look next.

    Each automatic message that is due is said or lapses, with its reason in the ledger; neither happens twice.
    """
    setting = setting_for(conversation, now)
    work = Work(conversation, now)
    wait = open_wait(conversation)
    for _turn in range(_GIVE_UP):
        automatic = rules.next_automatic(setting.policy, standing_of(conversation, wait))
        conversation.due_at = automatic.due_at if automatic else None
        if automatic is None or automatic.due_at > now:
            break
        _deal_with(work, setting, automatic, wait)
    if work.entries:
        work.finish()
    else:
        conversation.save(update_fields=["due_at"])


def _deal_with(work: Work, setting: Setting, automatic: rules.Automatic, wait: Wait | None) -> None:
    conversation, now = work.conversation, work.now
    welcome = automatic.what is rules.What.WELCOME
    registration = conversation.registration if welcome or wait is None else wait.registration
    zone = registration.zone
    verdict = rules.judge(automatic, setting.policy, now=now, hours_open=setting.open_at(now, zone))
    record = AutomaticRecord(
        conversation=conversation,
        kind=automatic.what,
        window=automatic.window,
        session_id=UUID(automatic.place.session),
        wait=None if welcome else wait,
        said=verdict.said,
        reason=verdict.why,
        waited=round(automatic.waited.total_seconds()),
        due_at=automatic.due_at,
        at=now,
    )
    if verdict.said:
        ends_at = registration.session.ends_at if welcome or wait is None else wait.session.ends_at
        promise = None if welcome else rules.promised(setting.policy, now=now, zone=zone, ends_at=ends_at)
        names = {
            "first_name": conversation.person.first_name.strip() or setting.name_fallback or _("there"),
            "webinar": setting.title,
            "by_when": by_when(setting.policy, promise[1] if promise else None),
        }
        record.message = work.add(
            MessageKind.WELCOME if welcome else MessageKind.AUTORESPONDER,
            author_key="auto",
            text=wording.fill(verdict.text, names),
            detail={"waited": record.waited},
            session_id=record.session_id,
        )
        if conversation.waiting_since is None:
            conversation.last_by = "automatic"
        if wait is not None and not welcome:
            wait.automatic_at = now
            wait.save(update_fields=["automatic_at"])
            if promise is not None:
                owe(work, wait, due_at=promise[0], cause="promised")
    record.save(force_insert=True)


def by_when(policy: rules.Policy, word: rules.ByWhen | None) -> str:
    """A promise in words, for `{by_when}`."""
    hours_span = round(policy.promise_span.total_seconds() / 3600)
    words = {
        rules.ByWhen.WEBINAR: _("before the webinar ends"),
        rules.ByWhen.TODAY: _("before the end of today"),
        rules.ByWhen.TOMORROW: _("before the end of tomorrow"),
        rules.ByWhen.HOURS: _("within %(hours)s hours") % {"hours": hours_span},
    }
    return words[word] if word else _("as soon as we can")
