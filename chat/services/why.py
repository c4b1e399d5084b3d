"""Explains a conversation's automation in order of time: what was said by itself, what was not, and what is to come."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from chat import frames, reasons, rules, wording
from chat.models import AutomaticRecord, Conversation, Message, MessageKind, OwedReply, Wait
from chat.rules import What, Why
from chat.services.automation import Setting, place_of, setting_of
from webinars.models import Attendance

MOST = 200  # of each kind, the latest
_FOR_EVER = datetime.max.replace(tzinfo=UTC)
SAID, LAPSED, SILENT, COMING = "said", "lapsed", "silent", "coming"


@dataclass(frozen=True, slots=True)
class Explained:
    """One automatic message that came, lapsed when it was due, never became due, or is to come.

    `at` is when it was said, lapsed, or could not come any more; None for what is to come, and for what would not be
    said at its time as things stand. `question` numbers the message that opened the wait.
    """

    kind: str
    state: str
    why: str
    waited: timedelta
    since: datetime
    due_at: datetime | None = None
    at: datetime | None = None
    seq: int | None = None
    question: int | None = None
    text: str = ""
    promised: OwedReply | None = None

    @property
    def name(self) -> str:
        """What it is called."""
        return reasons.name(self.kind)

    @property
    def rule(self) -> str:
        """What its rule waits for."""
        return reasons.rule(self.kind, self.waited)

    @property
    def sentence(self) -> str:
        """Why it came or did not, in words."""
        return reasons.sentence(self.why)

    @property
    def stands_at(self) -> datetime:
        """Where it stands among the others."""
        return self.at or self.due_at or self.since


def explain(conversation: Conversation, now: datetime, *, until: datetime = _FOR_EVER) -> list[Explained]:
    """Everything that was said by itself in a conversation or was not, and what is to come, in order of time.

    What happened after `until` is left out; rules and texts are those of today.
    """
    look = _Look(conversation, now, until)
    found = [*look.ledger(), *look.welcomes(), *look.autoresponders()]
    return sorted(found, key=lambda one: (one.stands_at, one.due_at or one.stands_at))


class _Look:
    """A conversation's facts as they stood at an instant."""

    def __init__(self, conversation: Conversation, now: datetime, until: datetime) -> None:
        self.conversation, self.now, self.until = conversation, now, until
        self.setting: Setting = setting_of(conversation.webinar_id)
        records = AutomaticRecord.objects.filter(conversation=conversation, at__lte=until)
        self.records = list(records.select_related("message", "wait__owed").order_by("-id")[:MOST])
        self.windows = {(record.kind, record.window) for record in self.records}

    def ledger(self) -> Iterable[Explained]:
        """What was due: said, or lapsed with its reason."""
        for record in self.records:
            yield Explained(
                kind=record.kind,
                state=SAID if record.said else LAPSED,
                why=record.reason,
                waited=timedelta(seconds=record.waited),
                since=record.due_at - timedelta(seconds=record.waited),
                due_at=record.due_at,
                at=record.at,
                seq=record.message.seq if record.message else None,
                question=_question(record),
                text=record.message.text if record.message else "",
                promised=_promised(record),
            )

    def welcomes(self) -> Iterable[Explained]:
        """The welcomes of sessions that they entered, or are to enter, which are not in the ledger."""
        conversation = self.conversation
        entries = Attendance.objects.filter(
            registration__person=conversation.person_id,
            registration__webinar=conversation.webinar_id,
            entered_at__lte=self.until,
        ).select_related("registration__session")
        places: list[tuple[rules.Place, datetime | None, UUID]] = [
            (place_of(one.registration.session), one.entered_at, one.pk)
            for one in entries.order_by("entered_at")
        ]
        here = conversation.registration
        if here.pk not in {pk for _place, _at, pk in places}:
            places.append((place_of(here.session), None, here.pk))
        zone = here.zone
        for place, entered_at, pk in places:
            if (What.WELCOME, place.session) not in self.windows:
                yield self._welcome(place, entered_at, zone, is_here=pk == here.pk)

    def _welcome(
        self, place: rules.Place, entered_at: datetime | None, zone: ZoneInfo, *, is_here: bool
    ) -> Explained:
        delay = self.setting.policy.welcome_delay
        standing = rules.Standing(place, entered_at, self._team_wrote(entered_at, delay))
        outlook = rules.welcome_outlook(self.setting.policy, standing)
        if entered_at is None:
            since = self.conversation.registration.created_at
            return Explained(What.WELCOME, SILENT, outlook.why, delay, since, at=None)
        due_at = entered_at + delay
        if outlook.automatic is None:
            return Explained(What.WELCOME, SILENT, outlook.why, delay, entered_at, due_at, due_at)
        if not is_here and due_at <= self.now:
            return Explained(What.WELCOME, SILENT, Why.MOVED_ON, delay, entered_at, due_at, due_at)
        return self._coming(outlook.automatic, entered_at, zone)

    def _team_wrote(self, entered_at: datetime | None, delay: timedelta) -> datetime | None:
        """When the team first wrote after they entered and before the welcome was due."""
        if entered_at is None:
            return None
        written = Message.objects.filter(
            conversation=self.conversation,
            kind=MessageKind.MODERATOR,
            at__gte=entered_at,
            at__lte=min(self.until, entered_at + delay),
        )
        return written.order_by("seq").values_list("at", flat=True).first()

    def autoresponders(self) -> Iterable[Explained]:
        """The autoresponders of waits for which the ledger has nothing in the session they belong to."""
        waits = Wait.objects.filter(conversation=self.conversation, opened_at__lte=self.until)
        for wait in waits.select_related("session", "registration").order_by("-id")[:MOST]:
            if (What.AUTORESPONDER, f"{wait.session_id}/{wait.pk}") not in self.windows:
                yield self._autoresponder(wait)

    def _autoresponder(self, wait: Wait) -> Explained:
        closed_at = wait.closed_at if wait.closed_at is not None and wait.closed_at <= self.until else None
        standing = rules.Standing(
            wait=self._open(wait, closed_at or self.until),
            release_at=None if closed_at else self.conversation.release_at,
        )
        outlook = rules.autoresponder_outlook(self.setting.policy, standing)
        automatic = outlook.automatic
        if automatic is not None and closed_at is None:
            coming = self._coming(automatic, wait.counts_from, wait.registration.zone)
            return replace(coming, question=wait.opened_seq)
        why, due_at = outlook.why, None
        if automatic is not None:
            why = Why.ANSWERED if wait.closed_by == "answer" else Why.NO_REPLY_NEEDED
            due_at = automatic.due_at
        return Explained(
            What.AUTORESPONDER,
            SILENT,
            why,
            max(self.setting.policy.autoresponder_delay, rules.SHORTEST_WAIT),
            wait.counts_from,
            due_at,
            closed_at or wait.counts_from,
            question=wait.opened_seq,
        )

    def _open(self, wait: Wait, until: datetime) -> rules.OpenWait:
        """A wait as it stood at an instant."""
        mine: Sequence[AutomaticRecord] = [
            record for record in self.records if record.kind == What.AUTORESPONDER and record.at <= until
        ]
        return rules.OpenWait(
            wait=str(wait.pk),
            place=place_of(wait.session),
            counts_from=wait.counts_from,
            held=wait.held_at is not None and wait.held_at <= until,
            helped=wait.helped_at is not None and wait.helped_at <= until,
            late=wait.late,
            had_automatic=wait.automatic_at is not None and wait.automatic_at <= until,
            said_in_session=any(record.said and record.session_id == wait.session_id for record in mine),
        )

    def _coming(self, automatic: rules.Automatic, since: datetime, zone: ZoneInfo) -> Explained:
        """What is to come, judged as if its time had come, by today's rules."""
        at = max(automatic.due_at, self.now)
        verdict = rules.judge(
            automatic, self.setting.policy, now=at, hours_open=self.setting.open_at(at, zone)
        )
        state = COMING if verdict.said else SILENT
        first_name = self.conversation.person.first_name.strip() or self.setting.name_fallback
        text = wording.fill(verdict.text, {"first_name": first_name, "webinar": self.setting.title})
        return Explained(
            automatic.what, state, verdict.why, automatic.waited, since, automatic.due_at, text=text
        )


def _question(record: AutomaticRecord) -> int | None:
    """The line that was to be answered; for one of the host's list, the window is its number."""
    if record.wait is not None:
        return record.wait.opened_seq
    return int(record.window) if record.kind == "faq" else None


def _promised(record: AutomaticRecord) -> OwedReply | None:
    """The answer that this autoresponder promised."""
    owed: OwedReply | None = getattr(record.wait, "owed", None) if record.said and record.wait else None
    return owed if owed is not None and owed.cause == "promised" else None


def as_json(one: Explained) -> dict[str, Any]:
    """The same for the inbox and for programs."""
    owed = one.promised
    return {
        "seq": one.seq,
        "kind": one.kind,
        "name": one.name,
        "state": one.state,
        "said": one.state == SAID,
        "reason": str(one.why),
        "why": one.sentence,
        "rule": one.rule,
        "waited": round(one.waited.total_seconds()),
        "since": frames.iso(one.since),
        "due_at": frames.iso_or_none(one.due_at),
        "at": frames.iso_or_none(one.at),
        "question": one.question,
        "promised": owed
        and {
            "due_at": frames.iso(owed.due_at),
            "settled_at": frames.iso_or_none(owed.settled_at),
            "settled_by": owed.settled_by,
        },
    }
