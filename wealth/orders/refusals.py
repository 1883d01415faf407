"""What orders refuse, and what to do about it."""

from core.errors import DomainError


class KindNotOrdered(DomainError):
    code = "product_not_ordered_here"
    en = "This product cannot be ordered. Choose another one."
    zh = "该产品暂不支持下单,请选择其他产品。"


class TooManyUnpaid(DomainError):
    code = "wealth_too_many_unpaid"
    en = "You have {most} purchases that wait to be paid. Pay one, or call it off."
    zh = "您有 {most} 笔申购订单待支付,请先支付或撤单。"


class OrderNotPayable(DomainError):
    code = "wealth_order_not_payable"
    en = "This order is {state}: it cannot be paid. Order again."
    zh = "该订单当前状态为 {state},无法支付,请重新下单。"


class DatesPassed(DomainError):
    code = "wealth_order_dates_passed"
    en = "The cut-off of this order's day is over, so the dates you were shown hold no more. Nothing was taken; order again."
    zh = "该订单已过当日截止时间,您看到的日期不再适用,未扣款,请重新下单。"


class OfferChanged(DomainError):
    code = "wealth_offer_changed"
    en = "The terms of this product changed after you ordered. Nothing was taken; read them and order again."
    zh = "下单后产品条款已更新,未扣款,请阅读新条款后重新下单。"


class CutOffPassed(DomainError):
    code = "wealth_cut_off_passed"
    en = "The cut-off of this order's day is over, or the issuer has it: it cannot be called off any more."
    zh = "该订单已过截止时间或已提交发行机构,无法撤单。"


class NotCancellable(DomainError):
    code = "wealth_order_not_cancellable"
    en = "This order is {state}: there is nothing to call off."
    zh = "该订单当前状态为 {state},无法撤单。"


class FastNotOffered(DomainError):
    code = "fast_redemption_not_offered"
    status = 422
    en = "This product pays nothing out at once. Redeem it the ordinary way: the money is in your balance on {cash_on}."
    zh = "该产品不支持快速赎回,请选择普通赎回,预计 {cash_on} 到账。"


class FastLimitReached(DomainError):
    """Fen. The customer decides on another way or amount; nothing is split for them."""

    code = "fast_redemption_limit_reached"
    status = 422
    en = (
        "At most {cap_fen} fen a day are paid out of this product at once, and {remaining_fen} are left today. Redeem that much at once,"
        " or this amount the ordinary way: the money is in your balance on {cash_on}."
    )
    zh = "该产品每日快速赎回限额 {cap_fen} 分,今日剩余 {remaining_fen} 分。请减少金额,或选择普通赎回,预计 {cash_on} 到账。"


class SharesUsedUp(DomainError):
    """Fen."""

    code = "fund_shares_used_up"
    status = 422
    en = "What this fund pays at once a day ({cap_fen} fen) is used up. Pay another way, or with it again tomorrow."
    zh = "该基金今日可即时支付额度({cap_fen} 分)已用完,请选择其他支付方式或明日再试。"


class NotStuck(DomainError):
    code = "wealth_order_not_stuck"
    en = "This order goes on by itself, or its issuer may still do what it was asked. Look at its page for what it waits for."
    zh = "该订单可自动继续处理,或发行机构仍可能执行,请查看订单页面了解等待事项。"
