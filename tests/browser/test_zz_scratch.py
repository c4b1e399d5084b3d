import pytest, uuid
from datetime import timedelta
from django.utils import timezone
from playwright.sync_api import expect
from tests.browser.test_inbox import house, opened  # noqa
from chat.services.handling import claim, resolve
from chat.services.posting import post_as_moderator
from chat.models import Conversation
from chat.services.automation import act
from chat.services.work import locked
pytestmark = pytest.mark.browser

def test_shots(house, opened):
    from django.db import transaction
    house.asks("Est-ce que je dois changer de logiciel avant septembre ?", place=1, ago=250)
    house.asks("Is the price per person?", place=2, ago=40)
    page=opened(house.alice,width=1280,height=800)
    bob=opened(house.bob,width=1280,height=800)
    for p in (page,bob):
        p.locator(".inbox-list [data-row]").nth(1).click(); expect(p.locator(".inbox-thread .bub")).to_have_count(1)
    bob.locator("#reply").press_sequentially("Hmm")
    expect(page.get_by_text("Bob Stone is writing here too")).to_be_visible()
    page.screenshot(path="/tmp/inboxshots/s-collision.png")
    claim(membership=house.bob, conversation_id=house.conversation(2).pk, now=timezone.now())
    page.wait_for_timeout(800); page.keyboard.press("c"); page.wait_for_timeout(800); page.screenshot(path="/tmp/inboxshots/s-taken.png")
    page.context.set_offline(True)
    page.locator("#reply").fill("For all of you.")
    expect(page.locator(".inbox-thread").get_by_text("No connection since")).to_be_visible(timeout=25000)
    page.locator("#reply").press("Control+Enter"); page.wait_for_timeout(6000)
    page.locator("#reply").fill("And more.")
    page.screenshot(path="/tmp/inboxshots/s-offline.png")
    with transaction.atomic():
        cc=locked(Conversation.objects.filter(pk=house.conversation(1).pk)).get(); act(cc, timezone.now()+timedelta(seconds=60))
    post_as_moderator(membership=house.bob, conversation_id=house.conversation(2).pk, ref=uuid.uuid4(), text="x", base_seq=None, now=timezone.now())
    bob.goto(house.address); bob.wait_for_timeout(800); bob.screenshot(path="/tmp/inboxshots/s-owed.png")
    for i in (1,2):
        resolve(membership=house.alice, conversation_id=house.conversation(i).pk, no_reply_needed=True, base_seq=None, now=timezone.now())
    bob.wait_for_timeout(1500); bob.screenshot(path="/tmp/inboxshots/s-caught.png")
    bob.locator("[data-view=resolved]").click(); bob.wait_for_timeout(800); bob.screenshot(path="/tmp/inboxshots/s-resolved.png")
