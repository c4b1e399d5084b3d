"""Hears the news of the apps below and writes mails down; nothing leaves from here."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.dispatch import receiver
from django.urls import reverse

from accounts import signals as accounts
from accounts.models import Invitation, User
from chat import signals as chat
from chat.models import Message, OwedReply, Wait
from notifications import services
from webinars import signals as webinars
from webinars.models import Registration, Session, WaitingPlace


@receiver(webinars.registered)
def on_registered(registration: Registration, now: datetime, **_: Any) -> None:
    """Confirm, and remind."""
    services.plan_for_registration(registration=registration, now=now)


@receiver(webinars.waiting_listed)
def on_waiting_listed(waiting: WaitingPlace, now: datetime, **_: Any) -> None:
    """Say that they are on the list."""
    services.plan_waiting_listed(waiting=waiting, now=now)


@receiver(webinars.waiting_link_requested)
def on_waiting_link_requested(waiting: WaitingPlace, now: datetime, **_: Any) -> None:
    """Say again that they are on the list."""
    services.plan_waiting_listed(waiting=waiting, now=now, again=True)


@receiver(webinars.date_offered)
def on_date_offered(waiting: WaitingPlace, now: datetime, **_: Any) -> None:
    """Tell of the next dates."""
    services.plan_date_offered(waiting=waiting, now=now)


@receiver(webinars.link_requested)
def on_link_requested(registration: Registration, now: datetime, **_: Any) -> None:
    """Send the personal link again."""
    services.plan_link_again(registration=registration, now=now)


@receiver(webinars.session_changed)
def on_session_changed(session: Session, now: datetime, was: datetime | None = None, **_: Any) -> None:
    """Say that a session was moved or cancelled, to who has a place in it and to who waits for one."""
    services.plan_change(session=session, now=now, was=was)
    services.plan_line_news(session=session, now=now, was=was)


@receiver(webinars.places_moved)
def on_places_moved(
    places: list[Registration], session: Session, was: datetime, now: datetime, **_: Any
) -> None:
    """Say which start these people have now."""
    services.plan_moved(places=places, session=session, now=now, was=was)


@receiver(webinars.places_withdrawn)
def on_places_withdrawn(places: list[Registration], session: Session, now: datetime, **_: Any) -> None:
    """Say that these people have no place any more."""
    services.plan_withdrawn(places=places, session=session, now=now)


@receiver(webinars.session_closed)
def on_session_closed(session: Session, now: datetime, **_: Any) -> None:
    """Follow up."""
    services.plan_follow_ups(session=session, now=now)


@receiver(chat.answered)
def on_answered(message: Message, now: datetime, **_: Any) -> None:
    """Take the answer to whoever has left."""
    services.plan_reply(message=message, now=now)


@receiver(chat.wait_opened)
def on_wait_opened(wait: Wait, now: datetime, **_: Any) -> None:
    """Alert the moderators, should nobody look."""
    services.plan_wait_alerts(wait=wait, now=now)


@receiver(chat.session_owed)
def on_session_owed(session: Session, owed_list: list[OwedReply], now: datetime, **_: Any) -> None:
    """Sum up what a session left open."""
    services.plan_owed_summary(session=session, owed=owed_list, now=now)


@receiver(chat.overdue)
def on_overdue(owed_list: list[OwedReply], now: datetime, **_: Any) -> None:
    """Say that the time of a promise has passed."""
    services.plan_overdue(owed=owed_list, now=now)


@receiver(accounts.invited)
def on_invited(invitation: Invitation, token: str, now: datetime, **_: Any) -> None:
    """Send the invitation's link."""
    url = settings.SITE_URL + reverse("invitation", args=[token])
    services.plan_invitation(invitation=invitation, url=url, now=now)


@receiver(accounts.mail_requested)
def on_mail_requested(
    to: str, user: User | None, template: str, secrets: dict[str, str], now: datetime, **_: Any
) -> None:
    """Send what signing up or signing in asks for."""
    services.plan_account_mail(to=to, user=user, template=template, secrets=secrets, now=now)
