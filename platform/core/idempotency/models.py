"""Answers already given, so that a repeated request is answered again and not done again."""

from django.db import models
from django.db.models import Q

from core.ids import new_id


class IdempotencyRecord(models.Model):
    """One request with an effect: unique per owner and key, kept seven days. The answer is stored as text, byte for byte."""

    class State(models.TextChoices):
        RUNNING = "running"
        DONE = "done"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.CharField(max_length=64)
    key = models.CharField(max_length=255)
    fingerprint = models.BinaryField(max_length=32)
    state = models.CharField(max_length=8, choices=State.choices, default=State.RUNNING)
    resource = models.CharField(max_length=64, default="", blank=True)
    status = models.SmallIntegerField(null=True)
    body = models.TextField(default="", blank=True)
    started_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="core_idempotency_key", fields=["owner", "key"]),
            models.CheckConstraint(
                name="core_idempotency_answer", condition=Q(state="running", status=None) | Q(state="done", status__isnull=False)
            ),
        ]
        indexes = [models.Index(name="core_idempotency_age", fields=["started_at"])]

    def __str__(self) -> str:
        return f"{self.owner} {self.key}"
