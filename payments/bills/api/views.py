"""Looking bills up, paying them, what became of them, and the accounts a customer keeps."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.pages import Listing
from core.api.views import EffectView, View
from core.clock import queries as clock
from core.errors import Invalid, NotFound
from core.idempotency import queries as idempotency
from core.ids import parse_public_id
from core.limits.services import LimitReached
from core.money import CNY
from payments.bills import outbound, queries, services
from payments.bills.api import examples as ex
from payments.bills.api.shapes import (
    BillAccountChangeIn,
    BillAccountIn,
    BillAccountShown,
    BillersShown,
    BillLookIn,
    BillPayIn,
    BillPaymentShown,
    OwedBillsShown,
)
from payments.bills.models import BillAccount, Biller, BillPayment
from payments.bills.queries import BillerClosed
from payments.bills.sockets import Owed
from payments.bills.states import BillerCategory
from payments.merchants.api.examples import answer, asked, page
from payments.merchants.queries import MerchantNotSelling
from payments.wallet.api.base import customer_id
from payments.wallet.services.parties import CustomerNotActive

LOOKING = (NotFound, Invalid, CustomerNotActive, LimitReached, BillerClosed, outbound.BillerNotReached, outbound.BillAccountUnknown)
CATEGORY = OpenApiParameter("category", str, enum=BillerCategory.values, description="One category; all unless told.")


def named(data: dict[str, Any]) -> tuple[Biller, str]:
    """The biller and the account number a body names. Raises NotFound, BillerClosed, Invalid."""
    biller = queries.open_biller(parse_public_id(Biller.PREFIX, data["biller_id"]))
    return biller, queries.account_number(biller, data["account_no"])


class Billers(View):
    """Whose bills can be paid here."""

    output_class = BillersShown
    refusals = (Invalid,)

    @extend_schema(operation_id="payments_bills_billers_list", parameters=[CATEGORY], examples=[answer("Billers", ex.BILLERS, 200)])
    def get(self, request: Request) -> Response:
        category = request.query_params.get("category", "")
        if category and category not in BillerCategory.values:
            raise Invalid("category", "There is no such category.", "没有该类别。")
        return Response(self.shown({"items": queries.billers(category)}))


class Looks(View):
    """Looking up what an account owes. A read, though a POST: account numbers stay out of addresses and logs."""

    input_class = BillLookIn
    output_class = OwedBillsShown
    refusals = LOOKING

    @extend_schema(operation_id="payments_bills_look", examples=[asked("An account", ex.LOOK), answer("Owed", ex.OWED, 200)])
    def post(self, request: Request) -> Response:
        """The bills an account owes now, at most 100 look-ups a day."""
        biller, number = named(self.validated(request))
        services.count_look(customer_id=customer_id(request), at=clock.now())
        found = outbound.owed(biller=biller, account_no=number)
        services.note_look(customer_id=customer_id(request), biller=biller, account_no=number, owes=bool(found), at=clock.now())
        return Response(self.shown({"account_no": number, "currency": CNY.code, "items": found}))


class Bills(EffectView, Listing):
    """The caller's payments of bills."""

    owed: tuple[Owed, bool] | None = None
    input_class = BillPayIn
    output_class = BillPaymentShown
    refusals = (*LOOKING, services.NotOwed, services.BillBeingPaid, MerchantNotSelling)

    @extend_schema(operation_id="payments_bills_list", examples=[page("A payment", ex.SETTLED)])
    def get(self, request: Request, **url: str) -> Response:
        """The bills the caller began to pay, newest first."""
        return super().get(request, **url)

    @extend_schema(operation_id="payments_bills_create", examples=[asked("A bill", ex.PAY), answer("To be paid", ex.PAYMENT, 201)])
    def post(self, request: Request, **url: str) -> Any:
        """Begin to pay a bill: the biller is asked for its amount once more, and the order is paid at the cashier. The biller is told
        once it is; what it does not take goes back in full."""
        # The raw body is read first: the idempotency record needs it, and after parsing it cannot be read any more.
        if request.body and not idempotency.answered(owner=self.owner(request), key=request.headers.get("Idempotency-Key", "")):
            data = self.validated(request)
            biller, number = named(data)
            services.count_look(customer_id=customer_id(request), at=clock.now())
            self.owed = outbound.one_owed(biller=biller, account_no=number, bill_no=data["bill_no"])
        return super().post(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[BillPayment]:
        return queries.payments(customer_id(request))

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> BillPayment:
        assert self.owed is not None
        (biller, number), (owed, last) = named(data), self.owed
        return services.begin(customer_id=customer_id(request), biller=biller, account_no=number, owed=owed, last=last, at=at)


class OneBill(View):
    """One payment of a bill."""

    output_class = BillPaymentShown
    refusals = (NotFound,)

    @extend_schema(operation_id="payments_bills_read", examples=[answer("Settled", ex.SETTLED, 200)])
    def get(self, request: Request, bill_id: str) -> Response:
        """What became of it."""
        return Response(self.shown(queries.own_payment(customer_id(request), parse_public_id(BillPayment.PREFIX, bill_id))))


class Accounts(EffectView, Listing):
    """Accounts the caller keeps."""

    input_class = BillAccountIn
    output_class = BillAccountShown
    refusals = (NotFound, Invalid, CustomerNotActive, BillerClosed, services.TooManyBillAccounts)

    @extend_schema(operation_id="payments_bill_accounts_list", examples=[page("An account", ex.ACCOUNT)])
    def get(self, request: Request, **url: str) -> Response:
        """The accounts the caller keeps, newest first."""
        return super().get(request, **url)

    @extend_schema(
        operation_id="payments_bill_accounts_create", examples=[asked("Keep it", ex.ACCOUNT_IN), answer("Kept", ex.ACCOUNT, 201)]
    )
    def post(self, request: Request, **url: str) -> Any:
        """Keep an account for next time; one kept already takes the new nickname."""
        return super().post(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[BillAccount]:
        return queries.accounts(customer_id(request))

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> BillAccount:
        biller, number = named(data)
        more = {"nickname": data["nickname"], "remind": data["remind"]}
        return services.save_account(customer_id=customer_id(request), biller=biller, account_no=number, at=at, **more)


def own_account(request: Request, url: dict[str, str]) -> BillAccount:
    """Raises NotFound."""
    return queries.account(customer_id(request), parse_public_id(BillAccount.PREFIX, url["bill_account_id"]))


class OneAccount(EffectView):
    """One account the caller keeps."""

    input_class = BillAccountChangeIn
    output_class = BillAccountShown
    success_status = 200
    refusals = (NotFound,)

    @extend_schema(
        operation_id="payments_bill_accounts_change", examples=[asked("Change", ex.CHANGE), answer("Changed", ex.ACCOUNT | ex.CHANGE, 200)]
    )
    def post(self, request: Request, **url: str) -> Any:
        """Change its nickname, and whether the caller is reminded of it."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> BillAccount:
        return services.change_account(account=own_account(request, url), nickname=data["nickname"], remind=data["remind"], at=at)


class Forgetting(EffectView):
    """Keeping an account no more."""

    output_class = BillAccountShown
    success_status = 200
    refusals = (NotFound,)

    @extend_schema(operation_id="payments_bill_accounts_forget", request=None, examples=[answer("Forgotten", ex.ACCOUNT, 200)])
    def post(self, request: Request, **url: str) -> Any:
        """Forget a kept account; payments stay in the history."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> BillAccount:
        account = own_account(request, url)
        services.forget_account(account=account)
        return account
