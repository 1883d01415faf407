"""Credit lines, what happened to them, and the raises customers ask for."""

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from core.columns import MAX_FEN, amount_check, shard_check
from core.ids import new_id, public_id
from core.money import CNY
from core.moves import StateGuard
from credit.lines.states import LINE_MOVES, LIVING, RAISE_MOVES, Freeze, LineChange, LineState, RaiseState

GRADE_LENGTH = 8
REASON_LENGTH = 200


class CreditLine(models.Model):
    """What a customer may owe on one product: `limit_fen`, and `temporary_fen` more from `temporary_from` up to and with
    `temporary_until`; `used_fen` of it is principal owed now. `grade`: whose price of the product's is theirs ("": it asks fees). An
    invited line is good up to and with `valid_until`. `freezes`: why nothing is lent on it now. Looked at again on `review_on`."""

    PREFIX: ClassVar[str] = "crl"
    currency: ClassVar[str] = CNY.code

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    shard = models.SmallIntegerField()
    product = models.ForeignKey("credit.CreditProduct", on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.ForeignKey("credit.CreditProductVersion", on_delete=models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=10, choices=LineState.choices, default=LineState.INVITED)
    grade = models.CharField(max_length=GRADE_LENGTH, default="", blank=True)
    limit_fen = models.BigIntegerField()
    used_fen = models.BigIntegerField(default=0, db_default=0)
    temporary_fen = models.BigIntegerField(default=0)
    temporary_from = models.DateField(null=True, blank=True)
    temporary_until = models.DateField(null=True, blank=True)
    freezes = ArrayField(models.CharField(max_length=10, choices=Freeze.choices), default=list, blank=True)
    valid_until = models.DateField()
    review_on = models.DateField(null=True, blank=True)
    activated_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            shard_check("credit_line_shard"),
            models.CheckConstraint(name="credit_line_state", condition=Q(state__in=LineState.values)),
            models.CheckConstraint(
                name="credit_line_limits",
                condition=Q(limit_fen__gte=1, limit_fen__lte=MAX_FEN, temporary_fen__gte=0, temporary_fen__lte=MAX_FEN),
            ),
            models.CheckConstraint(
                name="credit_line_used", condition=Q(used_fen=0) | Q(used_fen__gt=0, used_fen__lte=MAX_FEN, state__in=["active", "frozen"])
            ),
            models.CheckConstraint(
                name="credit_line_temporary",
                condition=Q(temporary_fen=0, temporary_from=None, temporary_until=None)
                | Q(temporary_fen__gte=1, temporary_from__isnull=False, temporary_until__gte=F("temporary_from")),
            ),
            models.CheckConstraint(
                name="credit_line_frozen", condition=Q(state="frozen", freezes__len__gte=1) | (~Q(state="frozen") & Q(freezes__len=0))
            ),
            models.CheckConstraint(name="credit_line_reasons", condition=Q(freezes__contained_by=Freeze.values)),
            models.CheckConstraint(
                name="credit_line_active",
                condition=Q(state__in=["invited", "declined", "lapsed"], activated_at=None, review_on=None)
                | Q(state__in=["active", "frozen", "closed"], activated_at__isnull=False, review_on__isnull=False),
            ),
            models.UniqueConstraint(name="credit_line_one_living", fields=["customer", "product", "shard"], condition=Q(state__in=LIVING)),
        ]
        indexes = [
            models.Index(name="credit_line_mine", fields=["customer", "-created_at", "-id"]),
            models.Index(name="credit_line_lapse", fields=["shard", "valid_until"], condition=Q(state="invited")),
            models.Index(name="credit_line_review", fields=["shard", "review_on"], condition=Q(state="active")),
        ]
        triggers = [
            StateGuard("credit_line_moves", LINE_MOVES, born=["invited"]),
            pgtrigger.Protect(name="credit_line_kept", operation=pgtrigger.Delete),
        ]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    def __str__(self) -> str:
        return self.public_id


class LineEvent(models.Model):
    """What happened to a line, once and for good: its limits after it, why (`reason` in a word or a sentence of ours), and who did it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    line = models.ForeignKey(CreditLine, on_delete=models.PROTECT, related_name="+", db_index=False)
    customer_id = models.UUIDField()
    shard = models.SmallIntegerField()
    change = models.CharField(max_length=10, choices=LineChange.choices)
    limit_fen = models.BigIntegerField()
    temporary_fen = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=REASON_LENGTH)
    by = models.CharField(max_length=160)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            shard_check("credit_lineevent_shard"),
            models.CheckConstraint(name="credit_lineevent_change", condition=Q(change__in=LineChange.values)),
            models.CheckConstraint(name="credit_lineevent_why", condition=~Q(reason="") & ~Q(by="")),
        ]
        indexes = [models.Index(name="credit_lineevent_line", fields=["line", "at", "id"])]
        triggers = [pgtrigger.Protect(name="credit_lineevent_kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.line_id} {self.change}"


class LineRaise(models.Model):
    """A higher limit that a customer asks for; `why` is what they are told of the decision."""

    PREFIX: ClassVar[str] = "crr"
    currency: ClassVar[str] = CNY.code

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    line = models.ForeignKey(CreditLine, on_delete=models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    shard = models.SmallIntegerField()
    state = models.CharField(max_length=10, choices=RaiseState.choices, default=RaiseState.OPEN)
    amount_fen = models.BigIntegerField()
    granted_fen = models.BigIntegerField(default=0)
    why = models.CharField(max_length=REASON_LENGTH, default="", blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            shard_check("credit_lineraise_shard"),
            amount_check("credit_lineraise_amount"),
            models.CheckConstraint(name="credit_lineraise_state", condition=Q(state__in=RaiseState.values)),
            models.CheckConstraint(
                name="credit_lineraise_granted",
                condition=Q(state="granted", granted_fen__gte=1, granted_fen__lte=F("amount_fen"))
                | (~Q(state="granted") & Q(granted_fen=0)),
            ),
            models.UniqueConstraint(name="credit_lineraise_one_open", fields=["line", "shard"], condition=Q(state="open")),
        ]
        indexes = [
            models.Index(name="credit_lineraise_mine", fields=["customer", "-created_at", "-id"]),
            models.Index(name="credit_lineraise_queue", fields=["created_at"], condition=Q(state="open")),
        ]
        triggers = [
            StateGuard("credit_lineraise_moves", RAISE_MOVES, born=["open"]),
            pgtrigger.Protect(name="credit_lineraise_kept", operation=pgtrigger.Delete),
        ]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    def __str__(self) -> str:
        return self.public_id
