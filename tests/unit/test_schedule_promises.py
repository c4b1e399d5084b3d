"""What a host is promised of times, in the words of the list of features."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

import pytest

from scheduling.hours import DatedException, Hours, Window
from scheduling.recurrence import (
    MONDAY,
    SATURDAY,
    THURSDAY,
    TUESDAY,
    EveryWeekday,
    Recurrence,
    Weekly,
    occurrences,
)
from scheduling.slots import (
    EventType,
    Kind,
    Moved,
    ScheduleRules,
    SlotGone,
    Why,
    offer,
    offers,
    scheduled_starts,
    take,
)

PARIS = ZoneInfo("Europe/Paris")
LOS_ANGELES = ZoneInfo("America/Los_Angeles")
WARSAW = ZoneInfo("Europe/Warsaw")
HOUR = timedelta(hours=1)
START = date(2026, 3, 2)  # a Monday; both coasts and Europe change their clocks within these weeks
DAILY = Hours(tuple(Window(day, time(9), time(21)) for day in range(7)), WARSAW)


def weekly(*days: int, at: tuple[time, ...]) -> Recurrence:
    return Recurrence(Weekly(frozenset(days)), at, START)


@pytest.mark.parametrize(
    ("rules", "a_week", "weekend"),
    [
        ([weekly(TUESDAY, at=(time(11),))], {1}, 0),
        ([weekly(TUESDAY, THURSDAY, at=(time(11),))], {2}, 0),
        ([Recurrence(EveryWeekday(), (time(11), time(19)), START)], {10}, 0),
        ([Recurrence(EveryWeekday(), (time(9), time(13), time(18)), START)], {15}, 0),
        (
            [
                Recurrence(EveryWeekday(), (time(9), time(12), time(15), time(19)), START),
                weekly(SATURDAY, at=(time(11), time(15), time(19))),
            ],
            {23},
            1,
        ),
    ],
    ids=[
        "once a week",
        "twice a week",
        "twice a weekday",
        "three times a weekday",
        "weekdays and a Saturday",
    ],
)
@pytest.mark.parametrize("zone", [PARIS, LOS_ANGELES], ids=str)
def test_A004_all_frequencies_of_the_presets_give_their_number_in_each_of_four_weeks(
    rules: list[Recurrence], a_week: set[int], weekend: int, zone: ZoneInfo
) -> None:
    end = datetime.combine(START + timedelta(weeks=4), time(), zone)
    found = takewhile(lambda at: at < end, occurrences(rules, zone, datetime.combine(START, time(), zone)))
    days = [at.astimezone(zone).date() for at in found]
    weeks = Counter((day - START).days // 7 for day in days)
    assert set(weeks) == {0, 1, 2, 3}
    assert set(weeks.values()) == a_week
    for week in range(4):
        assert (
            len({day for day in days if (day - START).days // 7 == week and day.weekday() >= SATURDAY})
            == weekend
        )


def rules(**more: object) -> ScheduleRules:
    plain = ScheduleRules(EventType.RECURRING, PARIS, HOUR, (weekly(MONDAY, TUESDAY, at=(time(11),)),))
    return replace(plain, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("now", [datetime(2026, 3, 9, 0, tzinfo=UTC), datetime(2026, 7, 6, 0, tzinfo=UTC)])
def test_A005_fixed_is_one_instant_and_the_attendees_own_is_eleven_everywhere(now: datetime) -> None:
    fixed = [offer(rules(), zone, now, count=1)[0] for zone in (PARIS, LOS_ANGELES)]
    assert fixed[0].starts_at == fixed[1].starts_at
    assert [slot.local.hour for slot in fixed if slot.local] == [11, 3 if now.month == 3 else 2]
    own = [offer(rules(attendee_zone=True), zone, now, count=1)[0] for zone in (PARIS, LOS_ANGELES)]
    assert own[0].starts_at != own[1].starts_at
    assert [slot.local.time() for slot in own if slot.local] == [time(11), time(11)]


def third_of_june(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 6, 3, hour, minute, tzinfo=WARSAW)


def marks(schedule: ScheduleRules, *wall: int) -> list[time]:
    found = offer(schedule, WARSAW, third_of_june(*wall))
    return [slot.local.time() for slot in found if slot.kind is Kind.JUST_IN_TIME and slot.local]


def test_A006_just_in_time_starts_only_inside_the_hours_at_the_quarters() -> None:
    limited = rules(jit_minutes=15, jit_lead=timedelta(0), hours=DAILY)
    assert marks(limited, 8, 44) == []  # 08:45 lies before the opening
    assert marks(limited, 8, 46) == [time(9)]
    assert marks(limited, 9) == [time(9)]
    found = {at for minute in range(60) for at in marks(limited, 13, minute)}
    assert found == {time(13), time(13, 15), time(13, 30), time(13, 45), time(14)}
    assert marks(limited, 20, 45) == [time(20, 45)]
    assert marks(limited, 20, 46) == []
    assert marks(limited, 21) == []
    assert marks(replace(limited, jit_minutes=None), 13) == []
    anywhen = replace(limited, hours_limit=frozenset())
    assert marks(anywhen, 3) == [time(3)]
    for minutes in (5, 10):
        assert marks(replace(limited, jit_minutes=minutes), 13, 1) == [time(13, minutes)]


def test_A006_on_demand_inside_chat_hours_only_is_offered_from_nine_to_nine() -> None:
    limited = rules(on_demand=True, hours=DAILY, hours_limit=frozenset({Kind.ON_DEMAND}))
    for wall, there in (((8, 59), False), ((9,), True), ((20, 59), True), ((21,), False)):
        found = offer(limited, WARSAW, third_of_june(*wall))
        assert (Kind.ON_DEMAND in {slot.kind for slot in found}) == there


def test_A016_just_in_time_follows_the_chat_hours_until_it_has_its_own() -> None:
    mornings = Hours((Window(2, time(6), time(8)),), WARSAW)
    follows = rules(jit_minutes=15, jit_lead=timedelta(0), hours=DAILY)
    assert marks(follows, 7) == []
    assert marks(replace(follows, hours=mornings), 7) == [time(7)]
    detached = replace(follows, jit_hours=mornings)
    assert marks(detached, 7) == [time(7)]
    assert marks(detached, 13) == []
    assert marks(replace(detached, hours=Hours((), WARSAW)), 13) == []
    # Its own hours limit nothing else.
    everything = replace(detached, hours_limit=frozenset(Kind), on_demand=True)
    noon = offer(everything, WARSAW, datetime(2026, 6, 3, 12, tzinfo=WARSAW))
    assert noon[0].kind is Kind.ON_DEMAND


def test_A050_hours_of_a_sale_stand_instead_of_the_weeks_and_are_gone_afterwards() -> None:
    sale = date(2026, 6, 3)
    late = DatedException(sale, open=True, opens=time(18), closes=time(23))
    longer = replace(DAILY, exceptions=(DatedException(sale, open=False), late))
    schedule = rules(jit_minutes=15, jit_lead=timedelta(0), hours=longer)
    assert marks(schedule, 10) == []
    assert marks(schedule, 22) == [time(22)]
    for day in (2, 4, 10):
        found = offer(schedule, WARSAW, datetime(2026, 6, day, 22, tzinfo=WARSAW))
        assert Kind.JUST_IN_TIME not in {slot.kind for slot in found}
        found = offer(schedule, WARSAW, datetime(2026, 6, day, 10, tzinfo=WARSAW))
        assert Kind.JUST_IN_TIME in {slot.kind for slot in found}


MONDAY_ELEVEN = datetime(2026, 6, 1, 9, tzinfo=UTC)
EVENING = datetime(2026, 6, 1, 17, 23, tzinfo=UTC)
BEFORE = datetime(2026, 5, 31, tzinfo=UTC)


def test_a_moved_session_is_offered_where_it_is_now_and_not_where_it_was() -> None:
    moved = rules(moved=(Moved(MONDAY_ELEVEN, EVENING),))
    found = offers(moved, PARIS, BEFORE, count=2)
    assert [(one.slot.starts_at, one.left_out) for one in found][:3] == [
        (MONDAY_ELEVEN, Why.MOVED),
        (EVENING, None),
        (MONDAY_ELEVEN + timedelta(days=1), None),
    ]
    assert take(moved, PARIS, Kind.SCHEDULED, EVENING, BEFORE).starts_at == EVENING
    with pytest.raises(SlotGone):
        take(moved, PARIS, Kind.SCHEDULED, MONDAY_ELEVEN, BEFORE)
    assert next(scheduled_starts(moved, PARIS, BEFORE)) == EVENING
    gone = offers(moved, PARIS, BEFORE, count=1, closed={(Kind.SCHEDULED, EVENING): Why.CANCELLED})
    assert [one.left_out for one in gone] == [Why.MOVED, Why.CANCELLED, None]


def test_a_moved_session_of_the_attendees_own_time_is_offered_to_those_who_had_it() -> None:
    own = rules(attendee_zone=True, moved=(Moved(MONDAY_ELEVEN, EVENING),))
    assert offer(own, PARIS, BEFORE, count=1)[0].starts_at == EVENING
    elsewhere = offer(own, LOS_ANGELES, BEFORE, count=1)[0]
    assert elsewhere.local is not None
    assert elsewhere.local.time() == time(11)


def test_a_wall_time_taken_out_is_gone_on_every_clock() -> None:
    own = rules(attendee_zone=True, excluded=frozenset({datetime(2026, 6, 1, 11)}))  # noqa: DTZ001
    for zone in (PARIS, LOS_ANGELES):
        first = offer(own, zone, BEFORE, count=1)[0].local
        assert first is not None
        assert (first.day, first.hour) == (2, 11)
