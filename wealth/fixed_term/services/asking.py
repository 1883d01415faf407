"""Asking the issuer for the money of what matured, and hearing its word. The customer was paid on the day; this settles with the issuer."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from core.approvals.services import must_be_applying
from core.errors import DomainError
from core.work import services as work
from wealth.catalog.dates import ordered_at
from wealth.fixed_term.models import FixedHolding
from wealth.fixed_term.services.lots import locked
from wealth.issuers import queries as requests
from wealth.issuers import services as issuers
from wealth.issuers.queries import IssuerRequest
from wealth.issuers.states import Operation, RequestState

BUSINESS = "wealth.maturity"
NOT_ASKED, OTHERWISE = "fixed_term.not_asked", "fixed_term.issuer_refused"
ASK_AGAIN = "fixed_term.ask_again"
RETRY = timedelta(minutes=10)


class NothingToAsk(DomainError):
    code = "fixed_term_nothing_to_ask"
    en = "The issuer has not refused this maturity. Look at the holding's page for what it waits for."
    zh = "发行机构并未拒绝该笔到期兑付,请查看持有页面了解等待事项。"


def ask_or_wait(*, holding_id: UUID, at: datetime) -> bool:
    """Ask for one lot, or have an operator hear why not and try again later. Outside any transaction; False when nothing was asked."""
    try:
        return ask(holding_id=holding_id, at=at)
    except DomainError as refused:
        wait(holding_id=holding_id, why=refused.code, at=at)
        return False


@transaction.atomic
def ask(*, holding_id: UUID, at: datetime) -> bool:
    """Write the request, to be sent after the commit. False when it is not due, or another does it. Raises IssuerOff, BeyondCalendar."""
    rows = FixedHolding.objects.select_for_update(of=("self",), skip_locked=True, no_key=True).select_related("product", "version")
    lot = rows.filter(pk=holding_id, due_at__lte=at).first()
    if lot is None:
        return False
    request = issuers.submit(
        business=BUSINESS,
        business_id=lot.id,
        issuer_code=lot.product.issuer_code,
        operation=Operation.REDEEM,
        product_id=lot.product_id,
        product_code=lot.product.code,
        amount_fen=lot.paid_fen,
        units_fen=lot.paid_fen,
        trade_on=ordered_at(lot.version, at).trade_on,
        shard=lot.shard,
        at=at,
    )
    FixedHolding.objects.filter(pk=lot.pk).update(request_id=request.id, due_at=None, changed_at=at)
    work.finish(kind=NOT_ASKED, target=lot.public_id, by="system", at=at)
    return True


@transaction.atomic
def wait(*, holding_id: UUID, why: str, at: datetime) -> None:
    lot = locked(holding_id)
    if lot.due_at is not None and lot.due_at <= at:
        FixedHolding.objects.filter(pk=lot.pk).update(due_at=at + RETRY)
        work.ask(kind=NOT_ASKED, target=lot.public_id, facts={"code": why, "paid_fen": lot.paid_fen}, at=at)


@transaction.atomic
def confirmed(*, request: IssuerRequest, at: datetime) -> None:
    """The issuer gives the money: exactly what was paid, or an operator is asked."""
    lot = locked(request.business_id)
    if (request.confirmed_fen, request.fee_fen) == (lot.paid_fen, 0):
        work.finish(kind=OTHERWISE, target=lot.public_id, by="system", at=at)
        return
    facts = {"paid_fen": lot.paid_fen, "confirmed_fen": request.confirmed_fen, "fee_fen": request.fee_fen}
    work.ask(kind=OTHERWISE, target=lot.public_id, facts=facts, at=at)


@transaction.atomic
def rejected(*, request: IssuerRequest, at: datetime) -> None:
    lot = locked(request.business_id)
    work.ask(kind=OTHERWISE, target=lot.public_id, facts={"code": request.code, "paid_fen": lot.paid_fen}, at=at)


def askable(lot: FixedHolding) -> bool:
    """Whether the issuer's last word on it was no."""
    request = issuers_word(lot)
    return lot.due_at is None and request is not None and request.state == RequestState.REJECTED


def issuers_word(lot: FixedHolding) -> IssuerRequest | None:
    return requests.last_of(BUSINESS, lot.id)


@transaction.atomic
def ask_again(*, holding_id: UUID, at: datetime) -> FixedHolding:
    """Ask the issuer anew, by two people. Raises ApprovalNeeded, NotFound, NothingToAsk."""
    decided = must_be_applying(ASK_AGAIN)
    lot = locked(holding_id)
    if not askable(lot):
        raise NothingToAsk()
    FixedHolding.objects.filter(pk=lot.pk).update(due_at=at, changed_at=at)
    work.finish(kind=OTHERWISE, target=lot.public_id, by=decided.checker, at=at)
    return locked(holding_id)
