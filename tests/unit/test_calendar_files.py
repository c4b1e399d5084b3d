"""Calendar files against dateutil, there and back again, and what is refused by its name."""

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, takewhile
from time import process_time
from zoneinfo import ZoneInfo

import pytest
from dateutil import rrule, tz
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.calendar_lines import MAX_LINES
from scheduling.calendar_rules import Imported, Refused, read
from scheduling.calendar_text import About, write
from scheduling.recurrence import EveryDay, Fortnightly, Once, Recurrence, contains, occurrences, resolve
from tests.unit import minutes
from tests.unit.test_recurrence import rules_near

BERLIN = ZoneInfo("Europe/Berlin")
UTC_ZONE = ZoneInfo("UTC")
ABOUT = About("Better bread", "bread@example.org", datetime(2026, 1, 1, tzinfo=UTC), timedelta(hours=1))
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
SPAN = timedelta(days=420)
EVERY_HOUR = ",".join(str(hour) for hour in range(24))


def calendar(*events: str) -> str:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0"]
    for event in events:
        lines += ["BEGIN:VEVENT", *event.split("\n"), "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


def starts(
    imported: Imported, after: datetime, until: datetime, clock: ZoneInfo | None = None
) -> list[datetime]:
    zone = imported.zone or clock or UTC_ZONE
    out = {at if at.tzinfo else resolve(at, zone) for at in imported.excluded}
    found = takewhile(lambda at: at < until, occurrences(imported.rules, zone, after))
    return [at for at in found if at not in out]


def lists_of(items: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(items, min_size=1, max_size=3, unique=True).map(",".join)


days = st.sampled_from(DAYS)
frequencies = st.one_of(
    st.just("FREQ=DAILY"),
    lists_of(days).map("FREQ=DAILY;BYDAY={}".format),
    st.just("FREQ=WEEKLY"),
    lists_of(days).map("FREQ=WEEKLY;BYDAY={}".format),
    st.just("FREQ=WEEKLY;INTERVAL=2"),
    lists_of(days).map("FREQ=WEEKLY;INTERVAL=2;BYDAY={}".format),
    st.tuples(lists_of(days), days).map("FREQ=WEEKLY;INTERVAL=2;BYDAY={0[0]};WKST={0[1]}".format),
    st.just("FREQ=MONTHLY"),
    lists_of(st.integers(1, 31).map(str)).map("FREQ=MONTHLY;BYMONTHDAY={}".format),
    lists_of(days).map("FREQ=MONTHLY;BYDAY={}".format),
    lists_of(st.tuples(st.sampled_from(["1", "+2", "3", "4", "5", "-1"]), days).map("".join)).map(
        "FREQ=MONTHLY;BYDAY={}".format
    ),
    st.tuples(days, st.sampled_from(["-1", "1", "2", "4", "5", "1,-1", "1,3"])).map(
        "FREQ=MONTHLY;BYDAY={0[0]};BYSETPOS={0[1]}".format
    ),
)
of_the_day = st.one_of(
    st.just(""),
    st.just(""),
    lists_of(st.integers(0, 23).map(str)).map(";BYHOUR={}".format),
    st.tuples(lists_of(st.sampled_from(["0", "1", "2", "3"])), lists_of(st.sampled_from(["0", "30"]))).map(
        ";BYHOUR={0[0]};BYMINUTE={0[1]}".format
    ),
)


def in_dateutil(rule: str, start: datetime) -> rrule.rrule:
    found = rrule.rrulestr(rule, dtstart=start)
    assert isinstance(found, rrule.rrule)
    return found


def instants(walls: list[datetime]) -> list[datetime]:
    """What dateutil makes of wall times that do not exist, in UTC."""
    return sorted({tz.resolve_imaginary(wall).astimezone(UTC) for wall in walls})


@st.composite
def files(draw: st.DrawFn) -> tuple[str, datetime, str]:
    """A rule, a first date in a zone that it means, and where it ends."""
    name, middle = draw(st.sampled_from(minutes.CHANGES))
    rule = draw(frequencies) + draw(of_the_day)
    early = datetime.combine(
        middle - timedelta(days=draw(st.integers(0, 40))),
        time(draw(st.integers(0, 23)), 15 * draw(st.integers(0, 3))),
    )
    first = next(iter(in_dateutil(rule, early).xafter(early, inc=True)), None)
    if first is None or first.year > middle.year + 1:
        return "FREQ=DAILY", early.replace(tzinfo=ZoneInfo(name)), ""
    start = first.replace(tzinfo=ZoneInfo(name))
    last = start + timedelta(days=draw(st.integers(0, 100)), minutes=draw(st.integers(0, 1440)))
    count = draw(st.integers(1, 60))
    ends = [f";COUNT={count}", f";UNTIL={last.astimezone(UTC):%Y%m%dT%H%M%SZ}", ""]
    return rule, start, draw(st.sampled_from(ends))


@settings(deadline=None, max_examples=150 * minutes.DEEPER)
@given(file=files())
def test_S7_a_file_means_what_dateutil_reads_in_it(file: tuple[str, datetime, str]) -> None:
    rule, start, end = file
    assert start.tzinfo is not None
    zone = str(start.tzinfo)
    imported = read(calendar(f"DTSTART;TZID={zone}:{start:%Y%m%dT%H%M%S}\nRRULE:{rule}{end}"))
    walls = in_dateutil(rule + end, start).between(start, start + SPAN, inc=True)
    expected = [at for at in instants(walls) if at < (start + SPAN).astimezone(UTC) - timedelta(days=2)]
    until = expected[-1] + minutes.MINUTE if expected else start
    assert imported.zone == start.tzinfo
    assert starts(imported, start - timedelta(days=60), until) == expected
    if end:
        assert starts(imported, start, start + timedelta(days=4000))[: len(expected)] == expected


@settings(deadline=None, max_examples=60 * minutes.DEEPER)
@given(file=files(), data=st.data())
def test_S7_read_as_the_attendees_own_wall_times_stand_as_they_are(
    file: tuple[str, datetime, str], data: st.DataObject
) -> None:
    rule, start, end = file
    attendee, _ = data.draw(st.sampled_from(minutes.CHANGES))
    text = calendar(f"DTSTART;TZID={start.tzinfo}:{start:%Y%m%dT%H%M%S}\nRRULE:{rule}{end}")
    imported = read(text, local=True)
    naive = end
    if end.startswith(";UNTIL"):
        until = datetime.strptime(end, ";UNTIL=%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        naive = f";UNTIL={until.astimezone(start.tzinfo):%Y%m%dT%H%M%S}"
    wall = start.replace(tzinfo=None)
    walls = in_dateutil(rule + naive, wall).between(wall, wall + SPAN, inc=True)
    theirs = instants([one.replace(tzinfo=ZoneInfo(attendee)) for one in walls])
    assert imported.zone is None
    got = starts(imported, datetime(2000, 1, 1, tzinfo=UTC), theirs[-1] + minutes.MINUTE, ZoneInfo(attendee))
    assert got == theirs


@settings(deadline=None, max_examples=60 * minutes.DEEPER)
@given(data=st.data(), change=st.sampled_from(minutes.CHANGES), local=st.booleans())
def test_what_is_exported_comes_back_as_the_same_sessions(
    data: st.DataObject, change: tuple[str, date], local: bool
) -> None:
    name, middle = change
    zone = ZoneInfo(name)
    rules = data.draw(st.lists(rules_near(middle), min_size=1, max_size=3))
    low, high = minutes.bounds(name, middle)
    before = list(islice(occurrences(rules, UTC_ZONE if local else zone, low - timedelta(days=500)), 80))
    out = frozenset(data.draw(st.lists(st.sampled_from(before), max_size=3))) if before else frozenset()
    excluded = frozenset(at.replace(tzinfo=None) for at in out) if local else out
    text = write(rules, None if local else zone, excluded, ABOUT)
    if not before and next(occurrences(rules, UTC_ZONE, datetime(1, 1, 9, tzinfo=UTC)), None) is None:
        with pytest.raises(Refused, match="VEVENT"):
            read(text, local=local)
        return
    imported = read(text, local=local)
    assert imported.zone == (None if local else zone)
    clock = UTC_ZONE if local else zone
    given = [at for at in occurrences_until(rules, clock, high) if at not in out]
    assert starts(imported, datetime(1999, 1, 1, tzinfo=UTC), high, clock) == given


def occurrences_until(rules: list[Recurrence], clock: ZoneInfo, until: datetime) -> list[datetime]:
    return list(takewhile(lambda at: at < until, occurrences(rules, clock, datetime(1999, 1, 1, tzinfo=UTC))))


def berlin(*wall: int) -> datetime:
    return datetime(*wall, tzinfo=BERLIN)  # type: ignore[misc,arg-type]


def one(start: str, *lines: str) -> str:
    return calendar("\n".join([f"DTSTART;TZID=Europe/Berlin:{start}", *lines]))


def test_a_first_date_in_the_middle_of_the_days_times_counts_from_there() -> None:
    imported = read(one("20260327T150000", "RRULE:FREQ=DAILY;BYHOUR=9,15;COUNT=4"))
    assert starts(imported, berlin(2026, 1, 1), berlin(2027, 1, 1)) == [
        berlin(2026, 3, 27, 15),
        berlin(2026, 3, 28, 9),
        berlin(2026, 3, 28, 15),
        berlin(2026, 3, 29, 9),
    ]


def test_a_number_stays_a_number_where_a_row_can_say_it() -> None:
    imported = read(one("20260327T090000", "RRULE:FREQ=DAILY;BYHOUR=9,15;COUNT=4"))
    assert imported.rules == (Recurrence(EveryDay(), (time(9), time(15)), date(2026, 3, 27), count=4),)


def test_S7_both_of_two_times_that_the_gap_makes_one_are_counted() -> None:
    imported = read(one("20260329T023000", "RRULE:FREQ=DAILY;BYHOUR=2,3;BYMINUTE=30;COUNT=3"))
    assert starts(imported, berlin(2026, 1, 1), berlin(2027, 1, 1)) == [
        berlin(2026, 3, 29, 3, 30),
        berlin(2026, 3, 30, 2, 30),
    ]


def test_a_fortnight_without_a_week_start_counts_from_monday() -> None:
    # A Sunday: with weeks from Sunday the next Monday would come in the same week.
    imported = read(one("20260301T110000", "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO"))
    found = starts(imported, berlin(2026, 3, 1), berlin(2026, 3, 24))
    assert [at.day for at in found] == [1, 9, 15, 23]
    from_sunday = read(one("20260301T110000", "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU"))
    found = starts(from_sunday, berlin(2026, 3, 1), berlin(2026, 3, 18))
    assert [at.day for at in found] == [1, 2, 15, 16]


def test_times_before_the_first_one_begin_in_the_other_week_of_the_fortnight() -> None:
    # The first date is the last day of its week; its morning was over, the next one is two weeks away.
    imported = read(one("20260301T150000", "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;BYHOUR=9,15"))
    found = starts(imported, berlin(2026, 3, 1), berlin(2026, 3, 24))
    assert [(at.day, at.astimezone(BERLIN).hour) for at in found] == [
        (1, 15),
        *((9, 9), (9, 15), (15, 9), (15, 15), (23, 9), (23, 15)),
    ]


def test_S7_an_until_in_the_repeated_hour_is_an_instant() -> None:
    # 02:45 comes first at 00:45 UTC, which is before the second 02:30 at 01:30 UTC.
    imported = read(one("20261024T024500", "RRULE:FREQ=DAILY;UNTIL=20261025T013000Z"))
    assert len(starts(imported, berlin(2026, 1, 1), berlin(2027, 1, 1))) == 2


def test_S7_what_the_gap_moves_on_the_last_day_is_written_into_the_end() -> None:
    # Clocks jump from 02:00 to 02:30, so that 02:15 comes after 02:30.
    zone = ZoneInfo("Australia/Lord_Howe")
    rule = Recurrence(EveryDay(), (time(2, 15), time(2, 30)), date(2026, 10, 3), date(2026, 10, 4))
    whole = occurrences_until([rule], zone, berlin(2027, 1, 1))
    assert [f"{at.astimezone(zone):%d %H:%M}" for at in whole] == [
        "03 02:15",
        "03 02:30",
        "04 02:30",
        "04 02:45",
    ]
    assert starts(read(write([rule], zone, [], ABOUT)), berlin(2026, 1, 1), berlin(2027, 1, 1)) == whole


def test_excluded_dates_compare_instants_and_further_dates_are_added() -> None:
    imported = read(
        one(
            "20260327T110000",
            "RRULE:FREQ=DAILY;COUNT=4",
            "EXDATE:20260328T100000Z",
            "EXDATE;TZID=America/New_York:20260329T050000",
            "RDATE;TZID=Europe/Berlin:20260401T180000,20260401T200000",
            "RDATE:20260402T090000Z",
        )
    )
    assert [
        f"{at.astimezone(BERLIN):%d %H}" for at in starts(imported, berlin(2026, 1, 1), berlin(2027, 1, 1))
    ] == [
        "27 11",
        "30 11",
        "01 18",
        "01 20",
        "02 11",
    ]


def test_what_one_event_takes_out_another_may_still_give() -> None:
    series = "DTSTART;TZID=Europe/Berlin:20260601T110000\nRRULE:FREQ=DAILY;COUNT=2"
    daily = f"{series}\nEXDATE;TZID=Europe/Berlin:20260602T110000"
    single = "DTSTART;TZID=Europe/Berlin:20260602T110000"
    both = read(calendar(daily, single))
    assert both.excluded == frozenset()
    assert starts(both, berlin(2026, 1, 1), berlin(2027, 1, 1)) == [
        berlin(2026, 6, 1, 11),
        berlin(2026, 6, 2, 11),
    ]
    assert starts(read(calendar(daily)), berlin(2026, 1, 1), berlin(2027, 1, 1)) == [berlin(2026, 6, 1, 11)]


def test_an_until_in_utc_is_first_read_in_the_files_zone_where_times_are_the_attendees() -> None:
    text = one("20260601T110000", "RRULE:FREQ=DAILY;UNTIL=20260603T090000Z")
    assert [at.day for at in starts(read(text), berlin(2026, 1, 1), berlin(2027, 1, 1))] == [1, 2, 3]
    tokyo = ZoneInfo("Asia/Tokyo")
    found = starts(read(text, local=True), berlin(2026, 1, 1), berlin(2027, 1, 1), tokyo)
    assert [f"{at.astimezone(tokyo):%d %H}" for at in found] == ["01 11", "02 11", "03 11"]
    floating = calendar("DTSTART:20260601T110000\nRRULE:FREQ=DAILY;UNTIL=20260603T110000")
    assert read(floating, local=True).rules == read(text, local=True).rules


def test_utc_is_a_zone_and_the_name_wins_over_a_vtimezone() -> None:
    assert read(calendar("DTSTART:20260601T110000Z")).zone == UTC_ZONE
    lie = (
        "BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\n"
        "TZOFFSETFROM:+0900\r\nTZOFFSETTO:+0900\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    )
    text = one("20260601T110000").replace("BEGIN:VEVENT", lie + "BEGIN:VEVENT", 1)
    assert starts(read(text), berlin(2026, 1, 1), berlin(2027, 1, 1)) == [berlin(2026, 6, 1, 11)]
    for name in ("W. Europe Standard Time", "/example.org/20260101_1/Europe/Berlin", '"Europe/Berlin"'):
        assert read(calendar(f"DTSTART;TZID={name}:20260601T110000")).zone == BERLIN


def test_a_cancelled_event_gives_nothing_and_bare_lines_are_one() -> None:
    cancelled = "DTSTART:20260601T110000Z\nSTATUS:CANCELLED"
    both = read(calendar(cancelled, "DTSTART:20260602T110000Z"))
    assert both.rules == (Recurrence(Once(), (time(11),), date(2026, 6, 2)),)
    assert read("\ufeffDTSTART:20260602T110000Z\nRRULE:FREQ=DAILY;COUNT=1\n").rules[0].count == 1


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("FREQ=YEARLY", "RRULE:FREQ=YEARLY"),
        ("FREQ=HOURLY", "RRULE:FREQ=HOURLY"),
        ("FREQ", "RRULE:BYDAY=MO"),
        ("INTERVAL", "RRULE:FREQ=WEEKLY;INTERVAL=3"),
        ("INTERVAL", "RRULE:FREQ=DAILY;INTERVAL=2"),
        ("INTERVAL", "RRULE:FREQ=DAILY;INTERVAL=0"),
        ("INTERVAL", "RRULE:FREQ=MONTHLY;INTERVAL=2"),
        ("BYMONTH", "RRULE:FREQ=MONTHLY;BYMONTH=6"),
        ("BYWEEKNO", "RRULE:FREQ=YEARLY;BYWEEKNO=20"),
        ("BYYEARDAY", "RRULE:FREQ=DAILY;BYYEARDAY=100"),
        ("BYSECOND", "RRULE:FREQ=DAILY;BYSECOND=30"),
        ("BYMONTHDAY", "RRULE:FREQ=MONTHLY;BYMONTHDAY=-1"),
        ("BYMONTHDAY", "RRULE:FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13"),
        ("BYDAY", "RRULE:FREQ=MONTHLY;BYDAY=-2FR"),
        ("BYDAY", "RRULE:FREQ=WEEKLY;BYDAY=1MO"),
        ("BYDAY", "RRULE:FREQ=WEEKLY;BYDAY=XX"),
        ("BYSETPOS", "RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"),
        ("BYSETPOS", "RRULE:FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-2"),
        ("BYSETPOS", "RRULE:FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0"),
        ("BYSETPOS", "RRULE:FREQ=WEEKLY;BYDAY=MO;BYSETPOS=1"),
        ("BYHOUR", "RRULE:FREQ=DAILY;BYHOUR=24"),
        ("BYMINUTE", f"RRULE:FREQ=DAILY;BYHOUR={EVERY_HOUR};BYMINUTE=0,1,2,3,4"),
        ("COUNT", "RRULE:FREQ=DAILY;COUNT=0"),
        ("COUNT", "RRULE:FREQ=DAILY;COUNT=many"),
        ("COUNT", "RRULE:FREQ=MONTHLY;BYMONTHDAY=1,15;COUNT=1000000000"),
        ("COUNT", "RRULE:FREQ=MONTHLY;COUNT=1000000000"),
        ("UNTIL", "RRULE:FREQ=DAILY;UNTIL=20261231"),
        ("UNTIL", "RRULE:FREQ=DAILY;UNTIL=20260531T000000Z"),
        ("UNTIL", "RRULE:FREQ=DAILY;UNTIL=00010101T000000Z"),
        ("WKST", "RRULE:FREQ=WEEKLY;WKST=XX"),
        ("FREQ", "RRULE:FREQ=DAILY;FREQ=WEEKLY"),
        ("X-OWN", "RRULE:FREQ=DAILY;X-OWN=1"),
        ("DTSTART", "RRULE:FREQ=WEEKLY;BYDAY=SA"),
        ("DTSTART", "RRULE:FREQ=DAILY;BYHOUR=12"),
        ("DTSTART", "DTSTART:20260601T110000Z"),
        ("RECURRENCE-ID", "RECURRENCE-ID:20260602T110000Z"),
        ("EXRULE", "EXRULE:FREQ=WEEKLY"),
        ("RDATE", "RDATE;VALUE=PERIOD:20260602T110000Z/PT1H"),
        ("RDATE", "RDATE:20260602T110000Z/20260602T120000Z"),
        ("RDATE", "RDATE;VALUE=DATE:20260602"),
        ("RDATE", "RDATE:20260602T110030Z"),
        ("RDATE", "RDATE:20260602T110000"),
        ("RDATE", "RDATE:99991231T235900Z"),
        ("RDATE", "RDATE:20261025T013000Z"),
        ("EXDATE", "EXDATE;VALUE=DATE:20260602"),
        ("EXDATE", "EXDATE:20260602T110000"),
        ("EXDATE", "EXDATE:20260231T110000Z"),
        ("TZID", "EXDATE;TZID=Mars/Olympus:20260602T110000"),
        ("TZID", "EXDATE;TZID=EST5EDT:20260602T110000"),
    ],
)
def test_what_a_schedule_cannot_say_is_refused_by_its_name(name: str, lines: str) -> None:
    with pytest.raises(Refused) as refused:
        read(one("20260601T110000", lines))
    assert refused.value.name.strip("“”") == name
    assert refused.value.sentence.endswith(".")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("VEVENT", ""),
        ("VEVENT", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"),
        ("VEVENT", "<html>not a calendar</html>"),
        ("DTSTART", calendar("SUMMARY:when?")),
        ("DTSTART", calendar("DTSTART;VALUE=DATE:20260601")),
        ("DTSTART", calendar("DTSTART:20260601")),
        ("DTSTART", calendar("DTSTART:20260601T110000")),
        ("DTSTART", calendar("DTSTART:99991231T110000Z")),
        ("DTSTART", calendar("DTSTART:00010101T000000Z")),
        ("DTSTART", calendar("DTSTART:20260601T250000Z")),
        ("DTSTART", calendar("DTSTART:20260601T110030Z")),
        ("DTSTART", calendar("DTSTART;=:20260601T110000Z")),
        ("TZID", calendar("DTSTART;TZID=Nowhere:20260601T110000")),
        (
            "TZID",
            calendar(
                "DTSTART:20260601T110000Z\nRRULE:FREQ=DAILY",
                "DTSTART;TZID=Asia/Tokyo:20260601T110000\nRRULE:FREQ=DAILY",
            ),
        ),
        ("VEVENT", "BEGIN:VEVENT\nDTSTART:20260601T110000Z"),
        ("END", "END:VEVENT\nDTSTART:20260601T110000Z"),
        ("VEVENT", "BEGIN:VEVENT\nBEGIN:VEVENT\nEND:VEVENT\nEND:VEVENT"),
        ("BEGIN", "BEGIN:X\n" * 500),
        ("VCALENDAR", "X-LINE:1\n" * (MAX_LINES + 1)),
        ("VCALENDAR", "X-LINE:" + "1" * 1_000_001),
        ("EXDATE", one("20260601T110000", "EXDATE:" + ",".join(["20260601T110000Z"] * 1001))),
        (
            "VEVENT",
            calendar(*(f"DTSTART:20260601T{n // 60:02}{n % 60:02}00Z\nRRULE:FREQ=DAILY" for n in range(501))),
        ),
    ],
)
def test_what_is_no_calendar_or_no_end_of_one_is_refused(name: str, text: str) -> None:
    with pytest.raises(Refused) as refused:
        read(text)
    assert refused.value.name == name


@pytest.mark.parametrize("word", ["\u202eYLIAD", "A" * 100_000, "DAI\rLY"])
def test_a_refusal_repeats_nothing_long_and_nothing_that_turns_the_writing_around(word: str) -> None:
    for text in (one("20260601T110000", f"RRULE:FREQ={word}"), f"BEGIN:{word}\n"):
        with pytest.raises(Refused) as refused:
            read(text)
        assert refused.value.name.isprintable()
        assert len(str(refused.value)) < 200


def test_a_huge_number_of_sessions_and_an_end_in_the_far_future_are_no_end() -> None:
    for end in ("COUNT=1000000000", "COUNT=999999999999", "UNTIL=99991231T235959Z"):
        (rule,) = read(one("20260601T110000", f"RRULE:FREQ=DAILY;{end}")).rules
        assert rule == Recurrence(EveryDay(), (time(11),), date(2026, 6, 1))
    text = one("20260601T110000", f"RRULE:FREQ=DAILY;BYHOUR={EVERY_HOUR};BYMINUTE=0,17;COUNT=1000000000")
    assert contains(read(text).rules, BERLIN, berlin(2026, 6, 2, 3, 17))


HUGE = "RRULE:FREQ=MONTHLY;BYMONTHDAY={days};BYHOUR={hours};BYMINUTE=0,15,30,45;UNTIL=20991231T000000Z"


@pytest.mark.parametrize(
    "text",
    [
        "\n" * MAX_LINES + "X",
        "DTSTART:" + "2" * 900_000,
        "DTSTART;" + "X=1;" * 200_000 + ":20260601T110000Z",
        "RRULE:" + "FREQ=DAILY;" * 80_000,
        one("20260601T110000", "RDATE:" + "20260602T110000Z," * 50_000),
        one("20260601T110000", *["RRULE:FREQ=MONTHLY;COUNT=5000"] * 290),
        one("20260601T110000", *["RRULE:FREQ=DAILY;COUNT=999999999999"] * 290),
        one("20260601T110000", *[HUGE.format(days=",".join(map(str, range(1, 32))), hours=EVERY_HOUR)] * 100),
        calendar(
            *(
                f"DTSTART:20260601T{n // 60:02}{n % 60:02}00Z\nRRULE:FREQ=MONTHLY;COUNT=5000"
                for n in range(290)
            ),
            "DTSTART:20260601T110000Z\nEXDATE:"
            + ",".join(f"2027{n // 28 + 1:02}{n % 28 + 1:02}T110000Z" for n in range(300)),
        ),
    ],
    ids=range(9),
)
def test_hostile_files_are_answered_in_time(text: str) -> None:
    began = process_time()
    with suppress(Refused):
        imported = read(text)
        assert next(occurrences(imported.rules, BERLIN, berlin(2026, 1, 1))).year >= 2026
    assert process_time() - began < 10


@settings(deadline=None, max_examples=100 * minutes.DEEPER)
@given(
    lines=st.lists(
        st.one_of(
            st.text(max_size=40),
            st.sampled_from(["BEGIN:VEVENT", "END:VEVENT", "DTSTART:20260601T110000Z", "RRULE:FREQ=DAILY"]),
            st.tuples(st.sampled_from(["DTSTART", "RRULE", "RDATE", "EXDATE"]), st.text(max_size=30)).map(
                ":".join
            ),
            st.tuples(
                st.sampled_from(["FREQ", "BYDAY", "COUNT", "UNTIL", "BYSETPOS"]),
                st.text("0123456789MOFR,-;TZ", max_size=12),
            ).map("RRULE:FREQ=MONTHLY;{0[0]}={0[1]}".format),
        ),
        max_size=8,
    ),
    local=st.booleans(),
)
def test_any_text_is_read_or_refused(lines: list[str], local: bool) -> None:
    with suppress(Refused):
        imported = read("\n".join(lines), local=local)
        assert (
            len(list(islice(occurrences(imported.rules, imported.zone or BERLIN, berlin(2026, 1, 1)), 5)))
            <= 5
        )


def test_a_second_week_and_times_no_rule_can_say_are_written_as_events_that_mean_them() -> None:
    rules = [
        Recurrence(Fortnightly(frozenset({1}), 2), (time(9), time(15, 30)), date(2026, 3, 1), count=5),
        Recurrence(Once(), (time(2, 30), time(18)), date(2026, 3, 29)),
    ]
    text = write(rules, BERLIN, [berlin(2026, 3, 10, 9)], ABOUT)
    assert text.count("BEGIN:VEVENT") == 3
    assert "EXDATE;TZID=Europe/Berlin:20260310T090000" in text
    assert "BEGIN:VTIMEZONE" in text
    found = starts(read(text), berlin(2026, 1, 1), berlin(2027, 1, 1))
    whole = occurrences_until(rules, BERLIN, berlin(2027, 1, 1))
    assert found == [at for at in whole if at != berlin(2026, 3, 10, 9)]
