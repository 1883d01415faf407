"""What the wallet says when an account wants to close, and when a customer asks for their data."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.privacy.sockets import Obstacle
from payments.channels.schedule import RETURNS_WITHIN
from payments.wallet import queries
from payments.wallet.models import Order, Transfer

OPEN = Obstacle(
    "orders_open",
    "A top-up, withdrawal or transfer is not over yet: wait for it, or accept or decline the transfer.",
    "仍有未完成的充值、提现或转账,请等待完成或处理待收款。",
)


DAYS = RETURNS_WITHIN.days
MAY_RETURN = Obstacle(
    "withdrawals_recent",
    f"A withdrawal was paid out within the last {DAYS} days and the bank may still send it back: close the account after that.",
    f"最近 {DAYS} 天内有提现到账,银行仍可能退汇,请在 {DAYS} 天后再注销。",
)


class Orders:
    """Top-ups, withdrawals and transfers: they keep an account open while they run, and belong into an export."""

    def obstacles(self, *, customer_id: uuid.UUID, at: datetime) -> list[Obstacle]:
        found = [OPEN] if any(queries.open_orders(customer_id).values()) else []
        if queries.paid_since(customer_id, at - RETURNS_WITHIN):
            found.append(MAY_RETURN)
        return found

    def export(self, *, customer_id: uuid.UUID) -> dict[str, list[Mapping[str, Any]]]:
        return {
            "top_ups": [told(row) for row in queries.own_top_ups(customer_id).order_by("created_at", "id")],
            "withdrawals": [{**told(row), "fee": row.fee_fen} for row in queries.own_withdrawals(customer_id).order_by("created_at", "id")],
            "transfers": [transfer(row, customer_id) for row in queries.own_transfers(customer_id).order_by("created_at", "id")],
        }


def told(row: Order) -> Mapping[str, Any]:
    at = row.created_at.isoformat()
    return {"id": row.public_id, "state": row.state, "amount": row.amount_fen, "currency": row.currency, "at": at}


def transfer(row: Transfer, customer_id: uuid.UUID) -> Mapping[str, Any]:
    """The other side by its id alone: their name is theirs."""
    sides = {"side": row.side(customer_id), "payer": row.payer_public_id, "payee": row.payee_public_id}
    return {**told(row), **sides, "remark": row.remark}
