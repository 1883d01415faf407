"""How orders of the kind `insurance` are booked (plugged into wealth.orders): the price is the first premium of an accepted application."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from core.errors import DomainError, Invalid, NotFound
from core.ids import parse_public_id
from wealth.catalog.dates import OrderDates
from wealth.catalog.queries import ProductVersion
from wealth.insurance import queries
from wealth.insurance.models import InsuranceApplication
from wealth.insurance.refusals import ApplicationNotAccepted, NotQuotedPremium
from wealth.insurance.services import issuing
from wealth.orders.queries import WealthOrder

NAME_IT = ("Name the application that was accepted.", "请指定已承保的投保申请。")


class NotRedeemedHere(DomainError):
    code = "insurance_not_redeemed"
    en = "A policy is given up on its own page, where you see what you would get. Nothing was done."
    zh = "退保请在保单页面办理,可查看可退金额。未执行任何操作。"


class Policies:
    refusals: Sequence[type[DomainError]] = (ApplicationNotAccepted, NotQuotedPremium, NotRedeemedHere)
    own = False
    holding_prefix = ""

    def accept(
        self, *, customer_id: UUID, version: ProductVersion, amount_fen: int, details: Mapping[str, Any], at: datetime
    ) -> dict[str, Any]:
        named = details.get("application_id")
        if set(details) != {"application_id"} or not isinstance(named, str):
            raise Invalid("details.application_id", *NAME_IT)
        try:
            row = queries.own_application(customer_id, parse_public_id(InsuranceApplication.PREFIX, named))
        except NotFound as missing:
            raise Invalid("details.application_id", *NAME_IT) from missing
        issuing.refuse_unusable(row, version, amount_fen, at)
        return {"application_id": row.public_id}

    def dates(self, *, version: ProductVersion, at: datetime) -> OrderDates | None:
        return None

    def hold(self, *, order: WealthOrder, at: datetime) -> None:
        issuing.hold(order=order, application_id=application_of(order), at=at)

    def require(self, *, order: WealthOrder, at: datetime) -> None:
        """The application is the order's already."""

    def closed(self, *, order: WealthOrder, at: datetime) -> None:
        issuing.give_back(order=order, application_id=application_of(order), at=at)

    def worth(self, *, customer_id: UUID, version: ProductVersion, holding_id: UUID | None, units_fen: int, at: datetime) -> int | None:
        raise NotRedeemedHere()

    def bought(self, *, order: WealthOrder, at: datetime) -> UUID:
        return issuing.issue(order=order, application_id=application_of(order), at=at)

    def freeze(self, *, order: WealthOrder, at: datetime) -> int | None:
        raise NotRedeemedHere()

    def unfreeze(self, *, order: WealthOrder, at: datetime) -> None:
        """Nothing is ever frozen."""

    def redeemed(self, *, order: WealthOrder, at: datetime) -> UUID:
        raise NotRedeemedHere()


def application_of(order: WealthOrder) -> UUID:
    return parse_public_id(InsuranceApplication.PREFIX, order.details["application_id"])
