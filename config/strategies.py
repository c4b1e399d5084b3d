"""Applies a strategy to a webinar in one step, remembers what it replaced, and takes it back in one step."""

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.models import Membership, User
from accounts.services import audit
from chat import script
from chat.models import ChatPolicy, PolicyKind, PresetApplication
from chat.services import policy as chat
from chat.services.policy_editing import edit_policy
from config import presets
from config.presets import Options, Values
from scheduling import services as scheduling
from scheduling.models import HoursWindow, Kind, Recurrence, Schedule
from scheduling.services import Plan, Stale
from webinars.models import Webinar
from webinars.services import editing, rule_changes


class NothingToUndo(Exception):
    """No strategy was applied, the last one was taken back, or the webinar was made with it."""


class ChangedSince(Exception):
    """Somebody changed these fields after the strategy was applied, so that it is not taken back blindly."""

    def __init__(self, fields: list[str]) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


@dataclass(frozen=True, slots=True)
class Versions:
    """What an editor began with; a save builds on nothing else."""

    webinar: int
    schedule: int
    policy: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A webinar's values as they are, and the strategy in force."""

    values: Values
    versions: Versions
    last: PresetApplication | None

    @property
    def changed_by_host(self) -> list[str]:
        """The fields that are not what the strategy in force set."""
        return presets.differing(self.values, self.was_set) if self.was_set else []

    @property
    def was_set(self) -> Values | None:
        """What the strategy in force set, without texts of a language that the webinar speaks no more."""
        return presets.in_language(self.last.after, self.values) if self.last else None

    @property
    def stood_before(self) -> Values:
        """What it replaced, likewise."""
        return presets.in_language(self.last.before, self.values) if self.last else {}

    @property
    def may_undo(self) -> bool:
        """Whether there is something to go back to; a webinar made with its strategy has nothing."""
        return self.last is not None and bool(self.last.before)


def standing_of(webinar: Webinar) -> Standing:
    """How a webinar stands, from rows as they are now; its schedule may come prefetched."""
    policy = _policy(webinar)
    kinds = chat.kinds_of(policy, webinar.language)
    values = _schedule_values(webinar.schedule) | _chat_values(policy, kinds)
    values["language"] = webinar.language
    last = PresetApplication.objects.filter(webinar=webinar, undone_at=None).order_by("-id").first()
    return Standing(values, Versions(webinar.version, webinar.schedule.version, policy.version), last)


def _policy(webinar: Webinar) -> ChatPolicy:
    return ChatPolicy.objects.filter(webinar=webinar).first() or ChatPolicy(webinar=webinar)


def _schedule_values(schedule: Schedule) -> Values:
    own = schedule.jit_hours
    windows = (
        [[row.weekday, f"{row.opens:%H:%M}", f"{row.closes:%H:%M}"] for row in own.windows.all()]
        if own
        else []
    )
    return {
        "times": {
            "event_type": str(schedule.event_type),
            "rows": [_row_values(row) for row in sorted(schedule.recurrences.all(), key=lambda row: row.pk)],
        },
        "attendee_zone": schedule.attendee_zone,
        "on_demand": schedule.on_demand,
        "just_in_time": {
            "on": schedule.just_in_time,
            "minutes": schedule.interval_minutes,
            "inside": Kind.JUST_IN_TIME in schedule.hours_limit,
            "own": sorted(windows) if own else None,
        },
        "replay": schedule.replay,
    }


def _row_values(row: Recurrence) -> Values:
    dates = {name: getattr(row, name) for name in ("on", "starts_on", "ends_on")}
    return {
        "event_type": str(row.event_type),
        "frequency": str(row.frequency),
        "times": [f"{at:%H:%M}" for at in row.times],
        "weekdays": list(row.weekdays),
        "nth": row.nth,
        "day": row.day,
        "count": row.count,
        "week_start": row.week_start,
        **{name: day.isoformat() if day else None for name, day in dates.items()},
    }


def _chat_values(policy: ChatPolicy, kinds: dict[str, chat.KindSetting]) -> Values:
    every = {kind: kinds[kind] for kind in presets.KINDS}
    return {
        "modes": {kind: str(row.mode) for kind, row in every.items()},
        "welcome": [kind for kind, row in every.items() if row.welcome_on],
        "welcome_text": {kind: row.welcome_text for kind, row in every.items()},
        "autoresponder": [kind for kind, row in every.items() if row.autoresponder_on],
        "delay": policy.autoresponder_delay,
        "autoresponder_text": {kind: row.autoresponder_text for kind, row in every.items()},
        "outside_text": {kind: row.outside_text for kind, row in every.items()},
        "promise": {"word": str(policy.promise), "hours": policy.promise_hours},
    }


def plan_of(webinar: Webinar, values: Values) -> Plan:
    """The webinar's schedule as it stands, with these values in it; nothing else of it changes."""
    schedule = webinar.schedule
    plan = scheduling.plan_of(scheduling.snapshot(schedule, webinar.chat_hours))
    wish = values["just_in_time"]
    limited = {*schedule.hours_limit} - {Kind.JUST_IN_TIME.value}
    fields = {
        "event_type": values["times"]["event_type"],
        "attendee_zone": values["attendee_zone"],
        "on_demand": values["on_demand"],
        "just_in_time": wish["on"],
        "interval_minutes": wish["minutes"],
        "hours_limit": sorted(limited | ({Kind.JUST_IN_TIME.value} if wish["inside"] else set())),
        "replay": values["replay"],
    }
    return replace(
        plan,
        fields=plan.fields | fields,
        recurrences=[_recurrence(row) for row in values["times"]["rows"]],
        own_windows=None if wish["own"] is None else [_window(*row) for row in wish["own"]],
    )


def _recurrence(values: Values) -> Recurrence:
    dates = {
        name: values[name] and date.fromisoformat(values[name]) for name in ("on", "starts_on", "ends_on")
    }
    return Recurrence(**{**values, **dates, "times": [time.fromisoformat(at) for at in values["times"]]})


def _window(weekday: int, opens: str, closes: str) -> HoursWindow:
    return HoursWindow(weekday=weekday, opens=time.fromisoformat(opens), closes=time.fromisoformat(closes))


def script_of(webinar: Webinar, values: Values) -> str:
    """The line for the film that these values make true, in the webinar's language."""
    schedule, _hours = scheduling.drafted(webinar.schedule, webinar.chat_hours, plan_of(webinar, values))
    return script.line_of(
        script.talk_of(schedule, values["promise"]["word"], values["modes"]), webinar.language
    )


def setting_of(policy: ChatPolicy, values: Values) -> chat.PolicySetting:
    """The chat settings as they stand, with these values in them."""
    promise = values["promise"]
    urls = dict(policy.kinds.values_list("kind", "other_url"))
    kinds = {
        kind: chat.KindSetting(
            mode=values["modes"][kind],
            welcome_on=kind in values["welcome"],
            welcome_text=values["welcome_text"][kind],
            autoresponder_on=kind in values["autoresponder"],
            autoresponder_text=values["autoresponder_text"][kind],
            outside_text=values["outside_text"][kind],
            other_url=urls.get(kind, ""),
        )
        for kind in PolicyKind.values
    }
    plain = {name: getattr(policy, name) for name in chat.PLAIN}
    changed = {"autoresponder_delay": values["delay"], "promise": promise["word"]}
    hours = promise["hours"] or policy.promise_hours
    return chat.PolicySetting(kinds=kinds, **{**plain, **changed, "promise_hours": hours})


@transaction.atomic
def apply(
    *,
    webinar: Webinar,
    actor: User,
    number: int,
    options: Options = presets.PLAIN,
    versions: Versions,
    now: datetime,
    **answer: Any,
) -> PresetApplication:
    """Set every field of a strategy, schedule and chat together, and remember what stood there.

    `versions` are what the diff was made of, `answer` what `rule_changes.save_schedule` takes about people whose
    times would go. Raises Stale, or that service's NeedsChoice; then nothing is changed.
    """
    found = _fresh(webinar, versions)
    after = presets.wanted(number, found.values, webinar.language, options)
    _write(webinar, actor, values=after, versions=versions, now=now, answer=answer)
    made = PresetApplication.objects.create(
        webinar=webinar,
        preset=number,
        before=found.values,
        after=after,
        versions=asdict(versions),
        applied_at=now,
        applied_by=actor,
    )
    _log(webinar, actor, "webinar.preset_applied", {"preset": number}, now)
    return made


@transaction.atomic
def undo(
    *, webinar: Webinar, actor: User, versions: Versions | None, now: datetime, **answer: Any
) -> PresetApplication:
    """Put back what the strategy in force replaced.

    Without `versions` only while nothing it set was changed since: else ChangedSince, so that the host sees what
    would be lost and sends the versions they saw. Raises NothingToUndo, Stale, NeedsChoice; then nothing is changed.
    """
    found = standing_of(webinar) if versions is None else _fresh(webinar, versions)
    if found.last is None:
        raise NothingToUndo
    last = PresetApplication.objects.select_for_update(of=("self",)).get(pk=found.last.pk)
    if last.undone_at or not last.before:
        raise NothingToUndo
    if versions is None and found.changed_by_host:
        raise ChangedSince(found.changed_by_host)
    _write(webinar, actor, values=found.stood_before, versions=found.versions, now=now, answer=answer)
    last.undone_at = now
    last.save(update_fields=["undone_at"])
    _log(webinar, actor, "webinar.preset_undone", {"preset": last.preset}, now)
    return last


def _fresh(webinar: Webinar, versions: Versions) -> Standing:
    found = standing_of(webinar)
    if found.versions != versions:
        raise Stale(found.versions.schedule)
    return found


def _write(
    webinar: Webinar,
    actor: User,
    *,
    values: Values,
    versions: Versions,
    now: datetime,
    answer: dict[str, Any],
) -> None:
    """Both halves, each of which checks its version under its own lock."""
    rule_changes.save_schedule(
        webinar=webinar,
        actor=actor,
        plan=plan_of(webinar, values),
        version=versions.schedule,
        now=now,
        **answer,
    )
    try:
        edit_policy(
            webinar=webinar,
            actor=actor,
            setting=setting_of(_policy(webinar), values),
            version=versions.policy,
            now=now,
        )
    except chat.Stale:
        raise Stale(versions.schedule) from None


def _log(webinar: Webinar, actor: User, act: str, detail: dict[str, Any], now: datetime) -> None:
    audit(team=webinar.team, actor=actor, act=act, target=f"webinar {webinar.pk}", detail=detail, now=now)


@transaction.atomic
def new_webinar(
    *, membership: Membership, title: str, zone: ZoneInfo, now: datetime, number: int = presets.RECOMMENDED
) -> Webinar:
    """A draft with a strategy already in force; `zone` is where its chat hours and fixed times are kept."""
    webinar = editing.create_webinar(membership=membership, title=title, zone=zone, now=now)
    found = standing_of(webinar)
    after = presets.wanted(number, found.values, webinar.language)
    plan, setting = plan_of(webinar, after), setting_of(_policy(webinar), after)
    scheduling.save_schedule(
        schedule=webinar.schedule,
        hours=webinar.chat_hours,
        plan=plan,
        version=found.versions.schedule,
        now=now,
    )
    Schedule.objects.filter(pk=webinar.schedule_id).update(before=None)  # there was nothing before
    chat.save_policy(webinar=webinar, setting=setting, version=found.versions.policy, now=now)
    PresetApplication.objects.create(
        webinar=webinar, preset=number, after=after, applied_at=now, applied_by=membership.user
    )
    webinar.schedule.refresh_from_db()
    return webinar
