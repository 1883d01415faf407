"""Payouts to the card of an agreement: when they are refused, what they move, and how they come back."""

from datetime import datetime

from sandbox import accounts, agreements, cards
from sandbox.bank_context import Row, Tx
from sandbox.clock import stamp

_STATUS_REFUSAL = cards.STATUS_REFUSAL | {"closed": "PAYEE_ACCOUNT_CLOSED"}


def payout_refusal(tx: Tx, order: Row, now: datetime) -> str:
    """The code that refuses this payout; "" lets it through. `now` does not matter to it."""
    agreement_code = agreements.refusal(tx, order["merchant"], order["agreement_no"])
    if agreement_code:
        return agreement_code
    card = cards.get(tx, order["card_number"])
    if card["status"] != "active":
        return _STATUS_REFUSAL[card["status"]]
    merchant = accounts.merchant_row(tx, order["merchant"])
    return "MERCHANT_ACCOUNT_SHORT" if merchant["balance_fen"] + merchant["overdraft_fen"] < order["amount_fen"] else ""


def apply_payout(tx: Tx, order: Row, now: datetime) -> int:
    """Take the money from the settlement account and give it to the card; payouts cost nothing."""
    day = accounts.open_day(tx, order["merchant"], now)
    accounts.post(tx, order["merchant"], day, stamp(now), order["bank_no"], "payout", -order["amount_fen"], order["request_no"])
    cards.move(tx, order["card_number"], order["amount_fen"], "payout", now, order["merchant"], order["request_no"])
    return 0


def take_back(tx: Tx, order: Row, now: datetime) -> str:
    """Return a payout: the mirror of `apply_payout`. The day (ISO) it is booked on.

    The card gives back what it still holds at most: the bank of a closed account never credited it, so a balance that was
    spent meanwhile (possible only with a return forced by hand) is not taken below zero.
    """
    day = accounts.open_day(tx, order["merchant"], now)
    reference = f"{order['bank_no']}-RETURN"
    accounts.post(tx, order["merchant"], day, stamp(now), reference, "payout_return", order["amount_fen"], order["request_no"])
    held = cards.get(tx, order["card_number"])["balance_fen"]
    cards.move(tx, order["card_number"], -min(held, order["amount_fen"]), "payout_return", now, order["merchant"], order["request_no"])
    return day
