"""Strategies through the studio: the diff, applying, keeping one's own times, taking back; new webinars and hints."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, Role
from chat.models import ChatPolicy, Episode, KindPolicy, KindText, PresetApplication
from config import next_step, presets, strategies
from scheduling import slots
from scheduling.models import ChatHours, Frequency, Kind, Schedule
from tests import make
from webinars import standing
from webinars.models import Registration, Webinar
from webinars.services import registration as places

pytestmark = pytest.mark.django_db
NOW = make.NOW
WARSAW = ZoneInfo("Europe/Warsaw")


class Desk:
    """Alice with a new webinar of her own, made with a strategy."""

    def __init__(self, number: int = 3, language: str = "en") -> None:
        self.alice = make.member(make.team(slug="ledger"), name="Alice")
        self.alice.user.language = language
        self.webinar = strategies.new_webinar(
            membership=self.alice, title="Get paid", zone=WARSAW, now=NOW, number=number
        )
        self.client = Client()
        self.client.force_login(self.alice.user)

    def url(self, name: str, *number: int) -> str:
        """An address of a page of the webinar."""
        return reverse(name, args=[self.alice.team.slug, self.webinar.pk, *number])

    @property
    def row(self) -> Webinar:
        """The webinar as the database has it."""
        return Webinar.objects.select_related("team", "schedule__jit_hours", "chat_hours").get(
            pk=self.webinar.pk
        )

    @property
    def standing(self) -> strategies.Standing:
        """How it stands."""
        return strategies.standing_of(self.row)

    @property
    def state(self) -> Any:
        """All that a preset may touch and its neighbours, with versions, to see that nothing was changed."""
        policy = ChatPolicy.objects.filter(webinar=self.webinar).values().get()
        kinds = list(KindPolicy.objects.filter(policy__webinar=self.webinar).order_by("kind").values())
        schedule = Schedule.objects.values().get(pk=self.webinar.schedule_id)
        return self.standing.values, policy, kinds, schedule, PresetApplication.objects.count()

    def form(self, page: str, **more: str) -> dict[str, str]:
        """What the page's form sends."""
        hidden = re.findall(r'<input type="hidden" name="(\w+_version)" value="(\d+)">', page)
        return {**dict(hidden), "do": "apply", **more}

    def apply(self, number: int, **more: str) -> Any:
        """Open the diff and press Apply."""
        page = self.client.get(self.url("preset", number))
        assert page.status_code == 200
        return self.client.post(self.url("preset", number), self.form(page.text, **more))


@pytest.fixture
def desk() -> Desk:
    return Desk()


def shown(page: str) -> list[str]:
    """The labels of the diff, in order."""
    return re.findall(r'scope="row">([^<]+)<', page)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_A001_a_preset_sets_every_field_of_the_matrix_on_a_new_webinar(number: int) -> None:
    desk = Desk(number=3 if number != 3 else 1)
    assert desk.apply(number).status_code == 302
    row, policy = desk.row, ChatPolicy.objects.get(webinar=desk.webinar)
    kinds = {one.kind: one for one in policy.kinds.all()}
    said = policy.texts.get(kind="scheduled", language=row.language)
    schedule = row.schedule
    assert schedule.attendee_zone is (number == 3)
    assert schedule.just_in_time is (number != 1)
    assert (Kind.JUST_IN_TIME in schedule.hours_limit) is (number == 2)
    assert schedule.on_demand is schedule.replay is (number == 3)
    assert [kinds[k].mode for k in presets.KINDS] == ["chat", "chat", "email" if number == 2 else "chat"]
    assert [k for k in presets.KINDS if kinds[k].welcome_on] == list(presets.KINDS)[:number]
    quiet = {"replay"} if number == 2 else set()
    assert {k for k in presets.KINDS if not kinds[k].autoresponder_on} == quiet
    assert policy.autoresponder_delay == (120 if number == 3 else 300)
    assert policy.promise == ("day_end" if number == 1 else "hours")
    assert ("today" in said.welcome_text) is (number == 1)
    assert ("{by_when}" in said.autoresponder_text) is (number == 1)
    assert desk.standing.changed_by_host == []


def test_A001_preset_2_over_1_lists_exactly_the_changed_fields_and_cancelling_changes_nothing() -> None:
    desk = Desk(number=1)
    before = desk.state
    page = desk.client.get(desk.url("preset", 2)).text
    assert shown(page) == [
        "Times",
        "Just in time",
        "How they reach you",
        "Welcome",
        "Welcome text",
        "Autoresponder",
        "Autoresponder text",
        "Promised answer",
    ]
    assert "8 fields change" in page
    assert "Tuesday 11:00 · Thursday 16:00" in page
    assert "Weekdays 10:00, 13:00, 16:00" in page
    assert desk.state == before
    assert desk.apply(2).status_code == 302
    after = desk.standing.values
    assert presets.differing(before[0], after) == presets.differing(
        before[0], presets.wanted(2, before[0], "en")
    )


def test_every_other_setting_stays(desk: Desk) -> None:
    Schedule.objects.filter(pk=desk.webinar.schedule_id).update(
        places=40, offer_days=21, cutoff_minutes=5, hours_limit=[Kind.REPLAY], late_minutes=7
    )
    ChatPolicy.objects.filter(webinar=desk.webinar).update(expectation="Marta answers", target_seconds=99)
    hours = list(ChatHours.objects.get(pk=desk.webinar.chat_hours_id).windows.values_list("weekday", "opens"))
    desk.apply(2)
    schedule = desk.row.schedule
    assert (schedule.places, schedule.offer_days, schedule.cutoff_minutes, schedule.late_minutes) == (
        40,
        21,
        5,
        7,
    )
    assert set(schedule.hours_limit) == {Kind.REPLAY, Kind.JUST_IN_TIME}
    policy = ChatPolicy.objects.get(webinar=desk.webinar)
    assert (policy.expectation, policy.target_seconds) == ("Marta answers", 99)
    clock = ChatHours.objects.get(pk=desk.webinar.chat_hours_id)
    assert list(clock.windows.values_list("weekday", "opens")) == hours


def test_one_step_back_restores_exactly_what_stood_before(desk: Desk) -> None:
    make.recurrence(desk.webinar.schedule, frequency=Frequency.MONTHLY_WEEKDAY, weekdays=[2], nth=-1)
    KindText.objects.filter(policy__webinar=desk.webinar, kind="replay").update(welcome_text="Own words")
    before = desk.standing.values
    desk.apply(1)
    assert desk.standing.values != before
    page = desk.client.post(desk.url("preset_undo"), follow=True)
    assert "Preset 1 is taken back" in page.text
    assert presets.differing(desk.standing.values, before) == []
    assert desk.standing.values["welcome_text"]["replay"] == "Own words"
    assert desk.standing.last is not None
    assert desk.standing.last.preset == 3  # what was in force before is again
    acts = list(AuditEntry.objects.values_list("act", flat=True))
    assert "webinar.preset_applied" in acts
    assert "webinar.preset_undone" in acts
    again = desk.client.post(desk.url("preset_undo"), follow=True)
    assert "nothing to take back" in again.text


def test_what_was_changed_since_is_shown_before_it_would_be_lost(desk: Desk) -> None:
    desk.apply(1)
    ChatPolicy.objects.filter(webinar=desk.webinar).update(autoresponder_delay=600)
    before = desk.state
    refused = desk.client.post(desk.url("preset_undo"))
    assert refused.status_code == 409
    assert "changed after the preset was applied" in refused.text
    assert "Autoresponder waits" in refused.text
    assert desk.state == before
    sure = desk.client.post(desk.url("preset_undo"), desk.form(refused.text))
    assert sure.status_code == 302
    assert ChatPolicy.objects.get(webinar=desk.webinar).autoresponder_delay == 120


@pytest.mark.parametrize("what", ["schedule", "policy", "webinar"])
def test_a_diff_of_old_versions_is_shown_again_and_applies_nothing(desk: Desk, what: str) -> None:
    form = desk.form(desk.client.get(desk.url("preset", 2)).text)
    rows: Any = {"schedule": Schedule.objects.filter(pk=desk.webinar.schedule_id)}
    rows |= {"policy": ChatPolicy.objects.filter(webinar=desk.webinar)}
    rows |= {"webinar": Webinar.objects.filter(pk=desk.webinar.pk)}
    rows[what].update(version=7)
    before = desk.state
    late = desk.client.post(desk.url("preset", 2), form)
    assert late.status_code == 409
    assert "Nothing is applied yet" in late.text
    assert desk.state == before
    assert desk.client.post(desk.url("preset", 2), desk.form(late.text)).status_code == 302


@pytest.mark.parametrize(
    "form", [{}, {"schedule_version": "x"}, {"schedule_version": "9" * 30}, {"do": "\x00"}]
)
def test_a_form_that_cannot_be_meant_changes_nothing(desk: Desk, form: dict[str, str]) -> None:
    before = desk.state
    page = desk.client.post(desk.url("preset", 2), {"do": "apply", **form})
    assert page.status_code in {200, 409}
    assert desk.state == before
    assert desk.client.get(desk.url("preset", 4)).status_code == 404


def test_a_double_click_applies_once(desk: Desk) -> None:
    form = desk.form(desk.client.get(desk.url("preset", 2)).text)
    assert desk.client.post(desk.url("preset", 2), form).status_code == 302
    assert desk.client.post(desk.url("preset", 2), form).status_code == 409
    assert PresetApplication.objects.filter(webinar=desk.webinar).count() == 2


def test_my_own_times_stay_while_all_else_changes(desk: Desk) -> None:
    desk.webinar.schedule.recurrences.all().delete()
    make.recurrence(desk.webinar.schedule, frequency=Frequency.WEEKLY, weekdays=[5])
    looked = desk.client.post(desk.url("preset", 1), {"do": "look", "keep_times": "on"})
    assert looked.status_code == 200
    assert "Times" not in shown(looked.text)
    desk.client.post(desk.url("preset", 1), desk.form(looked.text, keep_times="on"))
    assert [row.weekdays for row in desk.row.schedule.recurrences.all()] == [[5]]
    assert not desk.row.schedule.on_demand


def test_the_diff_says_what_the_host_changed_and_the_cards_count_it(desk: Desk) -> None:
    ChatPolicy.objects.filter(webinar=desk.webinar).update(autoresponder_delay=900)
    Schedule.objects.filter(pk=desk.webinar.schedule_id).update(on_demand=False)
    assert (
        desk.client.get(desk.url("preset", 2)).text.count("changed by you") == 1
    )  # on demand is off there, too
    part = reverse("webinar_edit", kwargs={"team": "ledger", "webinar": desk.webinar.pk, "part": "schedule"})
    assert "2 fields changed by you" in desk.client.get(part).text


def test_people_who_hold_a_time_that_goes_are_asked_about_before_anything_is_saved(desk: Desk) -> None:
    Webinar.objects.filter(pk=desk.webinar.pk).update(
        published_at=NOW, video=make.version(desk.alice.team).video
    )
    start = next(
        slot.starts_at
        for slot in standing.offered(desk.row, WARSAW, datetime.now(UTC))
        if slot.kind is slots.Kind.SCHEDULED and slot.local is not None and slot.local.hour == 9
    )  # preset 1 has none at nine
    place = places.register(
        webinar=desk.row,
        kind=slots.Kind.SCHEDULED,
        starts_at=start,
        first_name="Dana",
        email="dana@example.org",
        zone=WARSAW,
        guest=None,
        now=datetime.now(UTC),
    ).registration
    page = desk.client.get(desk.url("preset", 1)).text
    assert "1 person holds a place at a time that goes; the next page asks what becomes of them." in page
    before = desk.state
    asked = desk.client.post(desk.url("preset", 1), desk.form(page))
    assert asked.status_code == 409
    assert desk.state == before
    carried = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', asked.text))
    carried.pop("csrfmiddlewaretoken", None)
    done = desk.client.post(desk.url("preset", 1), {**carried, "choice": "keep", "do": "save"})
    assert done.status_code == 302
    assert not desk.row.schedule.on_demand
    assert Registration.objects.get(pk=place.pk).starts_at == start


@pytest.mark.parametrize(("number", "least", "most"), [(1, 4, 8), (2, 40, 60), (3, 60, 80)])
def test_A004_four_weeks_of_each_preset_lie_in_the_range(number: int, least: int, most: int) -> None:
    desk = Desk(number=number)
    rules = standing.rules_of(desk.row)
    monday = datetime(2026, 3, 16, tzinfo=WARSAW)
    starts = [
        one for one in slots.scheduled_starts(rules, WARSAW, monday) if one < monday + timedelta(weeks=4)
    ]
    local = [start.astimezone(WARSAW) for start in starts]
    assert least <= len(local) <= most
    assert all(start.weekday() < 5 for start in local)
    days = {start.date() for start in local}
    each = [sum(start.date() == day for start in local) for day in days]
    if number == 1:
        weeks = {start.isocalendar().week for start in local}
        assert all(1 <= sum(s.isocalendar().week == week for s in local) <= 2 for week in weeks)
    else:
        assert len(days) == 20
        assert all((2, 3)[number - 2] <= count <= (3, 4)[number - 2] for count in each)


def test_A004_one_weekend_day_where_the_host_wants_it() -> None:
    desk = Desk(number=1)
    desk.apply(3, weekend_day="on")
    rules = standing.rules_of(desk.row)
    monday = datetime(2026, 3, 16, tzinfo=WARSAW)
    starts = [
        one for one in slots.scheduled_starts(rules, WARSAW, monday) if one < monday + timedelta(weeks=4)
    ]
    weekend = [one.astimezone(WARSAW) for one in starts if one.astimezone(WARSAW).weekday() > 4]
    assert {one.weekday() for one in weekend} == {5}
    assert len(weekend) == 12


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_new_webinar_begins_with_the_chosen_strategy_in_its_makers_language(number: int) -> None:
    desk = Desk(language="pl")
    page = desk.client.get(reverse("webinar_new", args=["ledger"]))
    assert page.status_code == 200
    made = desk.client.post(reverse("webinar_new", args=["ledger"]), {"title": "Nowy", "preset": str(number)})
    assert made.status_code == 302
    found = strategies.standing_of(Webinar.objects.get(title="Nowy"))
    assert found.last is not None
    assert (found.last.preset, found.changed_by_host, found.may_undo) == (number, [], False)


def test_texts_are_in_the_webinars_language_and_names_are_stored_as_one() -> None:
    desk = Desk(language="fr")
    text = KindText.objects.get(policy__webinar=desk.webinar, kind="replay").welcome_text
    assert text.startswith("Bonjour {first_name}")
    desk.apply(1)
    text = KindText.objects.get(policy__webinar=desk.webinar, kind="replay").welcome_text
    assert text.startswith("Bienvenue {first_name}")


def test_a_strategy_that_does_not_exist_is_refused_beside_the_title(desk: Desk) -> None:
    page = desk.client.post(reverse("webinar_new", args=["ledger"]), {"title": "Kept", "preset": "4"})
    assert page.status_code == 422
    assert 'value="Kept"' in page.text


def test_A002_three_answers_in_an_address_propose_a_strategy(desk: Desk) -> None:
    address = desk.url("preset_questions")
    assert "Because" not in desk.client.get(address).text
    assert "Because" not in desk.client.get(address, {"comfort": "3", "sessions": "9"}).text
    page = desk.client.get(address, {"comfort": "2", "sessions": "2", "speed": "2"}).text
    assert "Preset 2, Partial automation" in page
    assert "Because you are at ease with some automation" in page
    fresh = desk.client.get(
        reverse("webinar_new", args=["ledger"]), {"comfort": "1", "sessions": "1", "speed": "1"}
    )
    assert "Make the draft with preset 1" in fresh.text


def test_a_title_stays_while_the_three_questions_propose_a_strategy(desk: Desk) -> None:
    sent = {"title": "Kept", "preset": "3", "propose": "1", "comfort": "2"}
    unanswered = desk.client.post(reverse("webinar_new", args=["ledger"]), sent)
    assert "Choose the answer that is nearest." in unanswered.text
    page = desk.client.post(reverse("webinar_new", args=["ledger"]), {**sent, "sessions": "3", "speed": "2"})
    assert page.status_code == 200
    assert 'value="Kept"' in page.text
    assert 'value="2" checked' in page.text
    assert not Webinar.objects.filter(title="Kept").exists()


def over(desk: Desk, *, people: int, came: int, asked: int, answered: timedelta | None) -> None:
    """A session that is over, with so many places, attendees and questions, each answered after a time."""
    Webinar.objects.filter(pk=desk.webinar.pk).update(video=make.version(desk.alice.team).video)
    show = Webinar.objects.get(pk=desk.webinar.pk)
    begin = NOW - timedelta(days=2)
    session = make.session(show, starts_at=begin)
    for number in range(people):
        place = make.registration(session, who=make.person(desk.alice.team))
        if number < came:
            make.attendance(place, entered_at=begin)
        if number < asked:
            conversation = show.conversations.create(team=show.team, person=place.person, registration=place)
            at = begin + timedelta(minutes=2)
            Episode.objects.create(
                conversation=conversation,
                session=session,
                opened_at=at,
                opened_seq=1,
                first_answer_at=at + answered if answered else None,
            )


READY: dict[str, Any] = {"people": 20, "came": 7, "asked": 10, "answered": timedelta(minutes=5)}


@pytest.mark.parametrize(
    ("number", "change", "hinted"),
    [
        (1, {}, 2),
        (2, {}, 3),
        (3, {}, None),
        (1, {"people": 19}, None),
        (1, {"came": 6}, None),
        (1, {"asked": 9}, None),
        (1, {"answered": timedelta(minutes=5, seconds=1)}, None),
        (1, {"answered": timedelta(hours=2)}, None),
        (1, {"answered": None}, None),
    ],
)
def test_A003_the_next_step_is_offered_with_its_figures_from_the_thresholds_on(
    number: int, change: dict[str, Any], hinted: int | None
) -> None:
    desk = Desk(number=number)
    over(desk, **(READY | change))
    hint = next_step.hint_for(desk.row, number, NOW)
    assert (hint and hint.preset) == hinted
    if hint is not None:
        assert (hint.figures.attendance, hint.figures.within) == (35, 100)


def test_A003_put_away_it_stays_away_for_thirty_days() -> None:
    desk = Desk(number=1)
    over(desk, **READY)
    next_step.put_away(webinar=desk.webinar, now=NOW)
    assert next_step.hint_for(desk.row, 1, NOW + timedelta(days=27)) is None
    assert ChatPolicy.objects.get(webinar=desk.webinar).next_step_from == NOW + timedelta(days=30)
    assert desk.client.post(desk.url("preset_later")).status_code == 302


def test_A015_the_line_asks_to_be_said_and_asks_again_when_it_changes(desk: Desk) -> None:
    part = reverse("webinar_edit", kwargs={"team": "ledger", "webinar": desk.webinar.pk, "part": "chat"})
    page = desk.client.get(part).text
    assert "To do: say this line in the film" in page
    line = re.findall(r'id="line-chat"[^>]*>([^<]+)<', page)[0]
    assert "by e-mail" in line
    said = desk.client.post(desk.url("webinar_script"), {"line": line, "said": "yes"}, follow=True)
    assert "To do: say this line" not in said.text
    assert "Not any more" in said.text
    desk.apply(1)
    later = desk.client.get(part).text
    assert "To do: say this line in the film" in later
    other = re.findall(r'id="line-chat"[^>]*>([^<]+)<', later)[0]
    assert other != line
    stale = desk.client.post(desk.url("webinar_script"), {"line": line, "said": "yes"}, follow=True)
    assert "The line has changed meanwhile" in stale.text
    assert ChatPolicy.objects.get(webinar=desk.webinar).script_said == line  # the old tick, of the old line
    desk.client.post(desk.url("preset_undo"))
    assert "To do: say this line" not in desk.client.get(part).text  # true again, and said


def test_A1_another_team_finds_no_strategy_here(desk: Desk) -> None:
    stranger = make.member(make.team(slug="other"), Role.OWNER)
    client = Client()
    client.force_login(stranger.user)
    for name, *number in (("preset", 2), ("preset_undo",), ("preset_questions",)):
        assert client.get(desk.url(name, *number)).status_code == 404
        assert client.get(reverse(name, args=["other", desk.webinar.pk, *number])).status_code == 404


def test_A020_at_three_in_the_morning_something_starts_within_a_quarter_of_an_hour() -> None:
    desk = Desk(3)
    webinar = Webinar.objects.get(pk=desk.webinar.pk)
    webinar.video = make.version(webinar.team).video
    for name in ("Asia/Tokyo", "America/New_York", "Europe/Warsaw"):
        zone = ZoneInfo(name)
        at = datetime(2026, 3, 11, 3, 2, tzinfo=zone)
        offered = standing.offered(webinar, zone, at)
        now = [slot.kind for slot in offered if slot.starts_at is None]
        soon = [
            slot.starts_at
            for slot in offered
            if slot.starts_at and slot.starts_at - at <= timedelta(minutes=15)
        ]
        assert "on_demand" in now
        assert soon, f"a start within 15 minutes at three in the morning in {name}"
