"""Campaigns online, those who pledge, and every job of crowdfunding run to the end."""

from datetime import datetime
from typing import Any

from accounts.identity.models import Customer
from accounts.ledger.queries import balance
from core.approvals import services as approvals
from core.clock import queries as clock
from core.clock import services as moving
from core.ids import parse_public_id
from core.outbox import services as outbox
from tests.factories import customer
from tests.payments.cashier.world import assert_settled, settle_cashier
from tests.wealth.catalog.products import staff as operator
from tests.wealth.orders.world import api, order_of, paid, saver
from tests.wealth.orders.world import go_on as orders_go_on
from wealth.catalog import accounts
from wealth.crowdfunding import queries, sweeps
from wealth.crowdfunding.models import Campaign, CampaignMilestone, CampaignReward
from wealth.crowdfunding.services import drafting, ending, reviewing
from wealth.crowdfunding.services.drafting import Draft, Milestone, Reward, Stretch
from wealth.orders.models import WealthOrder

GOAL = 100_000
PRICE = 5_000
FEE_BP = 500
SAID: dict[str, Any] = {
    "title_en": "A song book",
    "title_zh": "一本歌集",
    "story_en": "Songs of our valley, written down.",
    "story_zh": "把家乡的歌记录下来。",
    "goal": GOAL,
    "scheme": "all_or_nothing",
    "days": 30,
    "stretch_goals": [{"goal": 150_000, "text_en": "In colour", "text_zh": "彩色印刷"}],
    "rewards": [{"title_en": "The book", "title_zh": "歌集一本", "price": PRICE, "stock": 2}],
    "milestones": [
        {"title_en": "Begun", "title_zh": "启动", "weight": 1},
        {"title_en": "Printed", "title_zh": "印刷", "weight": 1},
        {"title_en": "Sent", "title_zh": "寄出", "weight": 1},
    ],
}
SELLING = {
    "risk": "R1",
    "fee_bp": FEE_BP,
    "custodian": "Sandbox Bank",
    "licence": "SBX-CF-1",
    "risk_text_en": "A campaign may fail to deliver what it promises.",
    "risk_text_zh": "众筹项目可能无法兑现回报。",
}
NEW = Draft(
    "A song book",
    "一本歌集",
    "Songs of our valley.",
    "家乡的歌。",
    GOAL,
    "all_or_nothing",
    30,
    None,
    [Stretch(150_000, "In colour", "彩色印刷")],
    [Reward("The book", "歌集一本", PRICE, 2)],
    [Milestone("Begun", "启动", 1), Milestone("Printed", "印刷", 1)],
)


def drafted(who: Customer, **said: Any) -> Campaign:
    made = api(who, "post", "campaigns/own", SAID | said)
    assert made.status_code == 201, made.json()
    return queries.campaign(parse_public_id(Campaign.PREFIX, made.json()["id"]))


def by_two(act: str, payload: dict[str, Any]) -> Any:
    """Proposed by one person, approved by another."""
    at = clock.now()
    asked = approvals.propose(act=act, payload=payload, maker=operator("mo", "finance_maker"), reason="seen by us", at=at)
    return approvals.approve(approval_id=asked.id, checker=operator("cy", "finance_checker"), at=at)


def approved(campaign: Campaign) -> Campaign:
    """Handed in and put online by two people."""
    drafting.hand_in(creator_id=campaign.creator_id, campaign_id=campaign.id, at=clock.now())
    by_two(reviewing.APPROVE, {"target": campaign.public_id, "seen": reviewing.fingerprint(campaign), **SELLING})
    return queries.campaign(campaign.id)


def online(who: Customer | None = None, **said: Any) -> Campaign:
    return approved(drafted(who or customer(), **said))


def begun(who: Customer) -> Campaign:
    """A draft, written down by the service."""
    return drafting.draft(creator_id=who.id, said=NEW, at=clock.now())


def reward(campaign: Campaign, number: int = 1) -> CampaignReward:
    return CampaignReward.objects.get(campaign=campaign, number=number)


def milestone(campaign: Campaign, number: int) -> CampaignMilestone:
    return CampaignMilestone.objects.get(campaign=campaign, number=number)


def pledge(who: Customer, campaign: Campaign, fen: int, wanted: CampaignReward | None = None) -> Any:
    assert campaign.product is not None
    details = {"reward_id": None if wanted is None else wanted.public_id}
    return api(who, "post", "orders", {"product_id": campaign.product.public_id, "amount": fen, "details": details})


def pledged(campaign: Campaign, fen: int, wanted: CampaignReward | None = None, *, who: Customer | None = None) -> WealthOrder:
    """A pledge that is paid from the balance, of somebody who has exactly that."""
    who = who or saver(fen)
    made = pledge(who, campaign, fen, wanted)
    assert made.status_code == 201, made.json()
    return paid(who, order_of(made.json()))


def to_the_end(campaign: Campaign) -> datetime:
    """The clock at the campaign's end."""
    assert campaign.ends_at is not None
    moving.move_to(at=campaign.ends_at)
    return campaign.ends_at


def sweep(at: datetime) -> None:
    """Everything that orders and campaigns do by themselves until nothing is due."""
    for _ in range(5):
        orders_go_on(at)
        if not sum(sweeps.go_on(shard=shard, at=at) for shard in queries.due_shards(at)):
            break
    orders_go_on(at)
    settle_cashier(at)
    outbox.run_pending(at=at)


def ended(campaign: Campaign) -> Campaign:
    sweep(to_the_end(campaign))
    return queries.campaign(campaign.id)


def told(campaign: Campaign, number: int) -> Any:
    """The creator's evidence for a milestone."""
    body = {"title": "Done", "words": "Here is a picture of it.", "milestone_id": milestone(campaign, number).public_id}
    return api(campaign.creator, "post", f"campaigns/own/{campaign.public_id}/updates", body)


def paid_out(campaign: Campaign, number: int) -> Any:
    return by_two(ending.PAY_MILESTONE, {"target": milestone(campaign, number).public_id})


def assert_whole(campaign: Campaign, *, held: int) -> None:
    """The books balance, every proof finds nothing, and the product holds so much."""
    assert_settled()
    assert campaign.product_id is not None
    assert abs(balance(accounts.holdings(campaign.product_id)).posted) == held
    assert balance(accounts.payments(campaign.product_id)).posted == 0
