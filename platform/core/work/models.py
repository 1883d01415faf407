"""Work that waits for an operator."""

from django.conf import settings
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


class Assignment(models.Model):
    """Who looks after a thing that waits for people: nobody while it has no row. `target` is what the audit log and work items call the
    thing (a public id or `<kind>:<key>`), so it has one owner on every page and in every work item about it; `thing_id` is the id in it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    target = models.CharField(max_length=160, unique=True)
    thing_id = models.UUIDField(null=True, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    assigned_at = models.DateTimeField()
    assigned_by = models.CharField(max_length=160)

    class Meta:
        indexes = [models.Index(name="core_assignment_thing", fields=["thing_id"], condition=Q(thing_id__isnull=False))]

    def __str__(self) -> str:
        return self.target
