"""Debts between their rows and the book that works them out. The draw is locked by the caller."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from core.errors import NotFound
from core.moves import advance
from credit.debts import queries
from credit.debts.book import FEE, INTEREST, PENALTY, PRINCIPAL, Ahead, Debt, Paid, Part
from credit.debts.models import Draw, Instalment, Plan
from credit.debts.states import DRAW_MOVES, PLAN_MOVES, DrawState, InstalmentState, PlanState
from credit.engine.paying import Prepay
from credit.products import terms as terms_of

CHANGING = (
    "state", "principal_fen", "interest_fen", "fee_fen", "penalty_fen", "paid_principal_fen", "paid_interest_fen", "paid_fee_fen",
    "paid_penalty_fen", "ahead_fen", "early_fee_fen", "penalty_kept_fen", "penalty_since", "penalty_most_fen", "paid_on", "changed_at",
)  # fmt: skip


@dataclass
class Kept:
    """A draw with its rows and what the book makes of them."""

    draw: Draw
    plan: Plan
    rows: list[Instalment]
    debt: Debt


def locked(draw_id: UUID, customer_id: UUID) -> Draw:
    """Raises NotFound."""
    rows = Draw.objects.select_for_update(of=("self",)).select_related("line", "product", "version")
    found = rows.filter(pk=draw_id, customer_id=customer_id).first()
    if found is None:
        raise NotFound()
    return found


def read(draw: Draw) -> Kept:
    plan = queries.plan(draw.pk)
    rows = queries.instalments(draw.pk)
    return Kept(draw, plan, rows, debt_of(draw, plan, rows))


def debt_of(draw: Draw, plan: Plan | None, rows: list[Instalment]) -> Debt:
    terms = terms_of.of(draw.version)
    choice = terms.choice(draw.periods)
    assert choice is not None, "a published version never changes"
    ahead = zip(plan.ahead_on, plan.ahead_fen, plan.ahead_ways, strict=True) if plan else ()
    return Debt(
        terms,
        choice,
        draw.rate_ppm,
        draw.amount_fen,
        draw.starts_on,
        tuple(part_of(row) for row in rows),
        tuple(Ahead(on, fen, Prepay(way)) for on, fen, way in ahead),
    )


def part_of(row: Instalment) -> Part:
    return Part(
        number=row.number,
        begins_on=row.begins_on,
        due_on=row.due_on,
        asked={PRINCIPAL: row.principal_fen, INTEREST: row.interest_fen, FEE: row.fee_fen, PENALTY: row.penalty_fen},
        paid={
            PRINCIPAL: row.paid_principal_fen, INTEREST: row.paid_interest_fen, FEE: row.paid_fee_fen, PENALTY: row.paid_penalty_fen,
        },
        late_from=row.late_from,
        ahead_fen=row.ahead_fen,
        early_fee_fen=row.early_fee_fen,
        kept_fen=row.penalty_kept_fen,
        since=row.penalty_since,
        most_fen=row.penalty_most_fen,
    )  # fmt: skip


def values(part: Part, day: date, at: datetime) -> dict[str, Any]:
    """What of a part its row keeps and may change."""
    asked, paid = part.asked, part.paid
    done = part.open_fen == 0
    return {
        "state": InstalmentState.PAID if done else InstalmentState.OPEN,
        "principal_fen": asked[PRINCIPAL], "interest_fen": asked[INTEREST], "fee_fen": asked[FEE], "penalty_fen": asked[PENALTY],
        "paid_principal_fen": paid[PRINCIPAL], "paid_interest_fen": paid[INTEREST], "paid_fee_fen": paid[FEE],
        "paid_penalty_fen": paid[PENALTY], "ahead_fen": part.ahead_fen, "early_fee_fen": part.early_fee_fen,
        "penalty_kept_fen": part.kept_fen, "penalty_since": part.since, "penalty_most_fen": part.most_fen,
        "paid_on": day if done else None, "changed_at": at,
    }  # fmt: skip


def begin(draw: Draw, debt: Debt, at: datetime) -> None:
    """The first plan of a saved draw."""
    plan = Plan.objects.create(draw=draw, shard=draw.shard, number=1, made_on=draw.starts_on, created_at=at, changed_at=at)
    Instalment.objects.bulk_create([row_of(draw, plan, part, draw.starts_on, at) for part in debt.parts])


def row_of(draw: Draw, plan: Plan, part: Part, day: date, at: datetime) -> Instalment:
    return Instalment(
        draw=draw,
        plan=plan,
        line_id=draw.line_id,
        product_id=draw.product_id,
        shard=draw.shard,
        number=part.number,
        begins_on=part.begins_on,
        due_on=part.due_on,
        late_from=part.late_from,
        **values(part, day, at),
    )


def keep(kept: Kept, paid: Paid, day: date, at: datetime) -> None:
    """Write what a payment made of a debt; another plan where what is to come is not what it was."""
    parts = {part.number: part for part in paid.debt.parts}
    settled = all(part.open_fen == 0 for part in parts.values())
    if paid.replanned:
        supersede(kept, parts, paid.debt.ahead, day, at)
    elif len(paid.debt.ahead) != len(kept.debt.ahead):
        for name, value in ahead_columns(paid.debt.ahead).items():
            setattr(kept.plan, name, value)
        kept.plan.save(update_fields=["ahead_on", "ahead_fen", "ahead_ways"])
    same = [row for row in kept.rows if row.number in parts and row.state != InstalmentState.SUPERSEDED]
    changed = [row for row in same if part_of(row) != parts[row.number]]
    for row in changed:
        wanted = values(parts[row.number], day, at)
        if row.paid_on is not None:
            wanted["paid_on"] = row.paid_on
        for name, value in wanted.items():
            setattr(row, name, value)
    Instalment.objects.bulk_update(changed, CHANGING)
    if settled:
        advance(kept.plan, PlanState.SETTLED, moves=PLAN_MOVES, at=at)
        advance(kept.draw, DrawState.SETTLED, moves=DRAW_MOVES, at=at, settled_on=day)


def supersede(kept: Kept, parts: dict[int, Part], ahead: tuple[Ahead, ...], day: date, at: datetime) -> None:
    """What is to come belongs to a new plan; what fell due stays with the one it fell due under."""
    advance(kept.plan, PlanState.SUPERSEDED, moves=PLAN_MOVES, at=at)
    old = [row for row in kept.rows if row.due_on > day]
    for row in old:
        row.state, row.changed_at = InstalmentState.SUPERSEDED, at
    Instalment.objects.bulk_update(old, ["state", "changed_at"])
    plan = Plan(draw=kept.draw, shard=kept.draw.shard, number=kept.plan.number + 1, made_on=day, created_at=at, changed_at=at)
    for name, value in ahead_columns(ahead).items():
        setattr(plan, name, value)
    plan.save(force_insert=True)
    due = {row.number for row in kept.rows if row.due_on <= day}
    Instalment.objects.bulk_create([row_of(kept.draw, plan, part, day, at) for part in parts.values() if part.number not in due])
    kept.plan = plan


def ahead_columns(ahead: tuple[Ahead, ...]) -> dict[str, Any]:
    return {
        "ahead_on": [one.on for one in ahead],
        "ahead_fen": [one.fen for one in ahead],
        "ahead_ways": [str(one.strategy) for one in ahead],
    }
