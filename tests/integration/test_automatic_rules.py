"""The sentences about automatic messages, one test for each that has no other."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chat import tasks
from chat.models import AutomaticRecord, KindPolicy, KindText, Mode, OwedReply, PolicyKind, Promise, Via, Wait
from chat.services import handling
from chat.services.policy import KindSetting, PolicySetting, Stale, default_policy, kinds_of, save_policy
from config import strategies
from notifications.models import Email
from scheduling.models import Kind
from tests import make
from tests.talk import NOW, Talk, talk
from webinars.models import Webinar
from webinars.services import editing

pytestmark = pytest.mark.django_db
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
ASKED = ("attendee", "How long?")


def automatic(stage: Talk) -> list[str]:
    return [kind for kind, _text in stage.said if kind in {"welcome", "autoresponder"}]


def hours(stage: Talk, opens: time, closes: time) -> None:
    Webinar.objects.filter(pk=stage.webinar.pk).update(chat_hours=make.chat_hours((1, opens, closes)))


@pytest.mark.parametrize(
    ("kind", "welcomed"), [(Kind.SCHEDULED, True), (Kind.JUST_IN_TIME, True), (Kind.REPLAY, False)]
)
def test_a008_with_preset_2_scheduled_and_just_in_time_are_welcomed_and_a_replay_is_not(
    kind: str, welcomed: bool
) -> None:
    owner = make.member()
    webinar = strategies.new_webinar(membership=owner, title="Bread", zone=ZoneInfo("UTC"), now=NOW, number=2)
    Webinar.objects.filter(pk=webinar.pk).update(
        video=make.version(owner.team).video, chat_hours=make.chat_hours()
    )
    webinar.refresh_from_db()
    session = make.session(webinar, kind=kind, starts_at=NOW)
    person = make.person(owner.team)
    stage = Talk(owner.team, webinar, session, person, make.registration(session, who=person), owner, owner)
    stage.enters()
    tasks.look(NOW + 5 * SECOND)
    assert automatic(stage) == (["welcome"] if welcomed else [])


def test_the_welcome_comes_though_they_left_meanwhile_and_a_question_of_theirs_does_not_stop_it() -> None:
    stage = talk()
    stage.enters()
    stage.asks(now=NOW + 2 * SECOND)
    stage.registration.attendance.last_seen_at = NOW - timedelta(hours=1)
    stage.registration.attendance.save()
    tasks.look(NOW + 5 * SECOND)
    assert stage.said == [ASKED, ("welcome", "Hello Dana")]


def test_the_welcome_does_not_come_when_the_team_wrote_since_they_entered() -> None:
    stage = talk()
    stage.asks(now=NOW - SECOND)
    stage.enters()
    stage.answers(now=NOW + SECOND)
    tasks.look(NOW + 5 * SECOND)
    assert automatic(stage) == []


def test_a_welcome_that_was_due_while_the_chat_was_closed_is_not_made_up_for() -> None:
    stage = talk()
    stage.enters()
    KindPolicy.objects.update(mode=Mode.EMAIL)
    tasks.look(NOW + 5 * SECOND)
    KindPolicy.objects.update(mode=Mode.CHAT)
    tasks.look(NOW + MINUTE)
    assert automatic(stage) == []
    assert AutomaticRecord.objects.get().reason == "not_chat"


def test_a_welcome_is_said_again_in_another_session() -> None:
    stage = talk()
    stage.enters()
    tasks.look(NOW + 5 * SECOND)
    stage.enters(now=NOW + MINUTE, registration=stage.another_session(NOW, kind=Kind.REPLAY))
    tasks.look(NOW + 65 * SECOND)
    assert automatic(stage) == ["welcome", "welcome"]


def test_a012_an_unknown_name_leaves_no_braces_no_double_space_and_no_stray_comma() -> None:
    stage = talk()
    KindText.objects.update(welcome_text="Hi {first_name}, ask us anything! 👋")
    type(stage.person).objects.update(first_name="")
    stage.enters()
    tasks.look(NOW + 5 * SECOND)
    assert stage.said == [("welcome", "Hi, ask us anything! 👋")]


@pytest.mark.parametrize("via", [Via.INBOX, Via.SLACK, Via.EMAIL, Via.API])
def test_a013_a_human_answer_from_anywhere_at_4_59_silences_it(via: str) -> None:
    stage = talk()
    stage.asks()
    stage.answers(now=NOW + 299 * SECOND, via=via)
    tasks.look(NOW + 300 * SECOND)
    assert automatic(stage) == []


def test_a013_without_an_answer_there_is_exactly_one_at_five_minutes_in_spite_of_a_restart() -> None:
    stage = talk()
    stage.asks()
    tasks.look(NOW + 299 * SECOND)
    assert automatic(stage) == []
    for _worker in range(3):
        tasks.look(NOW + 300 * SECOND)
    tasks.look(NOW + 400 * SECOND)
    assert automatic(stage) == ["autoresponder"]


def test_it_counts_from_the_first_unanswered_message() -> None:
    stage = talk()
    stage.asks()
    stage.asks("And how long at 200 degrees?", now=NOW + 4 * MINUTE)
    tasks.look(NOW + 5 * MINUTE)
    assert automatic(stage) == ["autoresponder"]


def test_a_holding_message_silences_it_for_the_whole_wait_also_in_another_session() -> None:
    stage = talk()
    stage.asks()
    stage.answers("One moment", now=NOW + SECOND, is_holding=True)
    again = stage.another_session(NOW + MINUTE)
    stage.asks("Are you there?", now=NOW + 2 * MINUTE, registration=again)
    tasks.look(NOW + 20 * MINUTE)
    assert automatic(stage) == []
    assert Wait.objects.get().closed_at is None


def test_it_is_posted_also_when_they_have_left_and_is_never_mailed() -> None:
    stage = talk()
    stage.enters(now=NOW - MINUTE)
    tasks.look(NOW - 55 * SECOND)
    stage.asks()
    stage.registration.attendance.last_seen_at = NOW
    stage.registration.attendance.save()
    tasks.look(NOW + 5 * MINUTE)
    assert automatic(stage) == ["welcome", "autoresponder"]
    assert not Email.objects.filter(registration=stage.registration).exists()


def test_a_promise_made_late_in_the_attendees_day_names_the_next_one() -> None:
    stage = talk(promise=Promise.DAY_END)
    type(stage.registration).objects.update(
        zone=ZoneInfo("Australia/Brisbane")
    )  # five past ten in the evening
    stage.asks()
    tasks.look(NOW + 5 * MINUTE)
    assert stage.said[-1] == ("autoresponder", "Soon, before the end of tomorrow")
    assert OwedReply.objects.get().due_at == datetime(2026, 3, 11, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("opens", "closes", "said"),
    [
        (time(12, 5), time(13), "Soon, before the end of today"),  # due on the stroke of the opening: inside
        (time(11), time(12, 5), "Outside"),  # due on the stroke of the end: outside
    ],
)
def test_windows_are_closed_at_the_start_and_open_at_the_end(opens: time, closes: time, said: str) -> None:
    stage = talk(outside_mode=Mode.CHAT)
    hours(stage, opens, closes)
    stage.asks()
    tasks.look(NOW + 5 * MINUTE)
    assert stage.said[-1] == ("autoresponder", said)


def test_it_belongs_to_the_session_in_which_the_message_was_written() -> None:
    stage = talk()
    KindPolicy.objects.filter(kind="replay").update(autoresponder_on=False)
    stage.asks()
    stage.enters(now=NOW + MINUTE, registration=stage.another_session(NOW, kind=Kind.REPLAY))
    tasks.look(NOW + 5 * MINUTE)
    assert "autoresponder" in automatic(stage)
    assert AutomaticRecord.objects.get(kind="autoresponder").session_id == stage.session.pk


def test_a_question_that_comes_by_e_mail_opens_a_wait_and_an_owed_reply_and_no_autoresponder() -> None:
    stage = talk()
    stage.asks(via=Via.EMAIL)
    tasks.look(NOW + 20 * MINUTE)
    assert automatic(stage) == []
    assert (Wait.objects.get().late, OwedReply.objects.get().cause) == (True, "late")


def test_f15_human_wrote_three_minutes_ago_at_closing_and_nothing_is_said() -> None:
    stage = talk(outside_mode=Mode.CHAT)
    hours(stage, time(11), time(12, 3))
    stage.asks()
    stage.answers(now=NOW + SECOND)
    tasks.look(NOW + 3 * MINUTE)
    tasks.look(NOW + 30 * MINUTE)
    assert automatic(stage) == []


def test_f15_five_lines_out_of_hours_are_one_notice() -> None:
    stage = talk(outside_mode=Mode.CHAT)
    hours(stage, time(8), time(9))
    for number in range(5):
        stage.asks(f"{number}", now=NOW + number * SECOND)
    tasks.look(NOW + 5 * MINUTE)
    tasks.look(NOW + 9 * MINUTE)
    assert [text for kind, text in stage.said if kind == "autoresponder"] == ["Outside"]


def test_resolve_over_an_open_wait_asks_and_reopening_says_nothing_by_itself() -> None:
    stage = talk()
    stage.asks()
    facts: dict[str, Any] = {"membership": stage.bob, "conversation_id": stage.conversation.pk}
    handling.resolve(**facts, no_reply_needed=True, base_seq=None, now=NOW + SECOND)
    handling.reopen(**facts, now=NOW + 2 * SECOND)
    tasks.look(NOW + 20 * MINUTE)
    assert automatic(stage) == []


def speaks(stage: Talk, language: str, version: int) -> None:
    editing.save_settings(
        webinar=stage.webinar,
        actor=stage.alice.user,
        doors_minutes=10,
        exit_minutes=10,
        language=language,
        version=version,
        now=NOW,
    )


def test_another_language_of_the_webinar_finds_its_texts_and_ours_where_there_are_none() -> None:
    stage = talk()
    KindText.objects.create(
        policy=stage.webinar.chat_policy, kind="scheduled", language="fr", welcome_text="Salut {first_name}"
    )
    speaks(stage, "fr", 0)
    stage.enters()
    tasks.look(NOW + 5 * SECOND)
    assert stage.said == [("welcome", "Salut Dana")]
    speaks(stage, "pl", 1)
    stage.enters(now=NOW + MINUTE, registration=stage.another_session(NOW))
    tasks.look(NOW + 65 * SECOND)
    assert stage.said[-1][1].startswith("Cześć Dana, dobrze, że jesteś!")


def test_back_in_the_first_language_its_own_words_are_said_again() -> None:
    stage = talk()
    speaks(stage, "pl", 0)
    speaks(stage, "en", 1)
    stage.enters()
    tasks.look(NOW + 5 * SECOND)
    assert stage.said == [("welcome", "Hello Dana")]


def test_the_texts_of_a_live_team_stay_those_of_a_live_team_in_another_language() -> None:
    owner = make.member()
    webinar = strategies.new_webinar(membership=owner, title="Bread", zone=ZoneInfo("UTC"), now=NOW, number=1)
    said = kinds_of(webinar.chat_policy, "pl")
    assert said["replay"].welcome_text.startswith("Witaj, {first_name}! Przez cały dzisiejszy webinar")
    assert kinds_of(webinar.chat_policy, "en")["replay"].welcome_text.startswith("Welcome, {first_name}!")


def test_a_save_writes_the_texts_of_the_webinars_language_and_leaves_the_others() -> None:
    webinar = make.webinar(language="fr")
    policy = default_policy(webinar)
    KindText.objects.create(policy=policy, kind="replay", language="en", welcome_text="Hello")
    kinds = dict.fromkeys(PolicyKind.values, KindSetting(welcome_text="Salut", autoresponder_text="Bientôt"))
    save_policy(webinar=webinar, setting=PolicySetting(kinds=kinds, language="fr"), version=0, now=NOW)
    rows = set(KindText.objects.filter(kind="replay").values_list("language", "welcome_text"))
    assert rows == {("en", "Hello"), ("fr", "Salut")}
    Webinar.objects.update(language="pl")
    with pytest.raises(Stale):  # what was typed in French does not become the Polish text
        save_policy(webinar=webinar, setting=PolicySetting(kinds=kinds, language="fr"), version=1, now=NOW)


def test_a_strategy_taken_back_after_a_change_of_language_leaves_the_new_languages_texts() -> None:
    owner = make.member()
    webinar = strategies.new_webinar(membership=owner, title="Bread", zone=ZoneInfo("UTC"), now=NOW)
    found = strategies.standing_of(webinar)
    strategies.apply(
        webinar=webinar, actor=owner.user, number=1, versions=found.versions, now=NOW, choice="keep"
    )
    Webinar.objects.update(language="fr")
    webinar = Webinar.objects.get()
    assert strategies.standing_of(webinar).changed_by_host == []
    strategies.undo(webinar=webinar, actor=owner.user, versions=None, now=NOW, choice="keep")
    texts = kinds_of(Webinar.objects.get().chat_policy, "fr")
    assert texts["scheduled"].welcome_text.startswith("Bienvenue {first_name}")
