"""Pages about teams and who is in them."""

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from accounts import photos, services
from accounts.access import team_page
from accounts.forms import InvitationForm, ProfileForm, RoleForm, TeamForm, TeamSettingsForm
from accounts.models import Invitation, Membership, User
from accounts.pictures import BadPicture
from accounts.throttle import Throttle

inviting = Throttle("invite", ["30/day"])


def signed_in(request: HttpRequest) -> User:
    """The user behind a request that `login_required` let through."""
    return cast(User, request.user)


@require_GET
def landing(request: HttpRequest) -> HttpResponse:
    """What Matinee is, signing in, and the demo on a machine of one's own."""
    logins = settings.DATA_DIR / "demo-logins.txt"
    shown = settings.DEMO and logins.exists()
    context = {"demo_url": "/demo/automated-webinars/" if shown else "", "logins_file": logins.name}
    return render(request, "landing.html", context)


@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The way to one's first team, or to making it."""
    first = Membership.objects.of_user(request.user).select_related("team").order_by("created_at").first()
    return redirect("team_home", first.team.slug) if first else redirect("team_new")


@login_required
@require_http_methods(["GET", "POST"])
def team_new(request: HttpRequest) -> HttpResponse:
    """Name a team; the person who makes it owns it."""
    user = signed_in(request)
    form = TeamForm(request.POST or None, initial={"zone": user.zone})
    if request.method == "POST" and form.is_valid():
        try:
            member = services.create_team(owner=user, now=timezone.now(), **form.cleaned_data)
            return redirect("team_home", member.team.slug)
        except ValidationError as error:
            form.add_error("slug", error)
    return render(request, "accounts/team_new.html", {"form": form}, status=_status(request))


def _status(request: HttpRequest) -> int:
    return 422 if request.method == "POST" else 200


def _members_page(
    request: HttpRequest, membership: Membership, form: InvitationForm, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "membership": membership,
        "team": membership.team,
        "members": Membership.objects.of_team(membership.team).select_related("user").order_by("created_at"),
        "invitations": Invitation.objects.filter(
            team=membership.team, accepted_at__isnull=True, expires_at__gt=timezone.now()
        ).order_by("created_at"),
        "form": form,
        "roles": RoleForm.base_fields["role"].choices,  # type: ignore[attr-defined]
    }
    return render(request, "accounts/members.html", context, status=status)


@team_page()
@require_http_methods(["GET", "POST"])
def members(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Who is in the team; those who manage it invite from here."""
    if request.method == "GET":
        return _members_page(request, membership, InvitationForm())
    form = InvitationForm(request.POST)
    if form.is_valid():
        if not inviting.hit(str(membership.user_id)):
            form.add_error("email", _("You have invited many people. Please go on tomorrow."))
            return _members_page(request, membership, form, 429)
        try:
            services.invite(by=membership, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("The invitation is on its way to %s.") % form.cleaned_data["email"])
            return redirect("members", membership.team.slug)
        except ValidationError as error:
            form.add_error("email", error)
    return _members_page(request, membership, form, 422)


@team_page(lambda m: m.may_manage_team)
@require_POST
def member_role(request: HttpRequest, membership: Membership, member: int) -> HttpResponse:
    """Give a member another role."""
    target = get_object_or_404(Membership.objects.of_team(membership.team), pk=member)
    form = RoleForm(request.POST)
    if form.is_valid():
        try:
            services.change_role(
                by=membership, member=target, role=form.cleaned_data["role"], now=timezone.now()
            )
            messages.success(request, _("The role is changed."))
        except ValidationError as error:
            messages.error(request, error.messages[0])
    return redirect("members", membership.team.slug)


@team_page()
@require_POST
def member_remove(request: HttpRequest, membership: Membership, member: int) -> HttpResponse:
    """Remove a member, or leave."""
    target = get_object_or_404(Membership.objects.of_team(membership.team), pk=member)
    try:
        services.remove_member(by=membership, member=target, now=timezone.now())
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("members", membership.team.slug)
    return redirect("home" if target.pk == membership.pk else "members", *_unless_self(target, membership))


def _unless_self(target: Membership, membership: Membership) -> list[str]:
    return [] if target.pk == membership.pk else [membership.team.slug]


@team_page(lambda m: m.may_manage_team)
@require_POST
def invitation_revoke(request: HttpRequest, membership: Membership, invitation: int) -> HttpResponse:
    """Take an open invitation back."""
    found = get_object_or_404(Invitation, pk=invitation, team=membership.team, accepted_at__isnull=True)
    services.revoke_invitation(by=membership, invitation=found, now=timezone.now())
    return redirect("members", membership.team.slug)


@team_page()
@require_http_methods(["GET", "POST"])
def team_settings(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The team's own settings for those who manage it, and everybody's own name and zone."""
    own = request.POST.get("what") == "profile"
    profile = ProfileForm(request.POST if own else None, instance=membership.user)
    team_form = TeamSettingsForm(None, instance=membership.team)
    if request.method == "POST":
        if not own and not membership.may_manage_team:
            raise Http404
        if not own:
            team_form = TeamSettingsForm(request.POST, instance=membership.team)
        form = profile if own else team_form
        if form.is_valid():
            if own:
                profile.save()
            else:
                changed = team_form.changed_data
                services.save_team(
                    by=membership, team=team_form.instance, changed=changed, now=timezone.now()
                )
            messages.success(request, _("Saved."))
            return redirect("team_settings", membership.team.slug)
    return _settings_page(request, membership, team_form, profile, status=_status(request))


def _settings_page(
    request: HttpRequest,
    membership: Membership,
    form: TeamSettingsForm | None = None,
    profile: ProfileForm | None = None,
    *,
    wrong: str = "",
    status: int = 200,
) -> HttpResponse:
    membership.team.refresh_from_db()
    context = {
        "membership": membership,
        "team": membership.team,
        "form": form or TeamSettingsForm(instance=membership.team),
        "profile": profile or ProfileForm(instance=membership.user),
        "photo_wrong": wrong,
    }
    return render(request, "accounts/team_settings.html", context, status=status)


@team_page()
@require_POST
def photo_change(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Show another photo of oneself, or none."""
    user = signed_in(request)
    if request.POST.get("do") == "remove":
        photos.remove_photo(user=user)
        messages.success(request, _("Your photo is removed."))
        return redirect("team_settings", membership.team.slug)
    wrong = _kept_photo(user, request.FILES.get("photo"))
    if wrong:
        return _settings_page(request, membership, wrong=wrong, status=422)
    messages.success(request, _("Your photo is shown when you answer."))
    return redirect("team_settings", membership.team.slug)


def _kept_photo(user: User, file: Any) -> str:
    """Keep a photo; one sentence about what is wrong with it, or nothing."""
    if file is None:
        return _("Choose a picture first.")
    if file.size > photos.MOST_BYTES:
        return _("This picture is too large. The limit is 5 MB.")
    try:
        photos.set_photo(user=user, data=file.read())
    except BadPicture as bad:
        large = _("This picture has too many pixels. The limit is 25 megapixels.")
        return large if bad.code == "image_too_large" else _("This is not a JPEG, PNG, GIF or WebP picture.")
    except OSError:
        return _("The photo could not be kept: the server's disk is full.")
    return ""


@require_safe
def photo(request: HttpRequest, name: str) -> HttpResponse:
    """A member's photo; its name never comes back for another one."""
    plain = name.isascii() and name.replace("-", "").replace("_", "").isalnum() and len(name) <= 40
    try:
        content = photos.path_of(name).read_bytes() if plain else None
    except FileNotFoundError:
        content = None
    if content is None:
        raise Http404
    response = HttpResponse(content, content_type="image/webp")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@login_required
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Accept a place in a team; the link is in a mail, and only the button acts."""
    offer = services.open_invitation(token, timezone.now())
    error = "" if offer else _("This invitation is over. Ask for a new one.")
    if request.method == "POST" and offer:
        try:
            member = services.accept_invitation(token=token, user=signed_in(request), now=timezone.now())
            return redirect("team_home", member.team.slug)
        except ValidationError as problem:
            error = problem.messages[0]
    status = 410 if offer is None else (409 if error else 200)
    return render(request, "accounts/invitation.html", {"offer": offer, "error": error}, status=status)
