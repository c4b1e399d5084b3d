"""The golden scenarios G1 to G13, played through the services and then measured."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from chat import measures, tasks
from chat.measures import Outcome, Talked
from chat.models import Cause, Conversation, Presence, Via, Wait
from chat.services import faq_editing, handling, measured, ownership
from chat.services.faq_editing import EntrySetting
from chat.services.faq_helping import note_helped
from chat.services.work import Work, locked
from tests import make
from tests.talk import NOW, Talk, talk
from webinars.models import Attendance, Session, Webinar

pytestmark = pytest.mark.django_db
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass
class Play:
    """A talk in a session that runs for hours, by seconds from its beginning."""

    stage: Talk
    begin: datetime = NOW

    def at(self, seconds: float) -> datetime:
        return self.begin + timedelta(seconds=seconds)

    def asks(self, seconds: float, **facts: Any) -> None:
        self.stage.asks(f"Asked at {seconds}", now=self.at(seconds), **facts)

    def answers(self, seconds: float, **facts: Any) -> None:
        self.stage.answers(now=self.at(seconds), **facts)

    def claims(self, seconds: float, who: Any = None) -> None:
        handling.claim(
            membership=who or self.stage.bob,
            conversation_id=self.stage.conversation.pk,
            now=self.at(seconds),
        )

    def resolves(self, seconds: float, *, no_reply_needed: bool = False) -> None:
        handling.resolve(
            membership=self.stage.bob,
            conversation_id=self.stage.conversation.pk,
            no_reply_needed=no_reply_needed,
            base_seq=None,
            now=self.at(seconds),
        )

    def facts(self) -> measured.Facts:
        webinar = self.stage.webinar.pk
        return measured.facts_of([webinar], self.begin - DAY, self.begin + 30 * DAY, whole=True)[webinar]

    @property
    def episodes(self) -> list[Talked]:
        return self.facts().episodes

    @property
    def episode(self) -> Talked:
        (only,) = self.episodes
        return only


def play(begin: datetime = NOW, **policy: Any) -> Play:
    begin = begin.astimezone(UTC)  # what is added to it is real time
    stage = talk(starts_at=begin, **policy)
    Session.objects.filter(pk=stage.session.pk).update(ends_at=begin + 2 * HOUR, closes_at=begin + 3 * HOUR)
    stage.session.refresh_from_db()
    stage.registration.session = stage.session
    return Play(stage, begin)


def was_seen(show: Play, seconds: float) -> None:
    Attendance.objects.filter(registration=show.stage.registration).update(last_seen_at=show.at(seconds))


def test_G1_the_welcome_and_the_creation_of_the_conversation_start_no_clock() -> None:
    show = play(welcome_delay=0)
    show.stage.enters()
    tasks.look(show.at(0))
    show.asks(600)
    show.answers(660)
    assert [kind for kind, _text in show.stage.said] == ["welcome", "attendee", "moderator"]
    assert measures.first_response(show.episode) == 60


def test_G2_the_autoresponder_stops_no_clock_and_is_counted() -> None:
    show = play()
    show.asks(0)
    tasks.look(show.at(300))
    show.answers(900)
    assert [kind for kind, _text in show.stage.said] == ["attendee", "autoresponder", "moderator"]
    assert measures.first_response(show.episode) == 900
    assert measures.autoresponder_rate(show.episodes) == measures.Share(1, 1)


def test_G3_a_holding_message_is_no_answer() -> None:
    show = play()
    show.asks(0)
    show.answers(30, text="One moment", is_holding=True)
    assert measures.first_response(show.episode) is None
    show.answers(400)
    assert measures.first_response(show.episode) == 400


def test_G4_three_questions_in_a_row_are_one_wait_from_the_first() -> None:
    show = play()
    for seconds in (0, 20, 50):
        show.asks(seconds)
    show.answers(80)
    (wait,) = show.episode.waits
    assert measures.reply_wait(wait, show.at(9999)) == 80
    row = Wait.objects.get()
    assert row.answer is not None
    assert (row.answer.text, row.answer_via, row.closed_user) == ("An hour.", Via.INBOX, show.stage.bob.user)


def test_G5_who_returns_after_a_resolve_begins_a_second_episode() -> None:
    show = play()
    show.asks(0)
    show.answers(40)
    show.resolves(100)
    later = 5 * DAY.total_seconds()
    again = show.stage.another_session(show.at(later - 60))
    show.asks(later, registration=again)
    show.answers(later + 120)
    first, second = show.episodes
    assert [measures.first_response(one) for one in (first, second)] == [40, 120]
    assert [measures.resolution(one) for one in (first, second)] == [100, None]
    assert measures.first_contact(first, show.at(8 * 86_400)) is False


def test_G6_each_answer_is_its_authors_from_the_wait_and_from_when_they_had_it() -> None:
    show = play()
    stage = show.stage
    show.asks(0)
    show.claims(10, stage.alice)
    show.answers(60, membership=stage.alice)
    show.asks(100)
    with transaction.atomic():
        work = Work(locked(Conversation.objects.all()).get(), show.at(130))
        ownership.give(work, stage.bob, cause=Cause.TRANSFER, actor=stage.alice.user)
        work.finish()
    show.answers(160, membership=stage.bob)
    alice, bob = (str(who.user_id) for who in (stage.alice, stage.bob))
    assert measures.replies(show.episode) == [
        measures.Reply(alice, from_start=60, from_ownership=50),
        measures.Reply(bob, from_start=60, from_ownership=30),
    ]
    assert measures.reassignments(show.episode) == (1, {"transfer": 1})


def test_G7_a_wait_over_night_is_twelve_hours_by_the_clock_and_ten_minutes_within_chat_hours() -> None:
    warsaw = ZoneInfo("Europe/Warsaw")
    show = play(datetime(2026, 3, 10, 20, 55, tzinfo=warsaw))
    opened_daily(show, warsaw, time(9), time(21))
    show.asks(0)
    show.answers(12 * 3600 + 600)
    episode = show.episode
    assert measures.first_response(episode) == 12 * 3600 + 600
    assert measures.first_response(episode, in_hours=True) == 600
    assert [measures.reply_wait(one, NOW, in_hours=True) for one in episode.waits] == [600]
    show.resolves(12 * 3600 + 900)
    assert measures.resolution(show.episode, in_hours=True) == 900


def opened_daily(show: Play, zone: ZoneInfo, opens: time, closes: time) -> None:
    hours = make.chat_hours(*[(day, opens, closes) for day in range(7)], zone=zone.key)
    Webinar.objects.filter(pk=show.stage.webinar.pk).update(chat_hours=hours)


def test_G8_an_answer_by_mail_to_somebody_who_left_is_an_answer_later() -> None:
    show = play()
    show.stage.enters()
    show.asks(10)
    was_seen(show, 30)
    show.answers(300, via=Via.EMAIL)
    assert measures.outcome(show.episode) is Outcome.LATER
    assert show.episode.answered is not None
    assert (show.episode.answered.via, show.episode.answered.met) == ("email", False)


def test_G8_whoever_is_there_is_answered_live_and_who_left_a_running_session_was_given_up() -> None:
    live, gone, over = play(), play(), play()
    for show in (live, gone, over):
        show.stage.enters()
        show.asks(10)
        was_seen(show, 30)
    was_seen(live, 280)
    live.answers(300)
    gone.answers(300)
    over.answers(4 * 3600)
    outcomes = [measures.outcome(show.episode) for show in (live, gone, over)]
    assert outcomes == [Outcome.LIVE, Outcome.ABANDONED, Outcome.LATER]
    rates = measures.answer_rates([show.episode for show in (live, gone, over)])
    assert {name: rate.hits for name, rate in rates.items()} == {
        "in_session": 2,
        "within_target": 0,
        "ever": 3,
    }


def test_G9_what_only_the_team_sees_is_no_answer() -> None:
    show = play()
    show.asks(0)
    show.claims(30)
    handling.release(membership=show.stage.bob, conversation_id=show.stage.conversation.pk, now=show.at(60))
    assert len(show.stage.messages) == 3
    assert measures.first_response(show.episode) is None
    assert measures.outcome(show.episode) is Outcome.OPEN
    assert show.episode.people == frozenset()


def test_G10_A056_two_chats_at_once_take_half_the_effort_each() -> None:
    show = play()
    stage = show.stage
    other = make.registration(stage.session, who=make.person(stage.team, first_name="Eva"))
    for registration in (stage.registration, other):
        talked = Conversation.objects.to_be(registration).pk
        for seconds in (0, 400):
            show.asks(seconds, registration=registration)
            if seconds == 0:
                handling.claim(membership=stage.bob, conversation_id=talked, now=show.at(0))
            show.answers(seconds + 200, conversation_id=talked)
    episodes = show.episodes
    assert [measures.chat_duration(one) for one in episodes] == [600, 600]
    assert list(measures.effort(episodes).values()) == [300, 300]
    assert measures.concurrency(episodes) == {str(stage.bob.user_id): measures.Concurrency(2.0, 2)}


def test_G11_in_the_night_of_a_clock_change_real_time_counts() -> None:
    """On Lord Howe Island the clocks go back by half an hour at two o'clock."""
    zone = ZoneInfo("Australia/Lord_Howe")
    show = play(datetime(2026, 4, 4, 23, 0, tzinfo=zone))
    opened_daily(show, zone, time(22), time(3))
    show.asks(0)
    show.answers(5.5 * 3600)
    assert show.at(5.5 * 3600).astimezone(zone).time() == time(4)
    assert measures.first_response(show.episode) == 5.5 * 3600
    assert measures.first_response(show.episode, in_hours=True) == 4.5 * 3600


def test_G12_what_came_by_itself_and_helped_is_automatic_only() -> None:
    show = play()
    stage = show.stage
    price = EntrySetting("How much does it cost?", "Ninety euro.", ("What is the price?",))
    faq_editing.add(webinar=stage.webinar, actor=stage.alice.user, setting=price, now=show.at(0))
    stage.asks("What is the price?", now=show.at(0))
    note_helped(registration=stage.registration, guest_id=None, seq=2, helped=True, now=show.at(20))
    tasks.look(show.at(300))
    assert [kind for kind, _text in stage.said] == ["attendee", "faq"]  # nothing else speaks any more
    assert stage.conversation.waiting_since == show.at(0)  # and the wait has not ended
    assert measures.outcome(show.episode) is Outcome.AUTOMATIC
    assert measures.first_response(show.episode) is None
    show.answers(900)
    assert measures.outcome(show.episode) is not Outcome.AUTOMATIC


def test_G13_a_human_who_writes_first_starts_no_clock() -> None:
    show = play()
    show.asks(0)
    show.answers(30)
    show.resolves(60)
    show.answers(600, text="Did it work out?")
    assert len(show.episodes) == 1
    show.asks(600 + 480)
    show.answers(600 + 540)
    assert [measures.first_response(one) for one in show.episodes] == [30, 60]


def test_M02_the_queue_ends_when_somebody_who_is_there_has_it_and_goes_on_after_a_release() -> None:
    show = play()
    stage = show.stage
    Presence.objects.create(
        team=stage.team, membership=stage.bob, from_at=show.at(50), until_at=show.at(3600)
    )
    show.asks(0)
    assert measures.queue_wait(show.episode) is None
    show.claims(20)  # before they were there
    assert measures.queue_wait(show.episode) == 50
    handling.release(membership=stage.bob, conversation_id=stage.conversation.pk, now=show.at(100))
    assert measures.queue_wait(show.episode) is None
    show.claims(130)
    assert measures.queue_wait(show.episode) == 80


def test_M05_an_episode_that_is_opened_again_goes_on_to_its_last_resolve() -> None:
    show = play()
    show.asks(0)
    show.answers(10)
    show.resolves(60)
    handling.reopen(membership=show.stage.bob, conversation_id=show.stage.conversation.pk, now=show.at(100))
    assert (measures.resolution(show.episode), measures.resolution(show.episode, first=True)) == (None, 60)
    show.asks(120)
    show.answers(130)
    show.resolves(200)
    assert (measures.resolution(show.episode), measures.resolution(show.episode, first=True)) == (200, 60)
    assert measures.first_response(show.episode) == 10


def test_M18_a_promise_is_kept_by_an_answer_in_time_and_by_nothing_else() -> None:
    shows = [play(promise="hours", promise_hours=1) for _ in range(4)]
    for show in shows:
        show.asks(0)
    tasks.look(NOW + 300 * SECOND)
    kept, late, let_go, silent = shows
    kept.answers(300 + 3600)
    late.answers(300 + 3601)
    let_go.resolves(400, no_reply_needed=True)
    counted = [measures.promises_kept(show.facts().promises, NOW + DAY) for show in shows]
    assert counted == [measures.Share(1, 1), measures.Share(0, 1), measures.Share(0, 0), measures.Share(0, 1)]
    assert measures.promises_kept(silent.facts().promises, NOW + HOUR) == measures.Share(0, 0)  # not yet due
