"""The inbox's page and doors: whose conversations they show, at what price, and nothing of anybody else's."""

import json
import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Membership, Team
from chat.models import AutomaticRecord, Conversation, Message, State
from chat.schemas.parts import Row, TeamMessage
from chat.services import policy
from chat.services.handling import resolve
from chat.services.speaking import act
from chat.services.work import locked
from scheduling.models import Kind
from tests import make
from tests.talk import Talk, talk

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage() -> Talk:
    """Dana asked in the running webinar."""
    made = talk(starts_at=timezone.now() - timedelta(minutes=1))
    made.asks("How long does the dough rest?", now=timezone.now() - timedelta(minutes=3))
    return made


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def inbox(member: Membership, path: str = "", **query: Any) -> Any:
    return client_of(member).get(f"/studio/{member.team.slug}/inbox/{path}", query)


def data_of(response: Any) -> dict[str, Any]:
    found = re.search(
        r'<script id="inbox-data" type="application/json">(.*?)</script>', response.content.decode()
    )
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


def command(member: Membership, kind: str, ref: str = "", **data: Any) -> Any:
    frame = {"type": kind, "ref": ref or str(uuid.uuid4()), "data": data}
    address = f"/studio/{member.team.slug}/inbox/commands/"
    return client_of(member).post(address, json.dumps(frame), content_type="application/json")


def test_the_page_shows_who_waits_without_a_script(stage: Talk) -> None:
    response = inbox(stage.bob)
    assert response.status_code == 200
    html = response.content.decode()
    assert "How long does the dough rest?" in html
    assert 'data-view="waiting"' in html
    data = data_of(response)
    assert [row["person"]["name"] for row in data["rows"]] == ["Dana"]
    assert data["counts"] == {"mine": 0, "unassigned": 1, "waiting": 1, "owed": 0, "all": 1, "resolved": 0}
    Row.model_validate(data["rows"][0])


def test_an_unknown_view_is_not_found(stage: Talk) -> None:
    assert inbox(stage.bob, view="everything").status_code == 404
    assert inbox(stage.bob, "rows/", view="everything").status_code == 404
    assert inbox(stage.bob, "rows/", after_revision="-1").status_code == 404
    assert inbox(stage.bob, "rows/", after_revision="9" * 40).status_code == 404


def test_A1_a_twin_team_sees_nothing_of_it(stage: Talk) -> None:
    twin = talk(starts_at=timezone.now() - timedelta(minutes=1))
    assert data_of(inbox(twin.alice))["rows"] == []
    theirs, missing = stage.conversation.pk, uuid.uuid4()
    for path in ("{}/", "{}/events/"):
        answers = [inbox(twin.alice, path.format(pk)) for pk in (theirs, missing)]
        assert [answer.status_code for answer in answers] == [404, 404]
        first, second = (re.sub(r'data-now="\d+"', "", answer.content.decode()) for answer in answers)
        assert first.replace(str(theirs), "") == second.replace(str(missing), "")
    refused = [
        command(twin.alice, "conversation.claim", conversation=str(pk)).json() for pk in (theirs, missing)
    ]
    assert {answer["code"] for answer in refused} == {"not_found"}
    assert refused[0]["text"] == refused[1]["text"]
    assert stage.conversation.owner is None


def test_a_moderator_sees_only_the_webinars_they_work_on(stage: Talk) -> None:
    other = make.webinar(stage.team, title="Not Bob's")
    policy.default_policy(other)
    place = make.registration(make.session(other, starts_at=timezone.now()), who=make.person(stage.team))
    stage.asks("Elsewhere", registration=place, now=timezone.now())
    assert len(data_of(inbox(stage.alice))["rows"]) == 2
    assert [row["webinar"]["title"] for row in data_of(inbox(stage.bob))["rows"]] == [stage.webinar.title]
    hidden = Conversation.objects.get(webinar=other)
    assert inbox(stage.bob, f"{hidden.pk}/").status_code == 404
    assert inbox(stage.bob, "rows/").json()["counts"]["all"] == 1


@pytest.mark.parametrize("extra", [0, 2])
def test_the_page_costs_the_same_for_many(stage: Talk, extra: int, django_assert_num_queries: Any) -> None:
    for _ in range(extra):
        who = make.registration(stage.session, who=make.person(stage.team))
        stage.asks("Me too", registration=who, now=timezone.now())
    client = client_of(stage.bob)
    # session, user, membership, revision, rows, counters, epoch (made the first time), teams, longest wait
    client.get(f"/studio/{stage.team.slug}/inbox/")
    with django_assert_num_queries(10):
        client.get(f"/studio/{stage.team.slug}/inbox/")


@pytest.mark.parametrize("extra", [0, 2])
def test_rows_by_http_cost_the_same_for_many(stage: Talk, extra: int, django_assert_num_queries: Any) -> None:
    for _ in range(extra):
        who = make.registration(stage.session, who=make.person(stage.team))
        stage.asks("Me too", registration=who, now=timezone.now())
    client = client_of(stage.bob)
    client.get(f"/studio/{stage.team.slug}/inbox/rows/")  # which also notes that they are there, for a while
    with django_assert_num_queries(7):
        answer = client.get(f"/studio/{stage.team.slug}/inbox/rows/").json()
    assert len(answer["rows"]) == 1 + extra


def test_rows_after_a_revision_are_those_that_changed(stage: Talk) -> None:
    before = data_of(inbox(stage.bob))["revision"]
    assert inbox(stage.bob, "rows/", after_revision=before).json()["rows"] == []
    stage.answers("Forty minutes.", now=timezone.now())
    changed = inbox(stage.bob, "rows/", after_revision=before).json()
    assert [row["last_by"] for row in changed["rows"]] == ["moderator"]
    assert changed["revision"] > before
    assert changed["counts"]["waiting"] == 0


def test_a_page_of_changes_ends_at_its_last_row(stage: Talk) -> None:
    people = [make.person(stage.team) for _ in range(201)]
    Conversation.objects.bulk_create(
        Conversation(
            team=stage.team,
            webinar=stage.webinar,
            person=who,
            registration=stage.registration,
            listed=True,
            revision=100 + number,
        )
        for number, who in enumerate(people)
    )
    Team.objects.filter(pk=stage.team.pk).update(revision=400)
    first = inbox(stage.bob, "rows/", after_revision=99).json()
    second = inbox(stage.bob, "rows/", after_revision=first["revision"]).json()
    assert (first["revision"], len(first["rows"])) == (299, 200)
    assert (second["revision"], len(second["rows"])) == (400, 1)


def test_events_are_the_lines_after_a_number(stage: Talk) -> None:
    stage.answers("Forty minutes.", now=timezone.now())
    found = inbox(stage.bob, f"{stage.conversation.pk}/events/", after=1).json()
    assert [message["text"] for message in found["messages"]] == ["Forty minutes."]
    assert found["head"] == 2
    TeamMessage.model_validate(found["messages"][0])


def test_facts_say_who_it_is_and_name_nobody_else(stage: Talk) -> None:
    other = make.person(stage.team, first_name="Mallory", email=stage.person.email.upper())
    stage.asks(
        "I am somebody else", registration=make.registration(stage.session, who=other), now=timezone.now()
    )
    replay = stage.another_session(timezone.now() - timedelta(days=2))
    elsewhere = make.webinar(stage.team, title="Second steps")
    make.registration(make.session(elsewhere), who=stage.person)
    response = inbox(stage.alice, f"{stage.conversation.pk}/")
    facts = response.json()
    assert facts["person"]["first_name"] == "Dana"
    assert facts["person"]["email"] == stage.person.email
    assert facts["person"]["confirmed"] is False
    assert facts["person"]["language"] == "English"
    assert facts["person"]["same_address"] == 1
    assert {place["standing"] for place in facts["sessions"]} == {"coming", "missed"}
    assert len(facts["sessions"]) == 2
    assert facts["webinars"] == [{"title": "Second steps", "conversation": None}]
    text = response.content.decode()
    assert "Mallory" not in text
    assert "I am somebody else" not in text
    assert str(replay.pk) not in text
    assert inbox(stage.bob, f"{stage.conversation.pk}/").json()["webinars"] == []


def test_facts_explain_what_was_said_by_itself_and_whether_the_promise_was_kept(stage: Talk) -> None:
    later = timezone.now() + timedelta(minutes=3)
    before = inbox(stage.bob, f"{stage.conversation.pk}/").json()
    assert before["outlook"]["reason"] == "due"
    act([locked(Conversation.objects.filter(pk=stage.conversation.pk)).get()], later)
    said = Message.objects.get(kind="autoresponder")
    facts = inbox(stage.bob, f"{stage.conversation.pk}/").json()
    line = next(line for line in facts["automatic"] if line["kind"] == "autoresponder")
    assert (line["seq"], line["said"], line["waited"]) == (said.seq, True, 300)
    assert line["promised"]["settled_at"] is None
    assert facts["outlook"] == {
        "seq": 1,
        "reason": "once_a_wait",
        "why": "already sent for this question",
        "due_at": None,
    }
    stage.answers("Forty minutes.", now=later + timedelta(minutes=1))
    facts = inbox(stage.bob, f"{stage.conversation.pk}/").json()
    assert facts["automatic"][-1]["promised"]["settled_by"] == "answer"
    assert facts["outlook"] is None
    assert AutomaticRecord.objects.filter(said=True).count() == 1


def test_earlier_episodes_carry_their_question(stage: Talk) -> None:
    now = timezone.now()
    stage.answers("Forty minutes.", now=now)
    resolve(
        membership=stage.bob,
        conversation_id=stage.conversation.pk,
        no_reply_needed=False,
        base_seq=None,
        now=now,
    )
    episode = inbox(stage.bob, f"{stage.conversation.pk}/").json()["episodes"][0]
    assert episode["question"] == "How long does the dough rest?"
    assert episode["by"] == "Bob"
    assert [row["state"] for row in inbox(stage.bob, "rows/", view="resolved").json()["rows"]] == ["resolved"]


def test_a_command_by_http_is_answered_like_one_by_socket(stage: Talk) -> None:
    conversation, ref = str(stage.conversation.pk), str(uuid.uuid4())
    claimed = command(stage.bob, "conversation.claim", conversation=conversation).json()
    assert (claimed["type"], claimed["seq"]) == ("ack", 2)
    assert command(stage.alice, "conversation.claim", conversation=conversation).json()["code"] == "taken"
    first = command(stage.bob, "message.post", ref, conversation=conversation, text="An hour.").json()
    again = command(stage.bob, "message.post", ref, conversation=conversation, text="An hour.").json()
    assert first == again
    assert Message.objects.filter(kind="moderator").count() == 1
    stale = command(
        stage.alice, "message.post", conversation=conversation, text="Two hours.", base_seq=2
    ).json()
    assert stale["type"] == "conflict"
    assert [event["text"] for event in stale["events"]] == ["An hour."]
    assert stage.conversation.state == State.OPEN


def test_without_a_script_the_form_answers_once_and_keeps_what_was_typed(stage: Talk) -> None:
    client = client_of(stage.bob)
    address = f"/studio/{stage.team.slug}/inbox/{stage.conversation.pk}/reply/"
    sent = {"ref": str(uuid.uuid4()), "base_seq": "1", "text": "Forty minutes."}
    for _ in range(2):
        assert client.post(address, sent).status_code == 303
    assert [text for kind, text in stage.said if kind == "moderator"] == ["Forty minutes."]
    late = client_of(stage.alice).post(address, {**sent, "ref": str(uuid.uuid4()), "text": "An hour."})
    assert late.status_code == 422
    assert "somebody answered before you. “Forty minutes.”" in late.content.decode()
    assert ">An hour.</textarea>" in late.content.decode()
    for bad in (
        {**sent, "ref": "x"},
        {**sent, "ref": str(uuid.uuid4()), "text": "a\x00b", "base_seq": "2"},
        {},
    ):
        assert client.post(address, bad).status_code == 422
    assert (
        client.post(address.replace(str(stage.conversation.pk), str(uuid.uuid4())), sent).status_code == 404
    )
    assert len([1 for kind, _text in stage.said if kind == "moderator"]) == 1


def test_what_is_no_command_is_refused_and_changes_nothing(stage: Talk) -> None:
    client = client_of(stage.bob)
    address = f"/studio/{stage.team.slug}/inbox/commands/"
    for body in (
        b"",
        b"[]",
        b"{",
        b"\xff",
        b'{"type": "delete.everything"}',
        b'{"type": "ping", "data": {}}',
    ):
        answer = client.post(address, body, content_type="application/json")
        assert answer.status_code == 400
        assert answer.json()["type"] == "refused"
    assert client.post(address, b"x" * 40_000, content_type="application/json").status_code == 413
    assert client.get(address).status_code == 405
    checking = Client(enforce_csrf_checks=True)
    checking.force_login(stage.bob.user)
    assert checking.post(address, b"{}", content_type="application/json").status_code == 403


def test_every_team_page_carries_the_longest_wait_of_its_reader(stage: Talk) -> None:
    since = stage.conversation.waiting_since
    assert since is not None
    home = client_of(stage.bob).get(f"/studio/{stage.team.slug}/")
    assert home.context["longest_wait"]["since"] == since
    assert home.context["longest_wait"]["target"] == 180
    assert home.context["longest_wait"]["url"].endswith(f"/inbox/#{stage.conversation.pk}")
    assert f'data-since="{since.astimezone(UTC).isoformat()}"' in home.content.decode()
    stage.answers("Forty minutes.", now=timezone.now())
    assert client_of(stage.bob).get(f"/studio/{stage.team.slug}/").context["longest_wait"] is None


def test_an_inbox_nobody_wrote_to_names_the_next_session() -> None:
    stage = talk(starts_at=timezone.now() + timedelta(days=1))
    coming = data_of(inbox(stage.bob))["next"]
    assert coming["registered"] == 1
    assert stage.session.starts_at is not None
    assert abs(datetime.fromisoformat(coming["starts_at"]) - stage.session.starts_at) < timedelta(seconds=1)
    assert stage.session.kind == Kind.SCHEDULED


def test_F10_a_status_is_set_over_http_and_without_a_script(stage: Talk) -> None:
    assert data_of(inbox(stage.bob))["status"]["intent"] == "available"
    answer = command(stage.bob, "status.set", intent="busy").json()
    assert answer["type"] == "ack"
    assert inbox(stage.bob, "rows/").json()["status"]["intent"] == "busy"
    form = {"intent": "break", "reason": "Lunch", "minutes": "30"}
    address = f"/studio/{stage.team.slug}/inbox/status/"
    assert client_of(stage.bob).post(address, form).status_code == 303
    status = data_of(inbox(stage.bob))["status"]
    assert (status["intent"], status["reason"]) == ("break", "Lunch")
    assert status["until"] is not None
    for wrong in ({"minutes": "soon"}, {"minutes": "0"}, {"reason": "x" * 81}, {"intent": "asleep"}):
        held = client_of(stage.bob).post(address, form | wrong)
        assert held.status_code == 422
        assert 'id="wrong-status"' in held.text
        assert wrong.get("reason", "Lunch") in held.text
    assert data_of(inbox(stage.bob))["status"] == status
    assert command(stage.bob, "status.set", intent="asleep").status_code == 400
    assert data_of(inbox(stage.alice))["status"]["intent"] == "available"
