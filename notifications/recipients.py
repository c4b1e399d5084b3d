"""Says who of a team hears of a webinar's conversations."""

from accounts.models import Membership, Role, User
from webinars.models import Webinar


def moderators_of(webinar: Webinar) -> list[User]:
    """The webinar's moderators by name of address; owners and admins where nobody was chosen."""
    members = Membership.objects.filter(team_id=webinar.team_id).active()
    chosen = members.filter(assignments__webinar=webinar, assignments__moderates=True)
    found = chosen if chosen.exists() else members.with_roles([Role.OWNER, Role.ADMIN])
    return [member.user for member in found.select_related("user").order_by("user__email")]
