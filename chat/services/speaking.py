"""Says welcome and the autoresponder and reminds the team, each when due: many conversations at once, under locks."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from chat import rules, texts, wording
from chat.models import AutomaticRecord, Conversation, Message, MessageKind, OwedReply, Wait
from chat.services import bulk
from chat.services.automation import Line, Setting, ledgers_of, settings_of, standing_of
from chat.services.crowd import crowds
from chat.services.promises import owing, record
from webinars.models import Registration, Session

_GIVE_UP = 20  # decisions of one look; each settles a window, so this is never reached


def act(conversations: Sequence[Conversation], now: datetime) -> None:
    """Deal with everything that is due in conversations that are locked, and set when to look at each next.

    Each automatic message that is due is said or lapses, with its reason in the ledger; neither happens twice. How
    many statements it takes does not depend on how many conversations there are.
    """
    looks = _looks(conversations, now)
    for look in looks:
        look.decide()
    _write(looks, now)


@dataclass(slots=True)
class _Look:
    """One conversation that automation looks at, with its facts, and what comes of it."""

    work: bulk.Gathered
    setting: Setting
    wait: Wait | None
    ledger: list[Line]
    is_owed: bool  # an answer for the wait
    crowd: rules.Crowd = rules.USUAL
    records: list[AutomaticRecord] = field(default_factory=list)
    messages: list[Message | None] = field(default_factory=list)  # of each record
    owed: OwedReply | None = None

    def decide(self) -> None:
        """Say, or let lapse, what is due by now; from the facts alone, nothing is stored yet."""
        conversation, policy = self.work.conversation, self.setting.policy
        for _turn in range(_GIVE_UP):
            standing = standing_of(conversation, self.wait, self.ledger)
            automatic = rules.next_automatic(policy, standing)
            too_long = rules.overflows_at(policy, standing)
            if self.wait is not None and too_long is not None and too_long <= self.work.now:
                self._overflow(self.wait)
            elif automatic is not None and automatic.due_at <= self.work.now:
                self._deal_with(automatic)
            else:
                break
        self._nudge(standing)
        conversation.due_at = rules.next_look(policy, standing_of(conversation, self.wait, self.ledger))

    def _nudge(self, standing: rules.Standing) -> None:
        """Remind the team, once, of a question that somebody looked at and nobody answered."""
        due_at = rules.nudge_at(self.setting.policy, standing)
        if due_at is not None and due_at <= self.work.now:
            self.work.conversation.nudged_at = self.work.now
            self.work.event("nudge", None)

    def _overflow(self, wait: Wait) -> None:
        """The question has waited in the chat for as long as it may: from now on it is answered by e-mail, and owed."""
        conversation, now = self.work.conversation, self.work.now
        wait.by_email, wait.overflow_at = True, now
        conversation.by_email = True
        self.crowd = replace(self.crowd, waited=None, overflowed=True)
        self.work.event("overflowed", None)
        if not self.is_owed:
            zone = wait.registration.zone
            promise = rules.promised(self.setting.policy, now=now, zone=zone, ends_at=None)
            due_at = promise[0] if promise else rules.end_of_day(now, zone)[0]
            self.owed = owing(self.work, wait, due_at=due_at, cause="overflow")
            self.is_owed = True

    def _deal_with(self, automatic: rules.Automatic) -> None:
        conversation, now = self.work.conversation, self.work.now
        wait = None if automatic.what is rules.What.WELCOME else self.wait
        zone = (wait.registration if wait else conversation.registration).zone
        open_now = self.setting.open_at(now, zone)
        verdict = rules.judge(automatic, self.setting.policy, now=now, hours_open=open_now, crowd=self.crowd)
        line = AutomaticRecord(
            conversation=conversation,
            kind=automatic.what.value,
            window=automatic.window,
            session_id=UUID(automatic.place.session),
            wait=wait,
            said=verdict.said,
            reason=verdict.why.value,
            waited=round(automatic.waited.total_seconds()),
            due_at=automatic.due_at,
            at=now,
        )
        self.records.append(line)
        self.messages.append(self._say(line, wait, verdict.text, zone) if verdict.said else None)
        self.ledger.append((line.kind, line.window, line.session_id, line.said))

    @property
    def changed_wait(self) -> bool:
        """Whether the open wait had its autoresponder, or became too long, at this look."""
        return self.wait is not None and self.work.now in {self.wait.automatic_at, self.wait.overflow_at}

    def _say(self, line: AutomaticRecord, wait: Wait | None, text: str, zone: ZoneInfo) -> Message:
        """A welcome, or with a wait the autoresponder, which may promise an answer."""
        conversation, now, policy = self.work.conversation, self.work.now, self.setting.policy
        promise = wait and rules.promised(policy, now=now, zone=zone, ends_at=wait.session.ends_at)
        names = {
            "first_name": conversation.person.first_name.strip() or self.setting.name_fallback,
            "webinar": self.setting.title,
            "by_when": by_when(policy, promise[1] if promise else None, self.setting.language),
        }
        message = self.work.add(
            MessageKind.AUTORESPONDER if wait else MessageKind.WELCOME,
            author_key="auto",
            text=wording.fill(text, names),
            detail={"waited": line.waited},
            session_id=line.session_id,
        )
        if conversation.waiting_since is None:
            conversation.last_by = "automatic"
        if wait is not None:
            wait.automatic_at = now
            if promise and not self.is_owed:
                self.owed = owing(self.work, wait, due_at=promise[0], cause="promised")
                self.is_owed = True
        return message


def _looks(conversations: Sequence[Conversation], now: datetime) -> list[_Look]:
    """The facts of all, as they stand now that their locks are held."""
    waits = _complete(conversations)
    settings = settings_of({conversation.webinar_id for conversation in conversations})
    ledgers = ledgers_of(conversations)
    limited = [one for one in conversations if settings[one.webinar_id].policy.has_limits]
    around = crowds(limited, now)
    owed = set(OwedReply.objects.filter(wait__in=list(waits.values())).values_list("wait_id", flat=True))
    looks = []
    for conversation in conversations:
        wait = waits.get(conversation.pk)
        work, setting = bulk.Gathered(conversation, now), settings[conversation.webinar_id]
        is_owed = wait is not None and wait.pk in owed
        crowd = around.get(conversation.pk, rules.USUAL)
        looks.append(_Look(work, setting, wait, ledgers[conversation.pk], is_owed, crowd))
    return looks


def _complete(conversations: Sequence[Conversation]) -> dict[UUID, Wait]:
    """Give the conversations and their open waits their registrations and sessions; the waits by conversation."""
    asked = [conversation.pk for conversation in conversations if conversation.waiting_since is not None]
    waits = list(Wait.objects.filter(conversation__in=asked, closed_at__isnull=True))
    holders: list[Conversation | Wait] = [*conversations, *waits]
    registrations = (
        Registration.objects.select_related("person")
        .only("zone", "session_id", "person__first_name")
        .in_bulk({holder.registration_id for holder in holders})
    )
    in_sessions: list[Registration | Wait] = [*registrations.values(), *waits]
    sessions = Session.objects.in_bulk({one.session_id for one in in_sessions})
    for one in in_sessions:
        one.session = sessions[one.session_id]
    for holder in holders:
        holder.registration = registrations[holder.registration_id]
    for conversation in conversations:
        conversation.person = conversation.registration.person
    return {wait.conversation_id: wait for wait in waits}


def _write(looks: Sequence[_Look], now: datetime) -> None:
    """Store what came of the looks, the conversations last."""
    said = [look for look in looks if look.work.entries]
    bulk.store([look.work for look in said])
    for look in said:
        for one, message in zip(look.records, look.messages, strict=True):
            one.message = message
    bulk.insert([one for look in looks for one in look.records])
    bulk.save(
        [look.wait for look in said if look.wait is not None and look.changed_wait],
        *("automatic_at", "by_email", "overflow_at"),
    )
    record([look.owed for look in said if look.owed is not None], now)
    bulk.save([look.work.conversation for look in looks if not look.work.entries], "due_at")
    bulk.finish([look.work for look in said])


def by_when(policy: rules.Policy, word: rules.ByWhen | None, language: str) -> str:
    """A promise in words of the webinar's language, for `{by_when}`."""
    return texts.by_when(word, round(policy.promise_span.total_seconds() / 3600), language)
