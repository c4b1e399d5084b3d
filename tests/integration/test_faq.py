"""Answers of the host's list: said once, near enough only, never over a human, and a human is one step away."""

import json
import uuid
from datetime import time, timedelta
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat import frames, tasks
from chat.faq_rules import Question, judge
from chat.models import AutomaticRecord, ChatPolicy, FaqAnswer, FaqUse, KindPolicy, Message, Mode, Wait
from chat.refusals import Refusal
from chat.rules import Mode as RuleMode
from chat.rules import Why
from chat.services import faq_editing, handling, reading
from chat.services.faq_editing import EntrySetting
from chat.services.faq_helping import note_helped
from chat.services.together import Typed, post_together
from scheduling.models import HoursWindow
from tests import make
from tests.talk import NOW, Talk, talk
from tests.threads import at_once

pytestmark = pytest.mark.django_db
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
PRICE = EntrySetting("How much does it cost?", "Ninety euro.", ("What is the price?",))
DATES = EntrySetting("When does it start?", "On 4 May.", ("What are the dates?",))
ASKED = "What's the price?"


def listed(stage: Talk, *settings: EntrySetting) -> list[Any]:
    """The entries in the webinar's list."""
    return [
        faq_editing.add(webinar=stage.webinar, actor=stage.alice.user, setting=one, now=NOW)
        for one in settings or (PRICE, DATES)
    ]


def reasons() -> list[str]:
    return list(AutomaticRecord.objects.filter(kind="faq").order_by("id").values_list("reason", flat=True))


def helps(stage: Talk, helped: bool, now: Any = NOW, seq: int = 2) -> None:
    note_helped(registration=stage.registration, guest_id=None, seq=seq, helped=helped, now=now)


def test_a031_a_question_that_is_near_enough_is_answered_in_the_same_transaction_and_marked() -> None:
    stage = talk()
    listed(stage)
    posted = stage.asks(ASKED)
    assert stage.said == [("attendee", ASKED), ("faq", "Ninety euro.")]
    assert posted.seq == 1  # the attendee's own number, not the answer's
    mine = reading.latest_public_messages(stage.registration)[1]
    assert (mine["automatic"], mine["reason"], mine["author"]) == (True, "From the host’s answers", None)
    assert mine["faq"] == {"question": "How much does it cost?", "helped": None}
    assert "score" not in json.dumps(mine)
    record = AutomaticRecord.objects.get(kind="faq")
    answer = FaqAnswer.objects.get()
    assert (record.said, record.reason, record.message_id) == (True, "due", answer.message_id)
    assert (answer.asked.text, answer.score, answer.helped) == (ASKED, 100, "")


def test_a028_below_the_threshold_nothing_is_said_and_the_ledger_says_why() -> None:
    stage = talk()
    listed(stage)
    stage.asks("Is rye better than wheat?")
    ChatPolicy.objects.update(faq_threshold=95, faq_version=9)
    stage.asks("price", now=NOW + 2 * SECOND)
    assert [kind for kind, _text in stage.said] == ["attendee", "attendee"]
    assert reasons() == ["below_threshold", "below_threshold"]


def test_an_entry_is_said_once_in_a_conversation_and_another_one_may_follow() -> None:
    stage = talk()
    listed(stage)
    for number, text in enumerate((ASKED, "how much does it cost?", "When does it start?")):
        stage.asks(text, now=NOW + number * 2 * SECOND)
    assert [text for kind, text in stage.said if kind == "faq"] == ["Ninety euro.", "On 4 May."]
    assert reasons() == ["due", "said_before", "due"]


def test_without_an_entry_or_switched_off_nothing_is_said_and_nothing_is_written() -> None:
    stage = talk()
    stage.asks(ASKED)
    listed(stage)
    seen = (True, ChatPolicy.objects.get().faq_threshold)
    faq_editing.set_list(
        webinar=stage.webinar, actor=stage.alice.user, on=False, threshold=70, seen=seen, now=NOW
    )
    stage.asks("How much does it cost?", now=NOW + 2 * SECOND)
    assert [kind for kind, _text in stage.said] == ["attendee", "attendee"]
    assert reasons() == []
    assert ChatPolicy.objects.get().faq_spoken == 2


def test_an_entry_that_is_off_or_removed_is_not_said_and_one_brought_back_is() -> None:
    stage = talk()
    (price, dates) = listed(stage)
    user = stage.alice.user
    faq_editing.remove(entry=price, actor=user, now=NOW)
    off = EntrySetting(DATES.question, DATES.answer, DATES.phrasings, on=False)
    faq_editing.edit(entry=dates, actor=user, setting=off, version=0, now=NOW)
    assert ChatPolicy.objects.get().faq_spoken == 0
    stage.asks(ASKED)
    faq_editing.restore(entry=price, actor=user, now=NOW)
    stage.asks("How much does it cost?", now=NOW + 2 * SECOND)
    assert [text for kind, text in stage.said if kind == "faq"] == ["Ninety euro."]


def test_f28_it_is_silent_once_a_human_wrote_in_this_episode_also_only_one_moment() -> None:
    for holding in (False, True):
        stage = talk()
        listed(stage)
        stage.asks("Hello there, question coming")
        stage.answers("Yes?", now=NOW + SECOND, is_holding=holding)
        stage.asks(ASKED, now=NOW + 3 * SECOND)
        assert "faq" not in dict(stage.said)
    assert reasons() == ["below_threshold", "team_wrote"] * 2


def test_f15_it_is_silent_after_a_human_wrote_first_and_speaks_again_in_a_new_episode() -> None:
    stage = talk()
    listed(stage)
    stage.asks("Hello there")
    stage.answers(now=NOW + SECOND)
    handling.resolve(
        membership=stage.bob,
        conversation_id=stage.conversation.pk,
        no_reply_needed=False,
        base_seq=None,
        now=NOW + 2 * SECOND,
    )
    stage.asks(ASKED, now=NOW + MINUTE)
    assert stage.said[-1] == ("faq", "Ninety euro.")
    stage.answers("Anything else?", now=NOW + 2 * MINUTE)
    stage.asks("When does it start?", now=NOW + 3 * MINUTE)
    assert stage.said[-1][0] == "attendee"


@pytest.mark.django_db(transaction=True)
def test_f28_in_a_race_with_a_human_it_never_speaks_after_the_answer() -> None:
    for _round in range(12):
        stage = talk()
        listed(stage)
        stage.asks("Hello there, one moment")
        pk = stage.conversation.pk
        at_once(
            partial(stage.asks, ASKED, now=NOW + 2 * SECOND),
            partial(stage.answers, now=NOW + 2 * SECOND, conversation_id=pk),
        )
        kinds = [kind for kind, _text in stage.said]
        assert kinds.count("faq") <= 1
        if "faq" in kinds:
            assert kinds.index("faq") < kinds.index("moderator")
        else:
            assert kinds == ["attendee", "moderator", "attendee"]


def test_only_where_the_mode_is_chat() -> None:
    stage = talk()
    listed(stage)
    KindPolicy.objects.update(mode=Mode.EMAIL)
    stage.asks(ASKED)
    assert [kind for kind, _text in stage.said] == ["attendee"]
    assert reasons() == ["not_chat"]


def test_outside_the_chat_hours_the_mode_of_that_hour_decides() -> None:
    stage = talk()
    listed(stage)
    HoursWindow.objects.create(hours=stage.webinar.chat_hours, weekday=6, opens=time(9), closes=time(10))
    stage.asks(ASKED)
    assert reasons() == ["not_chat"]


def test_it_ends_no_wait_counts_as_no_answer_and_the_autoresponder_follows_its_own_rule() -> None:
    stage = talk()
    listed(stage)
    stage.asks(ASKED)
    wait = Wait.objects.get()
    assert (wait.closed_at, wait.episode.first_answer_at) == (None, None)
    assert stage.conversation.waiting_since == NOW
    assert (stage.conversation.last_line, stage.conversation.last_by) == (ASKED, "attendee")
    assert stage.conversation.due_at == NOW + 5 * MINUTE
    tasks.look(NOW + 5 * MINUTE)
    assert stage.said[-1][0] == "autoresponder"


def test_the_same_message_sent_again_is_answered_once() -> None:
    stage, ref = talk(), uuid.uuid4()
    listed(stage)
    first, again = stage.asks(ASKED, ref=ref), stage.asks(ASKED, ref=ref)
    assert (first.seq, again.seq, again.again) == (1, 1, True)
    assert len(stage.said) == 2


@pytest.mark.django_db(transaction=True)
def test_with_the_list_on_a_line_goes_by_itself_and_without_it_together_with_others() -> None:
    for on in (False, True):
        stage = talk()
        guest, _cookie = make.guest(stage.person)
        stage.asks("Hello there, question coming")
        if on:
            listed(stage)
        typed = Typed(
            stage.conversation.pk, stage.registration, guest.pk, uuid.uuid4(), "A", NOW + 2 * SECOND
        )
        (outcome,) = post_together([typed])
        assert (outcome is None) is on


def test_the_list_being_off_costs_a_message_no_query() -> None:
    stage = talk()
    stage.asks("One")
    with CaptureQueriesContext(connection) as plain:
        stage.asks("Two", now=NOW + 2 * SECOND)
    assert not [query for query in plain.captured_queries if "faq" in query["sql"].replace("faq_version", "")]


def test_a099_asking_for_a_human_is_noted_for_the_team_the_wait_goes_on_and_the_list_falls_silent() -> None:
    stage = talk()
    listed(stage)
    stage.asks(ASKED)
    helps(stage, False, NOW + SECOND)
    events = [message.detail for message in stage.messages if message.kind == "event"]
    assert events == [{"what": "faq_human"}]
    assert (Wait.objects.get().closed_at, stage.conversation.due_at) == (None, NOW + 5 * MINUTE)
    stage.asks("When does it start?", now=NOW + 3 * SECOND)
    assert reasons() == ["due", "wants_human"]
    assert reading.latest_public_messages(stage.registration)[1]["faq"]["helped"] is False


def test_g12_yes_silences_the_autoresponder_for_the_whole_wait_and_ends_nothing() -> None:
    stage = talk()
    listed(stage)
    stage.asks(ASKED)
    helps(stage, True, NOW + SECOND)
    tasks.look(NOW + 10 * MINUTE)
    wait = Wait.objects.get()
    assert (wait.helped_at, wait.closed_at, stage.conversation.due_at) == (NOW + SECOND, None, None)
    assert [kind for kind, _text in stage.said] == ["attendee", "faq"]
    helps(stage, False, NOW + 11 * MINUTE)
    tasks.look(NOW + 11 * MINUTE)
    assert stage.said[-1][0] == "autoresponder"


def test_yes_may_become_no_within_the_episode_and_no_stays() -> None:
    stage = talk()
    listed(stage)
    stage.asks(ASKED)
    for number, helped in enumerate((True, True, False, False), 1):
        helps(stage, helped, NOW + number * SECOND)
    with pytest.raises(Refusal, match="said_already"):
        helps(stage, True)
    assert [m.detail["what"] for m in stage.messages if m.kind == "event"] == ["faq_helped", "faq_human"]
    assert FaqAnswer.objects.get().helped == "no"


def test_after_the_episode_a_yes_stays_a_yes() -> None:
    stage = talk()
    listed(stage)
    stage.asks(ASKED)
    helps(stage, True, NOW + SECOND)
    handling.resolve(
        membership=stage.bob,
        conversation_id=stage.conversation.pk,
        no_reply_needed=True,
        base_seq=None,
        now=NOW + 2 * SECOND,
    )
    with pytest.raises(Refusal, match="said_already"):
        helps(stage, False, NOW + 3 * SECOND)


def test_a14_nobody_says_it_of_anothers_answer_or_of_another_message() -> None:
    stage, other = talk(), talk()
    listed(stage)
    stage.asks(ASKED)
    other.asks("Hello")
    for registration, seq in ((other.registration, 1), (other.registration, 2), (stage.registration, 1)):
        with pytest.raises(Refusal, match="not_found"):
            note_helped(registration=registration, guest_id=None, seq=seq, helped=True, now=NOW)
    guest, _cookie = make.guest(other.person)
    with pytest.raises(Refusal, match="not_found"):
        note_helped(registration=stage.registration, guest_id=guest.pk, seq=2, helped=True, now=NOW)
    assert FaqAnswer.objects.get().helped == ""


def test_a099_by_plain_http_the_command_is_the_same() -> None:
    stage = talk(starts_at=timezone.now() - MINUTE)
    listed(stage)
    stage.asks(ASKED, now=timezone.now())
    _guest, cookie = make.guest(stage.person)
    client = Client()
    client.cookies[settings.GUEST_COOKIE_NAME] = cookie
    address = f"/r/{stage.registration.pk}/commands/"

    def send(data: Any) -> Any:
        frame = {"type": "faq.helped", "ref": str(uuid.uuid4()), "data": data}
        return client.post(address, json.dumps(frame), content_type="application/json").json()

    assert send({"message": 2, "helped": True})["type"] == "ack"
    assert send({"message": 9, "helped": True})["code"] == "not_found"
    assert send({"message": "2", "helped": True})["code"] == "field_invalid"
    assert send({"message": 2, "helped": "maybe"})["code"] == "field_invalid"
    assert send({"message": 2, "helped": False, "score": 1})["code"] == "field_not_allowed"
    assert FaqAnswer.objects.get().helped == "yes"


def test_the_team_sees_the_same_card_and_the_event() -> None:
    stage = talk()
    listed(stage)
    stage.asks(ASKED)
    helps(stage, True)
    build = frames.TeamFrames(stage.conversation)
    shown = [build.message(message) for message in stage.messages]
    assert shown[1]["faq"] == {"question": "How much does it cost?", "helped": True}
    assert shown[2]["event"] == {"what": "faq_helped", "by": None}
    assert shown[2]["public_seq"] is None


def test_a_moderators_use_of_an_entry_is_counted_when_it_is_sent_and_only_of_their_webinar() -> None:
    stage, other = talk(), talk()
    (price, _dates) = listed(stage)
    (foreign, _more) = listed(other)
    stage.asks("Hello there")
    stage.answers("Ninety euro.", faq=price.pk)
    stage.answers("And more", faq=foreign.pk)
    stage.answers("And more", faq=2**40)
    assert [use.entry_id for use in FaqUse.objects.all()] == [price.pk]


def test_s1_what_is_refused_leaves_no_answer() -> None:
    stage = talk()
    listed(stage)
    KindPolicy.objects.update(mode=Mode.OFF)
    with pytest.raises(Refusal, match="chat_off"):
        stage.asks(ASKED)
    assert (Message.objects.count(), FaqAnswer.objects.count(), reasons()) == (0, 0, [])


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({}, Why.DUE),
        ({"mode": RuleMode.EMAIL}, Why.NOT_CHAT),
        ({"session_over": True}, Why.AFTER_EXIT),
        ({"in_room": False}, Why.LATE),
        ({"human_spoke": True}, Why.TEAM_WROTE),
        ({"wants_human": True}, Why.WANTS_HUMAN),
        ({"score": 69}, Why.BELOW_THRESHOLD),
        ({"score": None}, Why.BELOW_THRESHOLD),
        ({"said_before": True}, Why.SAID_BEFORE),
    ],
)
def test_each_obstacle_is_named(facts: dict[str, Any], why: Why) -> None:
    given: dict[str, Any] = {"mode": RuleMode.CHAT, "score": 70} | facts
    assert judge(Question(**given), 70) is why
