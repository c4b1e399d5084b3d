"""Word about conversations: to moderators when nobody looks, to attendees who have left, and what is owed."""

from datetime import datetime, timedelta

import pytest
from django.core import mail

from accounts.models import Membership, Role
from chat import signals as chat
from chat.models import Conversation, Message, OwedReply, Wait
from chat.services import marks
from notifications.models import Email, Purpose, State
from tests import make
from tests.mailing import MINUTE, carry, conversation, line, wait
from webinars.models import Registration, Session, Webinar

pytestmark = pytest.mark.django_db
NOW = make.NOW
SECOND = timedelta(seconds=1)


@pytest.fixture
def webinar() -> Webinar:
    return make.webinar(make.team(name="Atelier Lumen", slug="lumen"))


@pytest.fixture
def bob(webinar: Webinar) -> Membership:
    """A moderator of the webinar."""
    member = make.member(webinar.team, Role.MODERATOR, name="Étienne Lefebvre")
    make.assignment(webinar, member)
    return member


@pytest.fixture
def place(webinar: Webinar) -> Registration:
    """Dana, in a session that began half an hour ago."""
    return make.registration(make.session(webinar, starts_at=NOW - 30 * MINUTE))


@pytest.fixture
def talk(place: Registration) -> Conversation:
    return conversation(place)


def asked(talk: Conversation, text: str, at: datetime = NOW) -> Wait:
    found = wait(talk, line(talk, text, at, position=3060.0))
    chat.wait_opened.send(Wait, wait=found, now=at)
    return found


def say(talk: Conversation, bob: Membership, text: str, at: datetime) -> Message:
    message = line(talk, text, at, by=bob.user)
    chat.answered.send(Message, message=message, now=at)
    return message


def test_a_wait_that_nobody_looked_at_is_told_to_each_moderator_after_two_minutes(
    webinar: Webinar, bob: Membership, talk: Conversation
) -> None:
    second = make.member(webinar.team, Role.MODERATOR)
    make.assignment(webinar, second)
    make.assignment(webinar, make.member(webinar.team, Role.EDITOR), moderates=False)
    make.member(webinar.team, Role.OWNER)
    asked(talk, "How long\ndoes it rise?")
    carry(NOW + 119 * SECOND)
    assert mail.outbox == []
    carry(NOW + 120 * SECOND)
    assert sorted(message.to[0].split("<")[-1].rstrip(">") for message in mail.outbox) == sorted(
        [bob.user.email, second.user.email]
    )
    assert mail.outbox[0].subject == "Dana has waited 2 min"
    assert "> How long\n> does it rise?" in str(mail.outbox[0].body)
    assert "/studio/lumen/inbox/" in str(mail.outbox[0].body)


@pytest.mark.parametrize(
    "fact", [{"seen_at": NOW + MINUTE}, {"closed_at": NOW + MINUTE, "closed_by": "answer"}]
)
def test_a_wait_that_was_seen_or_answered_brings_no_alert(
    bob: Membership, talk: Conversation, fact: dict[str, object]
) -> None:
    found = asked(talk, "How long?")
    Wait.objects.filter(pk=found.pk).update(**fact)
    carry(NOW + 3 * MINUTE)
    assert mail.outbox == []
    assert set(Email.objects.values_list("state", flat=True)) == {State.CANCELLED}


def test_several_waits_are_one_mail_to_each_moderator(webinar: Webinar, bob: Membership) -> None:
    session = make.session(webinar, starts_at=NOW - 30 * MINUTE)
    for number in range(4):
        asked(conversation(make.registration(session)), f"question {number}", NOW + number * 10 * SECOND)
    carry(NOW + 121 * SECOND)
    carry(NOW + 160 * SECOND)
    assert [message.subject for message in mail.outbox] == ["4 people wait, the longest 2 min"]


def test_somebody_who_moderates_no_more_is_told_nothing(bob: Membership, talk: Conversation) -> None:
    asked(talk, "How long?")
    bob.assignments.update(moderates=False)
    make.assignment(talk.webinar, make.member(talk.team, Role.MODERATOR))
    carry(NOW + 3 * MINUTE)
    assert mail.outbox == []


def test_an_answer_reaches_somebody_who_has_left_by_mail_thirty_seconds_after_the_last_line(
    bob: Membership, talk: Conversation, place: Registration
) -> None:
    make.attendance(place, entered_at=NOW - 5 * MINUTE, last_seen_at=NOW - 5 * MINUTE)
    place.person.confirmed_at = NOW
    place.person.save()
    line(talk, "Is there a grant?", NOW - 6 * MINUTE, position=3060.0)
    say(talk, bob, "Hello, sorry for the wait.", NOW)
    say(talk, bob, "Yes:\nthe ministry's programme.", NOW + 20 * SECOND)
    carry(NOW + 49 * SECOND)
    assert mail.outbox == []
    carry(NOW + 50 * SECOND)
    (message,) = mail.outbox
    assert message.to == [place.email]
    assert message.from_email == '"Étienne Lefebvre, Atelier Lumen" <matinee@localhost>'
    assert "=?utf-8?q?=C3=89tienne_Lefebvre=2C_Atelier_Lumen?= <matinee@localhost>" in str(
        message.message()["From"]
    )
    body = str(message.body)
    assert body.index("sorry") < body.index("programme") < body.index("> Is there a grant?")
    assert "/j/" in body
    carry(NOW + 5 * MINUTE)
    assert len(mail.outbox) == 1


def test_F24_a_mail_says_that_a_file_was_sent_and_leads_to_it(
    bob: Membership, talk: Conversation, place: Registration
) -> None:
    asked(talk, "The recipe?")
    message = say(talk, bob, "", NOW + 60 * SECOND)
    message.detail = {"files": [{"id": "x", "name": "recipe <b>.pdf", "size": 9}]}
    message.save()
    carry(NOW + 5 * MINUTE)
    [sent] = [one for one in mail.outbox if place.email in one.to[0]]
    sentence = "A file was sent: recipe <b>.pdf. You find it in the conversation."
    assert sentence in sent.body
    html = str(sent.message())
    assert "recipe &lt;b&gt;.pdf" in html.replace("=\n", "")
    assert "/j/" in sent.body
    assert sent.attachments == []


def test_X8_the_question_is_not_quoted_to_an_address_that_confirmed_nothing(
    bob: Membership, talk: Conversation
) -> None:
    line(talk, "buy at http://spam.example", NOW - MINUTE)
    say(talk, bob, "We do not sell that.", NOW)
    carry(NOW + MINUTE)
    assert "spam" not in mail.outbox[0].message().as_string()
    assert "spam" not in Email.objects.get().html + Email.objects.get().text


def test_an_answer_read_in_the_room_is_not_mailed(
    bob: Membership, talk: Conversation, place: Registration
) -> None:
    make.attendance(place, last_seen_at=NOW)
    message = say(talk, bob, "Two hours.", NOW)
    Conversation.objects.filter(pk=talk.pk).update(attendee_read=message.public_seq)
    carry(NOW + 3 * MINUTE)
    assert mail.outbox == []


def test_an_answer_unread_for_two_minutes_is_mailed_though_the_page_is_open(
    bob: Membership, talk: Conversation, place: Registration
) -> None:
    attendance = make.attendance(place, last_seen_at=NOW)
    say(talk, bob, "Two hours.", NOW)
    for seconds in range(10, 120, 10):
        attendance.last_seen_at = NOW + seconds * SECOND
        attendance.save()
        carry(NOW + seconds * SECOND)
    assert mail.outbox == []
    carry(NOW + 120 * SECOND)
    assert len(mail.outbox) == 1


def test_somebody_who_leaves_before_the_answer_is_mailed_once_they_are_gone_for_a_minute(
    bob: Membership, talk: Conversation, place: Registration
) -> None:
    make.attendance(place, last_seen_at=NOW + 10 * SECOND)
    say(talk, bob, "Two hours.", NOW)
    carry(NOW + 40 * SECOND)
    carry(NOW + 69 * SECOND)
    assert mail.outbox == []
    carry(NOW + 70 * SECOND)
    assert len(mail.outbox) == 1


def test_a_line_after_the_mail_goes_in_a_mail_of_its_own(bob: Membership, talk: Conversation) -> None:
    say(talk, bob, "First.", NOW)
    carry(NOW + 30 * SECOND)
    say(talk, bob, "Second.", NOW + 40 * SECOND)
    carry(NOW + 70 * SECOND)
    first, second = (str(message.body) for message in mail.outbox)
    assert "First." in first
    assert "First." not in second
    assert "Second." in second


def test_what_a_session_leaves_open_is_one_summary_to_each_moderator(
    bob: Membership, webinar: Webinar, place: Registration
) -> None:
    owed = []
    for number in range(3):
        found = wait(
            talk := conversation(make.registration(place.session)), line(talk, f"open {number}", NOW)
        )
        owed.append(
            OwedReply.objects.create(
                conversation=talk,
                wait=found,
                cause="session_over",
                made_at=NOW,
                due_at=NOW + timedelta(hours=4),
            )
        )
    for _ in range(2):
        chat.session_owed.send(Session, session=place.session, owed_list=owed, now=NOW)
    OwedReply.objects.filter(pk=owed[0].pk).update(settled_at=NOW, settled_by="answer")
    carry(NOW)
    (message,) = mail.outbox
    assert message.subject == "2 answers owed: Better bread at home"
    assert "open 0" not in str(message.body)
    assert "> open 2" in str(message.body)


def test_a_summary_of_what_was_answered_meanwhile_is_not_sent(bob: Membership, talk: Conversation) -> None:
    found = wait(talk, line(talk, "open", NOW))
    owed = OwedReply.objects.create(
        conversation=talk, wait=found, cause="session_over", made_at=NOW, due_at=NOW, settled_at=NOW
    )
    chat.session_owed.send(Session, session=found.session, owed_list=[owed], now=NOW)
    carry(NOW)
    assert mail.outbox == []
    assert Email.objects.get(purpose=Purpose.OWED).state == State.CANCELLED


def test_M8_a_withdrawn_line_is_in_no_mail_and_an_edited_one_goes_as_it_is_now(
    talk: Conversation, bob: Membership
) -> None:
    first, second = say(talk, bob, "Wrong price", NOW), say(talk, bob, "Ten euros", NOW + SECOND)
    Message.objects.filter(pk=first.pk).update(text="", withdrawn_at=NOW + 2 * SECOND)
    Message.objects.filter(pk=second.pk).update(text="Twelve euros", edited_at=NOW + 2 * SECOND)
    carry(NOW + 5 * MINUTE)
    assert len(mail.outbox) == 1
    body = str(mail.outbox[0].body)
    assert ("Twelve euros" in body, "Wrong price" in body, "Ten euros" in body) == (True, False, False)
    second.refresh_from_db()
    first.refresh_from_db()
    assert (second.mailed_at is not None, first.mailed_at) == (True, None)


def test_M8_when_every_line_was_withdrawn_no_mail_goes(talk: Conversation, bob: Membership) -> None:
    line_of_bob = say(talk, bob, "Wrong price", NOW)
    Message.objects.filter(pk=line_of_bob.pk).update(text="", withdrawn_at=NOW + SECOND)
    carry(NOW + 5 * MINUTE)
    assert mail.outbox == []
    assert Email.objects.get(purpose=Purpose.REPLY).state == State.CANCELLED


def test_f13_a_laptop_closed_two_seconds_after_the_reply_has_it_in_the_mail_within_three_minutes(
    bob: Membership, talk: Conversation, place: Registration
) -> None:
    attendance = make.attendance(place, entered_at=NOW - 5 * MINUTE, last_seen_at=NOW)
    place.person.confirmed_at = NOW
    place.person.save()
    line(talk, "Is there a grant?", NOW - MINUTE)
    say(talk, bob, "Yes, ask the ministry.", NOW)
    attendance.last_seen_at = NOW + 2 * SECOND
    attendance.save()
    for seconds in range(0, 181, 2):
        carry(NOW + seconds * SECOND)
    (message,) = mail.outbox
    body = str(message.body)
    assert body.index("Yes, ask the ministry.") < body.index(
        "> Is there a grant?"
    )  # the answer, then the history
    assert "/j/" in body  # and the way back


def test_a022_what_was_read_in_the_room_is_not_mailed_however_long_one_waits(
    bob: Membership, talk: Conversation, place: Registration
) -> None:
    make.attendance(place, last_seen_at=NOW)
    said = say(talk, bob, "Two hours.", NOW)
    marks.note_attendee_read(registration=place, seq=said.public_seq or 0, now=NOW + SECOND)
    for seconds in range(0, 600, 30):
        carry(NOW + seconds * SECOND)
    assert mail.outbox == []
