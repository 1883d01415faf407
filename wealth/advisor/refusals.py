"""What advice refuses, and what to do about it."""

from core.errors import DomainError


class NoModel(DomainError):
    code = "advisor_no_model"
    en = "There is no model portfolio for your profile ({level}) yet. Choose products yourself, or look again later."
    zh = "暂无适合您风险承受能力({level})的投资组合,请自行选择产品或稍后再试。"


class NothingToDo(DomainError):
    code = "advisor_nothing_to_do"
    en = "Nothing to order: your money is close enough to the model, or every step is below the smallest amount. Add money, or leave it."
    zh = "当前无需调整:您的持仓已接近目标组合,或调整金额低于最小交易额。您可追加资金或保持不变。"


class PlanOver(DomainError):
    code = "advisor_plan_over"
    en = "This plan is {state}. Nothing was ordered; ask for a new one."
    zh = "该方案当前状态为 {state},未下单,请重新获取方案。"


class PlanChanged(DomainError):
    code = "advisor_plan_changed"
    en = "The model, your profile or a product's terms changed since this plan was shown. Nothing was ordered; ask for a new one."
    zh = "方案展示后,目标组合、您的风险等级或产品条款已变更,未下单,请重新获取方案。"


class TooManyGoals(DomainError):
    code = "wealth_too_many_goals"
    en = "You have {most} goals. Delete one first."
    zh = "您已有 {most} 个目标,请先删除不用的目标。"


class TooManyInvestingPlans(DomainError):
    code = "wealth_too_many_investing_plans"
    en = "You have {most} regular investments. End one first."
    zh = "您已有 {most} 个定投计划,请先终止不用的计划。"


class NotInvestedRegularly(DomainError):
    code = "wealth_not_invested_regularly"
    status = 422
    en = "This product cannot be invested in regularly. Choose a money fund or another open product."
    zh = "该产品不支持定投,请选择货币基金等开放式产品。"
