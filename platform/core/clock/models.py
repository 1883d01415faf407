"""The sandbox clock: how far this installation's time runs ahead of the wall's."""

from django.db import models


class SandboxClock(models.Model):
    """One row: the offset of business time against wall time. Zero for ever in production; below zero only while a demo catches up."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    offset_seconds = models.BigIntegerField(default=0)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="core_clock_one_row", condition=models.Q(id=1)),
        ]
