"""What `ledger_check` proves of crowdfunding: milestones name their journals and are named by them, a product holds the booked pledges less
what its milestones paid, milestones and fee come to what was raised, and each reward's stock is counted as pledges say."""

from collections.abc import Iterator, Sequence
from datetime import date

from django.db.models import F, Sum

from accounts.ledger import queries as ledger
from accounts.ledger.booked import SHOWN, Booked, Named
from accounts.ledger.sockets import CHECKS, Finding
from wealth.catalog import accounts
from wealth.crowdfunding import journals
from wealth.crowdfunding.models import Campaign, CampaignMilestone, CampaignReward
from wealth.crowdfunding.states import CampaignState, MilestoneState
from wealth.orders import queries as orders


class Crowdfunding:
    name = "wealth_crowdfunding"

    def findings(self, *, since: date | None) -> Sequence[Finding]:
        return [*held(), *shared(), *counted()][:SHOWN]


def held() -> Iterator[Finding]:
    """product:holdings of each campaign that succeeded and is not paid out, or not settled; nothing is held for any other."""
    for row in Campaign.objects.filter(product__isnull=False).order_by("id"):
        assert row.product_id is not None
        paid = CampaignMilestone.objects.filter(campaign=row, state=MilestoneState.PAID)
        gone = paid.aggregate(fen=Sum(F("amount_fen") + F("fee_fen"), default=0))["fen"]
        said = orders.booked_fen(row.product_id) - gone
        there = abs(ledger.balance(accounts.holdings(row.product_id)).posted)
        if there != said:
            yield Finding(
                "wealth_crowdfunding.held", row.public_id, f"product:holdings holds {there} fen; pledges and milestones say {said}"
            )


def shared() -> Iterator[Finding]:
    rows = Campaign.objects.filter(state=CampaignState.SUCCESSFUL, settled_at__isnull=False)
    for row in rows.annotate(parts_fen=Sum(F("milestones__amount_fen") + F("milestones__fee_fen"))).order_by("id"):
        if row.parts_fen != row.raised_fen:
            text = f"{row.raised_fen} fen were raised; milestones and fee come to {row.parts_fen}"
            yield Finding("wealth_crowdfunding.shared", row.public_id, text)


def counted() -> Iterator[Finding]:
    products = Campaign.objects.filter(product__isnull=False).values("product_id")
    said = orders.asked_along([row["product_id"] for row in products], "reward_id")
    for reward in CampaignReward.objects.filter(campaign__product__isnull=False).order_by("id"):
        if reward.used != said.get(reward.public_id, 0):
            text = f"{reward.used} are counted as used; {said.get(reward.public_id, 0)} pledges have it"
            yield Finding("wealth_crowdfunding.stock", reward.public_id, text)


CHECKS.plug("wealth.crowdfunding", Crowdfunding())
CHECKS.plug(
    "wealth.crowdfunding.booked",
    Booked("crowdfunding", Named(CampaignMilestone, CampaignMilestone.PREFIX, "journal_id", (journals.MILESTONE_PAID,))),
)
