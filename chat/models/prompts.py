"""What the database remembers of prompts: how a webinar invites, and who was shown what."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from webinars.models import Person, Session, Webinar


class Opener(models.TextChoices):
    """Whether every prompt says the same."""

    BY_PAGE = "by_page", _("its own text in each prompt")
    SINGLE = "single", _("the same text everywhere")


class Side(models.TextChoices):
    """The corner of a page that the launcher and prompts stand in."""

    RIGHT = "right", _("on the right")
    LEFT = "left", _("on the left")


class PromptSetting(models.Model):
    """How one webinar invites people to talk; made with its first prompt. `version` grows with every save."""

    webinar = models.OneToOneField(Webinar, models.CASCADE, related_name="prompt_setting")
    opener = models.CharField(max_length=8, choices=Opener.choices, default=Opener.BY_PAGE)
    opener_text = models.TextField(max_length=400, blank=True, default="")
    quiet_days = models.PositiveSmallIntegerField(default=30)  # after one was closed, on every page
    side = models.CharField(max_length=5, choices=Side.choices, default=Side.RIGHT)
    version = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"prompts of {self.webinar_id}"

    @property
    def opener_of_all(self) -> str:
        """What every prompt says; empty where each has its own words."""
        return self.opener_text if self.opener == Opener.SINGLE else ""


class PromptQuerySet(models.QuerySet["Prompt"]):
    """Prompts by webinar."""

    def of_webinar(self, webinar: Webinar) -> "PromptQuerySet":
        """A webinar's, in the host's order."""
        return self.filter(webinar=webinar).order_by("place", "pk")


class Prompt(models.Model):
    """One invitation: when, where, how often and what it opens. The values are those of `chat.prompting`."""

    webinar = models.ForeignKey(Webinar, models.CASCADE, related_name="prompts")
    place = models.PositiveSmallIntegerField(default=0)
    is_on = models.BooleanField(default=True)
    text = models.TextField(max_length=400, blank=True, default="")
    article = models.TextField(max_length=2000, blank=True, default="")
    action = models.CharField(max_length=4, default="chat")
    seconds = models.PositiveIntegerField(null=True, blank=True)
    idle = models.PositiveIntegerField(null=True, blank=True)
    position = models.PositiveIntegerField(null=True, blank=True)
    pages = models.PositiveSmallIntegerField(null=True, blank=True)
    join = models.CharField(max_length=3, default="all")
    properties = models.JSONField(default=list)  # [{"name", "value", "negated"}]
    pages_in = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    pages_out = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    addresses_in = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    addresses_out = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    form_too = models.BooleanField(default=False)  # also on the last step of registration
    often = models.CharField(max_length=7, default="once")
    days = models.PositiveSmallIntegerField(default=30)

    objects = PromptQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["webinar", "place"])]

    def __str__(self) -> str:
        return self.text[:40] or f"prompt {self.pk}"


class PromptShown(models.Model):
    """That a person was shown a prompt, and what they did; visitors are in no row, their browser remembers."""

    prompt = models.ForeignKey(Prompt, models.CASCADE, related_name="shown")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    session = models.ForeignKey(Session, models.SET_NULL, null=True, related_name="+")
    page = models.CharField(max_length=12)
    shown_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    acted_at = models.DateTimeField(null=True, blank=True)
    registered = models.BooleanField(default=False)  # seen as a visitor, before the form that made the person

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["person", "prompt", "-shown_at"])]

    def __str__(self) -> str:
        return f"prompt {self.prompt_id} shown"
