"""Domain events on their way: rows written with the effect they tell of, relayed afterwards."""

from django.db import models
from django.db.models import Q

from core.ids import new_id


class OutboxEvent(models.Model):
    """One piece of news. `key` orders events (per customer, per order); `shard` spreads the sweepers."""

    class State(models.TextChoices):
        PENDING = "pending"
        DONE = "done"
        DEAD = "dead"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    shard = models.SmallIntegerField()
    topic = models.CharField(max_length=80)
    key = models.CharField(max_length=80)
    payload = models.JSONField()
    occurred_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    attempts = models.SmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    last_error = models.TextField(default="", blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="core_outbox_state", condition=Q(state__in=["pending", "done", "dead"])),
            models.CheckConstraint(name="core_outbox_shard", condition=Q(shard__gte=0, shard__lt=64)),
        ]
        indexes = [
            models.Index(name="core_outbox_due", fields=["shard", "next_attempt_at", "id"], condition=Q(state="pending")),
            models.Index(name="core_outbox_key", fields=["key", "id"], condition=~Q(state="done")),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.id}"


class HandledEvent(models.Model):
    """That one handler took one event in: written in the same transaction as the handler's effect."""

    pk = models.CompositePrimaryKey("event_id", "handler")
    event_id = models.UUIDField()
    handler = models.CharField(max_length=120)
    handled_at = models.DateTimeField()
