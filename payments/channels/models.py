"""Channels (the outside parties that move money), every call made to them, and everything they told us."""

from django.db import models
from django.db.models import Q

from core.crypto.fields import EncryptedTextField
from core.ids import new_id, public_id
from core.moves import StateGuard
from payments.channels.rule_models import BreakerRule, ErrorRule, MaintenanceWindow, RouteRule
from payments.channels.states import (
    BREAKER_MOVES,
    ENTRY_MOVES,
    MONEY_OPERATIONS,
    NOTICE_MOVES,
    REQUEST_MOVES,
    BreakerState,
    EntryState,
    NoticeState,
    Operation,
    Owed,
    RequestState,
)

__all__ = ["BreakerRule", "ErrorRule", "MaintenanceWindow", "RouteRule"]
"""The tables that live in a file of their own."""


class Channel(models.Model):
    """One outside party reached through one adapter. Timeouts are in milliseconds: connecting at most 2 s, a whole call
    under 8 s (a web worker waits for it)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=32, unique=True)
    adapter = models.CharField(max_length=32)
    name_en = models.CharField(max_length=80)
    name_zh = models.CharField(max_length=80)
    enabled = models.BooleanField(default=True)
    currency = models.CharField(max_length=8, default="CNY")
    connect_timeout_ms = models.PositiveIntegerField(default=2000)
    total_timeout_ms = models.PositiveIntegerField(default=7000)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="payments_channel_connect", condition=Q(connect_timeout_ms__gt=0, connect_timeout_ms__lte=2000)),
            models.CheckConstraint(name="payments_channel_total", condition=Q(total_timeout_ms__gt=0, total_timeout_ms__lt=8000)),
        ]

    def __str__(self) -> str:
        return self.code


class ChannelHealth(Channel):
    """A channel as the desk's page of its health shows it."""

    class Meta:
        proxy = True
        verbose_name = "channel health"


class Connection(models.Model):
    """What is agreed with one channel: who we are there (`merchant`, `app_id`), what we sign with, and whose signature we believe.

    `own_key_id` names our certificate, `bank_key_id` the channel's key, `root_key_id` its root certificates; `api_key` is a symmetric key
    beside the pair. `payout_scene` and `payout_report` are what a channel wants told of every payout; without the first it does none. What
    an adapter needs of them is its own affair (credentials.py of each).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel = models.ForeignKey(Channel, to_field="code", db_column="channel", on_delete=models.PROTECT, related_name="+")
    merchant = models.CharField(max_length=64)
    app_id = models.CharField(max_length=64, default="", blank=True)
    private_key_pem = EncryptedTextField()
    own_key_id = models.CharField(max_length=64, default="", blank=True)
    bank_public_key_pem = models.TextField()
    bank_key_id = models.CharField(max_length=64)
    root_key_id = models.CharField(max_length=255, default="", blank=True)
    api_key = EncryptedTextField(null=True)
    payout_scene = models.CharField(max_length=36, default="", blank=True)
    payout_report = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        abstract = True


class ChannelCredential(Connection):
    """A connection in use, or one that was (`retired_at`). One live credential a channel."""

    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payments_credential_one_live", fields=["channel"], condition=Q(retired_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.merchant}"


class CredentialEntry(Connection):
    """A connection one person typed in and a second has to approve. Decided either way, it keeps no secret."""

    state = models.CharField(max_length=8, choices=EntryState.choices, default=EntryState.ENTERED)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payments_entry_one_waiting", fields=["channel"], condition=Q(state="entered")),
            models.CheckConstraint(
                name="payments_entry_decided",
                condition=Q(state="entered", decided_at=None) | Q(state__in=["used", "dropped"], decided_at__isnull=False, api_key=None),
            ),
        ]
        triggers = [StateGuard("payments_entry_moves", ENTRY_MOVES, born=["entered"])]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.merchant} {self.state}"


class Breaker(models.Model):
    """A channel's circuit breaker, shared by all processes. `retry_at`: when the next single call may try (open), or when the seat of the
    one that tries is free again (half_open: its process may have died). `probe` is the call that tries; `code` what opened it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel = models.OneToOneField(Channel, to_field="code", db_column="channel", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=BreakerState.choices, default=BreakerState.CLOSED)
    code = models.CharField(max_length=64, default="", blank=True)
    probe = models.UUIDField(null=True, blank=True)
    retry_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="payments_breaker_state",
                condition=Q(state="closed", retry_at=None, probe=None)
                | Q(state="open", retry_at__isnull=False, opened_at__isnull=False, probe=None)
                | Q(state="half_open", retry_at__isnull=False, opened_at__isnull=False, probe__isnull=False),
            ),
        ]
        triggers = [StateGuard("payments_breaker_moves", BREAKER_MOVES, born=["closed"])]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.state}"


class ChannelCall(models.Model):
    """One exchange with a channel: how long it took and how it ended. `bad`: no answer, a 5xx or an unknown result. Kept for a day."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel = models.ForeignKey(Channel, to_field="code", db_column="channel", on_delete=models.PROTECT, related_name="+", db_index=False)
    operation = models.CharField(max_length=16)
    question = models.BooleanField()
    bad = models.BooleanField()
    code = models.CharField(max_length=64, default="", blank=True)
    took_ms = models.IntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="payments_call_took", condition=Q(took_ms__gte=0))]
        indexes = [
            models.Index(name="payments_call_window", fields=["channel", "at"]),
            models.Index(name="payments_call_age", fields=["at"]),
        ]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.operation} {self.code}"


class ChannelRequest(models.Model):
    """One outbound call with its business number (the public form of its id), committed before the call leaves.

    `business` and `business_id` name the row it is made for ("top_up", "withdrawal", "card_binding", "card"), `reference` what its
    journals are filed under on the channel's clearing account (money only); its listener is
    told once when the request is final: `owed` is what it has still to be told, at
    `tell_at` when it could not take it in at once. A row moves money once by each operation: the next request comes after a refusal,
    and what is tried again keeps its row and number. `sends` counts departures, `queries` the questions asked since. `due_at` is when the
    sweeper looks again; null = final. `party` names the customer at a channel that knows no cards (null: the card does); `action` is what
    the customer was asked to do (scan, invoke, confirm, redirect) and `action_url` with what, as long as the request is open. `verdict` is
    what the error map of the day made of a refusal.
    """

    PREFIX = "chr"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    request_no = models.CharField(max_length=64)
    channel = models.ForeignKey(Channel, to_field="code", db_column="channel", on_delete=models.PROTECT, related_name="+")
    operation = models.CharField(max_length=16, choices=Operation.choices)
    business = models.CharField(max_length=32)
    business_id = models.UUIDField()
    reference = models.CharField(max_length=120, default="", blank=True)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+")
    shard = models.SmallIntegerField()
    card = models.ForeignKey("payments.Card", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    party = EncryptedTextField(owner="customer_id", null=True)
    original = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    amount_fen = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=8, default="CNY")
    state = models.CharField(max_length=16, choices=RequestState.choices, default=RequestState.NEW)
    code = models.CharField(max_length=64, default="", blank=True)
    verdict = models.CharField(max_length=16, choices=ErrorRule.Action.choices, default="", blank=True)
    channel_no = models.CharField(max_length=64, default="", blank=True)
    action = models.CharField(max_length=16, default="", db_default="", blank=True)
    action_url = models.CharField(max_length=1024, default="", blank=True)
    fee_fen = models.BigIntegerField(default=0)
    booked_on = models.DateField(null=True, blank=True)
    sends = models.SmallIntegerField(default=0)
    queries = models.SmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)
    owed = models.CharField(max_length=8, choices=Owed.choices, default="", blank=True)
    tell_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payments_request_number", fields=["customer", "request_no"]),
            models.UniqueConstraint(
                name="payments_request_once",
                fields=["customer", "business", "business_id", "operation"],
                condition=Q(operation__in=sorted(MONEY_OPERATIONS)) & ~Q(state="failed"),
            ),
            models.CheckConstraint(name="payments_request_state", condition=Q(state__in=RequestState.values)),
            models.CheckConstraint(
                name="payments_request_verdict",
                condition=Q(verdict="") | Q(state="failed", verdict__in=["retry_same", "next_channel", "step_up", "ask_user", "stop"]),
            ),
            models.CheckConstraint(name="payments_request_shard", condition=Q(shard__gte=0, shard__lt=64)),
            models.CheckConstraint(
                name="payments_request_amount",
                condition=Q(operation__in=sorted(MONEY_OPERATIONS), amount_fen__gt=0)
                | (~Q(operation__in=sorted(MONEY_OPERATIONS)) & Q(amount_fen=0)),
            ),
            models.CheckConstraint(
                name="payments_request_reference",
                condition=Q(operation__in=sorted(MONEY_OPERATIONS)) & ~Q(reference="")
                | ~Q(operation__in=sorted(MONEY_OPERATIONS)) & Q(reference=""),
            ),
            models.CheckConstraint(
                name="payments_request_final",
                condition=Q(state__in=["success", "failed", "returned"], settled_at__isnull=False, due_at=None)
                | Q(state__in=["new", "sent", "pending", "action_required", "unknown"], settled_at=None),
            ),
            models.CheckConstraint(
                name="payments_request_returned",
                condition=Q(state="returned", operation="payout", returned_at__isnull=False) | (~Q(state="returned") & Q(returned_at=None)),
            ),
            models.CheckConstraint(
                name="payments_request_owed",
                condition=Q(owed="", tell_at=None)
                | Q(owed="outcome", state__in=["success", "failed"], amount_fen__gt=0, tell_at__isnull=False)
                | Q(owed__in=["return", "both"], state="returned", tell_at__isnull=False),
            ),
            models.CheckConstraint(name="payments_request_sent", condition=Q(state__in=["new", "failed"]) | Q(sent_at__isnull=False)),
            models.CheckConstraint(
                name="payments_request_original",
                condition=Q(operation="refund", original__isnull=False) | (~Q(operation="refund") & Q(original=None)),
            ),
        ]
        indexes = [
            models.Index(name="payments_request_due", fields=["shard", "due_at"], condition=Q(due_at__isnull=False)),
            models.Index(name="payments_request_owing", fields=["shard", "tell_at"], condition=Q(tell_at__isnull=False)),
            models.Index(
                name="payments_request_paid_out", fields=["shard", "settled_at", "id"], condition=Q(state="success", operation="payout")
            ),
            models.Index(name="payments_request_business", fields=["business_id", "-created_at"]),
            models.Index(name="payments_request_booked", fields=["channel", "booked_on"], condition=Q(booked_on__isnull=False)),
        ]
        triggers = [
            StateGuard("payments_request_moves", REQUEST_MOVES, born=["new"], only={("failed", "success"): "NEW.operation = 'pay'"})
        ]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    @property
    def done(self) -> bool:
        """Whether the outcome is known for good (a payout may still come back)."""
        return self.settled_at is not None

    def __str__(self) -> str:
        return f"{self.request_no} {self.operation} {self.state}"


class ChannelNotice(models.Model):
    """A notice whose signature, timestamp and merchant were right, kept as it came. `shard` comes from the event id, so that
    the same event always meets its unique key."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    shard = models.SmallIntegerField()
    channel = models.ForeignKey(Channel, to_field="code", db_column="channel", on_delete=models.PROTECT, related_name="+")
    event_id = models.CharField(max_length=64)
    event = models.CharField(max_length=64)
    raw_body = EncryptedTextField()
    state = models.CharField(max_length=12, choices=NoticeState.choices, default=NoticeState.RECEIVED)
    outcome = models.CharField(max_length=64, default="", blank=True)
    created_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payments_notice_once", fields=["shard", "channel", "event_id"]),
            models.CheckConstraint(
                name="payments_notice_state",
                condition=Q(state="received", processed_at=None) | Q(state__in=["processed", "ignored"], processed_at__isnull=False),
            ),
            models.CheckConstraint(name="payments_notice_shard", condition=Q(shard__gte=0, shard__lt=64)),
        ]
        triggers = [StateGuard("payments_notice_moves", NOTICE_MOVES, born=["received"])]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.event_id}"


class RefusedNotices(models.Model):
    """How many notices of a channel were turned away on a day and why: counted, since anybody may send them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel = models.ForeignKey(Channel, to_field="code", db_column="channel", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    reason = models.CharField(max_length=32)
    count = models.BigIntegerField(default=1)
    last_body_sha256 = models.CharField(max_length=64)
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="payments_refused_day", fields=["channel", "day", "reason"])]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.day} {self.reason}: {self.count}"


BREAK_KINDS = ("amount", "status", "theirs_only", "ours_only", "duplicate", "fee", "cut_off")


class Break(models.Model):
    """Something a channel said that does not agree with our books. Nothing is changed by it; two people close it, with a journal
    (`journal_id`) where the books were wrong: the one that was proposed (`fix`), or one of their own. `day` is the statement's it was
    found by; what a later statement settles closes by itself."""

    class Kind(models.TextChoices):
        AMOUNT = "amount"
        STATUS = "status"
        THEIRS_ONLY = "theirs_only"
        OURS_ONLY = "ours_only"
        DUPLICATE = "duplicate"
        FEE = "fee"
        CUT_OFF = "cut_off"

    class State(models.TextChoices):
        OPEN = "open"
        CLOSED = "closed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel = models.ForeignKey(Channel, to_field="code", db_column="channel", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    source = models.CharField(max_length=80)
    request = models.ForeignKey(ChannelRequest, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    request_no = models.CharField(max_length=64)
    ours = models.CharField(max_length=200)
    theirs = models.CharField(max_length=200)
    day = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_why = models.CharField(max_length=500, default="", blank=True)
    fix = models.CharField(max_length=24, default="", blank=True)
    journal_id = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="payments_break_corrected", condition=Q(journal_id=None) | Q(state="closed")),
            models.CheckConstraint(name="payments_break_kind", condition=Q(kind__in=BREAK_KINDS)),
            models.CheckConstraint(
                name="payments_break_state", condition=Q(state="open", closed_at=None) | Q(state="closed", closed_at__isnull=False)
            ),
        ]
        indexes = [
            models.Index(name="payments_break_open", fields=["created_at"], condition=Q(state="open")),
            models.Index(name="payments_break_found", fields=["created_at"]),
            models.Index(name="payments_break_ended", fields=["closed_at"], condition=Q(closed_at__isnull=False)),
            models.Index(name="payments_break_day", fields=["channel", "day"], condition=Q(state="open", day__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.request_no}"
