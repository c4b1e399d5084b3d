"""The attendee's room in a real browser: the film is where the server says, and the talk loses nothing."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import Membership, Team
from chat.models import Conversation, KindPolicy, Message, MessageKind, Mode, Wait
from chat.services import posting
from chat.services.policy import default_policy
from scheduling.models import Kind
from tests import make
from tests.browser.site import FILM_SECONDS, Site
from webinars.models import Attendance, Registration, Session, Webinar

pytestmark = pytest.mark.browser

NewContext = Callable[..., BrowserContext]
Watch = Callable[[Page], Page]
NEAR = 0.25  # seconds between the film and the server's clock
# Where the film is, and where it should be by this machine's clock, which is the server's.
OFF = """() => {
  const video = document.querySelector("video");
  const data = JSON.parse(document.getElementById("room-data").textContent);
  const start = Date.parse(data.session.starts_at);
  return video.currentTime - (Date.now() - start) / 1000;
}"""


@dataclass
class Evening:
    """A team with one moderator and a webinar whose film is there."""

    team: Team
    bob: Membership
    webinar: Webinar

    def starting(self, at: datetime, kind: str = Kind.SCHEDULED, name: str = "Dana") -> Registration:
        """A place in a session that starts at an instant."""
        session = make.session(self.webinar, kind=kind, starts_at=at)
        return make.registration(session, who=make.person(self.team, first_name=name))


@pytest.fixture
def evening(site: Site) -> Iterator[Evening]:
    """Automation with the shortest delays; it is chat at every hour."""
    team = make.team(name="Crumb School")
    bob = make.member(team, name="Bob Baker")
    webinar = make.webinar(
        team,
        video=site.film_of(team),
        title="Better bread at home",
        exit_minutes=2,
        schedule=make.schedule(replay=True),
    )
    make.assignment(webinar, bob)
    policy = default_policy(webinar)
    policy.welcome_delay, policy.autoresponder_delay = 5, 15
    policy.save()
    yield Evening(team, bob, webinar)
    Session.objects.filter(webinar=webinar, closed_at=None).update(closed_at=timezone.now(), due_at=None)


@pytest.fixture
def enter(site: Site, new_context: NewContext, watched: Watch) -> Callable[..., Page]:
    """Open a place's room in a browser of its own."""

    def open_room(place: Registration, **options: object) -> Page:
        context = new_context(**options)
        site.let_in(context, place)
        page = watched(context.new_page())
        page.goto(f"/r/{place.pk}/room/")
        return page

    return open_room


def ago(**span: float) -> datetime:
    """An instant in the past, on a whole millisecond as the page has it."""
    return timezone.now().replace(microsecond=0) - timedelta(**span)


def answer(evening: Evening, place: Registration, text: str) -> None:
    """Bob answers what the place's holder asked."""
    posting.post_as_moderator(
        membership=evening.bob,
        conversation_id=Conversation.objects.get(person=place.person).pk,
        ref=uuid.uuid4(),
        text=text,
        base_seq=None,
        now=timezone.now(),
    )


def starting(place: Registration) -> float:
    """When it begins, in milliseconds as browsers count."""
    assert place.starts_at is not None
    return place.starts_at.timestamp() * 1000


def playing(page: Page) -> None:
    """Wait until the film plays, and a moment more for its first correction."""
    page.wait_for_function(
        "() => { const v = document.querySelector('video'); return v && v.currentTime > 0 && !v.paused }"
    )
    page.wait_for_function(f"() => Math.abs(({OFF})()) < {NEAR}", timeout=15_000)


def test_the_film_starts_by_itself_at_the_servers_position_and_stays_there(
    site: Site, evening: Evening, new_context: NewContext, watched: Watch
) -> None:
    place = evening.starting(timezone.now().replace(microsecond=0) + timedelta(seconds=9))
    _, token = make.join_link(place)
    context = new_context()
    page = watched(context.new_page())
    page.goto(f"/j/{token}/")
    page.wait_for_url(f"**/r/{place.pk}/room/")
    expect(page.get_by_role("timer")).to_be_visible()
    page.get_by_role("button", name="Enter with sound").click()
    expect(page.get_by_text("You are in.")).to_be_visible()
    expect(page.get_by_text("On now")).to_be_visible(timeout=12_000)
    turned = page.evaluate("() => Date.now()")
    assert turned - starting(place) < 1_500  # the look at it takes a while itself
    playing(page)
    assert not page.evaluate("document.querySelector('video').muted")
    assert Attendance.objects.filter(registration=place).exists()

    page.reload()
    playing(page)

    other = watched(context.new_page())
    other.goto(f"/r/{place.pk}/room/")
    playing(other)
    assert abs(page.evaluate(OFF)) < NEAR


def test_the_countdown_gives_way_to_the_film_within_a_quarter_of_a_second(
    evening: Evening, enter: Callable[..., Page]
) -> None:
    place = evening.starting(timezone.now().replace(microsecond=0) + timedelta(seconds=6))
    page = enter(place)
    page.evaluate(
        """() => new MutationObserver(() => {
          if (!window.turnedAt && document.querySelector(".live")) window.turnedAt = Date.now();
        }).observe(document.body, {subtree: true, childList: true})"""
    )
    page.wait_for_function("() => window.turnedAt", timeout=12_000)
    late = page.evaluate("() => window.turnedAt") - starting(place)
    assert abs(late) <= 250


def test_whoever_comes_late_without_a_click_sees_it_muted_and_seeking_is_refused(
    evening: Evening, enter: Callable[..., Page]
) -> None:
    place = evening.starting(ago(seconds=15))
    page = enter(place)
    playing(page)
    assert page.evaluate("document.querySelector('video').muted")
    assert not Attendance.objects.filter(registration=place).exists()

    for target in ("0", "v.currentTime + 20", "999"):
        page.evaluate(f"() => {{ const v = document.querySelector('video'); v.currentTime = {target}; }}")
        page.wait_for_timeout(300)
        page.wait_for_function(f"() => Math.abs(({OFF})()) < {NEAR}", timeout=15_000)
    page.evaluate("() => document.querySelector('video').pause()")
    page.wait_for_timeout(500)
    playing(page)

    page.get_by_role("button", name="Enter with sound").click()
    page.wait_for_function("() => !document.querySelector('video').muted")
    expect(page.get_by_role("button", name="Enter with sound")).to_have_count(0)
    page.wait_for_timeout(500)
    assert Attendance.objects.filter(registration=place).exists()


def test_M9_what_is_written_offline_survives_a_reload_and_goes_out_once(
    evening: Evening, enter: Callable[..., Page]
) -> None:
    place = evening.starting(ago(seconds=5))
    page = enter(place)
    composer = page.get_by_label("Your message to the team")
    composer.fill("How long does the dough rest?")
    composer.press("Enter")
    expect(page.get_by_text("Delivered")).to_be_visible()

    page.context.set_offline(True)
    expect(page.get_by_text("No connection.")).to_be_visible()
    composer.fill("And with rye?")
    composer.press("Enter")
    expect(page.get_by_text("Goes out when you are back")).to_be_visible()
    composer.fill("half a thou")
    page.context.set_offline(False)
    page.reload()
    expect(page.get_by_label("Your message to the team")).to_have_value("half a thou")
    expect(page.get_by_text("Delivered")).to_have_count(2)
    expect(page.get_by_text("And with rye?")).to_have_count(1)
    mine = Message.objects.filter(kind=MessageKind.ATTENDEE, conversation__person=place.person)
    assert list(mine.order_by("seq").values_list("text", flat=True)) == [
        "How long does the dough rest?",
        "And with rye?",
    ]


def test_a_lost_line_comes_back_with_what_was_said_meanwhile(
    evening: Evening, enter: Callable[..., Page]
) -> None:
    place = evening.starting(ago(seconds=5))
    page = enter(place)
    page.get_by_label("Your message to the team").fill("Hello?")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Delivered")).to_be_visible()
    page.context.set_offline(True)
    expect(page.get_by_text("No connection.")).to_be_visible()
    for text in ("Hello Dana!", "See www.example.org/rye for it."):
        answer(evening, place, text)
    page.context.set_offline(False)
    expect(page.get_by_text("Hello Dana!")).to_be_visible(timeout=30_000)
    link = page.get_by_role("link", name="www.example.org/rye")
    expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
    expect(page.get_by_text("No connection.")).to_have_count(0)


def test_welcome_and_autoresponder_come_by_themselves_marked_automatic(
    evening: Evening, enter: Callable[..., Page]
) -> None:
    page = enter(evening.starting(ago(seconds=2)))
    page.get_by_role("button", name="Enter with sound").click()
    expect(page.get_by_text("Hi Dana, good to have you here!")).to_be_visible(timeout=20_000)
    page.get_by_label("Your message to the team").fill("How long does the dough rest?")
    page.get_by_label("Your message to the team").press("Enter")
    expect(page.get_by_text("Your question has arrived, Dana.")).to_be_visible(timeout=40_000)
    expect(page.get_by_text("No answer for 15 seconds")).to_be_visible()
    automatic = page.locator(".msg-auto")
    expect(automatic).to_have_count(2)
    expect(automatic.locator(".face")).to_have_count(0)


def test_a_clock_of_ones_own_starts_with_the_click(evening: Evening, enter: Callable[..., Page]) -> None:
    session = make.session(evening.webinar, kind=Kind.ON_DEMAND, starts_at=None)
    place = make.registration(session, who=make.person(evening.team))
    page = enter(place)
    page.get_by_role("button", name="Start the film").click()
    page.wait_for_function(
        "() => { const v = document.querySelector('video'); return v.currentTime > 1 && !v.paused }"
    )
    page.evaluate("() => { document.querySelector('video').currentTime = 40 }")
    page.wait_for_function("() => document.querySelector('video').currentTime < 20")


def test_a_replay_is_in_its_viewers_hands(evening: Evening, enter: Callable[..., Page]) -> None:
    session = make.session(
        evening.webinar,
        kind=Kind.REPLAY,
        starts_at=ago(hours=1),
        ends_at=timezone.now() + timedelta(days=1),
        closes_at=None,
        due_at=None,
    )
    page = enter(make.registration(session, who=make.person(evening.team)))
    page.wait_for_function("() => document.querySelector('video').readyState >= 2")
    page.get_by_role("slider", name="Position").fill("30")
    page.wait_for_function("() => Math.abs(document.querySelector('video').currentTime - 30) < 4")
    page.locator(".stage").hover()
    page.get_by_role("button", name="Speed, 1 times").click()
    assert page.evaluate("document.querySelector('video').playbackRate") == 1.25
    page.keyboard.press("l")
    page.wait_for_function("() => document.querySelector('video').currentTime > 38")
    page.get_by_role("button", name="What is said, in words.").click()
    page.wait_for_function("() => document.querySelector('video').currentTime < 5")
    page.get_by_role("button", name="Your questions").click()
    expect(page.get_by_label("Your message to the team")).to_be_visible()


@pytest.mark.parametrize("moment", ["early", "playing", "exit", "replay"])
@pytest.mark.parametrize("dark", [False, True], ids=["day", "night"])
def test_it_fits_a_narrow_phone_and_is_accessible(
    evening: Evening, enter: Callable[..., Page], axe: Callable[[Page], list[str]], moment: str, dark: bool
) -> None:
    starts = {"early": -600, "playing": 3, "exit": FILM_SECONDS + 10, "replay": 3600}
    kind = Kind.REPLAY if moment == "replay" else Kind.SCHEDULED
    place = evening.starting(ago(seconds=starts[moment]), kind=kind)
    if moment == "replay":
        tomorrow = timezone.now() + timedelta(days=1)
        Session.objects.filter(pk=place.session_id).update(ends_at=tomorrow, due_at=tomorrow)
    page = enter(place, width=320, height=640, dark=dark)
    page.wait_for_selector(".composer, form.grid, .cue")
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.scrollWidth <= 320")
    assert axe(page) == []


def test_the_way_of_talking_changes_under_the_hands_and_the_words_stay(
    evening: Evening, enter: Callable[..., Page]
) -> None:
    page = enter(evening.starting(ago(seconds=5)))
    page.get_by_label("Your message to the team").fill("And one more thing:")
    KindPolicy.objects.filter(policy__webinar=evening.webinar).update(mode=Mode.EMAIL)
    expect(page.get_by_role("heading", name="Ask by e‑mail")).to_be_visible(timeout=20_000)
    expect(page.get_by_text("The chat closed at")).to_be_visible()
    expect(page.get_by_role("textbox", name="Your question")).to_have_value("And one more thing:")
    page.get_by_role("button", name="Send by e‑mail").click()
    expect(page.get_by_text("Delivered")).to_be_visible()
    assert Wait.objects.filter(conversation__webinar=evening.webinar, by_email=True).exists()


def test_without_a_script_one_can_read_and_write(
    site: Site, evening: Evening, new_context: NewContext
) -> None:
    place = evening.starting(ago(seconds=5))
    context = new_context(width=320, height=640, java_script_enabled=False)
    site.let_in(context, place)
    page = context.new_page()
    page.goto(f"/r/{place.pk}/room/")
    page.get_by_label("Your message to the team").fill("How long does the dough rest?")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".msg-mine")).to_have_text("How long does the dough rest?")
    # Chromium shows no <noscript> to whoever switches scripts off from outside.
    assert f'<video class="stage-film object-contain!" src="/media/{place.pk}/master.m3u8"' in page.content()


NO_SOCKETS = """
window.WebSocket = class extends EventTarget {
  static CONNECTING = 0; static OPEN = 1; static CLOSING = 2; static CLOSED = 3;
  readyState = 0;
  constructor() {
    super();
    setTimeout(() => {
      this.readyState = 3;
      this.dispatchEvent(new CloseEvent("close", {code: 1006}));
    }, 20);
  }
  send() {}
  close() {}
};
"""


def test_sockets_that_are_blocked_lose_nothing_either_way(
    site: Site, evening: Evening, new_context: NewContext, watched: Watch
) -> None:
    place = evening.starting(ago(seconds=5))
    context = new_context()
    context.add_init_script(NO_SOCKETS)
    site.let_in(context, place)
    page = watched(context.new_page())
    page.goto(f"/r/{place.pk}/room/")
    page.get_by_label("Your message to the team").fill("How long does the dough rest?")
    page.get_by_label("Your message to the team").press("Enter")
    expect(page.get_by_text("Delivered")).to_be_visible(timeout=20_000)
    answer(evening, place, "Forty minutes.")
    expect(page.get_by_text("Forty minutes.")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("How long does the dough rest?")).to_have_count(1)
