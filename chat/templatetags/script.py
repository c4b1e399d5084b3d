"""Hands the line for the film to the pages of lower apps."""

from dataclasses import dataclass

from django import template

from chat.models import ChatPolicy
from chat.script import line_for
from webinars.models import Webinar

register = template.Library()


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """The line that is true now, and whether the host says they say it; a changed line asks again."""

    line: str
    is_said: bool

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return bool(self.line) and not self.is_said


@register.simple_tag
def script_of(webinar: Webinar) -> ScriptLine:
    """The line that a webinar's settings make true."""
    policy = ChatPolicy.objects.filter(webinar=webinar).first()
    line = line_for(webinar, policy)
    return ScriptLine(line, policy is not None and policy.script_said == line)
