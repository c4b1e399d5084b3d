"""Teams, members and invitations: who may do what, and what strangers see."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from accounts import services, signals
from accounts.models import AuditEntry, Membership, Role, Team
from tests import make
from tests.make import NOW

pytestmark = pytest.mark.django_db


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


@pytest.fixture
def tokens() -> Iterator[list[str]]:
    """Tokens of the invitations made meanwhile, as the mail would get them."""
    caught: list[str] = []

    def catch(**news: Any) -> None:
        caught.append(news["token"])

    signals.invited.connect(catch)
    yield caught
    signals.invited.disconnect(catch)


def test_a_new_user_names_a_team_and_owns_it() -> None:
    client = Client()
    user = make.user()
    client.force_login(user)
    assert client.get(reverse("home")).url == reverse("team_new")  # type: ignore[attr-defined]
    assert "data-zone" in client.get(reverse("team_new")).text
    client.post(reverse("team_new"), {"name": "Plain Ledger", "slug": "", "zone": "Europe/Warsaw"})
    member = Membership.objects.get(user=user)
    assert (member.team.slug, member.role) == ("plain-ledger", Role.OWNER)
    assert str(member.user.zone) == str(member.team.zone) == "Europe/Warsaw"


@pytest.mark.parametrize("slug", ["studio", "account", "static", "invitation", "new"])
def test_a_team_cannot_take_an_address_in_use(slug: str) -> None:
    client = Client()
    client.force_login(make.user())
    answer = client.post(reverse("team_new"), {"name": "Typed name", "slug": slug, "zone": "UTC"})
    assert answer.status_code == 422
    assert "Typed name" in answer.content.decode()
    assert not Team.objects.filter(slug=slug).exists()


def test_A15_nobody_grants_above_their_role() -> None:
    admin = make.member(role=Role.ADMIN)
    with pytest.raises(ValidationError):
        services.invite(by=admin, email="new@example.org", role=Role.OWNER, now=NOW)
    moderator = make.member(admin.team, Role.MODERATOR)
    with pytest.raises(ValidationError):
        services.change_role(by=moderator, member=moderator, role=Role.ADMIN, now=NOW)


def test_A15_the_last_owner_stays() -> None:
    owner = make.member()
    with pytest.raises(ValidationError):
        services.remove_member(by=owner, member=owner, now=NOW)
    with pytest.raises(ValidationError):
        services.change_role(by=owner, member=owner, role=Role.MODERATOR, now=NOW)
    make.member(owner.team, Role.OWNER)
    services.change_role(by=owner, member=owner, role=Role.MODERATOR, now=NOW)
    assert Membership.objects.get(pk=owner.pk).role == Role.MODERATOR


def test_an_invitation_makes_one_member_once_and_only_for_its_address(tokens: list[str]) -> None:
    owner, guest, other = make.member(), make.user("bob@example.org"), make.user()
    services.invite(by=owner, email="Bob@example.org", role=Role.MODERATOR, now=NOW)
    with pytest.raises(ValidationError):
        services.accept_invitation(token=tokens[-1], user=other, now=NOW)
    member = services.accept_invitation(token=tokens[-1], user=guest, now=NOW)
    assert (member.team, member.role) == (owner.team, Role.MODERATOR)
    with pytest.raises(ValidationError):
        services.accept_invitation(token=tokens[-1], user=guest, now=NOW)
    assert AuditEntry.objects.filter(act="member.joined").count() == 1


def test_an_invitation_is_over_after_seven_days(tokens: list[str]) -> None:
    owner, guest = make.member(), make.user("late@example.org")
    services.invite(by=owner, email=guest.email, role=Role.MODERATOR, now=NOW)
    with pytest.raises(ValidationError):
        services.accept_invitation(token=tokens[-1], user=guest, now=NOW + services.INVITATION_LIFE)


@pytest.mark.parametrize("name", ["members", "team_settings"])
def test_A1_another_teams_pages_answer_like_pages_that_do_not_exist(name: str) -> None:
    charlie, other = make.member(), make.team()
    client = client_of(charlie)
    theirs = client.get(reverse(name, args=[other.slug]))
    nobodys = client.get(reverse(name, args=["nobody"]))
    assert (theirs.status_code, theirs.content) == (404, nobodys.content)


def test_a_moderator_sees_members_without_their_addresses() -> None:
    owner = make.member(name="Olga")
    bob = make.member(owner.team, Role.MODERATOR)
    page = client_of(bob).get(reverse("members", args=[bob.team.slug])).content.decode()
    assert "Olga" in page
    assert owner.user.email not in page


@pytest.mark.parametrize("extra", [1, 3])
def test_the_members_page_costs_the_same_for_many(extra: int, django_assert_num_queries: Any) -> None:
    owner = make.member()
    for _ in range(extra):
        make.member(owner.team, Role.MODERATOR)
    client = client_of(owner)
    with django_assert_num_queries(7):
        client.get(reverse("members", args=[owner.team.slug]))


def test_settings_keep_what_was_typed_and_name_the_field() -> None:
    owner = make.member()
    answer = client_of(owner).post(
        reverse("team_settings", args=[owner.team.slug]),
        {"what": "team", "name": "Ours", "zone": "Europe/Paris", "colour": "red", "footer": "14 rue"},
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "six digits" in page
    assert 'value="14 rue"' in page


def test_a_moderator_cannot_change_the_team() -> None:
    bob = make.member(role=Role.MODERATOR)
    answer = client_of(bob).post(
        reverse("team_settings", args=[bob.team.slug]), {"what": "team", "name": "Mine now", "zone": "UTC"}
    )
    assert answer.status_code == 404
    assert Team.objects.get(pk=bob.team.pk).name != "Mine now"
