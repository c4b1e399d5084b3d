"""How questions were answered, as a reader sees it: the figures, what is overdue, and what became of episodes."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import Membership
from chat import tasks
from chat.models import ChatPolicy, Conversation, OwedReply
from chat.services import handling, policy
from chat.services.posting import post_as_attendee, post_as_moderator
from tests import make
from tests.browser.site import Site

pytestmark = pytest.mark.browser
NewContext = Callable[..., BrowserContext]
Watch = Callable[[Page], Page]
Axe = Callable[[Page], list[str]]
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def bob(site: Site) -> Membership:
    """He answered three people in the last hours, and one waits for an answer that was promised an hour ago."""
    who = make.member(make.team(name="Crumb School"), name="Bob Baker")
    webinar = make.webinar(who.team, title="Better bread at home")
    make.assignment(webinar, who)
    kept = policy.default_policy(webinar)
    ChatPolicy.objects.filter(pk=kept.pk).update(promise="hours", promise_hours=1)
    begin = timezone.now() - 3 * HOUR
    session = make.session(webinar, starts_at=begin, closes_at=begin + 9 * HOUR, ends_at=begin + 8 * HOUR)
    for name, after in (("Dana", 40), ("Eva", 112), ("Noor", 900), ("Ines", None)):
        place = make.registration(session, who=make.person(who.team, first_name=name))
        key = Conversation.objects.to_be(place).pk
        asked = begin + 10 * MINUTE
        question = f"How long does the dough rest, asks {name}?"
        post_as_attendee(registration=place, ref=uuid.uuid4(), text=question, now=asked)
        if after is None:
            tasks.look(asked + 5 * MINUTE)
            continue
        post_as_moderator(
            membership=who,
            conversation_id=key,
            ref=uuid.uuid4(),
            text="Forty minutes.",
            base_seq=None,
            now=asked + after * SECOND,
        )
        handling.resolve(
            membership=who,
            conversation_id=key,
            no_reply_needed=False,
            base_seq=None,
            now=asked + 20 * MINUTE,
        )
    return who


@pytest.mark.parametrize(("width", "dark"), [(320, True), (1280, False)])
def test_the_figures_of_answers_stand_with_their_definitions(
    site: Site, new_context: NewContext, bob: Membership, watched: Watch, axe: Axe, width: int, dark: bool
) -> None:
    context = new_context(width=width, dark=dark)
    site.sign_in(context, bob.user)
    page = watched(context.new_page())
    page.goto(f"/studio/{bob.team.slug}/shifts/kept/")
    answers = page.get_by_role("region", name="Answers", exact=True)
    row = answers.get_by_role("row", name=re.compile("First response"))
    expect(row).to_contain_text("First answer of a human less first message of the episode.")
    expect(row).to_contain_text("1:52")
    expect(answers.get_by_role("row", name=re.compile("Promises kept"))).to_contain_text("0 of 1")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert axe(page) == []
    with page.expect_download() as coming:
        answers.get_by_role("link", name="As a table (CSV)").click()
    assert coming.value.suggested_filename.startswith("answers-")
    page.goto(f"/studio/{bob.team.slug}/shifts/kept/?first=2020-01-01&last=2020-01-02")
    expect(page.get_by_text("Nobody asked anything in these days")).to_be_visible()
    assert axe(page) == []


@pytest.mark.parametrize(("width", "dark"), [(320, True), (1440, False)])
def test_A014_what_is_overdue_is_said_at_home_in_the_list_and_in_the_thread(
    site: Site, new_context: NewContext, bob: Membership, watched: Watch, axe: Axe, width: int, dark: bool
) -> None:
    tasks.alert(timezone.now())
    assert OwedReply.objects.get(conversation__team=bob.team).overdue_at is not None
    context = new_context(width=width, dark=dark)
    site.sign_in(context, bob.user)
    page = watched(context.new_page())
    page.goto(f"/studio/{bob.team.slug}/")
    expect(page.get_by_text("1 promised answer is overdue")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("link", name="Answer now").click()
    page.wait_for_url("**/inbox/?view=owed**")
    expect(page.get_by_role("timer", name=re.compile("^overdue since "))).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert axe(page) == []
    page.get_by_text("asks Ines?").first.click()
    expect(page.get_by_text("The answer that is owed is overdue")).to_be_visible()
    assert axe(page) == []


def test_earlier_episodes_say_when_they_were_answered_and_what_became_of_them(
    site: Site, new_context: NewContext, bob: Membership, watched: Watch
) -> None:
    context = new_context(width=1440)
    site.sign_in(context, bob.user)
    page = watched(context.new_page())
    talk = Conversation.objects.get(team=bob.team, person__first_name="Eva")
    page.goto(f"/studio/{bob.team.slug}/inbox/#{talk.pk}")
    side = page.get_by_role("complementary", name="About Eva")
    expect(side).to_contain_text("they had left, answered after 112 s")
    expect(side).to_contain_text("resolved by Bob Baker")
