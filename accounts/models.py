"""Who signs in: users, teams, what each may do in a team, invitations, and the log of what mattered."""

import uuid
from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from timezone_field import TimeZoneField


class UserManager(BaseUserManager["User"]):
    """Makes users, whose name is their address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A saved user with a normalised address."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A host or moderator; attendees have no account."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=80, blank=True)
    zone = TimeZoneField(default="UTC", use_pytz=False)
    language = models.CharField(max_length=8, default="en")
    photo = models.CharField(max_length=40, blank=True, default="")  # its name on the disk, nobody guesses it
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def display_name(self) -> str:
        """The name attendees see; the local part of the address until one is given."""
        return self.name or self.email.split("@", 1)[0]

    @property
    def photo_address(self) -> str | None:
        """Where anybody can see the photo; None for somebody without."""
        return f"/photos/{self.photo}.webp" if self.photo else None


class Team(models.Model):
    """A workspace: everything a host makes belongs to exactly one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("address"), max_length=50, unique=True)
    zone = TimeZoneField(default="UTC", use_pytz=False)
    colour = models.CharField(max_length=7, blank=True, default="")  # "#rrggbb"; empty = velvet
    answer_address = models.EmailField(
        blank=True, default=""
    )  # Reply-To of mails to attendees, none if empty
    footer = models.CharField(max_length=200, blank=True, default="")
    is_demo = models.BooleanField(default=False)
    revision = models.BigIntegerField(default=0)  # grows with each change of any conversation of the team
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a member may do, strongest first."""

    OWNER = "owner", _("Owner")
    ADMIN = "admin", _("Admin")
    CREATOR = "creator", _("Creator")
    EDITOR = "editor", _("Editor")
    MODERATOR = "moderator", _("Moderator")


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Memberships that count."""

    def active(self) -> "MembershipQuerySet":
        """Those of users who may sign in."""
        return self.filter(user__is_active=True)

    def of_team(self, team: Team) -> "MembershipQuerySet":
        """The members of one team."""
        return self.active().filter(team=team)

    def of_user(self, user: Any) -> "MembershipQuerySet":
        """The teams of one signed-in user; nobody's for an anonymous one."""
        return self.active().filter(user_id=user.pk) if user.is_authenticated else self.none()

    def with_roles(self, roles: Iterable[str]) -> "MembershipQuerySet":
        """Those with one of the roles."""
        return self.filter(role__in=list(roles))


class Membership(models.Model):
    """One user's role in one team."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role.choices)
    created_at = models.DateTimeField(default=timezone.now)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["team", "user"], name="membership_once")
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.team}"

    @property
    def sees_all_webinars(self) -> bool:
        """Owners, admins and creators work on every webinar of the team; others on assigned ones."""
        return self.role in {Role.OWNER, Role.ADMIN, Role.CREATOR}

    @property
    def may_edit(self) -> bool:
        """May change webinars that are visible to them."""
        return self.role != Role.MODERATOR

    @property
    def may_create(self) -> bool:
        """May make new webinars."""
        return self.sees_all_webinars

    @property
    def may_manage_team(self) -> bool:
        """May invite people and change the team's own settings."""
        return self.role in {Role.OWNER, Role.ADMIN}


class Invitation(models.Model):
    """A place in a team offered to one address, for seven days, once."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=12, choices=Role.choices)
    token_hash = models.BinaryField(max_length=32, unique=True)
    invited_by = models.ForeignKey(User, models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["team", "email"],
                condition=models.Q(accepted_at__isnull=True),
                name="invitation_open_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.team}"


class AuditEntry(models.Model):
    """One security-relevant act, written in its own transaction with the act and never changed."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="audit_entries")
    actor = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    act = models.CharField(max_length=40)  # "webinar.published"
    target = models.CharField(max_length=80)  # kind and id, never a name
    detail = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["team", "-at"])]

    def __str__(self) -> str:
        return f"{self.act} {self.target}"
