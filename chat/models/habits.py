"""How one member likes to work in the inbox."""

from django.db import models

from accounts.models import Membership


class Habits(models.Model):
    """A member's own settings of the inbox; without a row everything is as it comes."""

    membership = models.OneToOneField(Membership, models.CASCADE, related_name="inbox_habits")
    undo = models.BooleanField(
        default=False
    )  # replies go out after five seconds, and can be taken back till then

    def __str__(self) -> str:
        return f"habits of {self.membership_id}"
