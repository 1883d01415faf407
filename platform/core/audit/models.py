"""Audit records, append-only, and the blocks that seal them."""

import pgtrigger
from django.db import models
from django.db.models.functions import Now

from core.ids import new_id

APPEND_ONLY = (
    pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
    pgtrigger.Trigger(
        name="no_truncate",
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        level=pgtrigger.Statement,
        func="RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME;",
    ),
)


class AuditRecord(models.Model):
    """One act of one actor on one target. `at` is business time; `recorded_at` is the database's own clock, always."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    actor = models.CharField(max_length=160)
    act = models.CharField(max_length=80)
    target = models.CharField(max_length=160)
    reason = models.TextField(blank=True, default="")
    details = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = "audit record"
        constraints = [
            models.CheckConstraint(name="core_audit_named", condition=~models.Q(actor="") & ~models.Q(act="") & ~models.Q(target="")),
        ]
        indexes = [
            models.Index(name="core_audit_target", fields=["target", "-id"]),
            models.Index(name="core_audit_actor", fields=["actor", "-id"]),
            models.Index(name="core_audit_recorded", fields=["recorded_at"]),
        ]
        triggers = [
            *APPEND_ONLY,
            pgtrigger.Trigger(
                name="database_clock",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="NEW.recorded_at = clock_timestamp(); RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.target}"


class AuditBlock(models.Model):
    """A sealed run of records. `hash` covers the previous block's hash, the number, the time and every record's digest."""

    number = models.BigIntegerField(primary_key=True)
    previous_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    records = models.IntegerField()
    sealed_at = models.DateTimeField()

    class Meta:
        verbose_name = "audit block"
        constraints = [models.CheckConstraint(name="core_auditblock_full", condition=models.Q(records__gte=1, number__gte=1))]
        triggers = [*APPEND_ONLY]

    def __str__(self) -> str:
        return f"#{self.number}"


class AuditSeal(models.Model):
    """Which place of which block a record has, and the digest it had when it was sealed. No foreign keys: it is evidence."""

    record_id = models.UUIDField(primary_key=True)
    block_number = models.BigIntegerField()
    position = models.IntegerField()
    digest = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(name="core_auditseal_place", fields=["block_number", "position"])]
        triggers = [*APPEND_ONLY]
