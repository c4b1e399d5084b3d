"""A member's own page of the inbox: how they like to work, for nobody but themselves."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.access import team_page
from accounts.models import Membership
from chat.services.habits import habits_of, keep_habits


class HabitsForm(forms.Form):
    """What a member decides for themselves."""

    undo = forms.BooleanField(
        required=False,
        label=gettext_lazy("Five seconds to take a reply back"),
        widget=forms.CheckboxInput({"class": "toggle", "aria-describedby": "undo-help"}),
    )


@team_page()
@require_http_methods(["GET", "HEAD", "POST"])
def habits(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Show and keep a member's own settings of the inbox."""
    kept = habits_of(membership)
    form = HabitsForm(request.POST if request.method == "POST" else None, initial={"undo": kept.undo})
    if request.method == "POST" and form.is_valid():
        keep_habits(membership=membership, undo=form.cleaned_data["undo"])
        messages.success(request, _("Saved. It holds from your next reply on."))
        return redirect("inbox_habits", membership.team.slug)
    context = {"membership": membership, "team": membership.team, "section": "inbox", "form": form}
    return render(request, "chat/habits.html", context)
