"""What rooms of kinds plug into the catalogue, under the kind's name: without a plug no product of the kind goes on sale."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol, runtime_checkable
from uuid import UUID

from core.sockets import Socket
from wealth.catalog.models import ProductVersion


@dataclass(frozen=True)
class Outcome:
    """What `amount_fen` bought now would be after `days`: fen of income and of fees, and the rate in percent it was worked out with, if
    any. `certain`: a contract says so; otherwise it is what the past would come to."""

    amount_fen: int
    days: int
    income_fen: int
    fee_fen: int
    end_fen: int
    rate_percent: Decimal | None
    as_of: date | None
    certain: bool


@dataclass(frozen=True)
class Told:
    """A sentence in both languages."""

    en: str
    zh: str


@runtime_checkable
class Kind(Protocol):
    """How one kind of product reads its own terms and works out what they come to."""

    def refuse_terms(self, *, version: ProductVersion) -> None:
        """Raise Invalid for a version (its `terms` and the columns this kind reads) that could not be sold."""
        ...

    def outcome(self, *, version: ProductVersion, amount_fen: int, days: int, at: datetime) -> Outcome | None:
        """By the same rule as the booking; None while nothing is known to work with. `days`: 1..3650, cut to the term."""
        ...

    def way_out(self, *, version: ProductVersion) -> Told:
        """What happens when I want my money back."""
        ...

    def details(self, *, version: ProductVersion, at: datetime) -> Mapping[str, Any]:
        """What only this kind tells on the product page, as JSON values."""
        ...


KINDS: Socket[Kind] = Socket("wealth.catalog.kinds", Kind)


@dataclass(frozen=True)
class Held:
    """One line of what a customer has. Fen: `value_fen` now, with `accrued_fen` of income that is earned and not paid; `cost_fen` what
    was paid for it; `income_fen` of all time, `yesterday_fen` of the last day (None: not known yet); `available_fen` could be asked back
    today. `holding`: the public id of a lot, "" where there is one a product."""

    kind: str
    product_id: UUID
    version_id: UUID | None
    holding: str
    value_fen: int
    cost_fen: int
    accrued_fen: int
    income_fen: int
    yesterday_fen: int | None
    available_fen: int
    matures_on: date | None


@runtime_checkable
class Holdings(Protocol):
    """What customers have of the products of one kind (name = kind)."""

    def held(self, *, customer_id: UUID, at: datetime) -> Sequence[Held]:
        """In a constant number of queries."""
        ...

    def day_sql(self) -> str:
        """A SELECT of customer_id, shard, product_id, value_fen, paid_in_fen, paid_out_fen, income_fen (one row a customer and product)
        as of the end of %(day)s, for shards from %(low)s up to below %(high)s. `paid_in_fen` and `paid_out_fen`: the customer's own money
        that came to the product and left it on that day. As known now: a value is that of the day before, and what was paid in, less
        what was paid out, and income. Where a day that is over is known differently later, say so (`catalog.services.days.changed`)."""
        ...


HOLDINGS: Socket[Holdings] = Socket("wealth.catalog.holdings", Holdings)


@dataclass(frozen=True)
class Due:
    """What customers are to be paid of one product on a day: fen, over so many holdings."""

    day: date
    product_id: UUID
    holdings: int
    fen: int


@runtime_checkable
class Maturing(Protocol):
    """What falls due of the products of one kind (name = kind)."""

    def ahead(self, *, since: date, through: date) -> Sequence[Due]:
        """By day and product, in one set-based query."""
        ...


MATURING: Socket[Maturing] = Socket("wealth.catalog.maturing", Maturing)
