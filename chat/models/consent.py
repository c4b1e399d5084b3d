"""That an attendee lets a third party's chat be loaded into their page."""

from typing import ClassVar

from django.db import models

from webinars.models import Person, Webinar


class OtherConsent(models.Model):
    """One person's yes to one address's host; it ends when they take it back, or the host is another one."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="other_consents")
    webinar = models.ForeignKey(Webinar, models.CASCADE, related_name="other_consents")
    origin = models.CharField(max_length=300)
    given_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person", "webinar", "origin"], name="other_consent_once")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} lets {self.origin}"
