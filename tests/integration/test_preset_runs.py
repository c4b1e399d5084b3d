"""Each strategy from end to end: join, ask, silence, leave, answer; what comes by itself, and what by mail."""

import uuid
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from chat.models import ChatPolicy, Conversation, Message, OwedReply, Wait
from chat.services.posting import post_as_attendee, post_as_moderator
from chat.tasks import look
from config import strategies
from config.presets import Options
from notifications.models import Email, Purpose
from scheduling.models import Kind
from tests import make
from tests.mailing import carry
from webinars.models import Registration, Webinar
from webinars.services.joining import enter

pytestmark = pytest.mark.django_db
NOW = make.NOW  # a Tuesday noon: inside the chat hours
MINUTE = timedelta(minutes=1)
WARSAW = ZoneInfo("Europe/Warsaw")
OFFERED = [
    (1, Kind.SCHEDULED),
    (2, Kind.SCHEDULED),
    (2, Kind.JUST_IN_TIME),
    (3, Kind.SCHEDULED),
    (3, Kind.JUST_IN_TIME),
    (3, Kind.ON_DEMAND),
    (3, Kind.REPLAY),
]


def theatre(number: int, language: str = "en", **options: bool) -> Webinar:
    """A published webinar on a preset, with a film of half an hour."""
    alice = make.member(make.team(slug="lumen"), name="Alice")
    alice.user.language = language
    made = strategies.new_webinar(membership=alice, title="Better bread", zone=WARSAW, now=NOW)
    strategies.apply(
        webinar=made,
        actor=alice.user,
        number=number,
        options=Options(**options),
        versions=strategies.standing_of(made).versions,
        now=NOW,
    )
    film = make.version(alice.team, duration=1800.0).video
    Webinar.objects.filter(pk=made.pk).update(published_at=NOW, video=film)
    return Webinar.objects.get(pk=made.pk)


def joins(show: Webinar, kind: str, name: str = "Dana") -> Registration:
    """Somebody who enters a session that begins now."""
    place = make.registration(
        make.session(show, kind=kind, starts_at=NOW), who=make.person(show.team, first_name=name)
    )
    guest, _token = make.guest(place.person)
    enter(registration=place, guest=guest, now=NOW)
    return place


def kinds_said(show: Webinar) -> list[str]:
    """What the attendee saw, in order."""
    found = Message.objects.filter(conversation__webinar=show, public_seq__isnull=False).order_by("seq")
    return [message.kind for message in found]


@pytest.mark.parametrize(("number", "kind"), OFFERED)
def test_a_run_brings_one_welcome_one_autoresponder_and_one_mail(number: int, kind: str) -> None:
    show = theatre(number)
    place = joins(show, kind)
    delay = timedelta(seconds=ChatPolicy.objects.get(webinar=show).autoresponder_delay)
    for second in (4, 5, 6, 60):
        look(NOW + timedelta(seconds=second))
    asked = NOW + 2 * MINUTE
    post_as_attendee(registration=place, ref=uuid.uuid4(), text="How long?", now=asked)
    look(asked + delay - timedelta(seconds=1))
    assert kinds_said(show) == ["welcome", "attendee"]
    for second in (0, 10, 300, 900):
        look(asked + delay + timedelta(seconds=second))
    assert kinds_said(show) == ["welcome", "attendee", "autoresponder"]
    assert OwedReply.objects.get().settled_at is None
    answered = asked + delay + 10 * MINUTE  # they left long ago
    talk = Conversation.objects.get()
    post_as_moderator(
        membership=show.team.memberships.get(),
        conversation_id=talk.pk,
        ref=uuid.uuid4(),
        text="An hour.",
        base_seq=None,
        now=answered,
    )
    for minutes in (1, 3, 6):
        carry(answered + minutes * MINUTE)
        look(answered + minutes * MINUTE)
    assert kinds_said(show) == ["welcome", "attendee", "autoresponder", "moderator"]
    assert Email.objects.filter(purpose=Purpose.REPLY).count() == 1
    assert OwedReply.objects.get().settled_by == "answer"


@pytest.mark.parametrize(("number", "kind"), OFFERED)
def test_A013_an_answer_in_time_silences_it(number: int, kind: str) -> None:
    show = theatre(number)
    place = joins(show, kind)
    look(NOW + timedelta(seconds=5))
    post_as_attendee(registration=place, ref=uuid.uuid4(), text="How long?", now=NOW + MINUTE)
    post_as_moderator(
        membership=show.team.memberships.get(),
        conversation_id=Conversation.objects.get().pk,
        ref=uuid.uuid4(),
        text="An hour.",
        base_seq=None,
        now=NOW + 2 * MINUTE,
    )
    look(NOW + 20 * MINUTE)
    assert kinds_said(show) == ["welcome", "attendee", "moderator"]
    assert not OwedReply.objects.exists()


@pytest.mark.parametrize(("number", "kind"), [(1, Kind.JUST_IN_TIME), (1, Kind.ON_DEMAND)])
def test_A008_nobody_is_welcomed_where_the_preset_is_silent(number: int, kind: str) -> None:
    show = theatre(number)
    joins(show, kind)
    look(NOW + MINUTE)
    assert kinds_said(show) == []


def test_A009_a_replay_of_preset_2_has_the_form_and_nothing_speaks() -> None:
    show = theatre(2, replays=True)
    assert show.schedule.replay
    place = joins(show, Kind.REPLAY)
    look(NOW + MINUTE)
    post_as_attendee(registration=place, ref=uuid.uuid4(), text="How long?", now=NOW + 2 * MINUTE)
    for minutes in (7, 8, 30):
        look(NOW + minutes * MINUTE)
    assert kinds_said(show) == ["attendee"]
    assert Wait.objects.get().by_email
    assert Conversation.objects.get().by_email


@pytest.mark.parametrize(
    ("language", "welcome", "promised"),
    [
        ("en", "Welcome, Zoé!", "before the end of today"),
        ("fr", "Bienvenue Zoé !", "avant ce soir minuit"),
        ("pl", "Witaj, Zoé!", "jeszcze dzisiaj"),
    ],
)
def test_texts_speak_the_webinars_language_with_the_promise_in_it(
    language: str, welcome: str, promised: str
) -> None:
    show = theatre(1, language)
    place = joins(show, Kind.SCHEDULED, "Zoé")
    look(NOW + timedelta(seconds=5))
    post_as_attendee(registration=place, ref=uuid.uuid4(), text="?", now=NOW + MINUTE)
    look(NOW + 6 * MINUTE)
    said = list(Message.objects.filter(author_key="auto").order_by("seq").values_list("text", flat=True))
    assert said[0].startswith(welcome)
    assert promised in said[1]
    assert "{" not in "".join(said)


def test_A007_each_way_of_a_replay_reaches_the_room() -> None:
    """Off (no replay is offered), the e-mail form, and the chat."""
    shows = [theatre_of(slug, number, replays) for slug, number, replays in WAYS]
    assert [show.schedule.replay for show in shows] == [False, True, True]
    assert [show.chat_policy.kinds.get(kind="replay").mode for show in shows] == ["email", "email", "chat"]


WAYS = (("off", 2, False), ("form", 2, True), ("chat", 3, False))


def theatre_of(slug: str, number: int, replays: bool) -> Webinar:
    alice = make.member(make.team(slug=slug))
    made = strategies.new_webinar(membership=alice, title="Bread", zone=WARSAW, now=NOW)
    strategies.apply(
        webinar=made,
        actor=alice.user,
        number=number,
        options=Options(replays=replays),
        versions=strategies.standing_of(made).versions,
        now=NOW,
    )
    return Webinar.objects.select_related("schedule", "chat_policy").get(pk=made.pk)
