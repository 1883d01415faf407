"""What credit lines refuse, and what to do about it."""

from core.errors import DomainError


class LineExists(DomainError):
    code = "credit_line_exists"
    en = "This customer has a line of this product, or is offered one ({line}). Change that one."
    zh = "该客户已有此产品的额度或邀请({line}),请在其上调整。"


class NotEligible(DomainError):
    """`age`: whole years by the proven identity number, -1 where none is proven."""

    code = "credit_customer_not_eligible"
    en = "This customer is {state}, of age {age} (-1: not proven). Lines are for active customers, proven to be {least_age} or older."
    zh = "该客户当前状态为 {state},年龄 {age}(-1 表示未实名)。仅可向已实名、状态正常且年满 {least_age} 周岁的客户提供额度。"


class LineTooHigh(DomainError):
    """Fen."""

    code = "credit_line_too_high"
    status = 422
    en = "A line of this product goes up to {most_fen} fen. Choose that much or less."
    zh = "该产品额度最高为 {most_fen} 分,请降低金额。"


class InvitationOver(DomainError):
    code = "credit_invitation_over"
    en = "This offer of a line is {state}, or its days are over. Ask us for a new one."
    zh = "该额度邀请当前状态为 {state} 或已过有效期,请联系我们重新申请。"


class LineChanged(DomainError):
    """Fen."""

    code = "credit_line_changed"
    en = "The line you are offered is {limit_fen} fen, not what you were shown. Look again, then confirm."
    zh = "当前额度为 {limit_fen} 分,与您看到的不同,请重新查看后确认。"


class LineNotOpen(DomainError):
    code = "credit_line_not_open"
    en = "This line is {state}: nothing of it can be changed now."
    zh = "该额度当前状态为 {state},无法变更。"


class LineFrozen(DomainError):
    code = "credit_line_frozen"
    en = "This line is {state} ({reasons}): nothing is lent on it now. Pay what is overdue, or ask us why."
    zh = "该额度当前状态为 {state}({reasons}),暂不可用。如有逾期请先还款,或联系我们。"


class LineExceeded(DomainError):
    """Fen."""

    code = "credit_line_exceeded"
    status = 422
    en = "{available_fen} fen of this line are free. Ask for that much or less."
    zh = "该额度剩余可用 {available_fen} 分,请减少金额。"


class LineOwes(DomainError):
    """Fen."""

    code = "credit_line_owes"
    en = "{used_fen} fen are owed on this line. Repay them first, then close it."
    zh = "该额度尚有 {used_fen} 分未还,请先还清再关闭。"


class NothingToRaise(DomainError):
    """Fen."""

    code = "credit_raise_too_small"
    status = 422
    en = "The line is {limit_fen} fen already. Ask for more than that."
    zh = "当前额度已为 {limit_fen} 分,请申请更高的额度。"


class MoreThanAsked(DomainError):
    """Fen."""

    code = "credit_raise_more_than_asked"
    status = 422
    en = "{asked_fen} fen were asked for. Grant that much or less."
    zh = "客户申请的额度为 {asked_fen} 分,批准额度不得超过该金额。"


class NothingToLower(DomainError):
    """Fen."""

    code = "credit_line_not_lower"
    status = 422
    en = "The line is {limit_fen} fen. Choose less than that, and more than nothing."
    zh = "当前额度为 {limit_fen} 分,请填写低于该金额且大于零的额度。"


class RaiseOpen(DomainError):
    code = "credit_raise_open"
    en = "A raise of this line waits for a decision. Wait for it, or withdraw it first."
    zh = "该额度已有提额申请待处理,请等待结果或先撤销。"


class RaiseNotOpen(DomainError):
    code = "credit_raise_not_open"
    en = "This raise is {state}: nobody has to decide it."
    zh = "该提额申请当前状态为 {state},无需处理。"


class NotFrozenSo(DomainError):
    code = "credit_line_not_frozen_so"
    en = "This line is not frozen for this reason ({reason}). Look at its page for why it is."
    zh = "该额度未因此原因({reason})冻结,请查看其页面。"


class TemporaryDates(DomainError):
    code = "credit_temporary_dates"
    status = 422
    en = "A temporary limit begins today or later and ends within {most_days} days of its beginning. Choose such days."
    zh = "临时额度须自今日或之后开始,且不超过 {most_days} 天,请重新选择日期。"
