"""Each line of a file ends its request, once; then the day's net money is booked (W8).

A line is a transaction of its own (line, request, the room told, the ledger last), so two workers share a file and nobody waits across it.
"""

from collections import defaultdict
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from django.db import transaction

from accounts.ledger import services as ledger
from core.attempts import Attempt
from core.business_day.queries import previous_trading_day
from core.ids import new_id
from core.moves import advance
from core.work import services as work
from wealth.issuers import journals, schedule
from wealth.issuers.models import IssuerFile, IssuerLine, IssuerRequest, IssuerSettlement
from wealth.issuers.services import concluding
from wealth.issuers.services.receiving import claim
from wealth.issuers.states import FILE_MOVES, LINE_MOVES, FileState, LineState, Operation, RequestState

BROKEN = "issuer_line.broken"
ONE = Decimal(1)
UNKNOWN_NUMBER, OTHER_ORDER, ENDED_OTHERWISE, NEVER_SENT, AMOUNT = (
    "unknown_number", "other_order", "ended_otherwise", "never_sent", "amount",
)  # fmt: skip
ORDERS = (Operation.SUBSCRIBE, Operation.REDEEM)


def settle_due(*, at: datetime, most: int = 200) -> int:
    """Settle up to `most` lines of the most overdue file that is here, and its money after the last. Returns how many lines and files were
    dealt with."""
    file = claim(FileState.RECEIVED, at)
    if file is None:
        return 0
    dealt = 0
    with Attempt("issuers.settle_file", file=file.public_id) as attempt:
        while dealt < most and settle_next(file.id, at):
            dealt += 1
        if dealt < most:
            dealt += settle_money(file_id=file.id, at=at)
    again = schedule.LEASE if attempt.failure is not None else schedule.NOW
    IssuerFile.objects.filter(pk=file.pk, state=FileState.RECEIVED).update(due_at=at + again)
    return dealt


@transaction.atomic
def settle_next(file_id: UUID, at: datetime) -> bool:
    """Settle the next line that no other worker has. False when there is none."""
    lines = IssuerLine.objects.select_for_update(skip_locked=True, of=("self",)).filter(file_id=file_id, state=LineState.NEW)
    line = lines.select_related("file").defer("file__raw").order_by("place").first()
    if line is None:
        return False
    rows = IssuerRequest.objects.select_for_update(of=("self",))
    request = rows.filter(issuer_code=line.file.issuer_id, number=line.number).first()
    state, broken = judged(line, request)
    advance(line, state, moves=LINE_MOVES, at=at, request=request, broken=broken, settled_at=at)
    if state == LineState.BROKEN:
        facts = {"issuer": line.file.issuer_id, "day": line.file.day.isoformat(), "number": line.number, "why": broken}
        facts |= {"amount_fen": str(line.amount_fen), "units_fen": str(line.units_fen)}
        work.ask(kind=BROKEN, target=line.public_id, facts=facts, at=at)
    elif state == LineState.SETTLED:
        assert request is not None
        end(request, line, at)
    return True


def judged(line: IssuerLine, request: IssuerRequest | None) -> tuple[LineState, str]:
    """What a line is to its request, and why it is broken where it is."""
    if request is None:
        return LineState.BROKEN, UNKNOWN_NUMBER
    if (line.operation, line.product_code) != (request.operation, request.product_code) or request.operation not in ORDERS:
        return LineState.BROKEN, OTHER_ORDER
    if request.done:
        return (LineState.REPEATED, "") if said_before(line, request) else (LineState.BROKEN, ENDED_OTHERWISE)
    if request.state == RequestState.CREATED:
        return LineState.BROKEN, NEVER_SENT
    if line.confirmed and not fits(line, request):
        return LineState.BROKEN, AMOUNT
    return LineState.SETTLED, ""


def said_before(line: IssuerLine, request: IssuerRequest) -> bool:
    if not line.confirmed:
        return bool(request.state == RequestState.REJECTED)
    said = (line.amount_fen, line.units_fen, line.fee_fen, line.nav)
    known = (request.confirmed_fen, request.confirmed_units_fen, request.fee_fen, request.nav)
    return request.state == RequestState.CONFIRMED and said == known


def fits(line: IssuerLine, request: IssuerRequest) -> bool:
    """Whether a confirmation is of what was asked, and its arithmetic holds: the money less its fee buys the units at the price, or what
    units come to is what was agreed."""
    if line.nav <= 0 or line.units_fen < 1 or not 0 <= line.fee_fen < line.amount_fen:
        return False
    if request.operation == Operation.SUBSCRIBE:
        bought = (Decimal(line.amount_fen - line.fee_fen) / line.nav).quantize(ONE, ROUND_HALF_UP)
        return line.amount_fen == request.amount_fen and bought == line.units_fen
    if request.amount_fen is not None:
        return (line.amount_fen, line.units_fen) == (request.amount_fen, request.units_fen)
    return line.units_fen == request.units_fen and (line.units_fen * line.nav).quantize(ONE, ROUND_HALF_UP) == line.amount_fen


def end(request: IssuerRequest, line: IssuerLine, at: datetime) -> None:
    if not line.confirmed:
        concluding.finish(request, RequestState.REJECTED, at, code=line.code or "REJECTED")
        return
    concluding.finish(
        request,
        RequestState.CONFIRMED,
        at,
        confirmed_fen=line.amount_fen,
        confirmed_units_fen=line.units_fen,
        fee_fen=line.fee_fen,
        nav=line.nav,
        confirmed_on=line.file.day,
    )


@transaction.atomic
def settle_money(*, file_id: UUID, at: datetime) -> bool:
    """Book the net money of each product of a file whose lines are all settled, and end the file. False when another did, or lines wait.

    Raises what the ledger refuses with: it is tried again.
    """
    file = IssuerFile.objects.select_for_update(of=("self",)).defer("raw").get(pk=file_id)
    lines = IssuerLine.objects.filter(file_id=file_id)
    if file.state != FileState.RECEIVED or lines.filter(state=LineState.NEW).exists():
        return False
    settled = lines.filter(state=LineState.SETTLED, confirmed=True).values("request_id")
    of_product: dict[UUID, list[IssuerRequest]] = defaultdict(list)
    for request in IssuerRequest.objects.filter(pk__in=settled, settlement=None).order_by("product_id", "id"):
        of_product[request.product_id].append(request)
    for settlement in [written(file, requests, at) for requests in of_product.values()]:
        book(settlement, at)
    advance(file, FileState.SETTLED, moves=FILE_MOVES, at=at, settled_at=at, due_at=None)
    ask_about_missing(file, at)
    return True


def written(file: IssuerFile, requests: list[IssuerRequest], at: datetime) -> IssuerSettlement:
    """What one product comes to: what was subscribed less our fees goes to the issuer, the money of redeemed units comes from it."""
    subscribed = sum(money(one) - one.fee_fen for one in requests if one.operation == Operation.SUBSCRIBE)
    redeemed = sum(money(one) for one in requests if one.operation == Operation.REDEEM)
    net = subscribed - redeemed
    settlement = IssuerSettlement(
        id=new_id(),
        file=file,
        product_id=requests[0].product_id,
        product_code=requests[0].product_code,
        subscribed_fen=subscribed,
        redeemed_fen=redeemed,
        net_fen=net,
        requests=len(requests),
        journal_id=new_id() if net else None,
        created_at=at,
    )
    settlement.save(force_insert=True)
    IssuerRequest.objects.filter(pk__in=[one.pk for one in requests]).update(settlement=settlement, changed_at=at)
    return settlement


def book(settlement: IssuerSettlement, at: datetime) -> None:
    """W8, after every row of ours is written: the ledger comes last."""
    if settlement.journal_id is not None:
        legs = journals.sent(settlement.product_id, settlement.net_fen)
        ledger.post(journal_id=settlement.journal_id, event=journals.SENT, legs=legs, at=at, reference=settlement.public_id)


def money(request: IssuerRequest) -> int:
    assert request.confirmed_fen is not None, "a confirmed request says how much"
    return request.confirmed_fen


def ask_about_missing(file: IssuerFile, at: datetime) -> None:
    """Operators hear of accepted orders that the file of their day leaves out; a later day's file may still have them."""
    missing = IssuerRequest.objects.filter(
        issuer_code=file.issuer_id, settled_at=None, state=RequestState.ACCEPTED, trade_on__lte=previous_trading_day(file.day)
    )
    for request in missing.order_by("id")[: schedule.MOST_ASKED]:
        facts = {"issuer": file.issuer_id, "trade_on": request.trade_on.isoformat(), "day": file.day.isoformat()}
        work.ask(kind=concluding.UNCONFIRMED, target=request.public_id, facts=facts, at=at)
