"""Which life of the database this is."""

import uuid
from typing import Any

from django.db import models


class Epoch(models.Model):
    """Which life of the database this is: a restored copy gets a new one, and every client reloads."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    epoch = models.UUIDField(default=uuid.uuid4)

    def __str__(self) -> str:
        return str(self.epoch)


def current_epoch() -> str:
    """The installation's epoch; made when first asked for."""
    found: Any = Epoch.objects.values_list("epoch", flat=True).filter(pk=1).first()
    return str(found or Epoch.objects.get_or_create(pk=1)[0].epoch)
