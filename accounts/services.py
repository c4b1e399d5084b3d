"""Makes teams, invites people into them, changes what they may do, and logs each of these acts."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import get_resolver
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts import rules, signals
from accounts.models import AuditEntry, Invitation, Membership, Role, Team, User

INVITATION_LIFE = timedelta(days=7)


def audit(
    *, team: Team, actor: User | None, act: str, target: str, detail: dict[str, Any], now: datetime
) -> None:
    """Log an act in the transaction it belongs to; `target` is a kind and an id, never a name (D5)."""
    AuditEntry.objects.create(team=team, actor=actor, act=act, target=target, detail=detail, at=now)


def _first_segments(patterns: Iterable[Any]) -> set[str]:
    found: set[str] = set()
    for pattern in patterns:
        first = str(pattern.pattern).strip("^$").split("/", 1)[0]
        nested = getattr(pattern, "url_patterns", [])
        found |= _first_segments(nested) if not first and nested else {first}
    return {segment for segment in found if segment and "<" not in segment}


def reserved_addresses() -> set[str]:
    """First path segments in use, which no team may have as its address; read from the URL configuration."""
    return _first_segments(get_resolver().url_patterns) | {"static", "ws", "media", "api", "admin", "new"}


def check_team_slug(slug: str) -> str:
    """The slug if a team may have it; ValidationError with one sentence otherwise."""
    if slug in reserved_addresses():
        raise ValidationError(_("That address is used by Matinee itself; choose another."))
    if Team.objects.filter(slug=slug).exists():
        raise ValidationError(_("Another team has that address; choose another."))
    return slug


def free_slug(name: str) -> str:
    """An address made of the name that no team has; a number is added where it is taken."""
    base = slugify(name)[:40] or "team"
    slug, number = base, 1
    while slug in reserved_addresses() or Team.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{base}-{number}"
    return slug


def create_team(*, owner: User, name: str, zone: Any = "UTC", slug: str = "", now: datetime) -> Membership:
    """Make a team owned by the user; returns that membership. ValidationError when the slug is not free.

    Who never chose a zone of their own has the team's from then on.
    """
    try:
        with transaction.atomic():
            slug = check_team_slug(slug) if slug else free_slug(name)
            team = Team.objects.create(name=name, slug=slug, zone=zone)
            member = Membership.objects.create(team=team, user=owner, role=Role.OWNER)
            if str(owner.zone) == "UTC" != str(zone):
                owner.zone = zone
                owner.save(update_fields=["zone"])
            audit(team=team, actor=owner, act="team.created", target=f"team {team.pk}", detail={}, now=now)
            return member
    except IntegrityError as error:
        raise ValidationError(_("Another team has that address; choose another.")) from error


def invitation_hash(token: str) -> bytes:
    """What is stored of an invitation's token."""
    return hashlib.sha256(token.encode()).digest()


def invite(*, by: Membership, email: str, role: str, now: datetime) -> Invitation:
    """Offer an address a place in the team for seven days; an open offer to it is replaced.

    The token leaves only through the `invited` signal, for the mail. ValidationError when the role is above
    the inviter's or the address is a member already.
    """
    email = email.lower()
    if not rules.may_grant(by.role, role):
        raise ValidationError(_("You cannot give a role above your own."))
    if Membership.objects.of_team(by.team).filter(user__email=email).exists():
        raise ValidationError(_("This person is in the team already."))
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        Invitation.objects.filter(team=by.team, email=email, accepted_at__isnull=True).delete()
        invitation = Invitation.objects.create(
            team=by.team,
            email=email,
            role=role,
            token_hash=invitation_hash(token),
            invited_by=by.user,
            created_at=now,
            expires_at=now + INVITATION_LIFE,
        )
        audit(
            team=by.team,
            actor=by.user,
            act="member.invited",
            target=f"invitation {invitation.pk}",
            detail={"role": role},
            now=now,
        )
        signals.invited.send(Invitation, invitation=invitation, token=token, now=now)
    return invitation


def open_invitation(token: str, now: datetime) -> Invitation | None:
    """The invitation a mailed link stands for, while it can be accepted."""
    return (
        Invitation.objects.select_related("team")
        .filter(token_hash=invitation_hash(token), accepted_at__isnull=True, expires_at__gt=now)
        .first()
    )


def accept_invitation(*, token: str, user: User, now: datetime) -> Membership:
    """Turn an invitation into a membership, once; ValidationError when it is over or for another address."""
    with transaction.atomic():
        invitation = Invitation.objects.select_for_update().filter(token_hash=invitation_hash(token)).first()
        if invitation is None or invitation.accepted_at is not None or invitation.expires_at <= now:
            raise ValidationError(_("This invitation is over. Ask for a new one."))
        if invitation.email != user.email.lower():
            raise ValidationError(_("This invitation is for another address. Sign in with that one."))
        invitation.accepted_at = now
        invitation.save(update_fields=["accepted_at"])
        member, made = Membership.objects.get_or_create(
            team=invitation.team, user=user, defaults={"role": invitation.role}
        )
        if made:
            audit(
                team=member.team,
                actor=user,
                act="member.joined",
                target=f"user {user.pk}",
                detail={"role": member.role},
                now=now,
            )
        return member


def revoke_invitation(*, by: Membership, invitation: Invitation, now: datetime) -> None:
    """Take an open invitation back; nothing when it was accepted meanwhile."""
    with transaction.atomic():
        key = invitation.pk
        gone, _rows = Invitation.objects.filter(pk=key, team=by.team, accepted_at__isnull=True).delete()
        if gone:
            target, detail = f"invitation {key}", {"role": invitation.role}
            audit(
                team=by.team,
                actor=by.user,
                act="member.invitation_revoked",
                target=target,
                detail=detail,
                now=now,
            )


def save_team(*, by: Membership, team: Team, changed: Iterable[str], now: datetime) -> None:
    """Keep a team's changed settings; `changed` names the fields, whose contents are nobody's business later."""
    fields = sorted(changed)
    if not fields:
        return
    with transaction.atomic():
        team.save(update_fields=fields)
        detail = {"changed": fields}
        audit(
            team=team,
            actor=by.user,
            act="team.settings_saved",
            target=f"team {team.pk}",
            detail=detail,
            now=now,
        )


def _locked(by: Membership, member: Membership) -> tuple[Membership, str, int]:
    """The member's row, the actor's role and how many other owners the team has, all as they are under its lock.

    ValidationError when one of the two was removed meanwhile.
    """
    Team.objects.select_for_update().get(pk=member.team_id)
    found = Membership.objects.filter(team=member.team_id).in_bulk([by.pk, member.pk])
    if not {by.pk, member.pk} <= found.keys():
        raise ValidationError(_("The team was changed meanwhile. Please look again."))
    fresh = found[member.pk]
    others = Membership.objects.of_team(fresh.team).filter(role=Role.OWNER).exclude(pk=fresh.pk).count()
    return fresh, found[by.pk].role, others


def change_role(*, by: Membership, member: Membership, role: str, now: datetime) -> None:
    """Give a member another role; ValidationError if above the actor's or the last owner would go (A15)."""
    with transaction.atomic():
        fresh, own_role, others = _locked(by, member)
        stays_owner = int(role == Role.OWNER)
        allowed = rules.may_change(own_role, fresh.role, owners_left=others + stays_owner)
        if not (allowed and rules.may_grant(own_role, role)):
            raise ValidationError(_("You cannot give this role. A team keeps at least one owner."))
        audit(
            team=fresh.team,
            actor=by.user,
            act="member.role",
            target=f"user {fresh.user_id}",
            detail={"before": fresh.role, "after": role},
            now=now,
        )
        fresh.role = role
        fresh.save(update_fields=["role"])


def remove_member(*, by: Membership, member: Membership, now: datetime) -> None:
    """End a membership, also one's own; ValidationError for the last owner or somebody above (A15)."""
    with transaction.atomic():
        fresh, own_role, others = _locked(by, member)
        leaving = fresh.pk == by.pk and (fresh.role != Role.OWNER or others > 0)
        if not (leaving or rules.may_change(own_role, fresh.role, owners_left=others)):
            raise ValidationError(_("You cannot remove this member. A team keeps at least one owner."))
        audit(
            team=fresh.team,
            actor=by.user,
            act="member.removed",
            target=f"user {fresh.user_id}",
            detail={"role": fresh.role},
            now=now,
        )
        fresh.delete()
