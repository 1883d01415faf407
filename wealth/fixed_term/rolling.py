"""What becomes of a lot at its end: what is paid, and what goes on under the product's terms of that day."""

from dataclasses import dataclass
from datetime import date, datetime

from wealth.catalog.queries import ProductVersion
from wealth.catalog.states import ProductState
from wealth.fixed_term import terms
from wealth.fixed_term.models import MOST_FEN, FixedHolding
from wealth.fixed_term.services.lots import PaidOn, drafted
from wealth.fixed_term.states import Instruction, Origin

NOT_ON_SALE, NOT_OFFERED, RISKIER, TOO_SMALL, TOO_LARGE = (
    "product_not_on_sale", "instruction_not_offered", "product_riskier_now", "below_minimum", "above_person_cap",
)  # fmt: skip


@dataclass(frozen=True)
class End:
    """Fen: `paid_fen` goes to the balance, `principal_fen` and `interest_fen` of it; the rest is in `next_lot`. `code`: why it was not
    rolled though it should have been."""

    lot: FixedHolding
    principal_fen: int
    interest_fen: int
    rolled_interest_fen: int
    next_lot: FixedHolding | None
    code: str

    @property
    def paid_fen(self) -> int:
        return self.principal_fen + self.interest_fen


def end_of(lot: FixedHolding, *, on: date, at: datetime, paid_on: PaidOn = terms.paid_on) -> End:
    """By the lot's instruction, and its product's version on `on`. `paid_on`: for many lots, one that keeps what it answered."""
    wanted, version = lot.instruction, lot.product.current
    if wanted == Instruction.PAY_OUT:
        return End(lot, lot.principal_fen, lot.interest_fen, 0, None, "")
    with_interest = lot.interest_fen if wanted == Instruction.ROLL_ALL else 0
    goes_on = lot.principal_fen + with_interest
    why = unfit(lot, version, goes_on)
    if version is None or why:
        return End(lot, lot.principal_fen, lot.interest_fen, 0, None, why)
    next_lot = drafted(
        customer_id=lot.customer_id,
        version=version,
        principal_fen=goes_on,
        starts_on=on,
        instruction=wanted,
        at=at,
        origin=Origin.ROLLED,
        parent_id=lot.id,
        paid_on=paid_on,
    )
    return End(lot, 0, lot.interest_fen - with_interest, with_interest, next_lot, "")


def unfit(lot: FixedHolding, version: ProductVersion | None, fen: int) -> str:
    """Why a sum does not go on under a version; "" where it does. What goes on takes no quota anew, and need be on no step."""
    if version is None or lot.product.state != ProductState.ON_SALE:
        return NOT_ON_SALE
    if lot.instruction not in terms.terms_of(version).instructions:
        return NOT_OFFERED
    if version.risk > lot.version.risk:
        return RISKIER
    if fen < version.minimum_fen or terms.rate_bp(version, fen) is None:
        return TOO_SMALL
    most = MOST_FEN if version.person_cap_fen is None else version.person_cap_fen
    return TOO_LARGE if fen > max(most, lot.principal_fen) else ""
