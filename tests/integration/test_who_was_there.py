"""Who was at the inbox when: stretches of presence by sockets, by plain HTTP, and after a kill."""

import asyncio
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from chat import at_inbox, hub
from chat.database import ask
from chat.models import Presence
from chat.services import presence
from tests import make
from tests.sockets import inbox
from tests.talk import NOW, Talk, talk

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def stage() -> Talk:
    presence._noted.clear()
    return talk(starts_at=timezone.now() - MINUTE)


async def rows(enough: Callable[[list[Presence]], Any]) -> list[Presence]:
    async with asyncio.timeout(10):
        while True:
            found = await ask(lambda: list(Presence.objects.order_by("pk")))
            if enough(found):
                return found
            await asyncio.sleep(0.05)


@pytest.mark.django_db(transaction=True)
class TestSockets:
    async def test_an_open_inbox_is_one_stretch_from_its_beginning_to_its_end(
        self, quick: hub.Hub, stage: Talk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(at_inbox, "EVERY", timedelta(seconds=0.3))
        before = timezone.now()
        bob, again = await inbox(stage), await inbox(stage)
        await bob.hello()
        await again.hello()
        (first,) = await rows(lambda found: found)
        assert before <= first.from_at <= timezone.now()
        assert first.membership_id == stage.bob.pk
        assert first.webinars == [stage.webinar.pk]
        (later,) = await rows(lambda found: found[0].until_at > first.until_at)
        assert later.from_at == first.from_at
        await again.leave()
        (later,) = await rows(lambda found: found[0].until_at > later.until_at + 0.6 * SECOND)
        await bob.leave()
        left = timezone.now()
        await asyncio.sleep(0.8)
        (last,) = await rows(lambda found: found)
        assert abs(last.until_at - left) < 0.5 * SECOND

    async def test_who_comes_back_within_a_minute_was_there_all_the_time(
        self, quick: hub.Hub, stage: Talk
    ) -> None:
        bob = await inbox(stage)
        await bob.hello()
        (first,) = await rows(lambda found: found)
        await bob.leave()
        bob = await inbox(stage)
        await bob.hello()
        (one,) = await rows(lambda found: found[0].until_at > first.until_at)
        assert one.from_at == first.from_at
        await bob.leave()

    async def test_a_process_that_is_killed_leaves_the_stretch_as_long_as_it_was_heard(
        self, quick: hub.Hub, stage: Talk
    ) -> None:
        bob = await inbox(stage)
        await bob.hello()
        (first,) = await rows(lambda found: found)
        for task in quick._tasks:
            task.cancel()  # nothing of this process is ever written again
        ago = first.until_at - timedelta(minutes=5)
        await ask(lambda: Presence.objects.update(from_at=ago, until_at=ago))
        now = timezone.now()
        await ask(presence.note, {stage.bob.pk: (now, now)})
        old, new = await rows(lambda found: len(found) == 2)
        assert (old.until_at, new.from_at) == (ago, now)
        await bob.leave()

    async def test_nothing_is_lost_while_the_database_is_away(self, quick: hub.Hub, stage: Talk) -> None:
        bob = await inbox(stage)
        came = timezone.now()
        quick.at_inbox.take(came)
        batch = {stage.bob.pk: (came, came)}
        quick.at_inbox.put_back(batch)
        (only,) = await rows(lambda found: found)
        assert only.from_at <= came
        assert only.until_at > came
        await bob.leave()


@pytest.mark.django_db
class TestStretches:
    def test_silence_of_a_minute_ends_a_stretch_and_less_does_not(self) -> None:
        who = make.member()
        for second in (0, 60, 120, 181):
            at = NOW + second * SECOND
            presence.note({who.pk: (at, at)})
        found = Presence.objects.order_by("pk").values_list("from_at", "until_at")
        assert list(found) == [(NOW, NOW + 120 * SECOND), (NOW + 181 * SECOND, NOW + 181 * SECOND)]

    def test_all_members_of_a_process_are_one_statement(self, django_assert_num_queries: Any) -> None:
        team = make.team()
        members = [make.member(team) for _ in range(40)]
        with django_assert_num_queries(1):
            presence.note({who.pk: (NOW, NOW) for who in members})
        with django_assert_num_queries(1):
            presence.note({who.pk: (NOW + MINUTE, NOW + MINUTE) for who in members})
        assert Presence.objects.count() == 40
        assert presence.available(team, NOW + MINUTE) == {who.pk for who in members}
        assert presence.available(team, NOW + 3 * MINUTE) == set()

    def test_who_begins_to_answer_another_webinar_begins_a_stretch_without_a_gap(self) -> None:
        who = make.member()
        first, second = make.webinar(who.team), make.webinar(who.team)
        make.assignment(first, who)
        presence.note({who.pk: (NOW, NOW)})
        make.assignment(second, who)
        at = NOW + 30 * SECOND
        presence.note({who.pk: (at, at)})
        one, two = Presence.objects.order_by("pk")
        assert (one.webinars, one.until_at) == ([first.pk], NOW)
        assert (set(two.webinars), two.from_at, two.until_at) == ({first.pk, second.pk}, NOW, at)

    def test_who_left_the_team_is_skipped_and_was_there_before(self) -> None:
        who = make.member()
        webinar = make.webinar(who.team)
        make.assignment(webinar, who)
        presence.note({who.pk: (NOW, NOW + MINUTE)})
        gone = who.pk
        who.delete()
        presence.note({gone: (NOW, NOW + 2 * MINUTE)})
        (row,) = Presence.objects.all()
        assert (row.membership_id, row.webinars) == (None, [webinar.pk])

    def test_who_was_heard_of_a_minute_ago_is_there_until_now(self) -> None:
        who = make.member()
        webinar = make.webinar(who.team)
        make.assignment(webinar, who)
        presence.note({who.pk: (NOW, NOW + MINUTE)})

        def there(now: datetime) -> list[presence.Span]:
            return presence.there_for(who.team, [webinar.pk], NOW, now, now)[webinar.pk]

        assert there(NOW + 1.5 * MINUTE) == [(NOW, NOW + 1.5 * MINUTE)]
        assert there(NOW + 5 * MINUTE) == [(NOW, NOW + MINUTE)]
        assert there(NOW + 0.5 * MINUTE) == [(NOW, NOW + 0.5 * MINUTE)]


@pytest.mark.django_db
def test_an_inbox_without_socket_is_there_by_what_it_does(stage: Talk) -> None:
    stage.asks(now=timezone.now())
    browser = Browser()
    browser.force_login(stage.bob.user)
    base = f"/studio/{stage.team.slug}/inbox/"
    assert not Presence.objects.exists()
    browser.get(base + "rows/")
    (row,) = Presence.objects.all()
    assert (row.membership_id, row.webinars) == (stage.bob.pk, [stage.webinar.pk])
    presence._noted.clear()
    claim = {"type": "conversation.claim", "data": {"conversation": str(stage.conversation.pk)}}
    claim["ref"] = str(uuid.uuid4())
    answer = browser.post(base + "commands/", claim, content_type="application/json")
    assert answer.json()["type"] == "ack"
    row.refresh_from_db()
    assert row.until_at > timezone.now() + 50 * SECOND
    browser.post(base + "commands/", claim, content_type="application/json")
    assert Presence.objects.count() == 1
    presence._noted.clear()
    Presence.objects.all().delete()
    browser.post(f"{base}{stage.conversation.pk}/reply/", {"text": "An hour."})
    assert Presence.objects.count() == 1
