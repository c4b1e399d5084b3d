"""Sees a conversation as the rules of automation see it, and sets when automation has to look at it next."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from chat import rules
from chat.models import AutomaticRecord, ChatPolicy, Conversation, Wait
from chat.services.policy import kinds_of
from chat.services.work import Work
from scheduling import hours
from webinars.models import Session, Webinar
from webinars.standing import hours_of

_DUE_KINDS = [
    what.value for what in rules.What
]  # what is not due at some time has no part in deciding what is next
Line = tuple[str, str, UUID | None, bool]  # of the ledger: kind, window, session, whether it was said


@dataclass(frozen=True, slots=True)
class FaqSetting:
    """Whether answers of the host's list are said, from which score on, and which state of the list that is."""

    on: bool = False
    threshold: int = 100
    version: int = 0


@dataclass(frozen=True, slots=True)
class Setting:
    """A webinar's policy and chat hours as values, as they stood at some version."""

    policy: rules.Policy
    hours: hours.Hours
    name_fallback: str
    title: str
    language: str
    files: bool = True  # attendees may send them
    faq: FaqSetting = FaqSetting()
    receipts: bool = False

    def open_at(self, now: datetime, zone: ZoneInfo) -> bool:
        """Whether a human can be expected to answer now."""
        return hours.is_open(self.hours, now, zone)

    def way(
        self,
        kind: str,
        now: datetime,
        zone: ZoneInfo,
        crowd: rules.Crowd = rules.USUAL,
        *,
        over: bool = False,
    ) -> rules.Way:
        """How one can talk now in a session of that kind, and why so."""
        hours_open = self.open_at(now, zone)
        return rules.way_at(self.policy, kind, hours_open=hours_open, crowd=crowd, over=over)

    def mode(self, kind: str, now: datetime, zone: ZoneInfo) -> rules.Mode:
        """How one can talk by kind and hours alone, whoever is there: whether at all, for what refuses nobody."""
        return self.way(kind, now, zone).mode


def policy_value(policy: ChatPolicy, language: str) -> rules.Policy:
    """The policy's rows as a value, with the texts of a language."""
    return rules.Policy(
        kinds={
            kind: rules.KindRules(
                mode=rules.Mode(row.mode),
                welcome_on=row.welcome_on,
                welcome_text=row.welcome_text,
                autoresponder_on=row.autoresponder_on,
                inside_text=row.autoresponder_text,
                outside_text=row.outside_text,
            )
            for kind, row in kinds_of(policy, language).items()
        },
        welcome_delay=timedelta(seconds=policy.welcome_delay),
        autoresponder_delay=timedelta(seconds=policy.autoresponder_delay),
        once_per_session=policy.once_per_session,
        outside_mode=rules.Mode(policy.outside_mode),
        away_email=policy.away_email,
        queue_most=policy.queue_most,
        queue_wait=timedelta(minutes=policy.queue_minutes) if policy.queue_minutes else None,
        promise=rules.Promise(policy.promise),
        promise_span=timedelta(hours=policy.promise_hours),
        nudge_after=timedelta(minutes=policy.nudge_minutes),
    )


def settings_of(webinar_ids: Collection[UUID]) -> dict[UUID, Setting]:
    """The settings of webinars as they stand now; a webinar without a policy has its chat off."""
    found = Webinar.objects.select_related("chat_hours", "chat_policy").prefetch_related(
        "chat_policy__kinds", "chat_policy__texts", "chat_hours__windows", "chat_hours__exceptions"
    )
    return {webinar.pk: _setting(webinar) for webinar in found.filter(pk__in=webinar_ids)}


def _setting(webinar: Webinar) -> Setting:
    policy = getattr(webinar, "chat_policy", None)
    value = policy_value(policy, webinar.language) if policy else rules.Policy(kinds={})
    fallback = policy.name_fallback if policy else ""
    files = policy.files if policy else False
    receipts = policy.receipts if policy else False
    faq = (
        FaqSetting(policy.faq_on and policy.faq_spoken > 0, policy.faq_threshold, policy.faq_version)
        if policy
        else FaqSetting()
    )
    return Setting(
        value, hours_of(webinar.chat_hours), fallback, webinar.title, webinar.language, files, faq, receipts
    )


def setting_of(webinar_id: UUID) -> Setting:
    """One webinar's."""
    return settings_of([webinar_id])[webinar_id]


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


def ledgers_of(conversations: Iterable[Conversation]) -> dict[UUID, list[Line]]:
    """What was said by itself in each of the conversations, or lapsed."""
    found: dict[UUID, list[Line]] = {conversation.pk: [] for conversation in conversations}
    records = AutomaticRecord.objects.filter(conversation__in=list(found), kind__in=_DUE_KINDS)
    columns = ("conversation_id", "kind", "window", "session_id", "said")
    for conversation, kind, window, session, said in records.values_list(*columns):
        found[conversation].append((kind, window, session, said))
    return found


def standing_of(
    conversation: Conversation, wait: Wait | None, ledger: Sequence[Line] | None = None
) -> rules.Standing:
    """The conversation as automation sees it; one query for the ledger unless it is known."""
    place = place_of(conversation.registration.session)
    if ledger is None:
        ledger = ledgers_of([conversation])[conversation.pk]
    waiting = None
    if wait is not None:
        window = f"{wait.session_id}/{wait.pk}"
        mine = [line for line in ledger if line[0] == rules.What.AUTORESPONDER]
        waiting = rules.OpenWait(
            wait=str(wait.pk),
            place=place_of(wait.session),
            counts_from=wait.counts_from,
            held=wait.held_at is not None,
            helped=wait.helped_at is not None,
            late=wait.late,
            had_automatic=wait.automatic_at is not None,
            dealt_with=any(line[1] == window for line in mine),
            said_in_session=any(line[2] == wait.session_id and line[3] for line in mine),
            looked_at=max(filter(None, (wait.seen_at, wait.held_at)), default=None),
            nudged=conversation.nudged_at is not None,
            by_email=wait.by_email,
        )
    return rules.Standing(
        place=place,
        entered_at=conversation.entered_at,
        team_wrote_at=conversation.team_wrote_at,
        welcome_dealt_with=(rules.What.WELCOME, place.session) in {(line[0], line[1]) for line in ledger},
        wait=waiting,
        release_at=conversation.release_at,
    )


def decide_again(work: Work, wait: Wait | None, ledger: Sequence[Line] | None = None) -> None:
    """Set when a tick has to look at the conversation next, from the facts as they are now."""
    conversation = work.conversation
    setting = setting_for(conversation, work.now)
    conversation.due_at = rules.next_look(setting.policy, standing_of(conversation, wait, ledger))
