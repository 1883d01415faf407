"""Payments by agreement and their refunds: when they are refused, and what they move."""

from datetime import datetime, timedelta

from sandbox import accounts, agreements, cards
from sandbox.bank_context import Row, Tx
from sandbox.clock import stamp

REFUND_DAYS = 365


def payment_refusal(tx: Tx, order: Row, now: datetime) -> str:
    """The code that refuses this payment now; "" lets it through."""
    agreement_code = agreements.refusal(tx, order["merchant"], order["agreement_no"])
    if agreement_code:
        return agreement_code
    card = cards.get(tx, order["card_number"])
    if card["status"] != "active":
        return cards.STATUS_REFUSAL[card["status"]]
    if _over_limit(tx, card, order["amount_fen"], now):
        return "LIMIT_EXCEEDED"
    return "INSUFFICIENT_FUNDS" if card["balance_fen"] < order["amount_fen"] else ""


def _over_limit(tx: Tx, card: Row, amount_fen: int, now: datetime) -> bool:
    """Limits of 0 are none. The day is the bank's calendar day."""
    if card["single_limit_fen"] and amount_fen > card["single_limit_fen"]:
        return True
    if not card["day_limit_fen"]:
        return False
    row = tx.execute(
        "SELECT coalesce(sum(amount_fen), 0) AS used FROM orders WHERE card_number = ? AND booked_on = ? AND kind = 'payment'",
        (card["number"], now.date().isoformat()),
    ).fetchone()
    return bool(row["used"] + amount_fen > card["day_limit_fen"])


def apply_payment(tx: Tx, order: Row, now: datetime) -> int:
    """Take the money from the card; the fee in fen."""
    cards.move(tx, order["card_number"], -order["amount_fen"], "payment", now, order["merchant"], order["request_no"])
    return accounts.fee_fen(order["amount_fen"], accounts.merchant_row(tx, order["merchant"])["fee_bp"])


def refund_refusal(tx: Tx, order: Row, now: datetime) -> str:
    """The code that refuses this refund now; "" lets it through."""
    payment = _payment(tx, order)
    if payment is None:
        return "PAYMENT_NOT_FOUND"
    if payment["status"] != "SUCCESS":
        return "PAYMENT_NOT_REFUNDABLE"
    if payment["finished_at"] < stamp(now - timedelta(days=REFUND_DAYS)):
        return "REFUND_WINDOW_CLOSED"
    row = tx.execute(
        "SELECT coalesce(sum(amount_fen), 0) AS others FROM orders WHERE merchant = ? AND original_no = ?"
        " AND status <> 'FAILED' AND id <> ?",
        (order["merchant"], order["original_no"], order["id"]),
    ).fetchone()
    if row["others"] + order["amount_fen"] > payment["amount_fen"]:
        return "REFUND_EXCEEDS_PAYMENT"
    return "CARD_CLOSED" if cards.get(tx, payment["card_number"])["status"] == "closed" else ""


def apply_refund(tx: Tx, order: Row, now: datetime) -> int:
    """Give the money back to the card and count it on the payment; refunds cost nothing."""
    cards.move(tx, order["card_number"], order["amount_fen"], "refund", now, order["merchant"], order["request_no"])
    tx.execute(
        "UPDATE orders SET refunded_fen = refunded_fen + ? WHERE merchant = ? AND request_no = ?",
        (order["amount_fen"], order["merchant"], order["original_no"]),
    )
    return 0


def _payment(tx: Tx, refund: Row) -> Row | None:
    row: Row | None = tx.execute(
        "SELECT * FROM orders WHERE merchant = ? AND request_no = ? AND kind = 'payment'", (refund["merchant"], refund["original_no"])
    ).fetchone()
    return row
