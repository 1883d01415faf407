"""What two people keep about channels as dated data: what their codes mean, when they rest, when they take no calls."""

from django.db import models
from django.db.models import F, Q

from core.dated import InForceStays
from core.ids import new_id
from payments.channels.states import Operation


class MaintenanceWindow(models.Model):
    """When a channel, or one bank behind it (`bank_code`, empty = all), takes no calls. `ends_at` is exclusive."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel = models.ForeignKey("payments.Channel", to_field="code", db_column="channel", on_delete=models.PROTECT, related_name="+")
    bank_code = models.CharField(max_length=16, default="", blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    words_en = models.CharField(max_length=200)
    words_zh = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="payments_window_order", condition=Q(ends_at__gt=F("starts_at")))]
        indexes = [models.Index(name="payments_window_channel", fields=["channel", "ends_at"])]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.bank_code} {self.starts_at:%Y-%m-%d %H:%M}"


class ErrorRule(models.Model):
    """What a channel's code means for us, from a day on: is it definitely not done, what happens next, what the customer reads.

    Without a `channel` it holds for every channel (the platform's own codes), without an `operation` for every operation. What is said of
    a channel goes before what is said of all, and then what is said of an operation.
    """

    class Action(models.TextChoices):
        RETRY_SAME = "retry_same"
        QUERY = "query"
        NEXT_CHANNEL = "next_channel"
        STEP_UP = "step_up"
        ASK_USER = "ask_user"
        STOP = "stop"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel = models.ForeignKey(
        "payments.Channel", to_field="code", db_column="channel", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    code = models.CharField(max_length=64)
    operation = models.CharField(max_length=16, choices=Operation.choices, default="", blank=True)
    action = models.CharField(max_length=16, choices=Action.choices)
    definite = models.BooleanField()
    words_en = models.CharField(max_length=200)
    words_zh = models.CharField(max_length=200)
    effective_on = models.DateField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="payments_errorrule_dated", fields=["channel", "code", "operation", "effective_on"], nulls_distinct=False
            ),
            models.CheckConstraint(
                name="payments_errorrule_action",
                condition=Q(action__in=["retry_same", "query", "next_channel", "step_up", "ask_user", "stop"]),
            ),
            models.CheckConstraint(name="payments_errorrule_operation", condition=Q(operation__in=["", *Operation.values])),
            models.CheckConstraint(name="payments_errorrule_definite", condition=~Q(action="query", definite=True)),
            models.CheckConstraint(name="payments_errorrule_failover", condition=~Q(action="next_channel", definite=False)),
        ]
        triggers = [InForceStays("payments_errorrule_stays", starts="effective_on")]

    def __str__(self) -> str:
        return " ".join(filter(None, (self.channel_id, self.code, self.operation)))


class BreakerRule(models.Model):
    """When a channel's breaker opens, from a day on: of at least `least_calls` calls within `window_s` seconds, `bad_share_bp` were bad
    (no answer, a 5xx, an unknown result). It stays open for `open_s` seconds; then one call tries, for `probe_s` seconds at most."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel = models.ForeignKey("payments.Channel", to_field="code", db_column="channel", on_delete=models.PROTECT, related_name="+")
    effective_on = models.DateField()
    window_s = models.IntegerField()
    least_calls = models.IntegerField()
    bad_share_bp = models.IntegerField()
    open_s = models.IntegerField()
    probe_s = models.IntegerField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payments_breakerrule_dated", fields=["channel", "effective_on"]),
            models.CheckConstraint(
                name="payments_breakerrule_bounds",
                condition=Q(
                    window_s__gte=5,
                    window_s__lte=3600,
                    least_calls__gte=1,
                    bad_share_bp__gte=1,
                    bad_share_bp__lte=10_000,
                    open_s__gte=1,
                    open_s__lte=3600,
                    probe_s__gte=16,
                    probe_s__lte=600,
                ),
            ),
        ]
        triggers = [InForceStays("payments_breakerrule_stays", starts="effective_on")]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.effective_on}"


class RouteRule(models.Model):
    """That a channel serves an operation for cards of a bank and kind (empty: of all), from a day on, and what it costs: a share of the
    amount and a fixed sum a call. `least_fen` and `most_fen` bound one amount. A row of a bank goes before one of a kind."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel = models.ForeignKey("payments.Channel", to_field="code", db_column="channel", on_delete=models.PROTECT, related_name="+")
    operation = models.CharField(max_length=16, choices=Operation.choices)
    bank_code = models.CharField(max_length=16, default="", blank=True)
    kind = models.CharField(max_length=8, choices=[("debit", "Debit"), ("credit", "Credit")], default="", blank=True)
    offered = models.BooleanField(default=True)
    cost_bp = models.IntegerField(default=0)
    cost_fen = models.BigIntegerField(default=0)
    least_fen = models.BigIntegerField(null=True, blank=True)
    most_fen = models.BigIntegerField(null=True, blank=True)
    effective_on = models.DateField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payments_route_dated", fields=["channel", "operation", "bank_code", "kind", "effective_on"]),
            models.CheckConstraint(name="payments_route_operation", condition=Q(operation__in=["pay", "payout", "sign_start"])),
            models.CheckConstraint(name="payments_route_kind", condition=Q(kind__in=["", "debit", "credit"])),
            models.CheckConstraint(name="payments_route_cost", condition=Q(cost_bp__gte=0, cost_bp__lte=10_000, cost_fen__gte=0)),
            models.CheckConstraint(
                name="payments_route_bounds",
                condition=(Q(least_fen=None) | Q(least_fen__gte=0)) & (Q(most_fen=None) | Q(most_fen__gte=0)),
            ),
        ]
        triggers = [InForceStays("payments_route_stays", starts="effective_on")]

    def __str__(self) -> str:
        return " ".join(filter(None, (self.channel_id, self.operation, self.bank_code, self.kind)))
