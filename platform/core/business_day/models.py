"""Business days as rows."""

from django.db import models
from django.db.models import Q


class BusinessDay(models.Model):
    """One Shanghai business day: open (takes postings), cut off (its end of day runs, the next day is open), closed."""

    class State(models.TextChoices):
        OPEN = "open"
        CUT_OFF = "cut_off"
        CLOSED = "closed"

    day = models.DateField(primary_key=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField()
    cut_off_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="core_businessday_state", condition=Q(state__in=["open", "cut_off", "closed"])),
            models.UniqueConstraint(name="core_businessday_one_open", fields=["state"], condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return self.day.isoformat()
