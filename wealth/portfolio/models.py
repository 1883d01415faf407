"""What every customer had at the end of each business day, by product; and by what check-ups measure."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from core.columns import MAX_FEN, shard_check
from core.dated import InForceStays
from core.ids import new_id, public_id
from core.money import CNY

PARTS = 16
NO_PRODUCT = UUID(int=0)
"""In place of a product where something is none: the wallet, points, debts."""
KIND_LENGTH = 16
BP = 10_000


class PortfolioBook(models.Model):
    """How far the days of one part of the customers are kept (`part`: shards 4 * part to 4 * part + 3). The first kept day is `begun_on`;
    its lock puts the days of a part in order. Days from `anew_from` on are known differently since, and are kept anew."""

    part = models.SmallIntegerField(primary_key=True)
    begun_on = models.DateField()
    kept_through = models.DateField()
    anew_from = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="wealth_portfoliobook_part", condition=Q(part__gte=0, part__lt=PARTS)),
            models.CheckConstraint(
                name="wealth_portfoliobook_anew",
                condition=Q(anew_from=None) | Q(anew_from__gte=F("begun_on"), anew_from__lte=F("kept_through")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part} {self.kept_through}"


class Portfolio(models.Model):
    """That a customer has a portfolio, and the first day it is kept of."""

    PREFIX: ClassVar[str] = "pfo"

    customer = models.OneToOneField("accounts.Customer", primary_key=True, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    shard = models.SmallIntegerField()
    begun_on = models.DateField()

    class Meta:
        constraints = [shard_check("wealth_portfolio_shard")]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.customer_id)

    def __str__(self) -> str:
        return self.public_id


class PortfolioDay(models.Model):
    """What a customer had of one product (or of what is none, by its kind) at the end of a business day, as it is known now: the day
    before, and `paid_in_fen`, less `paid_out_fen`, and `income_fen`. Debts are below zero. A day with nothing of it has no row."""

    currency: ClassVar[str] = CNY.code

    pk = models.CompositePrimaryKey("customer_id", "day", "kind", "product_id")
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    day = models.DateField()
    kind = models.CharField(max_length=KIND_LENGTH)
    product_id = models.UUIDField()
    shard = models.SmallIntegerField()
    value_fen = models.BigIntegerField()
    paid_in_fen = models.BigIntegerField()
    paid_out_fen = models.BigIntegerField()
    income_fen = models.BigIntegerField()

    class Meta:
        constraints = [
            shard_check("wealth_portfolioday_shard"),
            models.CheckConstraint(name="wealth_portfolioday_flows", condition=Q(paid_in_fen__gte=0, paid_out_fen__gte=0)),
        ]
        indexes = [models.Index(name="wealth_portfolioday_part", fields=["day", "shard"])]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.day} {self.kind}"


class PortfolioTotal(models.Model):
    """The same of all customers of a part together."""

    currency: ClassVar[str] = CNY.code

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    day = models.DateField()
    part = models.SmallIntegerField()
    kind = models.CharField(max_length=KIND_LENGTH)
    product_id = models.UUIDField()
    customers = models.IntegerField()
    value_fen = models.BigIntegerField()
    paid_in_fen = models.BigIntegerField()
    paid_out_fen = models.BigIntegerField()
    income_fen = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="wealth_portfoliototal_once", fields=["day", "part", "kind", "product_id"]),
            models.CheckConstraint(name="wealth_portfoliototal_part", condition=Q(part__gte=0, part__lt=PARTS)),
            models.CheckConstraint(
                name="wealth_portfoliototal_flows", condition=Q(customers__gte=0, paid_in_fen__gte=0, paid_out_fen__gte=0)
            ),
        ]
        indexes = [models.Index(name="wealth_portfoliototal_of", fields=["product_id", "-day"])]

    def __str__(self) -> str:
        return f"{self.day} {self.kind} {self.part}"


class PortfolioTerms(models.Model):
    """What check-ups measure by, from `starts_at` on: the row with the latest `starts_at` not in the future is in force.

    Attention is asked for when money that is there today is less than `emergency_months` of what goes out in one; a product is over
    `concentration_bp` of the net assets; idle cash is over `idle_bp` of them and over `idle_fen`; over `wall_bp` of what has a term falls
    due within `wall_days` of each other; debts are over `debt_bp` of deposits.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    starts_at = models.DateTimeField(unique=True)
    emergency_months = models.SmallIntegerField()
    concentration_bp = models.IntegerField()
    idle_bp = models.IntegerField()
    idle_fen = models.BigIntegerField()
    wall_days = models.SmallIntegerField()
    wall_bp = models.IntegerField()
    debt_bp = models.IntegerField()

    class Meta:
        verbose_name_plural = "portfolio terms"
        constraints = [
            models.CheckConstraint(
                name="wealth_portfolioterms_bounds",
                condition=Q(emergency_months__gte=1, emergency_months__lte=60, wall_days__gte=1, wall_days__lte=366)
                & Q(concentration_bp__gte=1, concentration_bp__lte=BP, wall_bp__gte=1, wall_bp__lte=BP)
                & Q(idle_bp__gte=0, idle_bp__lte=BP, idle_fen__gte=0, idle_fen__lte=MAX_FEN, debt_bp__gte=0, debt_bp__lte=10 * BP),
            ),
        ]
        triggers = [InForceStays("wealth_portfolioterms_stays", starts="starts_at")]

    def __str__(self) -> str:
        return f"portfolio terms from {self.starts_at:%Y-%m-%d %H:%M}"


def terms_in_force(at: datetime) -> PortfolioTerms:
    """The terms at `at`."""
    terms = PortfolioTerms.objects.filter(starts_at__lte=at).order_by("-starts_at").first()
    assert terms is not None, "a migration writes the first terms"
    return terms
