"""Saves the chat settings for a host, with the line in the audit log that the act deserves."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.services import audit
from chat.models import ChatPolicy
from chat.script import line_for
from chat.services.policy import PolicySetting, Stale, default_policy, save_policy
from webinars.models import Webinar


@transaction.atomic
def edit_policy(
    *, webinar: Webinar, actor: User, setting: PolicySetting, version: int, now: datetime
) -> ChatPolicy:
    """`save_policy` by a host who began with `version`; raises what that raises, and changes nothing then."""
    policy = save_policy(webinar=webinar, setting=setting, version=version, now=now)
    detail = {"version": policy.version}
    target = f"webinar {webinar.pk}"
    audit(team=webinar.team, actor=actor, act="webinar.chat_saved", target=target, detail=detail, now=now)
    return policy


@transaction.atomic
def say_script(*, webinar: Webinar, actor: User, line: str, said: bool, now: datetime) -> None:
    """Note that the film says this line, or that it does not any more.

    Raises Stale when the settings meanwhile make another line true; then nothing is noted.
    """
    policy = ChatPolicy.objects.select_for_update().get(pk=default_policy(webinar).pk)
    if said and line != line_for(webinar, policy):
        raise Stale
    policy.script_said = line if said else ""
    policy.save(update_fields=["script_said"])
    target = f"webinar {webinar.pk}"
    audit(
        team=webinar.team,
        actor=actor,
        act="webinar.script_said",
        target=target,
        detail={"said": said},
        now=now,
    )
