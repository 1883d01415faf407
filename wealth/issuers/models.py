"""Issuers (who makes the products), what they were asked, the files that confirm it, their quotes, and the net money of a day."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q

from core.columns import MAX_FEN, shard_check
from core.crypto.fields import EncryptedTextField
from core.ids import new_id, public_id
from core.money import CNY
from core.moves import StateGuard
from wealth.issuers.states import (
    FILE_MOVES,
    FINAL,
    ISSUER_MOVES,
    LINE_MOVES,
    REQUEST_MOVES,
    FileState,
    IssuerState,
    LineState,
    Operation,
    Owed,
    RequestState,
)

CODE_LENGTH = 64


class Issuer(models.Model):
    """One maker of products, reached through one adapter. Timeouts are in milliseconds, as a channel's."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=32, unique=True)
    adapter = models.CharField(max_length=32)
    name_en = models.CharField(max_length=80)
    name_zh = models.CharField(max_length=80)
    state = models.CharField(max_length=12, choices=IssuerState.choices, default=IssuerState.OFF)
    connect_timeout_ms = models.PositiveIntegerField(default=2000)
    total_timeout_ms = models.PositiveIntegerField(default=7000)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="wealth_issuer_connect", condition=Q(connect_timeout_ms__gt=0, connect_timeout_ms__lte=2000)),
            models.CheckConstraint(name="wealth_issuer_total", condition=Q(total_timeout_ms__gt=0, total_timeout_ms__lt=8000)),
            models.CheckConstraint(name="wealth_issuer_state", condition=Q(state__in=IssuerState.values)),
        ]
        triggers = [StateGuard("wealth_issuer_moves", ISSUER_MOVES, born=["off"])]

    def __str__(self) -> str:
        return self.code


class IssuerCredential(models.Model):
    """Who we are at an issuer (`party`), what we sign with, and whose signature we believe. One live credential an issuer."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    issuer = models.ForeignKey(Issuer, to_field="code", db_column="issuer", on_delete=models.PROTECT, related_name="+")
    party = models.CharField(max_length=64)
    private_key_pem = EncryptedTextField()
    issuer_public_key_pem = models.TextField()
    issuer_key_id = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="wealth_issuercredential_one_live", fields=["issuer"], condition=Q(retired_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.issuer_id} {self.party}"


class IssuerRequest(models.Model):
    """One order to an issuer with its business number (the public form of its id), committed before it leaves.

    `business` and `business_id` name the row it is made for; `product_id` owns the accounts its money is booked on; `original` is what a
    cancel calls off. `amount_fen` is asked of a subscription, `units_fen` of a redemption; with
    `amount_fen` beside them they come to exactly that. The issuer's word: `confirmed_fen` is the whole
    money with the fee in it, `confirmed_units_fen` the units, `nav` the price, `confirmed_on` the day of its file, `code` why not. Its
    listener is told once: `owed` is what it has still to hear, at `tell_at` when it could not take it in at once. `sends` counts
    departures, `queries` the questions asked since; `due_at` is when the sweeper looks again, null = final. `settlement` is the net money
    it is part of.
    """

    PREFIX: ClassVar[str] = "isr"
    currency: ClassVar[str] = CNY.code

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=64)
    issuer_code = models.CharField(max_length=32)
    operation = models.CharField(max_length=16, choices=Operation.choices)
    business = models.CharField(max_length=32)
    business_id = models.UUIDField()
    shard = models.SmallIntegerField()
    product_id = models.UUIDField()
    product_code = models.CharField(max_length=32)
    original = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    amount_fen = models.BigIntegerField(null=True, blank=True)
    units_fen = models.BigIntegerField(null=True, blank=True)
    trade_on = models.DateField()
    state = models.CharField(max_length=16, choices=RequestState.choices, default=RequestState.CREATED)
    code = models.CharField(max_length=CODE_LENGTH, default="", blank=True)
    issuer_no = models.CharField(max_length=64, default="", blank=True)
    confirmed_fen = models.BigIntegerField(null=True, blank=True)
    confirmed_units_fen = models.BigIntegerField(null=True, blank=True)
    fee_fen = models.BigIntegerField(default=0)
    nav = models.DecimalField(max_digits=12, decimal_places=6, null=True, blank=True)
    confirmed_on = models.DateField(null=True, blank=True)
    settlement = models.ForeignKey("wealth.IssuerSettlement", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    sends = models.IntegerField(default=0)
    queries = models.IntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)
    owed = models.CharField(max_length=16, choices=Owed.choices, default="", blank=True)
    tell_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            shard_check("wealth_issuerrequest_shard"),
            models.UniqueConstraint(name="wealth_issuerrequest_number", fields=["number", "shard"]),
            models.UniqueConstraint(
                name="wealth_issuerrequest_once",
                fields=["business", "business_id", "operation", "shard"],
                condition=~Q(state__in=["rejected", "cancelled"]),
            ),
            models.CheckConstraint(name="wealth_issuerrequest_state", condition=Q(state__in=RequestState.values)),
            models.CheckConstraint(
                name="wealth_issuerrequest_asked",
                condition=Q(
                    operation="subscribe",
                    amount_fen__isnull=False,
                    amount_fen__gte=1,
                    amount_fen__lte=MAX_FEN,
                    units_fen=None,
                    original=None,
                )
                | Q(operation="redeem", units_fen__isnull=False, units_fen__gte=1, units_fen__lte=MAX_FEN, original=None)
                & (Q(amount_fen=None) | Q(amount_fen__gte=1, amount_fen__lte=MAX_FEN))
                | Q(operation="cancel", amount_fen=None, units_fen=None, original__isnull=False),
            ),
            models.CheckConstraint(
                name="wealth_issuerrequest_final",
                condition=Q(state__in=sorted(FINAL), settled_at__isnull=False, due_at=None)
                | (~Q(state__in=sorted(FINAL)) & Q(settled_at=None)),
            ),
            models.CheckConstraint(
                name="wealth_issuerrequest_confirmed",
                condition=Q(
                    state="confirmed",
                    operation__in=["subscribe", "redeem"],
                    confirmed_on__isnull=False,
                    nav__isnull=False,
                    nav__gt=0,
                    confirmed_fen__isnull=False,
                    confirmed_fen__gte=1,
                    confirmed_units_fen__isnull=False,
                    confirmed_units_fen__gte=1,
                    fee_fen__gte=0,
                    fee_fen__lt=models.F("confirmed_fen"),
                )
                | (
                    (~Q(state="confirmed") | Q(operation="cancel"))
                    & Q(confirmed_fen=None, confirmed_units_fen=None, fee_fen=0, nav=None, confirmed_on=None, settlement=None)
                ),
            ),
            models.CheckConstraint(
                name="wealth_issuerrequest_owed",
                condition=Q(owed="", tell_at=None)
                | Q(owed="confirmed", state="confirmed", tell_at__isnull=False)
                | Q(owed="rejected", state="rejected", tell_at__isnull=False),
            ),
            models.CheckConstraint(
                name="wealth_issuerrequest_sent",
                condition=Q(state__in=["created", "cancelled"]) | Q(sent_at__isnull=False, sends__gte=1),
            ),
        ]
        indexes = [
            models.Index(name="wealth_issuerrequest_due", fields=["shard", "due_at"], condition=Q(due_at__isnull=False)),
            models.Index(name="wealth_issuerrequest_tell", fields=["shard", "tell_at"], condition=Q(tell_at__isnull=False)),
            models.Index(name="wealth_issuerrequest_line", fields=["issuer_code", "number"]),
            models.Index(name="wealth_issuerrequest_day", fields=["issuer_code", "confirmed_on"], condition=Q(settlement=None)),
            models.Index(name="wealth_issuerrequest_open", fields=["issuer_code", "trade_on"], condition=Q(settled_at=None)),
            models.Index(name="wealth_issuerrequest_of", fields=["business", "business_id"]),
        ]
        triggers = [StateGuard("wealth_issuerrequest_moves", REQUEST_MOVES, born=["created"])]

    def __str__(self) -> str:
        return self.number

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    @property
    def done(self) -> bool:
        return self.state in FINAL

    @property
    def refused(self) -> bool:
        """Whether the issuer certainly did not do it."""
        return self.state in (RequestState.REJECTED, RequestState.CANCELLED)


class IssuerFile(models.Model):
    """The confirmations of one issuer and day, as they were signed: kept whole (`raw`) once they are believed. `code` is why not so far,
    `tries` how often it was fetched."""

    PREFIX: ClassVar[str] = "isf"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    issuer = models.ForeignKey(Issuer, to_field="code", db_column="issuer", on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    state = models.CharField(max_length=12, choices=FileState.choices, default=FileState.WAITING)
    code = models.CharField(max_length=CODE_LENGTH, default="", blank=True)
    tries = models.IntegerField(default=0)
    raw = models.BinaryField(null=True)
    sha256 = models.CharField(max_length=64, default="", blank=True)
    lines = models.IntegerField(default=0)
    subscribed_fen = models.BigIntegerField(default=0)
    redeemed_fen = models.BigIntegerField(default=0)
    fee_fen = models.BigIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="wealth_issuerfile_day", fields=["issuer", "day"]),
            models.CheckConstraint(
                name="wealth_issuerfile_state",
                condition=Q(state="waiting", raw=None, sha256="", received_at=None, settled_at=None, due_at__isnull=False)
                | Q(state="received", raw__isnull=False, received_at__isnull=False, settled_at=None, due_at__isnull=False)
                | Q(state="settled", raw__isnull=False, received_at__isnull=False, settled_at__isnull=False, due_at=None),
            ),
        ]
        indexes = [models.Index(name="wealth_issuerfile_due", fields=["due_at"], condition=Q(due_at__isnull=False))]
        triggers = [StateGuard("wealth_issuerfile_moves", FILE_MOVES, born=["waiting"])]

    def __str__(self) -> str:
        return f"{self.issuer_id} {self.day}"

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)


class IssuerLine(models.Model):
    """One line of a file. `request` is the one it ended (or said again); a broken one says why in `code`."""

    PREFIX: ClassVar[str] = "isl"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    file = models.ForeignKey(IssuerFile, on_delete=models.PROTECT, related_name="+", db_index=False)
    place = models.IntegerField()
    number = models.CharField(max_length=64)
    operation = models.CharField(max_length=16)
    product_code = models.CharField(max_length=32)
    confirmed = models.BooleanField()
    code = models.CharField(max_length=CODE_LENGTH, default="", blank=True)
    amount_fen = models.BigIntegerField()
    units_fen = models.BigIntegerField()
    fee_fen = models.BigIntegerField()
    nav = models.DecimalField(max_digits=12, decimal_places=6)
    state = models.CharField(max_length=12, choices=LineState.choices, default=LineState.NEW)
    broken = models.CharField(max_length=32, default="", blank=True)
    request = models.ForeignKey(IssuerRequest, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="wealth_issuerline_place", fields=["file", "place"]),
            models.UniqueConstraint(name="wealth_issuerline_once", fields=["request"], condition=Q(state="settled")),
            models.CheckConstraint(
                name="wealth_issuerline_state",
                condition=Q(state="new", request=None, broken="", settled_at=None)
                | Q(state__in=["settled", "repeated"], request__isnull=False, broken="", settled_at__isnull=False)
                | (Q(state="broken", settled_at__isnull=False) & ~Q(broken="")),
            ),
        ]
        indexes = [models.Index(name="wealth_issuerline_new", fields=["file", "place"], condition=Q(state="new"))]
        triggers = [StateGuard("wealth_issuerline_moves", LINE_MOVES, born=["new"])]

    def __str__(self) -> str:
        return self.number

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)


class IssuerQuote(models.Model):
    """What an issuer quoted for a product and natural day: yuan of income per 10,000. Never changed; a revised one is a new row."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    issuer = models.ForeignKey(Issuer, to_field="code", db_column="issuer", on_delete=models.PROTECT, related_name="+", db_index=False)
    product_code = models.CharField(max_length=32)
    day = models.DateField()
    revision = models.IntegerField()
    income_per_10k = models.DecimalField(max_digits=12, decimal_places=4)
    created_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="wealth_issuerquote_revision", fields=["issuer", "product_code", "day", "revision"]),
            models.CheckConstraint(name="wealth_issuerquote_counts", condition=Q(revision__gte=1)),
        ]
        indexes = [models.Index(name="wealth_issuerquote_untold", fields=["created_at"], condition=Q(told_at=None))]
        triggers = [
            pgtrigger.Protect(
                name="wealth_issuerquote_stays",
                operation=pgtrigger.UpdateOf("issuer", "product_code", "day", "revision", "income_per_10k") | pgtrigger.Delete,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_code} {self.day} #{self.revision}"


class IssuerSettlement(models.Model):
    """The net money of one product and confirmation day between us and its issuer, booked by journal W8 (none where it is nothing).
    Positive `net_fen`: we pay."""

    PREFIX: ClassVar[str] = "iss"
    currency: ClassVar[str] = CNY.code

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    file = models.ForeignKey(IssuerFile, on_delete=models.PROTECT, related_name="+", db_index=False)
    product_id = models.UUIDField()
    product_code = models.CharField(max_length=32)
    subscribed_fen = models.BigIntegerField()
    redeemed_fen = models.BigIntegerField()
    net_fen = models.BigIntegerField()
    requests = models.IntegerField()
    journal_id = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="wealth_issuersettlement_once", fields=["file", "product_id"]),
            models.CheckConstraint(
                name="wealth_issuersettlement_net",
                condition=Q(net_fen=models.F("subscribed_fen") - models.F("redeemed_fen"), subscribed_fen__gte=0, redeemed_fen__gte=0),
            ),
            models.CheckConstraint(
                name="wealth_issuersettlement_booked",
                condition=Q(net_fen=0, journal_id=None) | (~Q(net_fen=0) & Q(journal_id__isnull=False)),
            ),
        ]
        triggers = [pgtrigger.Protect(name="wealth_issuersettlement_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.product_code} {self.net_fen}"

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)
