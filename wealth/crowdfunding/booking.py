"""How orders of the kind `crowdfunding` are booked (plugged into wealth.orders): pledges, decided by the campaign's end."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.clock.queries import local_day
from core.errors import DomainError, Invalid, NotFound
from core.ids import parse_public_id
from wealth.catalog.dates import OrderDates
from wealth.catalog.queries import ProductVersion
from wealth.crowdfunding import queries
from wealth.crowdfunding.models import CampaignReward
from wealth.crowdfunding.refusals import CampaignNotOnline, NotRedeemedHere, OwnCampaign, PledgeTooSmall, RewardSoldOut
from wealth.crowdfunding.services import pledging
from wealth.orders.queries import WealthOrder

ONE_DAY = timedelta(days=1)
NAME_IT = ("Name a reward of this campaign, or null for none.", "请选择本众筹的回报,不需要回报请填 null。")


class Pledges:
    refusals: Sequence[type[DomainError]] = (CampaignNotOnline, OwnCampaign, PledgeTooSmall, RewardSoldOut, NotRedeemedHere)
    own = True
    holding_prefix = ""

    def accept(
        self, *, customer_id: UUID, version: ProductVersion, amount_fen: int, details: Mapping[str, Any], at: datetime
    ) -> dict[str, Any]:
        """`reward_id`: null, or left out, for a pledge without a reward."""
        if set(details) - {"reward_id"}:
            raise Invalid("details", *NAME_IT)
        campaign = queries.of_product(version.product_id)
        reward = reward_named(campaign.id, details.get("reward_id"))
        pledging.refuse_unfit(campaign, customer_id, reward, amount_fen)
        return {"reward_id": None if reward is None else reward.public_id}

    def dates(self, *, version: ProductVersion, at: datetime) -> OrderDates | None:
        """Called off until the campaign's end; confirmed the day after, as nothing that earns."""
        ends_at = queries.of_product(version.product_id).ends_at
        if ends_at is None or at >= ends_at:
            raise CampaignNotOnline()
        last = local_day(ends_at)
        after = last + ONE_DAY
        return OrderDates(last, ends_at, after, after, last, after)

    def hold(self, *, order: WealthOrder, at: datetime) -> None:
        pledging.hold(order=order, reward_id=reward_of(order), at=at)

    def require(self, *, order: WealthOrder, at: datetime) -> None:
        pledging.require(order=order)

    def closed(self, *, order: WealthOrder, at: datetime) -> None:
        """Raises CutOffPassed for a pledge called off that its campaign was decided with."""
        pledging.give_back(order=order, reward_id=reward_of(order))

    def worth(self, *, customer_id: UUID, version: ProductVersion, holding_id: UUID | None, units_fen: int, at: datetime) -> int | None:
        raise NotRedeemedHere()

    def bought(self, *, order: WealthOrder, at: datetime) -> UUID:
        return pledging.book(order=order, at=at)

    def freeze(self, *, order: WealthOrder, at: datetime) -> int | None:
        raise NotRedeemedHere()

    def unfreeze(self, *, order: WealthOrder, at: datetime) -> None:
        """Nothing is ever frozen."""

    def redeemed(self, *, order: WealthOrder, at: datetime) -> UUID:
        raise NotRedeemedHere()


def reward_named(campaign_id: UUID, named: Any) -> CampaignReward | None:
    """Raises Invalid."""
    if named is None:
        return None
    try:
        wanted = parse_public_id(CampaignReward.PREFIX, named if isinstance(named, str) else "")
        return queries.one(queries.rewards(campaign_id).filter(pk=wanted))
    except NotFound as missing:
        raise Invalid("details.reward_id", *NAME_IT) from missing


def reward_of(order: WealthOrder) -> UUID | None:
    named = order.details.get("reward_id")
    return None if named is None else parse_public_id(CampaignReward.PREFIX, named)
