"""Decides who may do what to whom in a team, from plain values."""

RANK = {"owner": 5, "admin": 4, "creator": 3, "editor": 2, "moderator": 1}


def may_grant(actor_role: str, role: str) -> bool:
    """Whether a member may hand out `role`: owners and admins may, never one above their own."""
    return RANK[actor_role] >= RANK["admin"] and RANK[role] <= RANK[actor_role]


def may_change(actor_role: str, target_role: str, *, owners_left: int) -> bool:
    """Whether a member may change or remove another: never one above, and never the last owner (A15).

    `owners_left` counts the owners that would remain.
    """
    if target_role == "owner" and owners_left < 1:
        return False
    return RANK[actor_role] >= RANK["admin"] and RANK[target_role] <= RANK[actor_role]
