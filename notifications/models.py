"""What the database remembers of word to the outside: mails from cause to outcome, and who wants none."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Team
from webinars.models import Registration, Session, WaitingPlace, Webinar


class Purpose(models.TextChoices):
    """What a mail is for."""

    CONFIRMATION = "confirmation", _("Confirmation")
    ACCESS = "access", _("Link again")
    REMINDER = "reminder", _("Reminder")
    CHANGE = "change", _("Change of the session")
    FOLLOW_UP = "follow_up", _("Follow-up")
    REPLY = "reply", _("Reply by e-mail")
    WAIT_ALERT = "wait_alert", _("Somebody waits")
    OWED = "owed", _("Owed replies")
    ACCOUNT = "account", _("Account")
    INVITATION = "invitation", _("Invitation")
    WAITING_LISTED = "waiting_listed", _("Waiting list")
    DATE_OFFERED = "date_offered", _("New date")


class State(models.TextChoices):
    """Where a mail stands."""

    DUE = "due", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    UNCERTAIN = "uncertain", _("Uncertain")
    EXPIRED = "expired", _("Expired")
    CANCELLED = "cancelled", _("Not sent")
    FAILED = "failed", _("Failed")


OPEN = (State.DUE, State.SENDING)


class EmailQuerySet(models.QuerySet["Email"]):
    """Mails by team, by recipient and by what is due."""

    def of_team(self, team: Team) -> "EmailQuerySet":
        """One team's mails."""
        return self.filter(team=team)

    def visible_to(self, membership: Membership) -> "EmailQuerySet":
        """Those of webinars a member works on; the team's other mails for whoever manages it."""
        mine = models.Q(webinar__in=Webinar.objects.visible_to(membership))
        if membership.may_manage_team:
            mine |= models.Q(webinar=None)
        return self.filter(mine, team_id=membership.team_id)

    def waiting(self) -> "EmailQuerySet":
        """Those that nobody has begun to hand over."""
        return self.filter(state=State.DUE)

    def due(self, now: datetime) -> "EmailQuerySet":
        """Those whose time has come, and those whose courier died with them."""
        return self.filter(state__in=OPEN, due_at__lte=now)

    def fairly(self, now: datetime, limit: int) -> list[Any]:
        """Ids of up to `limit` due mails, one of each team and purpose before the second of any."""
        turn = Window(RowNumber(), partition_by=[F("team"), F("purpose")], order_by=F("due_at").asc())
        ranked = self.due(now).annotate(turn=turn).order_by("turn", "due_at")
        return list(ranked.values_list("pk", flat=True)[:limit])

    def counting_against(self, address: str, since: datetime) -> "EmailQuerySet":
        """What left for an address that had not confirmed anything, since an instant (X8)."""
        return self.filter(address=address, capped=True, handed_at__gt=since)


class Email(models.Model):
    """One mail to one recipient for one purpose and occurrence, written with its cause, settled by a courier.

    Texts are kept as they left with secrets replaced by `⟦name mark⟧`; the secrets themselves are sealed, and kept
    after the hand-over only where the outbox can show them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="emails")
    purpose = models.CharField(max_length=16, choices=Purpose.choices)
    key = models.CharField(max_length=200, unique=True)  # purpose, recipient and occurrence
    to = models.EmailField()
    to_name = models.CharField(max_length=80, blank=True, default="")
    address = models.CharField(max_length=254)  # `to` as it is compared: trimmed, lower case
    registration = models.ForeignKey(
        Registration, models.CASCADE, null=True, blank=True, related_name="emails"
    )
    waiting = models.ForeignKey(WaitingPlace, models.CASCADE, null=True, blank=True, related_name="emails")
    webinar = models.ForeignKey(Webinar, models.CASCADE, null=True, blank=True, related_name="emails")
    session = models.ForeignKey(Session, models.CASCADE, null=True, blank=True, related_name="emails")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="emails"
    )
    conversation = models.UUIDField(null=True, blank=True)
    facts = models.JSONField(default=dict)  # what the purpose needs besides; never a secret
    sealed = models.BinaryField(null=True, blank=True)  # encrypted {name: secret}

    state = models.CharField(max_length=10, choices=State.choices, default=State.DUE)
    reason = models.CharField(max_length=300, blank=True, default="")  # why it did not leave, for people
    planned_at = models.DateTimeField()  # when it was wanted; stays
    due_at = models.DateTimeField(
        null=True, blank=True
    )  # when a courier looks at it next; a lease moves it ahead; null once settled
    expires_at = models.DateTimeField()  # from then on it is of no use
    token = models.UUIDField(null=True, blank=True)  # the fence of the present lease
    attempts = models.PositiveIntegerField(default=0)  # leases
    failures = models.PositiveSmallIntegerField(default=0)  # refusals by the transport
    handovers = models.PositiveSmallIntegerField(default=0)  # times it may have left
    handed_at = models.DateTimeField(null=True, blank=True)  # the last hand-over began
    settled_at = models.DateTimeField(null=True, blank=True)
    capped = models.BooleanField(default=False)  # left for an address that had confirmed nothing
    through_seq = models.BigIntegerField(null=True, blank=True)  # a reply: the last line in it
    message_id = models.CharField(max_length=200, blank=True, default="")
    provider_id = models.CharField(max_length=200, blank=True, default="")

    subject = models.CharField(max_length=300, blank=True, default="")
    sender = models.CharField(max_length=300, blank=True, default="")
    reply_to = models.CharField(max_length=300, blank=True, default="")
    headers = models.JSONField(default=dict)
    text = models.TextField(blank=True, default="")
    html = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)

    objects = EmailQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["due_at"], condition=models.Q(state__in=["due", "sending"]), name="email_due"
            ),
            models.Index(fields=["address", "handed_at"]),
            models.Index(fields=["conversation"]),
            models.Index(fields=["-created_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} to {self.to}"


class SuppressionQuerySet(models.QuerySet["Suppression"]):
    """Addresses that get nothing."""

    def against(self, address: str, team: Team | None) -> "SuppressionQuerySet":
        """What forbids mail from a team to an address."""
        return self.filter(models.Q(team=None) | models.Q(team=team), address=address)


class Suppression(models.Model):
    """An address that gets no mail: from one team, or, without a team, from the whole installation."""

    class Reason(models.TextChoices):
        """Why."""

        BOUNCED = "bounced", _("The address does not exist")
        COMPLAINED = "complained", _("Reported as unwanted")
        ASKED = "asked", _("Asked for no more mail")
        HOST = "host", _("Blocked by the host")

    address = models.CharField(max_length=254)
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="suppressions")
    reason = models.CharField(max_length=12, choices=Reason.choices)
    created_at = models.DateTimeField(default=timezone.now)

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["address", "team"], nulls_distinct=False, name="suppression_once")
        ]

    def __str__(self) -> str:
        return f"{self.address} {self.reason}"


class OptOutQuerySet(models.QuerySet["OptOut"]):
    """Who asked for fewer mails."""

    def of_addresses(self, webinar: Webinar, addresses: Iterable[str]) -> "OptOutQuerySet":
        """The opt-outs of some addresses from one webinar's mails."""
        return self.filter(webinar=webinar, address__in=list(addresses))


class OptOut(models.Model):
    """That an address wants no reminders and follow-ups of one webinar."""

    webinar = models.ForeignKey(Webinar, models.CASCADE, related_name="opt_outs")
    address = models.CharField(max_length=254)
    created_at = models.DateTimeField(default=timezone.now)

    objects = OptOutQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["webinar", "address"], name="opt_out_once")
        ]

    def __str__(self) -> str:
        return f"{self.address} from {self.webinar_id}"
