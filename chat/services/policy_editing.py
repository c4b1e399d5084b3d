"""Saves the chat settings for a host, with the line in the audit log that the act deserves."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.services import audit
from chat.models import ChatPolicy
from chat.services.policy import PolicySetting, save_policy
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
