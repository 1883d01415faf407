"""Judging a day's lines against our requests. Pure.

Of each line one verdict, the first that fits: `duplicate` (the same order is listed before), `theirs_only` (no request of ours),
`amount`, `status` (one of the two sides does not call it done), `fee` (off by more than the tolerance); none of them: it agrees.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from payments.channels.breaks import Finding
from payments.channels.done import Facts
from payments.reconciliation.models import BETWEEN, ReconLine

STATUSES = {"payout_return": "RETURNED"}
DONE = "SUCCESS"
RETURN = "payout_return"
KINDS = {"pay": "payment", "refund": "refund", "payout": "payout"}
Listed = tuple[UUID, str]
"""An order as a statement names it: our request's id, and the line's kind (a payout and its return are two lines)."""


@dataclass(frozen=True)
class Terms:
    """What is due of a payment (a share in basis points and a fixed part), what comes back with a refund (a share), and how many fen a
    line's fee may be off."""

    fee_bp: int
    fixed_fen: int
    back_bp: int
    tolerance_fen: int

    def due_fen(self, kind: str, amount_fen: int) -> int:
        """The channel's fee of an order, half a fen rounded up; negative for what it gives back with a refund."""
        match kind:
            case "payment":
                return share(amount_fen, self.fee_bp) + self.fixed_fen
            case "refund":
                return -share(amount_fen, self.back_bp)
        return 0

    def fee_of(self, request: Facts) -> int:
        """What is due of a request of ours."""
        return self.due_fen(KINDS[request.operation], request.amount_fen)

    def effect_of(self, request: Facts) -> int:
        """What a request of ours moves on the account."""
        return (request.amount_fen if request.operation == "pay" else -request.amount_fen) - self.fee_of(request)

    def variance_fen(self, line: ReconLine) -> int:
        """How much of a line's fee is not due."""
        return line.fee_fen - self.due_fen(line.kind, line.amount_fen)


def share(amount_fen: int, rate_bp: int) -> int:
    return (amount_fen * rate_bp + 5000) // 10_000


@dataclass(frozen=True)
class Verdict:
    """A line judged: `finding` is None where it agrees with `request`."""

    line: ReconLine
    request: Facts | None
    variance_fen: int
    finding: Finding | None


def judged(
    lines: Iterable[ReconLine], ours: Mapping[UUID, Facts], *, before: Collection[Listed], terms: Terms, day: str
) -> Iterator[Verdict]:
    """The lines' verdicts in their order. `before`: orders that statements have listed already; each line adds its own."""
    listed = set(before)
    for line in lines:
        if line.kind in BETWEEN:
            yield Verdict(line, None, 0, None)
            continue
        request = ours.get(line.named) if line.named else None
        if request is not None and (request.request_no != line.request_no or request.operation != line.operation):
            request = None
        variance = terms.variance_fen(line)
        again = line.named is not None and (line.named, line.kind) in listed
        if line.named is not None:
            listed.add((line.named, line.kind))
        said = ("duplicate", "listed before", shown(line)) if again else disagreement(line, request, variance, terms)
        yield Verdict(line, request, variance, finding(line, request, day, *said) if said else None)


def disagreement(line: ReconLine, request: Facts | None, variance_fen: int, terms: Terms) -> tuple[str, str, str] | None:
    """The break's kind, what we have and what they say; None where both agree."""
    if request is None:
        return "theirs_only", "unknown", shown(line)
    if (line.amount_fen, line.currency) != (request.amount_fen, request.currency):
        return "amount", f"{request.amount_fen} {request.currency}", f"{line.amount_fen} {line.currency}"
    if line.status != STATUSES.get(line.kind, DONE) or not request.done or (line.kind == RETURN and request.state != "returned"):
        return "status", request.state, line.status
    if abs(variance_fen) > terms.tolerance_fen:
        return "fee", f"{line.fee_fen - variance_fen} {line.currency}", f"{line.fee_fen} {line.currency}"
    return None


def finding(line: ReconLine, request: Facts | None, day: str, kind: str, ours: str, theirs: str) -> Finding:
    return Finding(kind, f"statement {day} line {line.line_no}", ours, theirs, line.request_no, request.id if request else None)


def shown(line: ReconLine) -> str:
    return f"{line.kind} {line.amount_fen} {line.currency}"


def absent(request_id: UUID, request_no: str, ours: str, kind: str, day: str) -> Finding:
    """An order that is done with us and not in the day's statement."""
    return Finding(kind, f"statement {day}", ours, "not listed", request_no, request_id)
