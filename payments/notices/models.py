"""Notices to merchants' programs, each try to deliver one, and what is known of those who receive them."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from core.columns import shard_check
from core.ids import new_id, public_id
from core.moves import StateGuard
from payments.notices.states import NOTICE_MOVES, RESENDS_MOST, NoticeState

URL_LENGTH = 500
ORIGIN_LENGTH = 300
BODY_LENGTH = 16_384
ANSWER_LENGTH = 500


class MerchantNotice(models.Model):
    """One piece of news for one app of a merchant, once an event (`event_id`, of the outbox).

    `body` are the bytes that are sent each time, frozen here; the signature is made anew for each try. `subject` is the public id of
    what it tells of, `order` its order where there is one. `origin` is scheme, host and port of `url`. `tries` counts every try,
    `tries_before` those before it was sent again; `due_at` is when the next one follows, or, while one is under way, when it is given
    up for dead. `last_status` is the last answer's (null: none came) and `last_error` why it was not taken. `shard` is the merchant's.
    """

    PREFIX: ClassVar[str] = "mnt"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    event_id = models.UUIDField()
    merchant = models.ForeignKey("payments.Merchant", on_delete=models.PROTECT, related_name="+", db_index=False)
    app = models.ForeignKey("payments.MerchantApp", on_delete=models.PROTECT, related_name="+", db_index=False)
    order = models.ForeignKey("payments.PaymentOrder", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    shard = models.SmallIntegerField()
    type = models.CharField(max_length=40)
    subject = models.CharField(max_length=64)
    url = models.CharField(max_length=URL_LENGTH)
    origin = models.CharField(max_length=ORIGIN_LENGTH)
    body = models.BinaryField(max_length=BODY_LENGTH)
    state = models.CharField(max_length=10, choices=NoticeState.choices, default=NoticeState.PENDING)
    tries = models.SmallIntegerField(default=0)
    tries_before = models.SmallIntegerField(default=0)
    resends = models.SmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)
    last_status = models.SmallIntegerField(null=True, blank=True)
    last_error = models.CharField(max_length=40, default="", blank=True)
    occurred_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payments_mnotice_event", fields=["event_id", "app", "shard"]),
            shard_check("payments_mnotice_shard"),
            models.CheckConstraint(name="payments_mnotice_state", condition=Q(state__in=NoticeState.values)),
            models.CheckConstraint(
                name="payments_mnotice_due", condition=Q(state="pending", due_at__isnull=False) | (~Q(state="pending") & Q(due_at=None))
            ),
            models.CheckConstraint(name="payments_mnotice_delivered", condition=~Q(state="delivered") | Q(delivered_at__isnull=False)),
            models.CheckConstraint(
                name="payments_mnotice_tries",
                condition=Q(tries_before__gte=0, tries__gte=F("tries_before"), resends__gte=0, resends__lte=RESENDS_MOST)
                & (Q(state="pending") | Q(tries__gt=F("tries_before"))),
            ),
            models.CheckConstraint(name="payments_mnotice_url", condition=Q(url__regex=r"^https?://") & ~Q(origin="") & ~Q(type="")),
        ]
        indexes = [
            models.Index(name="payments_mnotice_to_send", fields=["shard", "origin", "due_at"], condition=Q(state="pending")),
            models.Index(name="payments_mnotice_merchant", fields=["merchant", "-created_at", "-id"]),
            models.Index(name="payments_mnotice_by_state", fields=["merchant", "state", "-created_at", "-id"]),
            models.Index(name="payments_mnotice_order", fields=["order", "created_at"], condition=Q(order__isnull=False)),
            models.Index(name="payments_mnotice_failed", fields=["app", "changed_at"], condition=Q(state="failed")),
            models.Index(name="payments_mnotice_over", fields=["shard", "changed_at"], condition=~Q(state="pending")),
        ]
        triggers = [StateGuard("payments_mnotice_moves", NOTICE_MOVES, born=["pending"])]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    @property
    def merchant_public_id(self) -> str:
        return public_id("mch", self.merchant_id)

    @property
    def app_public_id(self) -> str:
        return public_id("app", self.app_id)

    @property
    def order_public_id(self) -> str | None:
        return None if self.order_id is None else public_id("ord", self.order_id)

    @property
    def text(self) -> str:
        """The body as text."""
        return bytes(self.body).decode()

    def __str__(self) -> str:
        return self.public_id


class NoticeTry(models.Model):
    """One try of a notice, `number` 1..n: the receiver's `status` (null: no answer), why it was not taken, the start of its answer."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    notice = models.ForeignKey(MerchantNotice, on_delete=models.CASCADE, related_name="+", db_index=False)
    shard = models.SmallIntegerField()
    number = models.SmallIntegerField()
    at = models.DateTimeField()
    took_ms = models.IntegerField()
    status = models.SmallIntegerField(null=True, blank=True)
    error = models.CharField(max_length=40, default="", blank=True)
    answer = models.CharField(max_length=ANSWER_LENGTH, default="", blank=True)

    class Meta:
        verbose_name_plural = "notice tries"
        constraints = [
            models.UniqueConstraint(name="payments_noticetry_number", fields=["notice", "number", "shard"]),
            shard_check("payments_noticetry_shard"),
            models.CheckConstraint(name="payments_noticetry_numbers", condition=Q(number__gte=1, took_ms__gte=0)),
            models.CheckConstraint(name="payments_noticetry_answered", condition=Q(status__isnull=False) | ~Q(error="")),
        ]

    def __str__(self) -> str:
        return f"{self.number} of {self.notice_id}"


class NoticeReceiver(models.Model):
    """How many tries in a row one `origin` left unanswered; until `rest_until` nothing is sent there, so that what is dead or slow
    takes no seats from others. A row for each shard whose merchants name it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    shard = models.SmallIntegerField()
    origin = models.CharField(max_length=ORIGIN_LENGTH)
    unanswered = models.IntegerField(default=0)
    rest_until = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payments_noticereceiver_one", fields=["shard", "origin"]),
            shard_check("payments_noticereceiver_shard"),
            models.CheckConstraint(name="payments_noticereceiver_count", condition=Q(unanswered__gte=0) & ~Q(origin="")),
        ]

    def __str__(self) -> str:
        return self.origin
