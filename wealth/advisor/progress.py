"""How far goals are, and where they may lead."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.clock.queries import local_day
from wealth.advisor import advice, queries
from wealth.advisor.models import WealthGoal
from wealth.rules.advisor import Band, filled, projected, whole_months


@dataclass(frozen=True)
class Progress:
    """`saved_fen`: the part of what is invested that is this goal's; the earliest due is filled first. `band`: where it may lead, by the
    model's assumptions; None without a model. `months`: whole ones left."""

    goal: WealthGoal
    saved_fen: int
    months: int
    band: Band | None


def progress(customer_id: UUID, at: datetime) -> dict[UUID, Progress]:
    """Of all of a customer's goals, by id, the earliest due first."""
    found = advice.standing(customer_id, at)
    goals = list(queries.goals(customer_id).order_by("due_on", "id"))
    shares = filled([goal.amount_fen for goal in goals], found.invested_fen)
    told = {}
    for goal, saved_fen in zip(goals, shares, strict=True):
        months = whole_months(local_day(at), goal.due_on)
        band = None
        if found.model is not None:
            band = projected(
                now_fen=saved_fen,
                monthly_fen=goal.monthly_fen,
                months=months,
                mean_bp=found.model.mean_bp,
                deviation_bp=found.model.deviation_bp,
            )
        told[goal.id] = Progress(goal, saved_fen, months, band)
    return told
