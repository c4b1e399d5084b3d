"""A conversation to test with: a host, a moderator, an attendee in a running session."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from accounts.models import Membership, Role, Team
from chat.models import ChatPolicy, Conversation, KindText, Message, PolicyKind
from chat.services import policy
from chat.services.posting import Posted, post_as_attendee, post_as_moderator
from chat.services.sessions import enter
from scheduling.models import Kind
from tests import make
from webinars.models import Person, Registration, Session, Webinar

NOW = make.NOW


@dataclass
class Talk:
    """The cast and the stage."""

    team: Team
    webinar: Webinar
    session: Session
    person: Person
    registration: Registration
    alice: Membership  # owner
    bob: Membership  # moderates this webinar

    @property
    def conversation(self) -> Conversation:
        return Conversation.objects.get(webinar=self.webinar, person=self.person)

    @property
    def messages(self) -> list[Message]:
        return list(Message.objects.filter(conversation__webinar=self.webinar).order_by("seq"))

    @property
    def said(self) -> list[tuple[str, str]]:
        return [(message.kind, message.text) for message in self.messages if message.public_seq]

    def asks(self, text: str = "How long?", now: datetime = NOW, **facts: Any) -> Posted:
        facts.setdefault("registration", self.registration)
        facts.setdefault("ref", uuid.uuid4())
        return post_as_attendee(text=text, now=now, **facts)

    def answers(self, text: str = "An hour.", now: datetime = NOW, **facts: Any) -> Posted:
        facts.setdefault("membership", self.bob)
        facts.setdefault("ref", uuid.uuid4())
        facts.setdefault("conversation_id", self.conversation.pk)
        facts.setdefault("base_seq", None)
        return post_as_moderator(text=text, now=now, **facts)

    def enters(self, now: datetime = NOW, registration: Registration | None = None) -> None:
        enter(attendance=make.attendance(registration or self.registration, entered_at=now), now=now)

    def another_session(self, starts_at: datetime, kind: str = Kind.SCHEDULED) -> Registration:
        place = make.session(self.webinar, kind=kind, starts_at=starts_at)
        return make.registration(place, who=self.person)


def talk(
    kind: str = Kind.SCHEDULED, slug: str = "", starts_at: datetime | None = None, **policy_fields: Any
) -> Talk:
    """A session of ten minutes that began a minute ago; chat hours never close, welcome after 5 s, answer after 300."""
    team = make.team(slug)
    alice, bob = make.member(team, name="Alice"), make.member(team, Role.MODERATOR, name="Bob")
    webinar = make.webinar(team)
    make.assignment(webinar, bob)
    kept = policy.default_policy(webinar)
    ChatPolicy.objects.filter(pk=kept.pk).update(**policy_fields)
    said = {
        "welcome_text": "Hello {first_name}",
        "autoresponder_text": "Soon, {by_when}",
        "outside_text": "Outside",
    }
    KindText.objects.bulk_create(
        KindText(policy=kept, kind=kind, language=webinar.language, **said) for kind in PolicyKind.values
    )
    session = make.session(webinar, kind=kind, starts_at=starts_at or NOW - timedelta(minutes=1))
    person = make.person(team)
    return Talk(team, webinar, session, person, make.registration(session, who=person), alice, bob)
