"""A campaign's end: it waits for what is at the cashier, is decided, and its pledges are booked or go back. Then its creator is paid by
milestones."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts.ledger import services as ledger
from core.approvals.services import must_be_applying
from core.ids import new_id
from core.moves import advance
from core.work import services as work
from wealth.catalog.services import reviewing as selling
from wealth.catalog.states import ProductState
from wealth.crowdfunding import journals, queries
from wealth.crowdfunding.models import Campaign, CampaignMilestone
from wealth.crowdfunding.refusals import MilestoneNotDue
from wealth.crowdfunding.services.drafting import MILESTONE_WAITS
from wealth.crowdfunding.services.telling import locked, publish
from wealth.crowdfunding.states import CAMPAIGN_MOVES, MILESTONE_MOVES, OVER, CampaignState, MilestoneState, Scheme
from wealth.orders import queries as orders
from wealth.orders.services import own
from wealth.rules.crowdfunding import Closing, all_or_nothing, fees_fen, flexible, milestones_fen

PAY_MILESTONE = "campaign.pay_milestone"
LOOK_AGAIN = timedelta(minutes=1)
ENDED = "The campaign is over."


@transaction.atomic
def end(*, campaign_id: UUID, at: datetime) -> bool:
    """The next state of a campaign whose end came. False when that is not due, or payments are still waited for."""
    row = locked(campaign_id)
    if row.due_at is None or row.due_at > at or row.state in OVER:
        return False
    assert row.product_id is not None
    if row.state == CampaignState.ONLINE:
        advance(row, CampaignState.WAITING_FUNDS, moves=CAMPAIGN_MOVES, at=at, due_at=at)
        publish("wealth.campaign_waiting_funds", row, at)
    pending = orders.unpaid(row.product_id)
    kept = orders.pledged([row.product_id]).get(row.product_id)
    paid_fen = 0 if kept is None else kept.fen
    if row.scheme == Scheme.FLEXIBLE:
        decided = flexible(expired=True, pending=pending, paid_fen=paid_fen)
    else:
        decided = all_or_nothing(expired=True, pending=pending, paid_fen=paid_fen, goal_fen=row.goal_fen)
    if decided == Closing.WAITING_FUNDS:
        Campaign.objects.filter(pk=row.pk).update(due_at=at + LOOK_AGAIN)
        return False
    advance(row, CampaignState(decided.value), moves=CAMPAIGN_MOVES, at=at, due_at=at)
    publish(f"wealth.campaign_{decided.value}", row, at, paid_fen=paid_fen)
    return True


def decide(*, order_id: UUID, succeeded: bool, why: str, at: datetime) -> bool:
    """Book one pledge, or send it back; in its own transaction."""
    if succeeded:
        order = orders.order(order_id)
        assert order.amount_fen is not None
        own.confirm(order_id=order_id, units_fen=order.amount_fen, fee_fen=0, at=at)
    else:
        own.reject(order_id=order_id, code=why, at=at)
    return True


@transaction.atomic
def settle(*, campaign_id: UUID, at: datetime) -> bool:
    """All its pledges are booked, or on their way back: its product is closed, and a creator who succeeded gets the first milestone. False
    while a pledge is left to decide, or may still be paid."""
    row = locked(campaign_id)
    if row.state not in OVER or row.due_at is None or row.due_at > at:
        return False
    assert row.product_id is not None
    assert row.product is not None
    if orders.unpaid(row.product_id):
        Campaign.objects.filter(pk=row.pk).update(due_at=at + LOOK_AGAIN)
        return False
    if orders.undecided(row.product_id).exists():
        return False
    if row.product.state != ProductState.CLOSED:
        selling.close(product_id=row.product_id, reason=ENDED, at=at)
    raised = orders.booked_fen(row.product_id)
    row.raised_fen, row.settled_at, row.due_at = raised, at, None
    row.save(update_fields=["raised_fen", "settled_at", "due_at"])
    publish("wealth.campaign_settled", row, at, raised_fen=raised)
    if row.state == CampaignState.SUCCESSFUL:
        pay(row, share(row, raised, at), at)
    return True


def share(row: Campaign, raised_fen: int, at: datetime) -> CampaignMilestone:
    """Write down what each milestone comes to; our fee goes with the first. Returns that."""
    rows = list(queries.milestones(row.id))
    fee = sum(fees_fen(raised_fen=raised_fen, shares_bp=[row.fee_bp]))
    parts = milestones_fen(net_fen=raised_fen - fee, weights=[one.weight for one in rows])
    for one, amount in zip(rows, parts, strict=True):
        advance(one, MilestoneState.WAITING, moves=MILESTONE_MOVES, at=at, amount_fen=amount, fee_fen=fee if one is rows[0] else 0)
    return rows[0]


def pay(row: Campaign, milestone: CampaignMilestone, at: datetime) -> None:
    """W30; where a milestone comes to nothing there is nothing to book."""
    assert row.product_id is not None
    assert milestone.amount_fen is not None
    total = milestone.amount_fen + milestone.fee_fen
    journal_id = new_id() if total else None
    advance(milestone, MilestoneState.PAID, moves=MILESTONE_MOVES, at=at, journal_id=journal_id)
    publish("wealth.campaign_milestone_paid", row, at, milestone=milestone.public_id, amount_fen=milestone.amount_fen)
    if journal_id is not None:
        legs = journals.milestone_paid(row.product_id, row.creator_id, milestone.amount_fen, milestone.fee_fen)
        ledger.post(journal_id=journal_id, event=journals.MILESTONE_PAID, legs=legs, reference=milestone.public_id, at=at)


def refuse_undue(milestone: CampaignMilestone) -> None:
    """Raises MilestoneNotDue."""
    if not queries.to_approve().filter(pk=milestone.pk).exists():
        raise MilestoneNotDue(state=milestone.state)


@transaction.atomic
def pay_milestone(*, milestone_id: UUID, at: datetime) -> CampaignMilestone:
    """Two people saw that a later milestone is reached. Raises ApprovalNeeded, NotFound, MilestoneNotDue."""
    decided = must_be_applying(PAY_MILESTONE)
    row = locked(queries.milestone(milestone_id).campaign_id)
    milestone = queries.milestone(milestone_id)
    refuse_undue(milestone)
    work.finish(kind=MILESTONE_WAITS, target=milestone.public_id, by=decided.checker, at=at)
    pay(row, milestone, at)
    return milestone
