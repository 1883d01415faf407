"""What transfers refuse, and what to do about it."""

from core.errors import DomainError


class NotTransferable(DomainError):
    code = "transfer_not_offered"
    en = "Holdings of this product cannot be sold to others. Wait for its day, or take it early where you may."
    zh = "该产品不支持转让,请等待到期,或在允许时提前支取。"


class TransferBlackout(DomainError):
    code = "transfer_blackout"
    en = "It is paid on {matures_on}: from {days} days before on it is not sold any more."
    zh = "该笔将于 {matures_on} 兑付,到期前 {days} 天起不可转让。"


class PremiumTooHigh(DomainError):
    """Basis points; may be negative."""

    code = "transfer_premium_too_high"
    status = 422
    en = "Ask for a premium of {most_bp} bp at most: more is capped, or the buyer would lose by it."
    zh = "溢价最高 {most_bp} bp:超出上限,或将使受让人亏损。"


class DiscountTooLarge(DomainError):
    """Basis points below the principal."""

    code = "transfer_discount_too_large"
    status = 422
    en = "Let off {most_bp} bp at most: what is sold for less is mostly sold by mistake, or by somebody else."
    zh = "折价最多 {most_bp} bp,请提高转让价格。"


class PartTooSmall(DomainError):
    """Fen."""

    code = "transfer_part_too_small"
    status = 422
    en = "Offer {least_fen} fen at least, or the whole holding."
    zh = "转让本金至少 {least_fen} 分,或转让全部持有本金。"


class TooManyReserved(DomainError):
    code = "transfer_too_many_reserved"
    en = "You have {most} purchases that wait to be paid. Pay one, or let it lapse."
    zh = "您有 {most} 笔受让订单待支付,请先支付或等待失效。"


class TooManyLapsed(DomainError):
    code = "transfer_too_many_lapsed"
    status = 429
    en = "You let {most} purchases lapse today. Buy again tomorrow."
    zh = "您今日已有 {most} 笔受让订单未支付失效,请明日再试。"


class OfferGone(DomainError):
    code = "transfer_offer_gone"
    en = "This offer is {state}. Look for another one."
    zh = "该转让当前状态为 {state},请选择其他转让。"


class OfferTooDear(DomainError):
    code = "transfer_too_dear"
    en = "By now this offer costs more than it pays at its end, or its price is none that may be asked. Look for another one."
    zh = "该转让当前价格已高于到期本息或超出允许的价格范围,请选择其他转让。"


class OwnOffer(DomainError):
    code = "transfer_own_offer"
    en = "This offer is your own: withdraw it instead."
    zh = "不能购买自己的转让,如需取消请撤回。"


class BeingBought(DomainError):
    code = "transfer_being_bought"
    en = "Somebody is paying for this offer. Try again in a few minutes, if it is not sold then."
    zh = "有人正在支付该转让,若未成交请稍后再试。"


class TradeNotPayable(DomainError):
    code = "transfer_not_payable"
    en = "This purchase is {state}: it cannot be paid. Buy another offer."
    zh = "该受让订单当前状态为 {state},无法支付,请选择其他转让。"
