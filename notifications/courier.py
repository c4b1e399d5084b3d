"""Carries due mails out: lease, decide again, mark, hand over, settle; safe with any number of couriers (S3, X1)."""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from chat.services.marks import note_mailed
from notifications import rules
from notifications.compose import compose, message_of
from notifications.decide import Go, Later, Stop, decide, is_confirmed, over_cap
from notifications.models import OPEN, Email, Purpose, State
from notifications.transport import NotTakenError, Transport, UnknownError, configured
from scheduling.due import Lease, lease, settle

log = logging.getLogger(__name__)
Clock = Callable[[], datetime]

SPAN = timedelta(seconds=45)  # more than the longest hand-over, less than 90 s after a courier died (S2)
BATCH = 20  # leased at once
ROUND = 100  # chosen fairly at once
_ACCESS = {Purpose.CONFIRMATION, Purpose.ACCESS, Purpose.ACCOUNT, Purpose.INVITATION}
_RELATED = (
    "team",
    "user",
    "webinar__team",
    "session",
    "registration__person",
    "registration__session",
    "registration__webinar__team",
    "waiting__person",
    "waiting__session",
    "waiting__webinar__team",
)


def run(*, clock: Clock, seconds: float) -> int:
    """Carry what is due until nothing is or `seconds` have passed; returns how many mails were looked at.

    `clock` is the database's (S9). Couriers may run beside each other and may die at any point.
    """
    until = time.monotonic() + seconds
    real, demo = configured(), configured(demo=True)
    done, before = 0, -1
    try:
        while done != before and time.monotonic() < until:
            before, now = done, clock()
            ids = Email.objects.fairly(now, ROUND)
            for start in range(0, len(ids), BATCH):
                due = Email.objects.due(now).filter(pk__in=ids[start : start + BATCH])
                for item in list(lease(due, now=now, span=SPAN, limit=BATCH)):
                    if time.monotonic() < until:
                        _carry(item, real, demo, clock)
                        done += 1
                    else:  # a slow transport: what is left goes back at once, not at the end of its lease
                        settle(Email, item, due_at=now)
    finally:
        real.close()
    return done


def _carry(item: Lease, real: Transport, demo: Transport, clock: Clock) -> None:
    """Everything about one leased mail; whatever goes wrong stays with this mail."""
    try:
        known = Email.objects.filter(pk=item.pk, token=item.token).values_list("state", "team__is_demo")
        for state, is_demo in known:
            transport = demo if is_demo else real
            begun = state == State.SENDING
            email = _resume(item, transport, clock) if begun else _begin(item, clock)
            if email is not None:
                _hand_over(item, email, transport, clock)
    except Exception:
        log.exception("mail %s failed", item.pk)
        _put_off(item, clock())


def _ours(item: Lease, *, lock: bool = False) -> Email | None:
    """The leased mail while the lease is ours."""
    rows = Email.objects.select_related(*_RELATED)
    if lock:
        rows = rows.select_for_update(of=("self",))
    # No `first()`: ordering compares every column of the joins, several milliseconds a mail.
    return next(iter(rows.filter(pk=item.pk, token=item.token, state__in=OPEN)), None)


def _begin(item: Lease, clock: Clock) -> Email | None:
    """Decide again, write the texts and mark the mail as being handed over, in one transaction; None: it stays."""
    with transaction.atomic():
        email = _ours(item, lock=True)
        if email is None:
            return None
        now = clock()
        _readdress(email)
        with translation.override("en"):
            verdict = decide(email, now)
        if isinstance(verdict, Later):
            Email.objects.filter(pk=email.pk).update(due_at=verdict.at)
            return None
        if isinstance(verdict, Go):
            email.capped = not is_confirmed(email)
            if email.capped and over_cap(email, now):
                verdict = Stop(
                    State.EXPIRED, _("This unconfirmed address has had 3 mails an hour or 6 a day.")
                )
        if isinstance(verdict, Stop):
            _stop(email, verdict, now)
            return None
        compose(email, verdict.facts, now)
        email.through_seq = verdict.facts.get("through")
        if "lines" in verdict.facts:
            note_mailed(messages=[line.pk for line in verdict.facts["lines"]], now=now)
        # What it tells of, so that no other mail tells of it again.
        for name in {"waits", "owed"} & verdict.facts.keys():
            email.facts[name] = [one.pk for one in verdict.facts[name]]
        _mark(email, now)
    return email


def _readdress(email: Email) -> bool:
    """Follow a corrected address, so that no link goes where its holder cannot read it; whether it had changed."""
    place = email.registration or email.waiting
    if place is None or place.email == email.to:
        return False
    email.to, email.address = place.email, rules.normal_address(place.email)
    return True


def _mark(email: Email, now: datetime) -> None:
    """From here on the mail may have left; the lease is renewed for the hand-over alone."""
    email.state, email.handed_at, email.due_at = State.SENDING, now, now + SPAN
    email.handovers += 1
    email.save()


def _stop(email: Email, verdict: Stop, now: datetime) -> None:
    email.state, email.reason, email.settled_at = verdict.state, verdict.reason, now
    email.due_at = email.sealed = None
    email.save(update_fields=["state", "reason", "settled_at", "due_at", "sealed"])


def _resume(item: Lease, transport: Transport, clock: Clock) -> Email | None:
    """What follows a hand-over whose end nobody knows: look it up, try again, or call it uncertain."""
    email = _ours(item)
    if email is None:
        return None
    known_at = (email.handed_at or clock()) + transport.known_after
    if clock() < known_at:
        settle(Email, item, due_at=known_at)
        return None
    try:
        taken = None if transport.honours_keys else transport.was_taken(str(email.pk))
    except UnknownError as error:
        _refused(item, email, clock(), str(error), permanent=False, uncertain=True)
        return None
    step = rules.after_unknown(
        access=email.purpose in _ACCESS,
        handovers=email.handovers,
        honours_keys=transport.honours_keys,
        taken=taken,
    )
    if step == rules.Step.TAKEN:
        _sent(item, email, clock(), "")
        return None
    return _repeat(item, step, clock)


def _repeat(item: Lease, step: rules.Step, clock: Clock) -> Email | None:
    """Mark the same mail for another hand-over if it may have one and still has a point; else it is uncertain."""
    with transaction.atomic():
        email = _ours(item, lock=True)
        if email is None:
            return None
        now = clock()
        if step == rules.Step.AGAIN and not _readdress(email) and isinstance(decide(email, now), Go):
            _mark(email, now)
            return email
        reason = _("It may have left; nobody knows, and this kind is not sent twice.")
        _done(item, State.UNCERTAIN, now, reason=reason, sealed=_kept(email))
    return None


def _hand_over(item: Lease, email: Email, transport: Transport, clock: Clock) -> None:
    """The one step outside the database; its outcome is written only if the lease is still ours."""
    try:
        provider_id = transport.hand_over(message_of(email), str(email.pk))
    except NotTakenError as error:
        _refused(item, email, clock(), str(error), permanent=error.permanent)
    except UnknownError as error:
        # Stays `sending`: the next look finds it there and asks, repeats or gives up.
        settle(Email, item, reason=str(error)[:300], due_at=clock() + rules.back_off(email.handovers))
    else:
        _sent(item, email, clock(), provider_id)


def _sent(item: Lease, email: Email, now: datetime, provider_id: str) -> None:
    _done(item, State.SENT, now, reason="", provider_id=provider_id[:200], sealed=_kept(email))


def _done(item: Lease, state: State, now: datetime, **fields: Any) -> None:
    """Settle for good, if the lease is still ours."""
    settle(Email, item, state=state, settled_at=now, due_at=None, **fields)


def _refused(
    item: Lease, email: Email, now: datetime, reason: str, *, permanent: bool, uncertain: bool = False
) -> None:
    """The transport did not take it: later again, or, after eight times, failed for everybody to see."""
    failures = email.failures + 1
    if permanent or failures >= rules.MAX_FAILURES:
        state = State.UNCERTAIN if uncertain else State.FAILED
        _done(item, state, now, reason=reason[:300], failures=failures, sealed=None)
        return
    fields: dict[str, Any] = {"reason": reason[:300], "failures": failures}
    if email.state == State.SENDING and not uncertain:
        fields |= {"state": State.DUE, "handed_at": None, "handovers": F("handovers") - 1}
    settle(Email, item, due_at=now + rules.back_off(failures), **fields)


def _put_off(item: Lease, now: datetime) -> None:
    """After an error of our own: later again. What may have left stays `sending`, for the next look to resolve."""
    email = _ours(item)
    if email is not None and email.state == State.DUE:
        _refused(item, email, now, _("An error of our own; the log has it."), permanent=False)


def _kept(email: Email) -> bytes | None:
    """What stays of the secrets once a mail has left: nothing, unless the outbox has to show them."""
    return bytes(email.sealed) if settings.OUTBOX_PAGE and email.sealed else None
