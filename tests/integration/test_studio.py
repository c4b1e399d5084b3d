"""The studio's pages: who may open them, what they show, and what publishing asks for."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, Membership, Role
from config.strategies import new_webinar
from scheduling.models import Frequency
from tests import make
from tests.make import NOW
from webinars.models import Webinar
from webinars.services import editing

pytestmark = pytest.mark.django_db

PARTS = ("video", "schedule", "registration", "chat", "faq", "moderators", "settings")


class Cast:
    """Alice owns, Ed edits one webinar, Bob moderates one, Charlie owns another team of the same shape."""

    def __init__(self) -> None:
        self.team = make.team(name="Plain Ledger")
        self.alice = make.member(self.team, Role.OWNER, name="Alice")
        self.ed = make.member(self.team, Role.EDITOR, name="Ed")
        self.bob = make.member(self.team, Role.MODERATOR, name="Bob")
        self.webinar = ready(self.team, title="Get paid on time")
        make.assignment(self.webinar, self.ed, moderates=False)
        make.assignment(self.webinar, self.bob)
        self.other_team = make.team(name="Plain Ledger")
        self.charlie = make.member(self.other_team, Role.OWNER, name="Charlie")
        self.theirs = ready(self.other_team, title="Get paid on time")
        make.assignment(self.theirs, self.charlie)


def ready(team: Any, **fields: Any) -> Webinar:
    """A webinar with a daily session, so that its checklist is content but for the moderators."""
    row = make.webinar(team, promise="Know what to do on Monday.", **fields)
    make.recurrence(row.schedule)
    return row


def client_of(member: Membership | None) -> Client:
    """A browser of a member; of nobody for None."""
    client = Client()
    if member is not None:
        client.force_login(member.user)
    return client


@pytest.fixture
def cast() -> Cast:
    return Cast()


def edit_url(webinar: Webinar, part: str, team: Any = None) -> str:
    """The address of a part."""
    slug = (team or webinar.team).slug
    return reverse("webinar_edit", kwargs={"team": slug, "webinar": webinar.pk, "part": part})


def url(name: str, webinar: Webinar) -> str:
    """The address of a page of one webinar."""
    return reverse(name, kwargs={"team": webinar.team.slug, "webinar": webinar.pk})


@pytest.mark.parametrize("part", PARTS)
def test_who_may_open_a_part_of_the_editor(cast: Cast, part: str) -> None:
    address = edit_url(cast.webinar, part)
    assert client_of(cast.alice).get(address).status_code == 200
    assert client_of(cast.ed).get(address).status_code == 200
    assert client_of(cast.bob).get(address).status_code == 403
    assert client_of(cast.charlie).get(address).status_code == 404
    assert client_of(None).get(address).status_code == 302


@pytest.mark.parametrize("part", PARTS)
def test_A1_another_teams_webinar_answers_like_one_that_does_not_exist(cast: Cast, part: str) -> None:
    client = client_of(cast.charlie)
    foreign = client.get(edit_url(cast.webinar, part, cast.other_team))
    missing = client.get(edit_url(Webinar(team=cast.other_team), part))
    assert foreign.status_code == missing.status_code == 404
    assert len(foreign.content) == len(missing.content)


@pytest.mark.parametrize("part", [part for part in PARTS if part != "video"])
def test_A1_posting_to_another_teams_webinar_changes_nothing(cast: Cast, part: str) -> None:
    before = Webinar.objects.values().get(pk=cast.webinar.pk)
    for address in (edit_url(cast.webinar, part), edit_url(cast.webinar, part, cast.other_team)):
        response = client_of(cast.charlie).post(
            address, {"version": "0", "title": "Mine now", "slug": "mine"}
        )
        assert response.status_code == 404
    assert Webinar.objects.values().get(pk=cast.webinar.pk) == before
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    "act", ["webinar_publish", "webinar_unpublish", "webinar_archive", "webinar_restore"]
)
def test_who_may_act_on_a_webinar(cast: Cast, act: str) -> None:
    address = url(act, cast.webinar)
    assert client_of(None).post(address).status_code == 302
    assert client_of(cast.charlie).post(address).status_code == 404
    assert client_of(cast.bob).post(address).status_code == 403
    assert client_of(cast.ed).get(address).status_code == 405
    assert client_of(cast.ed).post(address).status_code == 302


def test_lists_show_only_what_a_member_works_on(cast: Cast) -> None:
    hidden = ready(cast.team, title="Not assigned to them")
    address = reverse("webinars", args=[cast.team.slug])
    for member in (cast.ed, cast.bob):
        page = client_of(member).get(address)
        assert cast.webinar.title in page.text
        assert hidden.title not in page.text
        assert client_of(member).get(url("registrations", hidden)).status_code == 404
    assert hidden.title in client_of(cast.alice).get(address).text
    assert client_of(cast.charlie).get(address).status_code == 404
    assert client_of(None).get(address).status_code == 302


def _registered(webinar: Webinar, count: int) -> None:
    session = make.session(webinar, starts_at=NOW + timedelta(days=400, hours=count))
    for _ in range(count):
        make.attendance(make.registration(session))


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_webinars_takes_the_same_queries_for_one_and_three(
    cast: Cast, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count - 1):
        extra = ready(cast.team)
        make.assignment(extra, cast.bob)
    for webinar in Webinar.objects.of_team(cast.team):
        _registered(webinar, count)
    client = client_of(cast.alice)
    with django_assert_num_queries(18):
        page = client.get(reverse("webinars", args=[cast.team.slug]))
    assert page.status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_registrations_takes_the_same_queries_for_one_and_three(
    cast: Cast, count: int, django_assert_num_queries: Any
) -> None:
    _registered(cast.webinar, count)
    client = client_of(cast.alice)
    with django_assert_num_queries(11):
        page = client.get(url("registrations", cast.webinar))
    assert page.status_code == 200


def test_registrations_show_who_comes_and_who_is_in_the_room_now(cast: Cast) -> None:
    from django.utils import timezone

    session = make.session(cast.webinar, starts_at=timezone.now())
    inside = make.registration(session, who=make.person(cast.team, first_name="Małgorzata"))
    make.attendance(inside, entered_at=timezone.now(), position=75)
    gone = make.registration(session, who=make.person(cast.team, first_name="Étienne"))
    make.attendance(gone, entered_at=timezone.now() - timedelta(hours=1))
    foreign = make.registration(make.session(cast.theirs), who=make.person(cast.other_team, first_name="Zed"))
    page = client_of(cast.alice).get(url("registrations", cast.webinar))
    present, everybody = page.text.split('id="h-all"')
    assert "Małgorzata" in present
    assert "1:15" in present
    assert "Étienne" not in present.split('id="present"')[1]
    assert "Étienne" in everybody
    assert inside.email in everybody
    assert foreign.email not in page.text
    moderators = client_of(cast.bob).get(url("registrations", cast.webinar))
    assert "Małgorzata" in moderators.text
    assert inside.email not in moderators.text


def test_registrations_are_listed_fifty_a_page(cast: Cast) -> None:
    session = make.session(cast.webinar)
    for number in range(52):
        make.registration(session, who=make.person(cast.team, first_name=f"Guest{number:02}"))
    client = client_of(cast.alice)
    first = client.get(url("registrations", cast.webinar))
    second = client.get(url("registrations", cast.webinar) + "?page=2")
    assert first.text.count("Guest") == 50
    assert second.text.count("Guest") == 2
    assert client.get(url("registrations", cast.webinar) + "?page=x").status_code == 200


def test_a_new_webinar_is_a_draft_on_preset_3_with_its_maker_as_moderator(cast: Cast) -> None:
    client = client_of(cast.alice)
    address = reverse("webinar_new", args=[cast.team.slug])
    assert client.get(address).status_code == 200
    response = client.post(address, {"title": "Get paid on time"})
    made = Webinar.objects.exclude(pk=cast.webinar.pk).get(team=cast.team)
    assert response["Location"] == edit_url(made, "video")
    assert (made.slug, made.is_published) == ("get-paid-on-time", False)
    schedule = made.schedule
    assert (schedule.attendee_zone, schedule.on_demand, schedule.just_in_time, schedule.replay) == (True,) * 4
    rule = schedule.recurrences.get()
    assert (rule.frequency, len(rule.times)) == (Frequency.WEEKDAYS, 4)
    assert made.chat_hours.windows.count() == 5
    assert [one.membership for one in made.assignments.all()] == [cast.alice]
    assert made.video is not None
    assert AuditEntry.objects.get().act == "webinar.created"
    again = client.post(address, {"title": "Get paid on time"})
    assert again.status_code == 302
    assert Webinar.objects.filter(slug="get-paid-on-time-2", team=cast.team).exists()


@pytest.mark.parametrize("title", ["", "   ", "x" * 151, "a\x00b"])
def test_a_title_that_cannot_be_is_refused_beside_the_field(cast: Cast, title: str) -> None:
    page = client_of(cast.alice).post(reverse("webinar_new", args=[cast.team.slug]), {"title": title})
    assert page.status_code == 422
    assert 'aria-invalid="true"' in page.text
    assert Webinar.objects.of_team(cast.team).count() == 1


def test_editors_and_moderators_make_no_webinars(cast: Cast) -> None:
    address = reverse("webinar_new", args=[cast.team.slug])
    for member in (cast.ed, cast.bob):
        assert client_of(member).get(address).status_code == 403
        assert client_of(member).post(address, {"title": "Mine"}).status_code == 403


def test_publishing_asks_for_what_is_missing_and_opens_the_page_when_nothing_is(cast: Cast) -> None:
    draft = new_webinar(membership=cast.alice, title="Draft", zone=cast.alice.user.zone, now=NOW)
    client = client_of(cast.alice)
    refused = client.post(url("webinar_publish", draft), follow=True)
    assert refused.redirect_chain[-1][0] == edit_url(draft, "video")
    assert "Not published yet" in refused.text
    assert "There is no video" in refused.text
    draft.refresh_from_db()
    assert not draft.is_published
    draft.video = make.version(cast.team).video
    draft.promise = "Know what to do on Monday."
    draft.save()
    assert client.post(url("webinar_publish", draft)).status_code == 302
    draft.refresh_from_db()
    assert draft.is_published
    assert AuditEntry.objects.filter(act="webinar.published", target=f"webinar {draft.pk}").count() == 1
    client.post(url("webinar_unpublish", draft))
    draft.refresh_from_db()
    assert not draft.is_published


def test_the_checklist_names_a_schedule_without_sessions_and_nobody_who_answers(cast: Cast) -> None:
    webinar = make.webinar(cast.team, published=False)
    page = client_of(cast.alice).get(edit_url(webinar, "schedule"))
    for sentence in ("No session is left", "Nobody answers", "The page says nothing but the title"):
        assert sentence in page.text
    with pytest.raises(editing.NotReady) as refusal:
        editing.publish(webinar=webinar, actor=cast.alice.user, now=NOW)
    assert [gap.part for gap in refusal.value.gaps] == ["schedule", "registration", "moderators"]


def test_archiving_takes_a_webinar_out_of_the_list_and_it_comes_back_as_a_draft(cast: Cast) -> None:
    client = client_of(cast.alice)
    address = reverse("webinars", args=[cast.team.slug])
    client.post(url("webinar_archive", cast.webinar))
    assert cast.webinar.title not in client.get(address).text.split("<ul>")[-1].split("note")[0]
    assert cast.webinar.title in client.get(address + "?view=archived").text
    client.post(url("webinar_restore", cast.webinar))
    cast.webinar.refresh_from_db()
    assert (cast.webinar.archived_at, cast.webinar.published_at) == (None, None)


def test_searching_the_list_takes_any_text(cast: Cast) -> None:
    address = reverse("webinars", args=[cast.team.slug])
    client = client_of(cast.alice)
    assert cast.webinar.title in client.get(address, {"q": "PAID"}).text
    for query in ("%", "\x00", "x" * 5000, "<script>"):
        page = client.get(address, {"q": query, "view": "nonsense", "page": "-1"})
        assert page.status_code == 200
        assert "<script>alert" not in page.text


def test_a_draft_is_previewed_by_its_team_alone_and_takes_no_registrations(cast: Cast) -> None:
    draft = make.webinar(cast.team, published=False, title="Not yet for everybody")
    address = url("webinar_preview", draft)
    page = client_of(cast.alice).get(address)
    assert page.status_code == 200
    assert "Not yet for everybody" in page.text
    assert "Nobody can register before it is published." in page.text
    assert "no-store" in page["Cache-Control"]
    assert client_of(cast.bob).get(address).status_code == 404
    assert client_of(cast.charlie).get(address).status_code == 404
    assert client_of(None).get(address).status_code == 302
    assert client_of(None).post(f"/{cast.team.slug}/{draft.slug}/", {}).status_code == 404
    empty = make.webinar(cast.team, published=False, video=None)
    assert client_of(cast.alice).get(url("webinar_preview", empty)).status_code == 200
