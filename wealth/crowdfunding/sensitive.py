"""Acts on campaigns that a second person approves."""

from datetime import datetime

from core.approvals.register import Payload, register
from core.ids import parse_public_id
from wealth.crowdfunding import queries
from wealth.crowdfunding.models import Campaign, CampaignMilestone
from wealth.crowdfunding.refusals import CampaignNotOpen
from wealth.crowdfunding.services import ending, reviewing
from wealth.crowdfunding.services.reviewing import Selling
from wealth.crowdfunding.states import CAMPAIGN_MOVES, CampaignState


def campaign_of(payload: Payload) -> Campaign:
    return queries.campaign(parse_public_id(Campaign.PREFIX, payload["target"]))


def selling_of(payload: Payload) -> Selling:
    words = {name: str(payload[name]) for name in ("risk", "custodian", "licence", "risk_text_en", "risk_text_zh")}
    return Selling(fee_bp=int(payload["fee_bp"]), **words)


def approve(payload: Payload, at: datetime) -> str:
    row = reviewing.approve(campaign_id=campaign_of(payload).id, seen=payload["seen"], said=selling_of(payload), at=at)
    return f"{row.public_id} is online until {row.ends_at}"


def approvable(payload: Payload, at: datetime) -> None:
    reviewing.refuse_unapprovable(campaign_of(payload), payload["seen"], selling_of(payload))


def cancel(payload: Payload, at: datetime) -> str:
    row = reviewing.cancel(campaign_id=campaign_of(payload).id, why=payload["why"], at=at)
    return f"{row.public_id} is cancelled"


def cancellable(payload: Payload, at: datetime) -> None:
    row = campaign_of(payload)
    reviewing.selling.readable(payload["why"])
    if row.state not in CAMPAIGN_MOVES.sources(CampaignState.CANCELLED):
        raise CampaignNotOpen(state=row.state)


def pay_milestone(payload: Payload, at: datetime) -> str:
    wanted = parse_public_id(CampaignMilestone.PREFIX, payload["target"])
    row = ending.pay_milestone(milestone_id=wanted, at=at)
    return f"{row.public_id} is paid: {row.amount_fen} fen"


def payable(payload: Payload, at: datetime) -> None:
    ending.refuse_undue(queries.milestone(parse_public_id(CampaignMilestone.PREFIX, payload["target"])))


MAKERS, CHECKERS = {"marketing", "finance_maker"}, {"finance_checker", "risk"}
register(reviewing.APPROVE, apply=approve, check=approvable, roles_make=MAKERS, roles_check=CHECKERS, expires_hours=72)
register(reviewing.CANCEL, apply=cancel, check=cancellable, roles_make=MAKERS, roles_check=CHECKERS, expires_hours=72)
register(
    ending.PAY_MILESTONE,
    apply=pay_milestone,
    check=payable,
    roles_make={"finance_maker"},
    roles_check={"finance_checker"},
    expires_hours=72,
)
