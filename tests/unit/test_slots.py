"""The picker against the schedule: what is offered is what the rules mean, and exactly what can be taken."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.hours import DatedException, Hours, Window
from scheduling.recurrence import (
    SATURDAY,
    SUNDAY,
    EveryDay,
    EveryWeekday,
    Once,
    Pattern,
    Recurrence,
    Weekly,
)
from scheduling.slots import (
    Blackout,
    EventType,
    Kind,
    Moved,
    ScheduleRules,
    Slot,
    SlotGone,
    Why,
    next_mark,
    offer,
    offers,
    scheduled_starts,
    take,
)
from tests.unit import minutes
from tests.unit.minutes import DAY, MINUTE
from tests.unit.test_hours import hours_near, open_minutes

NEW_YORK = ZoneInfo("America/New_York")
WARSAW = ZoneInfo("Europe/Warsaw")
TOKYO = ZoneInfo("Asia/Tokyo")
HOUR = timedelta(hours=1)
S, J, D, R = Kind.SCHEDULED, Kind.JUST_IN_TIME, Kind.ON_DEMAND, Kind.REPLAY

OFFICE = Hours(tuple(Window(day, time(9), time(18)) for day in range(5)), WARSAW)
WEEKDAYS = Recurrence(EveryWeekday(), (time(11), time(15)), date(2026, 10, 5))
SATURDAYS = Recurrence(Weekly(frozenset({SATURDAY})), (time(10),), date(2026, 10, 5))
FULL_AUTOMATION = ScheduleRules(
    EventType.RECURRING,
    WARSAW,
    length=HOUR,
    recurrences=(WEEKDAYS, SATURDAYS),
    attendee_zone=True,
    on_demand=True,
    jit_minutes=15,
    hours=OFFICE,
    blackouts=(Blackout(date(2026, 11, 2), date(2026, 11, 2), "All Souls"),),
)
FRIDAY_MORNING = datetime(2026, 10, 30, 9, 52, tzinfo=NEW_YORK)


def utc(*clock: int) -> datetime:
    return datetime(*clock, tzinfo=UTC)  # type: ignore[misc,arg-type]


def lines(slots: Iterable[Slot]) -> list[str]:
    return [f"{slot.kind} {slot.local:%d %H:%M}" if slot.local else slot.kind.value for slot in slots]


def plain(*times: time, **more: object) -> ScheduleRules:
    """Every day at these times in UTC."""
    rule = Recurrence(EveryDay(), times, date(2026, 1, 1))
    rules = ScheduleRules(EventType.RECURRING, ZoneInfo("UTC"), length=HOUR, recurrences=(rule,))
    return replace(rules, **more)  # type: ignore[arg-type]


ELEVEN = plain(time(11))
UTC_ZONE = ZoneInfo("UTC")
NOON = utc(2026, 6, 1, 12)


def test_full_automation_on_a_friday_in_new_york() -> None:
    assert lines(offer(FULL_AUTOMATION, NEW_YORK, FRIDAY_MORNING)) == [
        "on_demand",
        "just_in_time 30 10:00",
        "scheduled 30 11:00",
        "scheduled 30 15:00",
        "scheduled 31 10:00",
        "scheduled 03 11:00",  # nothing starts on the 2nd
        "scheduled 03 15:00",
        "scheduled 04 11:00",
    ]


def test_a_slot_carries_its_instant_its_end_and_the_visitors_clock() -> None:
    first = offer(FULL_AUTOMATION, NEW_YORK, FRIDAY_MORNING)[2]
    assert first.starts_at == utc(2026, 10, 30, 15)
    assert first.ends_at == utc(2026, 10, 30, 16)
    assert first.local is not None
    assert first.local.isoformat() == "2026-10-30T11:00:00-04:00"
    after_the_change = offer(FULL_AUTOMATION, NEW_YORK, FRIDAY_MORNING)[5].local
    assert after_the_change is not None
    assert after_the_change.isoformat() == "2026-11-03T11:00:00-05:00"


zone_names = st.sampled_from([name for name, _ in minutes.CHANGES])
quarter_times = st.lists(st.integers(0, 95).map(lambda q: time(q // 4, q % 4 * 15)), min_size=1, max_size=6)


PATTERNS: list[Pattern] = [EveryDay(), EveryWeekday(), Weekly(frozenset({SATURDAY, SUNDAY})), Once()]


@st.composite
def situations(draw: st.DrawFn) -> tuple[ScheduleRules, str, date, datetime]:
    """Rules, the zone that decides about them, a day of a clock change there, and a now close before it."""
    zone, day = draw(st.sampled_from(minutes.CHANGES))
    start = day - timedelta(days=draw(st.integers(0, 9)))
    patterns = st.sampled_from(PATTERNS)
    blackout = day + timedelta(days=draw(st.integers(-1, 2)))
    rules = ScheduleRules(
        EventType.RECURRING,
        ZoneInfo(zone),
        length=draw(st.sampled_from([timedelta(minutes=45), timedelta(hours=2)])),
        recurrences=tuple(Recurrence(draw(patterns), tuple(draw(quarter_times)), start) for _ in range(2)),
        on_demand=draw(st.booleans()),
        jit_minutes=draw(st.sampled_from([None, 5, 15, 60])),
        replay=draw(st.booleans()),
        hours=draw(st.none() | hours_near(zone, day)),
        hours_limit=draw(st.frozensets(st.sampled_from(list(Kind)))),
        hours_hold_end=draw(st.booleans()),
        blackouts=draw(st.sampled_from([(), (Blackout(blackout, blackout),)])),
        count=draw(st.integers(1, 12)),
        days_ahead=draw(st.integers(1, 2)),
        cut_off=timedelta(minutes=draw(st.sampled_from([0, 10, 90]))),
    )
    low, _ = minutes.bounds(zone, day, 1)
    now = low + timedelta(seconds=draw(st.integers(0, 24 * 3600)))
    meant = minutes.instants(rules.recurrences, zone, day, 5)
    some = st.sampled_from(meant) if meant else st.nothing()
    moved = draw(st.lists(st.builds(moved_by, some, st.integers(-600, 600)), max_size=2, unique_by=_origin))
    rules = replace(
        rules,
        jit_hours=draw(st.none() | hours_near(zone, day)),
        excluded=frozenset(draw(st.lists(some | WALLS.map(day_at(day)), max_size=2))),
        moved=tuple(moved),
    )
    return rules, zone, day, now


WALLS = st.integers(0, 95).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))


def day_at(day: date) -> Callable[[time], datetime]:
    return lambda at: datetime.combine(day, at)


def moved_by(origin: datetime, minutes_later: int) -> Moved:
    return Moved(origin, origin + minutes_later * MINUTE)


def _origin(one: Moved) -> datetime:
    return one.origin


def may_start(
    rules: ScheduleRules, zone: str, kind: Kind, minute: datetime, opened: set[datetime] | None
) -> bool:
    """What the settings say in words, asked of one minute; `opened` are the minutes of the hours that count."""
    on = minute.astimezone(ZoneInfo(zone)).date()
    if any(blackout.first <= on <= blackout.last for blackout in rules.blackouts):
        return False
    if opened is None:
        return True
    whole = kind is not Kind.REPLAY and rules.hours_hold_end
    return minute in opened and (not whole or minute + rules.length - MINUTE in opened)


def open_to(rules: ScheduleRules, zone: str, day: date) -> dict[Kind, set[datetime] | None]:
    """Per kind the minutes in which it may start; None: no hours limit it."""
    own = None if rules.jit_hours is None else open_minutes(rules.jit_hours, zone, day)
    everybody = None if rules.hours is None else open_minutes(rules.hours, zone, day)
    found = {kind: everybody if kind in rules.hours_limit else None for kind in Kind}
    return found if own is None else found | {J: own}


def starts_of(rules: ScheduleRules, zone: str, day: date, opened: set[datetime] | None) -> set[datetime]:
    """The minutes at which something is scheduled, once all is taken out and what was moved is put back."""
    known = minutes.table(zone, day)
    out = {at if at.tzinfo else known[at] for at in rules.excluded} | {one.origin for one in rules.moved}
    meant = minutes.instants(rules.recurrences, zone, day, 5)
    kept = {minute for minute in meant if minute not in out and may_start(rules, zone, S, minute, opened)}
    return kept | {one.to for one in rules.moved}


def expected_lines(
    rules: ScheduleRules, zone: str, day: date, now: datetime
) -> tuple[list[tuple[Kind, datetime | None]], list[datetime]]:
    """What is to be offered, and the just-in-time marks that may still be taken."""
    opened = open_to(rules, zone, day)
    minute = now.replace(second=0, microsecond=0)
    at_once = [kind for kind in (D, R) if may_start(rules, zone, kind, minute, opened[kind])]
    meant = starts_of(rules, zone, day, opened[S])
    scheduled, marks, minute = [], [], minute + (MINUTE if minute < now else timedelta(0))
    while minute <= now + rules.days_ahead * DAY:
        if minute in meant and minute >= now + rules.cut_off:
            scheduled.append(minute)
        if (
            rules.jit_minutes
            and minute.minute % rules.jit_minutes == 0
            and minute <= now + HOUR + rules.jit_lead
        ):
            marks.append(minute)
        minute += MINUTE
    marks = (
        marks[: 1 + next(n for n, mark in enumerate(marks) if mark >= now + rules.jit_lead)] if marks else []
    )
    free = [m for m in marks if m not in scheduled and may_start(rules, zone, J, m, opened[J])]
    before = [(D, None)] if rules.on_demand and D in at_once else []
    mark = [(J, m) for m in free if m == marks[-1]]
    after = [(R, None)] if rules.replay and R in at_once else []
    room = max(rules.count - len(before) - len(mark) - len(after), 1)
    return [*before, *mark, *((S, instant) for instant in scheduled[:room]), *after][: rules.count], free


@settings(deadline=None, max_examples=80 * minutes.DEEPER)
@given(situation=situations())
def test_S7_what_is_offered_is_what_the_schedule_says_minute_by_minute(
    situation: tuple[ScheduleRules, str, date, datetime],
) -> None:
    rules, zone, day, now = situation
    expected, _ = expected_lines(rules, zone, day, now)
    assert [(slot.kind, slot.starts_at) for slot in offer(rules, ZoneInfo("Asia/Tokyo"), now)] == expected


@settings(deadline=None, max_examples=10 * minutes.DEEPER)
@given(situation=situations())
def test_what_is_offered_is_exactly_what_can_be_taken(
    situation: tuple[ScheduleRules, str, date, datetime],
) -> None:
    rules, zone, day, now = situation
    _, marks = expected_lines(rules, zone, day, now)
    shown = {(slot.kind, slot.starts_at): slot for slot in offer(rules, TOKYO, now)}
    hour = now.replace(minute=0, second=0, microsecond=0) - HOUR
    candidates: list[datetime | None] = [None, *(hour + n * timedelta(minutes=5) for n in range(30))]
    candidates += [hour + n * timedelta(minutes=15) for n in range(10, 220)]
    for starts_at in candidates:
        for kind in Kind:
            got = take_or_next(rules, kind, starts_at, now)
            if isinstance(got, SlotGone):
                assert (kind, starts_at) not in shown
                assert got.next is None or got.next in shown.values()
            else:
                still_typing = kind is J and starts_at in marks
                assert shown.get((kind, starts_at), got if still_typing else None) == got


def take_or_next(
    rules: ScheduleRules, kind: Kind, starts_at: datetime | None, now: datetime
) -> Slot | SlotGone:
    try:
        return take(rules, TOKYO, kind, starts_at, now)
    except SlotGone as gone:
        return gone


@settings(deadline=None, max_examples=40 * minutes.DEEPER)
@given(situation=situations(), later=st.integers(0, 4 * 24 * 60))
def test_a_scheduled_start_once_offered_can_be_taken_until_its_cut_off(
    situation: tuple[ScheduleRules, str, date, datetime], later: int
) -> None:
    rules, _, _, now = situation
    rules = replace(rules, on_demand=False, jit_minutes=None, replay=False)
    then = now + timedelta(minutes=later)
    for slot in offer(rules, TOKYO, now):
        assert slot.starts_at is not None
        if slot.starts_at >= then + rules.cut_off:
            assert take(rules, TOKYO, S, slot.starts_at, then) == slot


@settings(deadline=None, max_examples=30 * minutes.DEEPER)
@given(situation=situations(), page=st.integers(1, 7), skipped=st.integers(0, 3 * 24 * 60))
def test_S7_paging_from_any_instant_gives_the_same_list_as_one_long_look(
    situation: tuple[ScheduleRules, str, date, datetime], page: int, skipped: int
) -> None:
    rules, _, _, now = situation
    rules = replace(rules, on_demand=False, jit_minutes=None, replay=False, cut_off=timedelta(0))
    long = [slot.starts_at for slot in offer(rules, TOKYO, now, count=40)]
    since = now + skipped * MINUTE
    paged: list[datetime | None] = []
    at: datetime | None = since
    while at is not None and len(paged) < 25:
        found = [slot.starts_at for slot in offer(rules, TOKYO, at, count=page)]
        paged += found
        at = found[-1] + timedelta(microseconds=1) if found and found[-1] else None
    rest = [start for start in long if start and start >= since]
    assert paged[: len(rest)] == rest[: len(paged)]
    assert paged[:25] == list(islice(scheduled_starts(rules, TOKYO, since), len(paged)))[:25]


@settings(deadline=None, max_examples=8 * minutes.DEEPER)
@given(situation=situations(), data=st.data())
def test_whatever_is_full_or_closed_exactly_what_is_offered_with_a_place_can_be_taken(
    situation: tuple[ScheduleRules, str, date, datetime], data: st.DataObject
) -> None:
    rules, _, _, now = situation
    rules = replace(rules, places=2, full_shown=data.draw(st.booleans()), jit_lead=timedelta(0), count=40)
    before = offer(rules, TOKYO, now)
    keys = [(slot.kind, slot.starts_at) for slot in before if slot.starts_at]
    taken = {key: data.draw(st.integers(0, 3)) for key in keys}
    closed = {
        key: data.draw(st.sampled_from([Why.CANCELLED, Why.SHUT]))
        for key in keys[:: data.draw(st.integers(2, 5))]
    }
    shown = offer(rules, TOKYO, now, taken=taken, closed=closed)
    free = {(slot.kind, slot.starts_at) for slot in shown if not slot.full}
    assert not free & closed.keys()
    for kind, starts_at in {*keys, *((slot.kind, slot.starts_at) for slot in shown)}:
        try:
            got = take(rules, TOKYO, kind, starts_at, now, taken=taken, closed=closed)
        except SlotGone:
            assert (kind, starts_at) not in free
        else:
            assert (got.kind, got.starts_at) in free


@given(seconds=st.integers(0, 365 * 24 * 3600), interval=st.sampled_from([5, 10, 15, 30, 60]))
def test_marks_count_from_the_full_hour_in_utc(seconds: int, interval: int) -> None:
    now = utc(2026, 1, 1).astimezone(ZoneInfo("Asia/Kathmandu")) + timedelta(seconds=seconds)
    mark = next_mark(interval, now)
    assert now <= mark < now + timedelta(minutes=interval)
    assert mark.tzinfo is UTC
    assert (mark.minute % interval, mark.second, mark.microsecond) == (0, 0, 0)


def test_a_mark_closer_than_the_lead_time_is_skipped_but_can_be_taken_until_it_starts() -> None:
    rules = plain(time(23), jit_minutes=15)
    mark = utc(2026, 6, 1, 12, 15)
    a_minute_before = mark - timedelta(seconds=60)
    assert offer(rules, UTC_ZONE, a_minute_before)[0].starts_at == mark
    just_after = a_minute_before + timedelta(seconds=1)
    assert offer(rules, UTC_ZONE, just_after)[0].starts_at == mark + timedelta(minutes=15)
    assert take(rules, UTC_ZONE, J, mark, just_after).starts_at == mark
    assert take(rules, UTC_ZONE, J, mark, mark).starts_at == mark
    with pytest.raises(SlotGone) as gone:
        take(rules, UTC_ZONE, J, mark, mark + timedelta(seconds=1))
    assert gone.value.next == Slot(J, mark + timedelta(minutes=15), *_rest(mark + timedelta(minutes=15)))


def _rest(start: datetime) -> tuple[datetime, datetime]:
    return start + HOUR, start.astimezone(UTC_ZONE)


def test_a_mark_chosen_under_a_long_lead_time_can_be_taken_until_it_starts() -> None:
    rules = plain(time(23), jit_minutes=5, jit_lead=timedelta(minutes=12))
    mark = offer(rules, UTC_ZONE, NOON)[0].starts_at
    assert mark == utc(2026, 6, 1, 12, 15)
    for second in range(0, 15 * 60, 20):
        assert take(rules, UTC_ZONE, J, mark, NOON + timedelta(seconds=second)).starts_at == mark


def test_a_scheduled_session_goes_before_a_mark_at_the_same_instant() -> None:
    rules = plain(time(12, 15), jit_minutes=15)
    assert lines(offer(rules, UTC_ZONE, NOON, count=2)) == ["scheduled 01 12:15", "scheduled 02 12:15"]
    cut_off = replace(rules, cut_off=timedelta(minutes=20))
    assert lines(offer(cut_off, UTC_ZONE, NOON, count=2)) == ["just_in_time 01 12:15", "scheduled 02 12:15"]
    full = {(S, utc(2026, 6, 1, 12, 15)): 5}
    shown = replace(rules, places=5, full_shown=True)
    found = offer(shown, UTC_ZONE, NOON, taken=full, count=2)
    assert lines(found) == ["just_in_time 01 12:15", "scheduled 02 12:15"]


def test_the_replay_keeps_its_line_however_many_sessions_there_are() -> None:
    rules = plain(*(time(hour) for hour in range(24)), on_demand=True, replay=True)
    found = offer(rules, UTC_ZONE, NOON)
    assert [slot.kind for slot in found] == [D, *[S] * 6, R]
    assert [slot.kind for slot in offer(rules, UTC_ZONE, NOON, count=1)] == [D]


def test_a_count_replaces_both_limits() -> None:
    assert len(offer(ELEVEN, UTC_ZONE, NOON)) == 8
    assert len(offer(replace(ELEVEN, days_ahead=3), UTC_ZONE, NOON)) == 3
    assert len(offer(replace(ELEVEN, days_ahead=3), UTC_ZONE, NOON, count=300)) == 300
    far = plain(time(11), recurrences=(Recurrence(Once(), (time(11),), date(2040, 1, 1)),))
    assert offer(far, UTC_ZONE, NOON) == []
    assert lines(offer(far, UTC_ZONE, NOON, count=20)) == ["scheduled 01 11:00"]


def test_a_start_at_this_very_instant_is_offered() -> None:
    now = utc(2026, 6, 1, 11)
    assert offer(ELEVEN, UTC_ZONE, now)[0].starts_at == now
    assert take(ELEVEN, UTC_ZONE, S, now, now).starts_at == now
    assert offer(ELEVEN, UTC_ZONE, now + timedelta(seconds=1))[0].starts_at == now + DAY


def test_who_comes_too_late_is_told_the_next_one() -> None:
    gone_by = utc(2026, 6, 1, 11)
    with pytest.raises(SlotGone) as gone:
        take(ELEVEN, UTC_ZONE, S, gone_by, gone_by + MINUTE)
    assert gone.value.next is not None
    assert gone.value.next.starts_at == gone_by + DAY
    with pytest.raises(SlotGone) as nothing:
        take(replace(ELEVEN, recurrences=()), UTC_ZONE, S, gone_by, gone_by)
    assert nothing.value.next is None
    with pytest.raises(SlotGone) as other_kind:
        take(replace(ELEVEN, on_demand=True), UTC_ZONE, R, None, NOON)
    assert other_kind.value.next == Slot(D)


def test_full_sessions_are_hidden_or_labelled_and_never_taken() -> None:
    start = utc(2026, 6, 2, 11)
    taken = {(S, start): 3, (S, start + DAY): 2}
    hidden = replace(ELEVEN, places=3)
    assert [slot.places for slot in offer(hidden, UTC_ZONE, NOON, taken=taken, count=2)] == [1, 3]
    shown = replace(hidden, full_shown=True)
    found = offer(shown, UTC_ZONE, NOON, taken=taken, count=2)
    assert [(slot.places, slot.full) for slot in found] == [(0, True), (1, False)]
    for rules in (hidden, shown):
        with pytest.raises(SlotGone) as gone:
            take(rules, UTC_ZONE, S, start, NOON, taken=taken)
        assert gone.value.next is not None
        assert gone.value.next.starts_at == start + DAY


def test_each_candidate_says_why_it_was_left_out() -> None:
    day = utc(2026, 6, 2, 11)
    rules = plain(
        time(11),
        blackouts=(Blackout(date(2026, 6, 2), date(2026, 6, 2)),),
        excluded=frozenset({day + DAY}),
        hours=Hours(OFFICE.windows, UTC_ZONE, (DatedException(date(2026, 6, 4), open=False),)),
        hours_limit=frozenset({S}),
        places=1,
        cut_off=timedelta(minutes=30),
        days_ahead=9,
    )
    found = offers(
        rules,
        UTC_ZONE,
        utc(2026, 6, 1, 10, 45),
        taken={(S, day + 3 * DAY): 1},
        closed={(S, day + 6 * DAY): Why.CANCELLED},
    )
    reasons = [(o.slot.starts_at.day, o.left_out) for o in found if o.slot.starts_at is not None]
    assert reasons == [
        (1, Why.CUT_OFF),
        (2, Why.BLACKOUT),
        (3, Why.EXCLUDED),
        (4, Why.HOURS),
        (5, Why.FULL),
        (6, Why.HOURS),
        (7, Why.HOURS),
        (8, Why.CANCELLED),
        (9, None),
        (10, Why.TOO_FAR),
    ]


def test_the_switches_of_a_one_time_webinar_wait_for_its_first_session() -> None:
    first = Recurrence(Once(), (time(11), time(15)), date(2026, 6, 2))
    switches = plain(
        time(11), event_type=EventType.ONE_TIME, recurrences=(first,), on_demand=True, replay=True
    )
    start = utc(2026, 6, 2, 11)
    before = start - timedelta(seconds=1)
    assert lines(offer(switches, UTC_ZONE, before)) == ["scheduled 02 11:00", "scheduled 02 15:00"]
    assert {o.left_out for o in offers(switches, UTC_ZONE, before)} == {Why.NOT_BEGUN, None}
    assert lines(offer(switches, UTC_ZONE, start + MINUTE)) == ["on_demand", "scheduled 02 15:00", "replay"]
    at_once = replace(switches, first_live=False)
    assert offer(at_once, UTC_ZONE, before)[0] == Slot(D)
    assert offer(replace(switches, recurrences=()), UTC_ZONE, start + DAY) == []


def test_on_demand_only_has_nothing_else_unless_switched_on() -> None:
    rules = plain(time(11), event_type=EventType.ON_DEMAND_ONLY)
    assert offer(rules, UTC_ZONE, NOON) == [Slot(D)]
    more = replace(rules, jit_minutes=30, replay=True)
    assert lines(offer(more, UTC_ZONE, NOON)) == ["on_demand", "just_in_time 01 12:30", "replay"]
    assert take(rules, UTC_ZONE, D, None, NOON) == Slot(D)
    with pytest.raises(SlotGone):
        take(rules, UTC_ZONE, D, NOON, NOON)


def test_blackouts_are_judged_on_the_clock_the_times_belong_to() -> None:
    # 08:00 in Tokyo is still the day before in New York.
    rule = Recurrence(EveryDay(), (time(8),), date(2026, 6, 1))
    fixed = ScheduleRules(
        EventType.RECURRING, TOKYO, HOUR, (rule,), blackouts=(Blackout(date(2026, 6, 3), date(2026, 6, 3)),)
    )
    now = utc(2026, 6, 1, 12, 1)
    assert [slot.starts_at.day for slot in offer(fixed, NEW_YORK, now, count=2) if slot.starts_at] == [1, 3]
    own = replace(fixed, attendee_zone=True)
    assert lines(offer(own, NEW_YORK, now, count=2)) == ["scheduled 02 08:00", "scheduled 04 08:00"]


def test_with_both_ends_inside_a_session_may_end_when_the_hours_do() -> None:
    hours = Hours(OFFICE.windows, UTC_ZONE)
    rules = plain(time(17), time(17, 1), hours=hours, hours_limit=frozenset({S}))
    assert lines(offer(rules, UTC_ZONE, NOON, count=2)) == ["scheduled 01 17:00", "scheduled 01 17:01"]
    held = replace(rules, hours_hold_end=True)
    assert lines(offer(held, UTC_ZONE, NOON, count=2)) == ["scheduled 01 17:00", "scheduled 02 17:00"]


def test_the_preview_counts_what_the_rules_give_whatever_is_offered() -> None:
    rules = replace(FULL_AUTOMATION, count=1, days_ahead=1, cut_off=HOUR)
    starts = islice(scheduled_starts(rules, NEW_YORK, FRIDAY_MORNING), 5)
    assert [f"{start.astimezone(NEW_YORK):%d %H}" for start in starts] == [
        "30 11",
        "30 15",
        "31 10",
        "03 11",
        "03 15",
    ]


def test_rules_that_never_meet_the_hours_come_to_an_end() -> None:
    weekends = Hours((Window(SATURDAY, time(9), time(10)),), UTC_ZONE)
    never = plain(time(11), hours=weekends, hours_limit=frozenset({S}))
    assert offer(never, UTC_ZONE, NOON, count=5) == []
    assert list(scheduled_starts(never, UTC_ZONE, NOON)) == []


def test_what_cannot_be_meant_is_refused() -> None:
    for mistake in ({"jit_minutes": 7}, {"count": 0}, {"days_ahead": 0}):
        with pytest.raises(ValueError):
            plain(time(11), **mistake)
    with pytest.raises(ValueError):
        Blackout(date(2026, 1, 2), date(2026, 1, 1))
