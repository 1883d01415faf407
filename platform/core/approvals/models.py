"""Proposals of sensitive acts and what became of them."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.ids import new_id, public_id
from core.moves import Moves


class Approval(models.Model):
    """One proposed act. Everything proposed is fixed by the database; only the decision is written, once, by another person."""

    PREFIX = "apv"

    class State(models.TextChoices):
        PENDING = "pending"
        APPLIED = "applied"
        REJECTED = "rejected"
        WITHDRAWN = "withdrawn"
        EXPIRED = "expired"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    act = models.CharField(max_length=80)
    target = models.CharField(max_length=160)
    payload = models.JSONField()
    payload_hash = models.BinaryField(max_length=32)
    reason = models.TextField()
    maker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    checker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    decision = models.TextField(blank=True, default="")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="core_approval_state", condition=Q(state__in=["pending", "applied", "rejected", "withdrawn", "expired"])
            ),
            models.CheckConstraint(name="core_approval_other_person", condition=Q(checker=None) | ~Q(checker=F("maker"))),
            models.CheckConstraint(
                name="core_approval_decided",
                condition=Q(state="pending", decided_at=None, checker=None)
                | Q(state__in=["applied", "rejected"], decided_at__isnull=False, checker__isnull=False)
                | Q(state__in=["withdrawn", "expired"], decided_at__isnull=False, checker=None),
            ),
            models.CheckConstraint(name="core_approval_in_time", condition=~Q(state="applied") | Q(decided_at__lt=F("expires_at"))),
            models.CheckConstraint(name="core_approval_reason", condition=~Q(reason="") & ~Q(target="")),
            models.UniqueConstraint(name="core_approval_one_pending", fields=["act", "target"], condition=Q(state="pending")),
        ]
        indexes = [models.Index(name="core_approval_waiting", fields=["expires_at"], condition=Q(state="pending"))]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="as_proposed",
                fields=["act", "target", "payload", "payload_hash", "reason", "maker", "created_at", "expires_at"],
            ),
            pgtrigger.FSM(
                name="decided_once",
                field="state",
                transitions=[("pending", end) for end in ("applied", "rejected", "withdrawn", "expired")],
            ),
            pgtrigger.Trigger(
                name="born_pending",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__state__df="pending"),
                func="RAISE EXCEPTION 'an approval begins as pending';",
            ),
        ]

    @property
    def public_id(self) -> str:
        row_id: uuid.UUID = self.id
        return public_id(self.PREFIX, row_id)

    def __str__(self) -> str:
        return f"{self.act} {self.target}"


MOVES = Moves(
    Approval.State,
    {
        Approval.State.PENDING: {
            Approval.State.APPLIED,
            Approval.State.REJECTED,
            Approval.State.WITHDRAWN,
            Approval.State.EXPIRED,
        }
    },
)
