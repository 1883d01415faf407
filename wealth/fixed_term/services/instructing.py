"""What the customer wants at the end."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from core.clock.queries import local_day
from core.errors import Invalid, NotFound
from wealth.fixed_term import terms
from wealth.fixed_term.models import FixedHolding
from wealth.fixed_term.refusals import InstructionLate, LotEnded
from wealth.fixed_term.services.lots import locked
from wealth.fixed_term.states import LotState


@transaction.atomic
def instruct(*, customer_id: UUID, holding_id: UUID, instruction: str, at: datetime) -> FixedHolding:
    """Choose what happens at the end, until the day before it. Raises NotFound (also for another's), LotEnded, InstructionLate, and Invalid
    for a choice the lot's terms do not have."""
    lot = locked(holding_id)
    if lot.customer_id != customer_id:
        raise NotFound()
    require_offered(terms.terms_of(lot.version).instructions, instruction)
    if lot.state != LotState.HELD:
        raise LotEnded(state=lot.state)
    if local_day(at) >= lot.matures_on:
        raise InstructionLate(matures_on=lot.matures_on.isoformat())
    lot.instruction, lot.changed_at = instruction, at
    lot.save(update_fields=["instruction", "changed_at"])
    return lot


def require_offered(offered: Sequence[str], instruction: object, field: str = "instruction") -> None:
    """Raises Invalid."""
    if instruction not in offered:
        raise Invalid(field, f"Choose one of {', '.join(offered)}.", f"请从以下到期方式中选择:{'、'.join(offered)}。")
