"""The daily trade bill: a merchant's orders paid on a day (Shanghai) and the refunds booked on it, as a file."""

import uuid
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db import models

from core.business_day import queries as business_days
from core.clock import queries as clock
from core.clock.queries import start_of_day
from core.errors import DomainError
from core.ids import public_id
from payments.cashier import queries as orders
from payments.cashier.queries import PaymentOrder
from payments.refunds import queries as refunds
from payments.refunds.queries import Refund
from payments.settlement.files import File, written, yuan

HEADERS = {
    "en": [
        "time", "kind", "order", "your order number", "refund", "your refund number", "app", "store", "scene", "subject", "amount (CNY)",
        "fee (CNY)", "net (CNY)",
    ],
    "zh": [
        "时间", "类型", "支付订单号", "商户订单号", "退款单号", "商户退款单号", "应用", "门店", "场景", "商品",
        "金额(元)", "手续费(元)", "净额(元)",
    ],
}  # fmt: skip
WORDS = {"en": {"paid": "paid", "refund": "refund", "total": "total"}, "zh": {"paid": "支付", "refund": "退款", "total": "合计"}}
PAGE = 2000


class BillKind(models.TextChoices):
    ALL = "all"
    PAID = "paid"
    REFUNDS = "refunds"


class BillNotReady(DomainError):
    code = "bill_not_ready"
    status = 409
    en = "The bill of {day} is there when that day is over in Shanghai. Ask again after midnight."
    zh = "{day} 的交易账单将在当日结束后生成,请于零点后查询。"


def bill(*, merchant_id: uuid.UUID, day: date, kind: str, language: str) -> File:
    """In Chinese or English; of a refund amount, fee and net are negative. Raises BillNotReady, NoOpenDay."""
    if day >= business_days.current():
        raise BillNotReady(day=day.isoformat())
    return written(rows(merchant_id, day, kind, "zh" if language.lower().startswith("zh") else "en"))


def rows(merchant_id: uuid.UUID, day: date, kind: str, tongue: str) -> Iterator[list[str]]:
    """The lines, and what they come to."""
    since, until = start_of_day(day), start_of_day(day + timedelta(days=1))
    amount, fee = 0, 0
    yield HEADERS[tongue]
    if kind != BillKind.REFUNDS:
        for order in orders.paid_between(merchant_id, since, until).iterator(chunk_size=PAGE):
            amount, fee = amount + order.amount_fen, fee + order.fee_fen
            yield paid(order, tongue)
    if kind != BillKind.PAID:
        for refund in refunds.booked_of(merchant_id, day).iterator(chunk_size=PAGE):
            amount, fee = amount - refund.amount_fen, fee - refund.fee_back_fen
            yield refunded(refund, tongue)
    yield ["", WORDS[tongue]["total"], *[""] * 8, yuan(amount), yuan(fee), yuan(amount - fee)]


def paid(order: PaymentOrder, tongue: str) -> list[str]:
    return [stamp(order.paid_at), WORDS[tongue]["paid"], *named(order), yuan(order.amount_fen), yuan(order.fee_fen), yuan(net(order))]


def refunded(refund: Refund, tongue: str) -> list[str]:
    named_so = named(refund.order, refund.public_id, refund.out_refund_no)
    sums = [yuan(-refund.amount_fen), yuan(-refund.fee_back_fen), yuan(-refund.net_fen)]
    return [stamp(refund.settled_at), WORDS[tongue]["refund"], *named_so, *sums]


def net(order: PaymentOrder) -> int:
    return order.amount_fen - order.fee_fen


def named(order: PaymentOrder, refund: str = "", out_refund_no: str = "") -> list[str]:
    """What both kinds of line say of their order."""
    app, store = public_id("app", order.seller_app_id), order.store_public_id or ""
    return [order.public_id, order.out_trade_no, refund, out_refund_no, app, store, order.scene, order.subject]


def stamp(at: datetime | None) -> str:
    return f"{clock.local(at):%Y-%m-%d %H:%M:%S}" if at else ""
