"""How the talk of a webinar works, and which strategy set it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from chat.matching import DEFAULT_THRESHOLD
from webinars.models import Webinar


class PolicyKind(models.TextChoices):
    """The kinds of session that chat settings tell apart; on demand goes with just in time everywhere."""

    SCHEDULED = "scheduled", _("Scheduled")
    JUST_IN_TIME = "just_in_time", _("Just in time and on demand")
    REPLAY = "replay", _("Replay")


class Mode(models.TextChoices):
    """How attendees can talk."""

    CHAT = "chat", _("Chat")
    EMAIL = "email", _("E-mail form")
    OFF = "off", _("Off")
    OTHER = "other", _("Another chat")


class Promise(models.TextChoices):
    """By when an autoresponder says that a human answers."""

    NONE = "none", _("No promise")
    WEBINAR_END = "webinar_end", _("By the end of the webinar")
    DAY_END = "day_end", _("By the end of the attendee's day")
    HOURS = "hours", _("Within some hours")


class ChatPolicy(models.Model):
    """How the talk of one webinar works; what differs by kind of session stands in its `KindPolicy` rows."""

    webinar = models.OneToOneField(Webinar, models.CASCADE, related_name="chat_policy")
    welcome_delay = models.PositiveIntegerField(default=5)  # seconds after the first entry
    autoresponder_delay = models.PositiveIntegerField(default=300)  # seconds of waiting, at least 15
    once_per_session = models.BooleanField(default=True)
    promise = models.CharField(max_length=12, choices=Promise.choices, default=Promise.DAY_END)
    promise_hours = models.PositiveSmallIntegerField(default=24)
    outside_mode = models.CharField(max_length=8, choices=Mode.choices, default=Mode.EMAIL)
    away_email = models.BooleanField(default=False)  # nobody available: the chat becomes the e-mail form
    queue_most = models.PositiveSmallIntegerField(
        null=True, blank=True
    )  # may wait in the chat; null: any number
    queue_minutes = models.PositiveSmallIntegerField(null=True, blank=True)  # then by e-mail; null: waits on
    target_seconds = models.PositiveIntegerField(default=180)  # clocks turn red at this wait
    expectation = models.CharField(
        max_length=200, blank=True, default=""
    )  # the host's own words, else measured
    name_fallback = models.CharField(max_length=40, blank=True, default="")  # for people without a name
    receipts = models.BooleanField(default=False)  # attendees see that the team has read their words
    nudge_minutes = models.PositiveSmallIntegerField(default=0)  # seen and not answered for so long; 0: never
    script_said = models.TextField(blank=True, default="")  # the line the host says in the film, as ticked
    next_step_from = models.DateTimeField(null=True, blank=True)  # no hint at the next preset before
    files = models.BooleanField(default=True)  # attendees may send files
    ai_drafts = models.BooleanField(default=False)  # moderators may ask the configured model for a draft
    version = models.PositiveIntegerField(default=0)
    faq_on = models.BooleanField(default=True)  # the host's switch; without an entry to say nothing is said
    faq_spoken = models.PositiveIntegerField(
        default=0
    )  # entries that may be said; kept by services.faq_editing
    faq_threshold = models.PositiveSmallIntegerField(default=DEFAULT_THRESHOLD)  # 0 to 100, see chat.matching
    faq_version = models.PositiveIntegerField(default=0)  # of the list, its switch and its threshold

    def __str__(self) -> str:
        return f"chat of {self.webinar}"

    @property
    def cached_by(self) -> int:
        """What the settings kept in a process go by: it rises with whatever changes them."""
        return self.version + self.faq_version


class KindPolicy(models.Model):
    """The way of talking in one kind of session, and what comes by itself there; what it says is in `KindText`."""

    policy = models.ForeignKey(ChatPolicy, models.CASCADE, related_name="kinds")
    kind = models.CharField(max_length=16, choices=PolicyKind.choices)
    mode = models.CharField(max_length=8, choices=Mode.choices, default=Mode.CHAT)
    welcome_on = models.BooleanField(default=True)
    autoresponder_on = models.BooleanField(default=True)
    other_url = models.CharField(max_length=2048, blank=True, default="")  # of another chat, shown in a frame

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["policy", "kind"], name="kind_policy_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.mode}"


class KindText(models.Model):
    """What is said by itself in one kind of session, in one language; the webinar's language says which row counts.

    Without a row for a language, the texts of `chat.texts` are said in it.
    """

    policy = models.ForeignKey(ChatPolicy, models.CASCADE, related_name="texts")
    kind = models.CharField(max_length=16, choices=PolicyKind.choices)
    language = models.CharField(max_length=8)
    welcome_text = models.TextField(max_length=4000, blank=True, default="")
    autoresponder_text = models.TextField(max_length=4000, blank=True, default="")
    outside_text = models.TextField(max_length=4000, blank=True, default="")  # outside chat hours

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["policy", "kind", "language"], name="kind_text_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} in {self.language}"


class PresetApplication(models.Model):
    """That a strategy was applied to a webinar: what it replaced, what it set, and whether that was taken back.

    `before` and `after` hold the fields of `config.presets`; `before` is empty for the one a webinar was made with.
    """

    webinar = models.ForeignKey(Webinar, models.CASCADE, related_name="presets")
    preset = models.PositiveSmallIntegerField()
    before = models.JSONField(default=dict)
    after = models.JSONField()
    versions = models.JSONField(default=dict)  # of webinar, schedule and policy when it was applied
    applied_at = models.DateTimeField()
    applied_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["webinar", "-id"], condition=Q(undone_at=None), name="preset_in_force")
        ]

    def __str__(self) -> str:
        return f"preset {self.preset} on {self.webinar_id}"
