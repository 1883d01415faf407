"""Domain events on their way: rows written with the effect they tell of, relayed afterwards."""

from django.db import models
from django.db.models import Q

from core.ids import new_id
from core.moves import Moves, StateGuard


class EventState(models.TextChoices):
    PENDING = "pending"
    DONE = "done"
    DEAD = "dead"


EVENT_MOVES = Moves(
    EventState,
    {EventState.PENDING: {EventState.DONE, EventState.DEAD}, EventState.DEAD: {EventState.PENDING, EventState.DONE}},
)


class OutboxEvent(models.Model):
    """One piece of news. `key` orders events of one owner (per customer, per order); `shard` spreads the sweepers.

    A relay that takes a pending event counts the attempt and sets `next_attempt_at` to the end of its lease: an event
    whose relay was killed comes due again by itself. A dead event blocks its key until replayed or skipped.
    """

    State = EventState

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    shard = models.SmallIntegerField()
    topic = models.CharField(max_length=80)
    key = models.CharField(max_length=80)
    payload = models.JSONField()
    occurred_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=EventState.choices, default=EventState.PENDING)
    attempts = models.SmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    last_error = models.TextField(default="", blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="core_outbox_state", condition=Q(state__in=["pending", "done", "dead"])),
            models.CheckConstraint(name="core_outbox_done_at", condition=Q(state="done", done_at__isnull=False) | ~Q(state="done")),
            models.CheckConstraint(name="core_outbox_shard", condition=Q(shard__gte=0, shard__lt=64)),
        ]
        indexes = [
            models.Index(name="core_outbox_due", fields=["shard", "next_attempt_at", "id"], condition=Q(state="pending")),
            models.Index(name="core_outbox_key", fields=["shard", "key", "id"], condition=~Q(state="done")),
            models.Index(name="core_outbox_done", fields=["shard", "done_at"], condition=Q(state="done")),
        ]
        triggers = [StateGuard("core_outbox_moves", EVENT_MOVES, born=[EventState.PENDING])]

    def __str__(self) -> str:
        return f"{self.topic} {self.id}"


class HandledEvent(models.Model):
    """That one handler took one event in: written in the same transaction as the handler's effect."""

    pk = models.CompositePrimaryKey("event_id", "handler")
    event_id = models.UUIDField()
    handler = models.CharField(max_length=120)
    handled_at = models.DateTimeField()
