"""A day's bank account against the same day's orders: what was settled in one sum, fees, and every payout. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.money import CNY
from payments.channels.breaks import Finding
from payments.channels.done import Facts
from payments.channels.port import StatementLine
from payments.reconciliation.judging import KINDS, Terms

COMPARED = ("payment", "refund", "fee", "payout", "payout_return")
SUMS = {"settlement_payments": "payment", "settlement_refunds": "refund"} | {kind: kind for kind in COMPARED}
"""Entries by what they are, of one order each or of a day's in one sum."""
FEE_CODE = "CHRG"
SENT_ON, ARRIVED = "sent_on", "arrived"
RECEIVED = "RCDT"
"""The family of bank transaction codes of transfers that came in."""


class Side(StrEnum):
    """Who is right about a kind of orders where the list and we disagree."""

    OURS = "ours"
    LISTED = "listed"


@dataclass(frozen=True)
class Totals:
    """A day's orders by kind, and the fees of its payments as `fee`, in fen: as the channel lists them, and as we have them."""

    listed: Mapping[str, int]
    ours: Mapping[str, int]

    @classmethod
    def of(cls, listed: Mapping[str, int], booked: Iterable[Facts], terms: Terms) -> "Totals":
        ours: Counter[str] = Counter()
        for request in booked:
            ours[KINDS[request.operation]] += request.amount_fen
            ours["fee"] += terms.fee_of(request)
        return cls(listed, ours)


def is_fee(line: StatementLine) -> bool:
    """By what the channel calls it, or the bank transaction code's last part: a reader that drops it takes fees for payments."""
    return line.kind == "fee" or line.bank_code.rpartition("/")[2] == FEE_CODE


def between_accounts(line: StatementLine) -> str:
    """Whether an entry is money between accounts of our own: sent on from a channel's to our bank, or come in at our bank. Empty else."""
    if line.currency != CNY.code:
        return ""
    if line.kind == "withdrawal" and line.direction == "debit":
        return SENT_ON
    ours = line.kind in SUMS or is_fee(line) or line.request_no.startswith("chr_")
    came_in = line.direction == "credit" and line.bank_code.split("/")[1:2] == [RECEIVED]
    return ARRIVED if came_in and not ours else ""


def differences(entries: Iterable[StatementLine], totals: Totals, *, day: str) -> list[Finding]:
    """What does not agree. A sum agrees with the listed orders, or with ours where the list itself is broken."""
    entries = list(entries)
    found = [
        Finding(
            "theirs_only",
            f"account {day} {entry.channel_no or entry.kind}"[:80],
            "unknown",
            f"{entry.direction} {entry.amount_fen} {entry.currency}",
        )
        for entry in entries
        if not is_fee(entry) and entry.kind not in SUMS and not between_accounts(entry)
    ]
    booked = moved(entries)
    for kind in COMPARED:
        listed, ours = totals.listed.get(kind, 0), totals.ours.get(kind, 0)
        if booked[kind] not in (listed, ours):
            found.append(Finding("amount", f"account {day} total of {kind}", f"{listed} CNY", f"{booked[kind]} CNY"))
    return found


def moved(entries: Iterable[StatementLine]) -> Counter[str]:
    """What the account moved by kind of orders, and as `fee`, less what was given back."""
    booked: Counter[str] = Counter()
    for entry in entries:
        booked["fee"] += entry.fee_fen
        if is_fee(entry):
            booked["fee"] += entry.amount_fen if entry.direction == "debit" else -entry.amount_fen
        elif entry.kind in SUMS:
            booked[SUMS[entry.kind]] += entry.amount_fen
    return booked


def sides(entries: Iterable[StatementLine], totals: Totals) -> dict[str, str]:
    """Whom the account bears out, by kind of orders: us, or the list; neither kind is named where both agree or neither does."""
    booked = moved(entries)
    found = {}
    for kind in COMPARED:
        listed, ours = totals.listed.get(kind, 0), totals.ours.get(kind, 0)
        if listed != ours and booked[kind] in (listed, ours):
            found[kind] = (Side.OURS if booked[kind] == ours else Side.LISTED).value
    return found
