"""What debts refuse, and what to do about it."""

from core.errors import DomainError


class CashNotLent(DomainError):
    code = "credit_cash_not_lent"
    en = "This line pays at the cashier; it lends no money in hand. Use another line."
    zh = "该额度仅用于支付,不支持借款到余额,请使用其他额度。"


class CreditQuoteChanged(DomainError):
    code = "credit_quote_changed"
    en = "What borrowing costs is not what you were shown. Look at the quote again, then confirm."
    zh = "借款费用与您看到的不同,请重新查看后确认。"


class DebtSettled(DomainError):
    code = "credit_debt_settled"
    en = "Nothing of this draw is owed any more. There is nothing to repay."
    zh = "该笔借款已还清,无需还款。"


class RepaymentTooMuch(DomainError):
    """Fen."""

    code = "credit_repayment_too_much"
    status = 422
    en = "{settlement_fen} fen end this debt today. Pay that much or less."
    zh = "今日结清该笔借款需 {settlement_fen} 分,请勿超过该金额。"


class StrategyNotOffered(DomainError):
    code = "credit_strategy_not_offered"
    status = 422
    en = "Money ahead may do one of these: {offered}. Choose one."
    zh = "提前还款方式可选:{offered},请重新选择。"


class SettlementDay(DomainError):
    code = "credit_settlement_day"
    status = 422
    en = "What ends a debt is told for today and the {most_days} days after it. Choose one of them."
    zh = "仅可查询今日起 {most_days} 天内的结清金额,请重新选择日期。"
