"""What crowdfunding refuses, and what to do about it."""

from core.errors import DomainError


class CreatorNotVerified(DomainError):
    code = "campaign_creator_not_verified"
    status = 403
    en = "Only somebody who proved who they are can collect money. Verify your identity first."
    zh = "发起众筹须先完成实名认证,请先完成认证。"


class CampaignNotOpen(DomainError):
    code = "campaign_not_open"
    en = "This campaign is {state}: it cannot be changed in this way now."
    zh = "该众筹当前状态为 {state},无法进行此操作。"


class CampaignNotOnline(DomainError):
    code = "campaign_not_online"
    en = "This campaign takes no pledges any more. Choose another one."
    zh = "该众筹已停止接受支持,请选择其他项目。"


class OwnCampaign(DomainError):
    code = "campaign_own"
    en = "You cannot pledge to your own campaign."
    zh = "不能支持自己发起的众筹。"


class RewardSoldOut(DomainError):
    code = "campaign_reward_sold_out"
    en = "This reward is sold out. Choose another one, or pledge without a reward."
    zh = "该回报已被领完,请选择其他回报或无回报支持。"


class PledgeTooSmall(DomainError):
    """Fen."""

    code = "campaign_pledge_too_small"
    status = 422
    en = "This reward is for pledges from {price_fen} fen on. Raise the amount, or choose another reward."
    zh = "该回报需支持至少 {price_fen} 分,请提高金额或选择其他回报。"


class CampaignChanged(DomainError):
    code = "campaign_changed"
    en = "This campaign was changed after it was proposed. Read it again and propose anew."
    zh = "该众筹在提交审核后已变更,请核对后重新提交。"


class MilestoneNotDue(DomainError):
    code = "campaign_milestone_not_due"
    en = "This milestone is {state}, an earlier one is not paid, or its creator has shown nothing for it yet."
    zh = "该里程碑当前状态为 {state},或前一里程碑未付款,或发起人尚未提交进展证明。"


class NotRedeemedHere(DomainError):
    code = "pledge_not_redeemed"
    en = "A pledge is called off before the campaign ends, on its order's page; afterwards it is not given back. Nothing was done."
    zh = "支持款可在众筹结束前于订单页面撤销,结束后不可赎回。未执行任何操作。"
