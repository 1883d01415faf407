"""Work that waits for an operator."""

from django.db import models
from django.db.models import Q

from core.ids import new_id


class WorkItem(models.Model):
    """Something only a person can settle: one open item per `kind` and `target`; asking again refreshes its facts."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=80)
    target = models.CharField(max_length=160)
    facts = models.JSONField(default=dict, blank=True)
    asked_at = models.DateTimeField()
    refreshed_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    finished_by = models.CharField(max_length=160, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="core_workitem_one_open", fields=["kind", "target"], condition=Q(finished_at=None)),
            models.CheckConstraint(
                name="core_workitem_finished",
                condition=Q(finished_at=None, finished_by="") | (Q(finished_at__isnull=False) & ~Q(finished_by="")),
            ),
        ]
        indexes = [models.Index(name="core_workitem_age", fields=["kind", "asked_at"], condition=Q(finished_at=None))]

    def __str__(self) -> str:
        return f"{self.kind} {self.target}"
