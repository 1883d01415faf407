"""What bills say when an account wants to close, when a customer asks for their data, and when they leave."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.privacy.sockets import Obstacle
from core.errors import DomainError
from payments.bills import queries, services
from payments.bills.states import UNDECIDED

OPEN = Obstacle(
    "bills_open",
    "A bill you paid is not settled with its biller yet: wait until it is, or until the money is back.",
    "您有已支付的账单尚未入账:请等待入账或退款完成。",
)


class BillNotDecided(DomainError):
    code = "bill_not_decided"
    en = "The biller has not said yet whether it took this payment. Wait until it has; what it does not take is refunded by itself."
    zh = "缴费机构尚未确认是否入账,请等待结果;未入账的款项将自动退回。"


class NotYetRefundable:
    """A bill is given back by this room where its biller did not take it, by its merchant only once it did."""

    def obstacle(self, *, order_id: uuid.UUID) -> DomainError | None:
        payment = queries.of_order(order_id)
        return BillNotDecided() if payment is not None and payment.state in UNDECIDED else None


class Bills:
    def obstacles(self, *, customer_id: uuid.UUID, at: datetime) -> list[Obstacle]:
        return [OPEN] if queries.is_open(customer_id) else []

    def export(self, *, customer_id: uuid.UUID) -> dict[str, list[Mapping[str, Any]]]:
        return {
            "accounts": [
                {"id": row.public_id, "biller": row.biller.name_zh, "account_no": row.account_no, "nickname": row.nickname}
                for row in queries.accounts(customer_id).order_by("created_at", "id")
            ],
            "payments": [
                {
                    "id": row.public_id,
                    "biller": row.biller.name_zh,
                    "account_no": row.account_no,
                    "period": row.period,
                    "amount": row.amount_fen,
                    "currency": row.currency,
                    "state": row.state,
                    "at": row.created_at.isoformat(),
                }
                for row in queries.payments(customer_id).order_by("created_at", "id")
            ],
        }

    def erase(self, *, customer_id: uuid.UUID, at: datetime) -> None:
        services.erase(customer_id=customer_id)
