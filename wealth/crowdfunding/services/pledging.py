"""What a pledge takes of a campaign, and gives back."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from accounts.ledger import services as ledger
from core.ids import new_id
from wealth.crowdfunding import journals, queries
from wealth.crowdfunding.models import Campaign, CampaignReward
from wealth.crowdfunding.refusals import CampaignNotOnline, OwnCampaign, PledgeTooSmall, RewardSoldOut
from wealth.crowdfunding.services.telling import locked
from wealth.crowdfunding.states import RUNNING, CampaignState
from wealth.orders.journals import CONFIRMED
from wealth.orders.queries import WealthOrder
from wealth.orders.refusals import CutOffPassed
from wealth.orders.services.paying import CALLED_OFF


def refuse_unfit(campaign: Campaign, customer_id: UUID, reward: CampaignReward | None, amount_fen: int) -> None:
    """Raises OwnCampaign, PledgeTooSmall."""
    if campaign.creator_id == customer_id:
        raise OwnCampaign()
    if reward is not None and amount_fen < reward.price_fen:
        raise PledgeTooSmall(field="amount", price_fen=reward.price_fen)


@transaction.atomic
def hold(*, order: WealthOrder, reward_id: UUID | None, at: datetime) -> None:
    """Count one of the reward's stock, while the campaign stays online to the end of the transaction. Raises CampaignNotOnline,
    OwnCampaign, PledgeTooSmall, RewardSoldOut."""
    campaign = locked(queries.of_product(order.product_id).id)
    if campaign.state != CampaignState.ONLINE or campaign.ends_at is None or at >= campaign.ends_at:
        raise CampaignNotOnline()
    reward = None if reward_id is None else queries.rewards(campaign.id).get(pk=reward_id)
    refuse_unfit(campaign, order.customer_id, reward, order.amount_fen or 0)
    if reward is None:
        return
    free = Q(stock=None) | Q(used__lt=F("stock"))
    if not CampaignReward.objects.filter(free, pk=reward.pk).update(used=F("used") + 1):
        raise RewardSoldOut(field="details.reward_id")


def require(*, order: WealthOrder) -> None:
    """Raises CampaignNotOnline."""
    if queries.of_product(order.product_id).state not in RUNNING:
        raise CampaignNotOnline()


@transaction.atomic
def give_back(*, order: WealthOrder, reward_id: UUID | None) -> None:
    """What a pledge took is free. One that was paid and is called off takes its campaign's lock, as the end does: what counted for the
    success stays. Raises CutOffPassed."""
    called_off = order.code == CALLED_OFF and order.pay_journal_id is not None
    if called_off and locked(queries.of_product(order.product_id).id).state == CampaignState.SUCCESSFUL:
        raise CutOffPassed()
    if reward_id is not None:
        CampaignReward.objects.filter(pk=reward_id).update(used=F("used") - 1)


@transaction.atomic
def book(*, order: WealthOrder, at: datetime) -> UUID:
    """W2c. Returns its id."""
    assert order.amount_fen is not None
    journal_id = new_id()
    legs = journals.pledged(order.product_id, order.amount_fen)
    ledger.post(journal_id=journal_id, event=CONFIRMED, legs=legs, reference=order.public_id, at=at)
    return journal_id
