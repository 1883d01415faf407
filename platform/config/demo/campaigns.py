"""The demo's crowdfunding: two campaigns of one creator, put online by two people. One comes to its goal and is paid by milestones, of
the other every pledge goes back."""

from datetime import datetime

from config.demo.acts import Intention, NotReady
from config.demo.cast import FINANCE, second_look
from config.demo.lives import Life, customer_of, ordered
from wealth.crowdfunding import queries, sweeps
from wealth.crowdfunding.queries import Campaign
from wealth.crowdfunding.services import drafting, ending, reviewing
from wealth.crowdfunding.services.drafting import Draft, Milestone, Reward, Stretch

REVIEWERS = ("marketing", "finance_checker")
DAYS = 20
SAID = {
    "songs": Draft(
        "Songs of our valley",
        "山谷里的歌",
        "Forty songs, written down with their notes before those who sing them are gone.",
        "把家乡老人唱的四十首歌记谱成书。",
        6_000,
        "all_or_nothing",
        DAYS,
        None,
        [Stretch(50_000, "Printed in colour", "彩色印刷")],
        [Reward("The book", "歌集一本", 1_500, None)],
        [Milestone("The songs are recorded", "完成录音", 1), Milestone("The book is printed", "印刷成书", 1)],
    ),
    "observatory": Draft(
        "An observatory on the school's roof",
        "学校屋顶天文台",
        "A telescope under a small dome, open to the town every Friday evening.",
        "在学校屋顶建一座小天文台,每周五晚向全镇开放。",
        5_000_000,
        "all_or_nothing",
        DAYS,
        None,
        [],
        [Reward("An evening at the telescope", "观星夜一次", 1_500, None)],
        [Milestone("The dome stands", "圆顶落成", 1)],
    ),
}
SELLING = {
    "risk": "R1",
    "fee_bp": 300,
    "custodian": "Sandbox Bank",
    "licence": "SBX-CF-1",
    "risk_text_en": "A campaign may fail to deliver what it promises.",
    "risk_text_zh": "众筹项目可能无法兑现回报。",
}


def begin(life: Life, wanted: Intention, at: datetime) -> None:
    """Draft a campaign and hand it in."""
    creator = customer_of(life)
    made = drafting.draft(creator_id=creator.id, said=SAID[wanted.how], at=at)
    drafting.hand_in(creator_id=creator.id, campaign_id=made.id, at=at)


def named(wanted: Intention) -> Campaign:
    found = queries.shown().filter(title_en=SAID[wanted.how].title_en).first()
    if found is None:
        raise NotReady("knows no such campaign")
    return found


def pledge(life: Life, wanted: Intention, at: datetime) -> None:
    """For the campaign's reward, from the balance."""
    campaign = named(wanted)
    assert campaign.product_id is not None, "what is shown is a product"
    reward = queries.rewards(campaign.id).filter(price_fen__lte=wanted.amount_fen).first()
    ordered(life, campaign.product_id, wanted.amount_fen, {"reward_id": None if reward is None else reward.public_id}, at)


def tell(life: Life, wanted: Intention, at: datetime) -> None:
    """The creator shows that the next milestone is reached."""
    campaign = named(wanted)
    milestone = queries.milestones(campaign.id).filter(state="waiting").first()
    if milestone is None:
        raise NotReady("has no milestone to show")
    words = {"title": "The book is printed", "words": "五百本歌集已印好,见附图。"}
    drafting.tell(creator_id=customer_of(life).id, campaign_id=campaign.id, milestone_id=milestone.id, at=at, **words)


def go_on(at: datetime) -> None:
    """Campaigns whose end came, in every shard that has one."""
    for shard in queries.due_shards(at):
        sweeps.go_on(shard=shard, at=at)


def decide(at: datetime) -> None:
    """What was handed in goes online, and what was shown is paid, each by two people."""
    for campaign in queries.in_review().order_by("created_at", "id"):
        payload = {"target": campaign.public_id, "seen": reviewing.fingerprint(campaign), **SELLING}
        second_look(reviewing.APPROVE, payload, "The creator was called", at, people=REVIEWERS)
    for milestone in queries.to_approve().order_by("id"):
        second_look(ending.PAY_MILESTONE, {"target": milestone.public_id}, "The printed book was seen", at, people=FINANCE)
