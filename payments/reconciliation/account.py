"""A day's bank account against the same day's orders: what was settled in one sum, fees, and every payout. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from payments.channels.breaks import Finding
from payments.channels.done import Facts
from payments.channels.port import StatementLine

SUMS = {"settlement_payments": "payment", "settlement_refunds": "refund", "payout": "payout", "payout_return": "payout_return"}
KINDS = {"pay": "payment", "refund": "refund", "payout": "payout"}
FEE_CODE = "CHRG"


@dataclass(frozen=True)
class Totals:
    """A day's orders by kind, and the fees of its payments as `fee`, in fen: as the channel lists them, and as we have them."""

    listed: Mapping[str, int]
    ours: Mapping[str, int]

    @classmethod
    def of(cls, listed: Mapping[str, int], booked: Iterable[Facts]) -> "Totals":
        ours: Counter[str] = Counter()
        for request in booked:
            ours[KINDS[request.operation]] += request.amount_fen
            ours["fee"] += request.fee_fen
        return cls(listed, ours)


def is_fee(line: StatementLine) -> bool:
    """By the bank transaction code's last part: a reader that drops it takes fees for payments."""
    return line.bank_code.rpartition("/")[2] == FEE_CODE


def differences(entries: Iterable[StatementLine], totals: Totals, *, day: str) -> list[Finding]:
    """What does not agree. A sum agrees with the listed orders, or with ours where the list itself is broken."""
    found: list[Finding] = []
    booked: Counter[str] = Counter()
    for entry in entries:
        if is_fee(entry):
            booked["fee"] += entry.amount_fen
        elif entry.kind in SUMS:
            booked[SUMS[entry.kind]] += entry.amount_fen
        else:
            name = entry.channel_no or entry.kind
            found.append(
                Finding("theirs_only", f"account {day} {name}"[:80], "unknown", f"{entry.direction} {entry.amount_fen} {entry.currency}")
            )
    for kind in ("payment", "refund", "fee", "payout", "payout_return"):
        listed, ours = totals.listed.get(kind, 0), totals.ours.get(kind, 0)
        if booked[kind] not in (listed, ours):
            found.append(Finding("amount", f"account {day} total of {kind}", f"{listed} CNY", f"{booked[kind]} CNY"))
    return found
