"""The legs of every journal of the wallet, by number. `debit` takes from an account, `credit` gives to it.

1 top-up · 2 withdrawal (sent, paid; failed and returned are reversals) · 3 transfer (instant; out, then in or back) ·
5 late success on a closed top-up, and its refund (a reversal) · 6 late success whose refund the channel refused, credited ·
7 withdrawal that came back to a closed account · 8 what is unapplied, paid out by hand.
"""

import uuid

from accounts.ledger.accounts import AccountRef, customer_account, platform_account
from accounts.ledger.legs import Leg, credit, debit

TOP_UP = "wallet.top_up"
TOP_UP_LATE = "wallet.top_up_late"
TOP_UP_REFUND = "wallet.top_up_refund"
TOP_UP_CREDITED = "wallet.top_up_credited"
WITHDRAWAL_SENT = "wallet.withdrawal_sent"
WITHDRAWAL_BACK = "wallet.withdrawal_back"
WITHDRAWAL_PAID = "wallet.withdrawal_paid"
WITHDRAWAL_UNCLAIMED = "wallet.withdrawal_unclaimed"
PAID_BY_HAND = "wallet.paid_by_hand"
WITHDRAWAL_UNPAID = "wallet.withdrawal_unpaid"
TRANSFER = "wallet.transfer"
TRANSFER_OUT = "wallet.transfer_out"
TRANSFER_IN = "wallet.transfer_in"
TRANSFER_BACK = "wallet.transfer_back"


def balance_of(customer_id: uuid.UUID) -> AccountRef:
    return customer_account(customer_id, "balance")


def clearing(channel: str) -> AccountRef:
    return platform_account(f"clearing:channel:{channel}")


def top_up(*, channel: str, customer_id: uuid.UUID, amount_fen: int) -> list[Leg]:
    """Journal 1: clearing:channel -> user:balance."""
    return [debit(clearing(channel), amount_fen), credit(balance_of(customer_id), amount_fen)]


def top_up_late(*, channel: str, amount_fen: int) -> list[Leg]:
    """Journal 5: clearing:channel -> payable:unapplied."""
    return [debit(clearing(channel), amount_fen), credit(platform_account("payable:unapplied"), amount_fen)]


def top_up_credited(*, customer_id: uuid.UUID, amount_fen: int) -> list[Leg]:
    """Journal 6: payable:unapplied -> user:balance."""
    return [debit(platform_account("payable:unapplied"), amount_fen), credit(balance_of(customer_id), amount_fen)]


def withdrawal_sent(*, customer_id: uuid.UUID, amount_fen: int, fee_fen: int) -> list[Leg]:
    """Journal 2, first part: user:balance -> transit:withdraw + income:fee."""
    legs = [debit(balance_of(customer_id), amount_fen + fee_fen), credit(platform_account("transit:withdraw"), amount_fen)]
    return [*legs, credit(platform_account("income:fee"), fee_fen)] if fee_fen else legs


def withdrawal_paid(*, channel: str, amount_fen: int) -> list[Leg]:
    """Journal 2, second part: transit:withdraw -> clearing:channel."""
    return [debit(platform_account("transit:withdraw"), amount_fen), credit(clearing(channel), amount_fen)]


def withdrawal_unclaimed(*, amount_fen: int, fee_fen: int) -> list[Leg]:
    """Journal 7: transit:withdraw + income:fee -> payable:unapplied, where the first part of journal 2 cannot be mirrored."""
    legs = [debit(platform_account("transit:withdraw"), amount_fen), credit(platform_account("payable:unapplied"), amount_fen + fee_fen)]
    return [*legs, debit(platform_account("income:fee"), fee_fen)] if fee_fen else legs


def paid_by_hand(*, amount_fen: int) -> list[Leg]:
    """Journal 8: payable:unapplied -> asset:bank."""
    return [debit(platform_account("payable:unapplied"), amount_fen), credit(platform_account("asset:bank"), amount_fen)]


def transfer(*, payer_id: uuid.UUID, payee_id: uuid.UUID, amount_fen: int) -> list[Leg]:
    """Journal 3: user A:balance -> user B:balance."""
    return [debit(balance_of(payer_id), amount_fen), credit(balance_of(payee_id), amount_fen)]


def transfer_out(*, payer_id: uuid.UUID, amount_fen: int) -> list[Leg]:
    """Journal 3 with acceptance, first part: user A:balance -> transit:transfer."""
    return [debit(balance_of(payer_id), amount_fen), credit(platform_account("transit:transfer"), amount_fen)]


def transfer_in(*, payee_id: uuid.UUID, amount_fen: int) -> list[Leg]:
    """Journal 3 with acceptance, second part: transit:transfer -> user B:balance."""
    return [debit(platform_account("transit:transfer"), amount_fen), credit(balance_of(payee_id), amount_fen)]
