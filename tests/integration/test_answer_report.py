"""The figures of answers on the page of hours kept: the same as a hand-made query gives, empty where nothing is."""

import csv
import io
import random
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chat import measures, tasks
from chat.answer_report import answers_of
from chat.models import Conversation, OwedReply
from chat.services import handling, measured
from chat.templatetags.answers import length_of
from tests import make
from tests.talk import Talk, talk
from webinars.models import Session

pytestmark = pytest.mark.django_db
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
_BY_HAND = """
SELECT count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds),
  percentile_cont(0.9) WITHIN GROUP (ORDER BY seconds), avg(seconds)
FROM (SELECT extract(epoch FROM {0})::float AS seconds FROM {1} JOIN chat_conversation c ON c.id = conversation_id
      WHERE c.webinar_id = %s AND {0} IS NOT NULL) AS of
"""


def by_hand(what: str, table: str, stage: Talk) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(_BY_HAND.format(what, table), [stage.webinar.pk])
        return list(cursor.fetchone())


def played(number: int = 16) -> Talk:
    """Many people who ask at odd times of the last days; most are answered, some twice, some resolved."""
    luck = random.Random(number)
    begin = timezone.now() - 3 * DAY
    stage = talk(promise="hours", promise_hours=1, starts_at=begin)
    Session.objects.filter(pk=stage.session.pk).update(ends_at=begin + 9 * DAY, closes_at=begin + 9 * DAY)
    stage.registration.session.refresh_from_db()
    stage.asks(now=begin)
    for _ in range(number):
        registration = make.registration(stage.session, who=make.person(stage.team))
        key = Conversation.objects.to_be(registration).pk
        at = begin + luck.uniform(0, 86_400) * SECOND
        for turn in range(luck.randint(1, 3)):
            stage.asks(f"Question {luck.random()}", registration=registration, now=at)
            at += luck.uniform(5, 2000) * SECOND
            tasks.look(at)
            if turn == 1:
                handling.claim(membership=stage.bob, conversation_id=key, now=at)
            if luck.random() < 0.8:
                stage.answers(conversation_id=key, now=at)
            at += luck.uniform(60, 90) * SECOND
            if luck.random() < 0.4:
                handling.resolve(
                    membership=stage.bob, conversation_id=key, no_reply_needed=True, base_seq=None, now=at
                )
            at += luck.uniform(60, 90) * SECOND
    return stage


def test_every_figure_is_what_a_hand_made_query_gives() -> None:
    stage = played()
    now = timezone.now()
    facts = measured.facts_of([stage.webinar.pk], now - 5 * DAY, now, whole=True)[stage.webinar.pk]
    waits = [wait for episode in facts.episodes for wait in episode.waits if wait.closed_at]
    pairs = [
        (
            [measures.first_response(one) for one in facts.episodes],
            "first_answer_at - opened_at",
            "chat_episode",
        ),
        ([measures.resolution(one) for one in facts.episodes], "resolved_at - opened_at", "chat_episode"),
        ([measures.reply_wait(one, now) for one in waits], "closed_at - opened_at", "chat_wait"),
    ]
    for values, what, table in pairs:
        found = measures.figure(values)
        assert found.n > 5
        assert [found.n, found.median, found.p90, found.mean] == pytest.approx(by_hand(what, table, stage))
    # Chat hours never close here, so all time lies within them.
    for episode in facts.episodes:
        assert measures.first_response(episode, in_hours=True) == measures.first_response(episode)
        assert measures.resolution(episode, in_hours=True) == measures.resolution(episode)
    spoken = Conversation.objects.filter(messages__kind="autoresponder", webinar=stage.webinar)
    assert measures.autoresponder_rate(facts.episodes).hits == spoken.count() > 0
    due = OwedReply.objects.filter(due_at__lt=now)
    kept = measures.promises_kept(facts.promises, now)
    in_time = [one for one in due if one.settled_at and one.settled_at <= one.due_at]
    assert kept.hits == sum(one.settled_by == "answer" for one in in_time) > 0
    assert kept.n == due.count() - sum(one.settled_by == "no_reply_needed" for one in in_time)


def test_the_facts_cost_as_many_queries_for_many_as_for_one(django_assert_num_queries: Any) -> None:
    one, many = played(3), played(9)
    now = timezone.now()
    for webinars in ([one.webinar.pk], [one.webinar.pk, many.webinar.pk]):
        with django_assert_num_queries(6):
            measured.facts_of(webinars, now - 5 * DAY, now, whole=True)
        with django_assert_num_queries(3):
            measured.facts_of(webinars, now - 5 * DAY, now)


def test_each_episode_has_the_messages_and_people_of_its_own_time_only() -> None:
    stage = talk()
    begin = timezone.now() - DAY
    for hours in (0, 2):
        stage.asks(f"At {hours}", now=begin + hours * HOUR)
        stage.answers(now=begin + hours * HOUR + 40 * SECOND, membership=(stage.bob, stage.alice)[hours // 2])
        handling.resolve(
            membership=stage.bob,
            conversation_id=stage.conversation.pk,
            no_reply_needed=False,
            base_seq=None,
            now=begin + (hours + 1) * HOUR,
        )
    facts = measured.facts_of([stage.webinar.pk], begin - HOUR, begin + DAY, whole=True)[stage.webinar.pk]
    assert [measures.chat_duration(episode) for episode in facts.episodes] == [40, 40]
    assert [episode.people for episode in facts.episodes] == [
        {str(stage.bob.user_id)},
        {str(stage.alice.user_id)},
    ]
    # The range goes by when the question was asked.
    later = measured.facts_of([stage.webinar.pk], begin + HOUR, begin + DAY)[stage.webinar.pk]
    assert len(later.episodes) == 1


def test_A1_nobody_reads_the_figures_of_webinars_that_are_not_theirs(client: Client) -> None:
    stage, stranger = played(4), talk()
    now = timezone.now()
    assert answers_of(stage.bob, now - 5 * DAY, now, now).episodes > 0
    assert answers_of(stranger.bob, now - 5 * DAY, now, now).nothing
    other = make.member(stage.team, role="moderator")
    assert answers_of(other, now - 5 * DAY, now, now).nothing
    client.force_login(stranger.bob.user)
    assert client.get(reverse("hours_kept_file", args=[stage.team.slug, "answers"])).status_code == 404


def test_the_page_says_each_figure_with_its_definition_and_the_table_has_them_all(client: Client) -> None:
    stage = played(12)
    client.force_login(stage.bob.user)
    page = client.get(reverse("hours_kept", args=[stage.team.slug]))
    assert page.status_code == 200
    text = page.content.decode()
    for words in (
        "First response",
        "Wait",
        "Resolution",
        "Promises kept",
        "90 % within",
        "within chat hours",
    ):
        assert words in text
    found = page.context["answers"]
    assert f'<td class="px-3 pt-2.5 text-end whitespace-nowrap">{found.spreads[0].wall.n}</td>' in text
    file = client.get(reverse("hours_kept_file", args=[stage.team.slug, "answers"]))
    lines = list(csv.DictReader(io.StringIO(file.content.decode().lstrip("\ufeff"))))
    by_metric = {line["metric"]: line for line in lines}
    assert {line["webinar"] for line in lines} == {stage.webinar.title}
    assert float(by_metric["first_response"]["median"]) == pytest.approx(
        found.spreads[0].wall.median, abs=0.01
    )
    assert by_metric["promises_kept"]["n"] == str(found.rates[4].share.n)
    outcomes = [int(line["hits"]) for name, line in by_metric.items() if name.startswith("outcome_")]
    assert sum(outcomes) == found.episodes
    assert by_metric["outcome_closed"]["hits"] == "0"


def test_without_any_question_the_page_says_so_and_the_table_has_no_line(client: Client) -> None:
    stage = talk()
    client.force_login(stage.bob.user)
    page = client.get(reverse("hours_kept", args=[stage.team.slug]))
    assert "Nobody asked anything in these days" in page.content.decode()
    file = client.get(reverse("hours_kept_file", args=[stage.team.slug, "answers"]))
    assert len(file.content.decode().splitlines()) == 1


def test_a_range_that_cannot_be_read_shows_no_figures(client: Client) -> None:
    stage = played(1)
    client.force_login(stage.bob.user)
    for name, extra in (("hours_kept", []), ("hours_kept_file", ["answers"])):
        page = client.get(reverse(name, args=[stage.team.slug, *extra]), {"first": "soon"})
        assert page.status_code == 422
        assert "First response" not in page.content.decode()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "–"),
        (0, "0:00"),
        (112.4, "1:52"),
        (3599.6, "1 h 00"),
        (11_520, "3 h 12"),
        (172_800, "2 d 0 h"),
        (190_800, "2 d 5 h"),
    ],
)
def test_a_length_is_short_to_read(seconds: float | None, words: str) -> None:
    assert length_of(seconds) == words
