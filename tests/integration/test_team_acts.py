"""Acts on a team that meet each other, and the line that each leaves in the log."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from accounts import services
from accounts.models import AuditEntry, Invitation, Membership, Role
from tests import make
from tests.make import NOW
from tests.threads import at_once


def demote(by: Membership, member: Membership) -> Callable[[], None]:
    return lambda: services.change_role(by=by, member=member, role=Role.MODERATOR, now=NOW)


def remove(by: Membership, member: Membership) -> Callable[[], None]:
    return lambda: services.remove_member(by=by, member=member, now=NOW)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("one", "other"), [(demote, demote), (remove, remove), (demote, remove)])
def test_A15_two_owners_who_end_each_other_at_once_leave_one(one: Any, other: Any) -> None:
    for _ in range(5):
        anna = make.member()
        bert = make.member(anna.team)
        results = at_once(one(anna, bert), other(bert, anna))
        assert Membership.objects.of_team(anna.team).filter(role=Role.OWNER).count() == 1
        assert [type(result) for result in results].count(ValidationError) == 1
        assert AuditEntry.objects.filter(team=anna.team).count() == 1


@pytest.mark.django_db
def test_A15_what_somebody_was_a_moment_ago_grants_nothing() -> None:
    owner = make.member()
    admin = make.member(owner.team, Role.ADMIN)
    victim = make.member(owner.team, Role.MODERATOR)
    services.change_role(by=owner, member=Membership.objects.get(pk=admin.pk), role=Role.MODERATOR, now=NOW)
    assert admin.role == Role.ADMIN  # as their open page still has it
    for act in (remove(admin, victim), demote(admin, victim)):
        with pytest.raises(ValidationError):
            act()
    services.remove_member(by=owner, member=admin, now=NOW)
    with pytest.raises(ValidationError):
        remove(admin, victim)()


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


@pytest.mark.django_db
def test_D5_an_invitation_taken_back_is_logged_once() -> None:
    owner = make.member()
    offer = services.invite(by=owner, email="new@example.org", role=Role.EDITOR, now=NOW)
    address = reverse("invitation_revoke", args=[owner.team.slug, offer.pk])
    assert client_of(owner).post(address).status_code == 302
    assert client_of(owner).post(address).status_code == 404
    services.revoke_invitation(by=owner, invitation=offer, now=NOW)
    assert not Invitation.objects.exists()
    entry = AuditEntry.objects.get(act="member.invitation_revoked")
    assert (entry.actor, entry.target, entry.detail) == (
        owner.user,
        f"invitation {offer.pk}",
        {"role": "editor"},
    )


@pytest.mark.django_db
def test_D5_changed_team_settings_are_logged_by_their_names_only() -> None:
    owner = make.member()
    address = reverse("team_settings", args=[owner.team.slug])
    kept = {"name": owner.team.name, "zone": "UTC", "colour": "", "answer_address": "", "footer": ""}
    client = client_of(owner)
    assert client.post(address, kept).status_code == 302
    assert not AuditEntry.objects.filter(act="team.settings_saved").exists()
    changed = kept | {"footer": "Secret street 1", "zone": "Europe/Warsaw"}
    assert client.post(address, changed).status_code == 302
    owner.team.refresh_from_db()
    assert (owner.team.footer, str(owner.team.zone)) == ("Secret street 1", "Europe/Warsaw")
    entry = AuditEntry.objects.get(act="team.settings_saved")
    assert entry.detail == {"changed": ["footer", "zone"]}
    assert client.post(address, kept | {"colour": "red"}).status_code == 422
    assert AuditEntry.objects.filter(act="team.settings_saved").count() == 1
