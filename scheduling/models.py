"""What the database remembers of time: a webinar's schedule, its chat hours, and the pulse of the ticks."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from timezone_field import TimeZoneField


class Kind(models.TextChoices):
    """The four kinds of session."""

    SCHEDULED = "scheduled", _("Scheduled")
    JUST_IN_TIME = "just_in_time", _("Just in time")
    ON_DEMAND = "on_demand", _("On demand")
    REPLAY = "replay", _("Replay")


class EventType(models.TextChoices):
    """How the dates of a webinar come about."""

    RECURRING = "recurring", _("Recurring")
    ONE_TIME = "one_time", _("One time")
    SPECIFIC = "specific", _("Specific dates")
    ON_DEMAND_ONLY = "on_demand_only", _("On demand only")


class Late(models.TextChoices):
    """What becomes of somebody who comes after the start."""

    JOIN = "join", _("joins at the current minute")
    REFUSE = "refuse", _("is refused and offered the next start")
    GO_BACK = "go_back", _("begins at a set point")
    ON_DEMAND = "on_demand", _("starts on demand")


class ReplayFor(models.TextChoices):
    """Who may open a replay."""

    REGISTERED = "registered", _("everybody who registered")
    ATTENDED = "attended", _("everybody who was there")
    EVERYBODY = "everybody", _("everybody with the link")


class ReplayUntil(models.TextChoices):
    """Until when a replay can be opened."""

    NEVER = "never", _("without an end")
    AFTER_SESSION = "after_session", _("after the session")
    AFTER_OPENING = "after_opening", _("after it was first opened")
    DATE = "date", _("until a date")


class Schedule(models.Model):
    """When a webinar is shown; `scheduling.slots.offer` turns it into sessions."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event_type = models.CharField(max_length=16, choices=EventType.choices, default=EventType.RECURRING)
    attendee_zone = models.BooleanField(default=True)  # times are wall times of whoever watches
    zone = TimeZoneField(
        default="UTC", use_pytz=False
    )  # of a fixed schedule, of blackouts, and until a zone is known
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    week_start = models.PositiveSmallIntegerField(default=6)  # Monday 0 ... Sunday 6
    on_demand = models.BooleanField(default=False)
    just_in_time = models.BooleanField(default=False)
    interval_minutes = models.PositiveSmallIntegerField(default=15)
    lead_seconds = models.PositiveSmallIntegerField(default=60)
    replay = models.BooleanField(default=False)  # may visitors register for one
    replay_for = models.CharField(max_length=12, choices=ReplayFor.choices, default=ReplayFor.REGISTERED)
    replay_from_hours = models.PositiveSmallIntegerField(default=0)  # after the end of the session
    replay_until = models.CharField(
        max_length=16, choices=ReplayUntil.choices, default=ReplayUntil.AFTER_SESSION
    )
    replay_hours = models.PositiveIntegerField(default=168)  # after the session, or after the first opening
    replay_last_on = models.DateField(null=True, blank=True)  # included, in the schedule's zone
    switches_after_first = models.BooleanField(default=True)
    hours_limit = ArrayField(models.CharField(max_length=16), default=list)  # kinds that chat hours limit
    hours_hold_end = models.BooleanField(default=False)  # a session must end inside the hours too
    jit_hours = models.OneToOneField(
        "ChatHours", models.SET_NULL, null=True, blank=True, related_name="just_in_time_of"
    )  # null: just in time follows the chat hours
    offer_count = models.PositiveSmallIntegerField(default=8)
    offer_days = models.PositiveSmallIntegerField(default=14)
    cutoff_minutes = models.PositiveSmallIntegerField(default=0)
    places = models.PositiveIntegerField(null=True, blank=True)  # per session, null = no limit
    full_shown = models.BooleanField(default=True)  # full sessions are labelled, not hidden
    waiting_list = models.BooleanField(default=True)  # of full sessions that are shown
    late = models.CharField(max_length=12, choices=Late.choices, default=Late.JOIN)
    late_minutes = models.PositiveSmallIntegerField(default=10)  # from which minute on it counts
    late_point_seconds = models.PositiveIntegerField(default=0)  # where in the film who goes back begins
    version = models.PositiveIntegerField(default=0)
    before = models.JSONField(null=True, blank=True)  # what the last save replaced, for one step back

    def __str__(self) -> str:
        return f"{self.event_type} from {self.starts_on}"


class Frequency(models.TextChoices):
    """The recurrences an editor can show."""

    DAILY = "daily", _("every day")
    WEEKDAYS = "weekdays", _("every weekday")
    WEEKLY = "weekly", _("every week on")
    FORTNIGHTLY = "fortnightly", _("every 2 weeks on")
    MONTHLY_WEEKDAY = "monthly_weekday", _("every month on the")
    MONTHLY_DAY = "monthly_day", _("every month on day")
    ONCE = "once", _("once on")


class Recurrence(models.Model):
    """One row of a schedule: a frequency with its wall-clock times.

    It belongs to one event type, so that changing the type keeps what was set for the others. An imported row has
    a first and last day and a start of the week of its own; null follows the schedule's.
    """

    event_type = models.CharField(max_length=16, choices=EventType.choices, default=EventType.RECURRING)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    week_start = models.PositiveSmallIntegerField(null=True, blank=True)
    schedule = models.ForeignKey(Schedule, models.CASCADE, related_name="recurrences")
    frequency = models.CharField(max_length=16, choices=Frequency.choices)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list)  # Monday 0 ... Sunday 6
    nth = models.SmallIntegerField(
        null=True, blank=True
    )  # 1 to 4, -1 = last; for fortnights 1 or 2 = which week
    day = models.PositiveSmallIntegerField(null=True, blank=True)  # of the month
    on = models.DateField(null=True, blank=True)
    times = ArrayField(models.TimeField())
    count = models.PositiveIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.frequency} at {', '.join(f'{t:%H:%M}' for t in self.times)}"


class ChatHours(models.Model):
    """When a human can be expected to answer; without windows, always."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    zone = TimeZoneField(default="UTC", use_pytz=False)
    attendee_zone = models.BooleanField(default=False)  # wall times of whoever asks
    holidays_country = models.CharField(max_length=2, blank=True, default="")  # closed on its public holidays
    holidays_region = models.CharField(max_length=24, blank=True, default="")

    def __str__(self) -> str:
        return f"hours in {self.zone}"


class HoursWindow(models.Model):
    """A weekly stretch of chat hours; an end at or before the start belongs to the next day."""

    hours = models.ForeignKey(ChatHours, models.CASCADE, related_name="windows")
    weekday = models.PositiveSmallIntegerField()  # Monday 0 ... Sunday 6
    opens = models.TimeField()
    closes = models.TimeField()

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens:%H:%M} to {self.closes:%H:%M}"


class HoursVersion(models.Model):
    """Chat hours as they stood until they were changed, for reports on the time before."""

    hours = models.ForeignKey(ChatHours, models.CASCADE, related_name="versions")
    from_at = models.DateTimeField(null=True, blank=True)  # null: from the beginning
    until_at = models.DateTimeField()
    value = models.JSONField()  # see scheduling.services.hours_snapshot

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["hours", "until_at"], name="hours_version_until")
        ]

    def __str__(self) -> str:
        return f"hours until {self.until_at}"


class HoursException(models.Model):
    """One date on which the weekly windows do not count."""

    hours = models.ForeignKey(ChatHours, models.CASCADE, related_name="exceptions")
    on = models.DateField()
    opens = models.TimeField(null=True, blank=True)  # both null: closed all day
    closes = models.TimeField(null=True, blank=True)
    name = models.CharField(max_length=80, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.on} {self.name}"


class Blackout(models.Model):
    """Dates on which nothing starts, both ends included."""

    schedule = models.ForeignKey(Schedule, models.CASCADE, related_name="blackouts")
    first = models.DateField()
    last = models.DateField()
    name = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(last__gte=models.F("first")), name="blackout_in_order")
        ]

    def __str__(self) -> str:
        return f"{self.first} to {self.last}"


class Exclusion(models.Model):
    """A start taken out of a schedule (RFC 5545 EXDATE)."""

    schedule = models.ForeignKey(Schedule, models.CASCADE, related_name="exclusions")
    at = models.DateTimeField()
    floating = models.BooleanField(default=False)  # `at`, written as UTC, is a wall time of whoever watches

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["schedule", "at"], name="exclusion_once")
        ]

    def __str__(self) -> str:
        return f"not {self.at}"


class Roster(models.Model):
    """When a member answers attendees: the windows of its hours, leave as closed exceptions; without windows never."""

    membership = models.OneToOneField("accounts.Membership", models.CASCADE, related_name="roster")
    hours = models.OneToOneField(ChatHours, models.PROTECT, related_name="roster")
    version = models.PositiveIntegerField(default=0)  # grows with each save; stale saves are refused

    def __str__(self) -> str:
        return f"shifts of {self.membership_id}"


class Expectation(models.Model):
    """What a host expects of a week, where they know better than the past or there is none; null follows the past."""

    schedule = models.OneToOneField(Schedule, models.CASCADE, related_name="expectation")
    attendees_a_week = models.PositiveIntegerField(null=True, blank=True)
    questions_an_hour = models.FloatField(null=True, blank=True)  # of one attendee who watches
    scheduled_percent = models.PositiveSmallIntegerField(null=True, blank=True)  # choose a scheduled start
    handling_seconds = models.PositiveIntegerField(default=180)  # to answer one question
    target_seconds = models.PositiveIntegerField(default=120)  # in which it is to be taken up
    target_percent = models.PositiveSmallIntegerField(default=80)  # of the questions

    def __str__(self) -> str:
        return f"what {self.schedule_id} expects"


class Heartbeat(models.Model):
    """When each tick last ran, by the database's clock, for `/healthz/deep`."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()
    skew_seconds = models.FloatField(default=0)  # the host's clock against the database's

    def __str__(self) -> str:
        return self.name
