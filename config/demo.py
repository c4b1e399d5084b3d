"""Makes the demo theatre: a team, a webinar on preset 3, and people in the states a conversation can be in."""

import secrets
import uuid
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction

from accounts.models import Membership, Role, Team, User
from accounts.services import create_team
from chat.models import Conversation
from chat.services.handling import claim, resolve
from chat.services.posting import post_as_attendee, post_as_moderator
from chat.tasks import look
from config.strategies import new_webinar
from scheduling import slots
from scheduling.models import HoursWindow, Kind, ReplayFor
from scheduling.rosters import Shifts, save_roster
from scheduling.services import plan_of, snapshot
from videos.services import queue_demo_film
from webinars import standing
from webinars.guests import guest_from_cookie
from webinars.models import Registration, Webinar
from webinars.services.editing import Texts, publish, save_texts, set_moderators
from webinars.services.joining import enter
from webinars.services.registration import register
from webinars.services.rule_changes import save_schedule

SLUG = "demo"
LOGINS = "demo-logins.txt"
STAFF = (
    ("Marta Kowalczyk", "marta@demo.localhost", Role.OWNER),
    ("Théo Lefèvre", "theo@demo.localhost", Role.MODERATOR),
    ("Zofia Brzezińska", "zofia@demo.localhost", Role.MODERATOR),
)
TEXTS = Texts(
    title="A webinar that runs itself",
    slug="automated-webinars",
    promise="One recording, shown at hours that suit the people who watch, with answers from real people.",
    description=(
        "This is Matinee's own demo. The film lasts a little over a minute and was made on this machine.\n\n"
        "Register, watch and ask something: your question appears in the team's inbox at once. "
        "If nobody answers within two minutes, you will see what Matinee says by itself, and why."
    ),
    learn=[
        "How one recording becomes a session whenever somebody has time",
        "How questions reach a person, and what happens when nobody is there",
        "How the answer finds people who have left",
    ],
    presenters=[{"name": "Marta Kowalczyk", "about": "Runs the demo theatre and answers in its chat."}],
)


@dataclass(frozen=True)
class Guest:
    """Somebody in the demo: how long ago they registered, and what was said since, each so long ago."""

    name: str
    zone: str
    came: timedelta
    asked: tuple[tuple[timedelta, str], ...] = ()
    answered: tuple[tuple[timedelta, str], ...] = ()
    resolved: bool = False


def _ago(minutes: float) -> timedelta:
    return timedelta(minutes=minutes)


# Each of the staff a stretch of the day; from four to six in the morning nobody, for the page of shifts to say so.
SHIFTS = ((6, 14), (12, 21), (20, 4))
GUESTS = (
    Guest(
        "Owen",
        "Europe/Dublin",
        _ago(26 * 60),
        ((_ago(26 * 60 - 1), "Can I show the same recording in two languages?"),),
        ((_ago(26 * 60 - 2), "Yes, as two webinars: each has its own page, texts and moderators."),),
        resolved=True,
    ),
    Guest(
        "Émilie",
        "Europe/Paris",
        _ago(24),
        ((_ago(23), "Is there a way to keep chat closed on public holidays?"),),
    ),
    Guest(
        "Hanna",
        "Europe/Stockholm",
        _ago(9),
        ((_ago(8.2), "Do people see that the film is recorded?"),),
        ((_ago(7.4), "They do. It says so on the page, and nothing ever claims to be live."),),
    ),
    Guest(
        "Łukasz",
        "Europe/Warsaw",
        _ago(1.2),
        ((_ago(0.7), "Hi! What happens to my question if I close the tab now?"),),
    ),
    Guest("Priya", "Asia/Kolkata", _ago(0.5)),
)


@transaction.atomic
def make(now: datetime) -> bool:
    """Make the team, its members, the draft and the film's row, unless they exist; True when they were made.

    The passwords are random and stand only in a file that its owner alone may read.
    """
    if Team.objects.filter(slug=SLUG).exists():
        return False
    passwords = {email: secrets.token_urlsafe(12) for _, email, _ in STAFF}
    users = [_user(name, email, passwords[email]) for name, email, _ in STAFF]
    owner = create_team(owner=users[0], name="Demo theatre", zone="Europe/Warsaw", slug=SLUG, now=now)
    Team.objects.filter(pk=owner.team_id).update(is_demo=True, footer="Demo theatre, on your own machine")
    owner.team.refresh_from_db()
    members = [
        Membership.objects.create(team=owner.team, user=user, role=role)
        for user, (_, _, role) in zip(users[1:], STAFF[1:], strict=True)
    ]
    webinar = _draft(owner, [owner, *members], now)
    for member, (opens, closes) in zip([owner, *members], SHIFTS, strict=True):
        windows = [HoursWindow(weekday=day, opens=time(opens), closes=time(closes)) for day in range(7)]
        shifts = Shifts(ZoneInfo("Europe/Warsaw"), windows)
        save_roster(membership=member, actor=owner.user, shifts=shifts, version=0, now=now)
    if webinar.video is not None:
        queue_demo_film(video=webinar.video, now=now)
    _write_logins(passwords)
    return True


def _user(name: str, email: str, password: str) -> User:
    user = User.objects.create_user(email, password, name=name, zone="Europe/Warsaw")
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def _write_logins(passwords: dict[str, str]) -> None:
    lines = ["Demo logins (made for this machine, kept in this file only):"]
    lines += [f"  {role.label:<10} {email:<24} {passwords[email]}" for _, email, role in STAFF]
    path = settings.DATA_DIR / LOGINS
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text("\n".join(lines) + "\n")


def _draft(owner: Membership, moderators: list[Membership], now: datetime) -> Webinar:
    """Preset 3, with people at the chat around the clock and a start every five minutes."""
    zone = ZoneInfo("Europe/Warsaw")
    webinar = new_webinar(membership=owner, title=TEXTS.title, zone=zone, now=now)
    webinar = save_texts(webinar=webinar, actor=owner.user, texts=TEXTS, version=webinar.version, now=now)
    set_moderators(
        webinar=webinar, actor=owner.user, memberships=moderators, version=webinar.version, now=now
    )
    kept = plan_of(snapshot(webinar.schedule, webinar.chat_hours))
    plan = replace(
        kept,
        fields={
            "starts_on": (now - timedelta(days=30)).date(),
            "interval_minutes": 5,
            "replay_for": ReplayFor.EVERYBODY,
        },
        windows=[HoursWindow(weekday=day, opens=time(0), closes=time(0)) for day in range(7)],
    )
    save_schedule(webinar=webinar, actor=owner.user, plan=plan, version=webinar.schedule.version, now=now)
    return webinar


def fill(webinar: Webinar, now: datetime) -> None:
    """Publish the demo's webinar and let its people come, ask and be answered, up to `now`."""
    publish(webinar=webinar, actor=None, now=now)
    webinar = Webinar.objects.select_related("team", "schedule", "chat_hours", "video__current").get(
        pk=webinar.pk
    )
    answerers = list(
        Membership.objects.of_team(webinar.team).filter(role=Role.MODERATOR).order_by("user__email")
    )
    for number, guest in enumerate(GUESTS):
        _come(webinar, guest, answerers[number % len(answerers)], now)
    _hold_a_place(webinar, "Tomáš", ZoneInfo("Europe/Prague"), now - timedelta(minutes=40))


def _come(webinar: Webinar, guest: Guest, moderator: Membership, now: datetime) -> None:
    came = now - guest.came
    made = register(
        webinar=webinar,
        kind=Kind.ON_DEMAND,
        starts_at=None,
        first_name=guest.name,
        email=_address(guest.name),
        zone=ZoneInfo(guest.zone),
        guest=None,
        now=came,
    )
    browser = guest_from_cookie(made.guest_token, came)
    if browser is None:
        return
    enter(registration=made.registration, guest=browser, now=came)
    look(came + timedelta(seconds=6))
    for ago, text in guest.asked:
        post_as_attendee(registration=made.registration, ref=uuid.uuid4(), text=text, now=now - ago)
    _answer(made.registration, guest, moderator, now)
    look(min(now, came + timedelta(minutes=5)))


def _answer(registration: Registration, guest: Guest, moderator: Membership, now: datetime) -> None:
    conversation = Conversation.objects.of_registration(registration).first()
    if conversation is None or not guest.answered:
        return
    for ago, text in guest.answered:
        said = now - ago
        claim(membership=moderator, conversation_id=conversation.pk, now=said)
        post_as_moderator(
            membership=moderator,
            conversation_id=conversation.pk,
            ref=uuid.uuid4(),
            text=text,
            base_seq=None,
            now=said,
        )
    if guest.resolved:
        resolve(
            membership=moderator,
            conversation_id=conversation.pk,
            no_reply_needed=False,
            base_seq=None,
            now=said + timedelta(minutes=2),
        )


def _hold_a_place(webinar: Webinar, name: str, zone: ZoneInfo, now: datetime) -> None:
    """Somebody who registered for the next scheduled session, where there is one."""
    coming = [slot for slot in standing.offered(webinar, zone, now) if slot.kind is slots.Kind.SCHEDULED]
    if coming:
        register(
            webinar=webinar,
            kind=Kind.SCHEDULED,
            starts_at=coming[-1].starts_at,
            first_name=name,
            email=_address(name),
            zone=zone,
            guest=None,
            now=now,
        )


def _address(name: str) -> str:
    plain = name.lower().translate(str.maketrans("émłáš", "emlas"))
    return f"{plain}@guests.demo.localhost"
