"""Why a collect says no."""

from core.errors import DomainError


class PeopleUnknown(DomainError):
    code = "collect_people_unknown"
    status = 404
    en = "Nobody who can pay has these numbers: {phones}. Leave them out, or send those people the link."
    zh = "以下手机号无法参与收款:{phones}。请移除,或向对方发送收款链接。"


class TooManyPeople(DomainError):
    code = "collect_too_many_people"
    status = 422
    en = "A collect asks at most {most} people."
    zh = "单个群收款最多 {most} 人。"


class PartsTooSmall(DomainError):
    code = "collect_parts_too_small"
    status = 422
    en = "Each part needs at least 1 fen. Ask for more, or of fewer people."
    zh = "每人至少 1 分,请增加金额或减少人数。"


class AmountTooLarge(DomainError):
    code = "collect_amount_too_large"
    status = 422
    en = "A collect asks at most {most_fen} fen in all."
    zh = "群收款总额最多 {most_fen} 分。"


class OrganiserIsPayer(DomainError):
    code = "collect_organiser_is_payer"
    status = 422
    en = "You cannot be asked for your own collect. Leave yourself out; with_me takes your part off the total."
    zh = "不能向自己收款,请移除自己;如需计入您的份额,请使用 with_me。"


class DailyCollectsReached(DomainError):
    code = "collect_daily_number"
    status = 429
    en = "You have made {cap} collects today, which is the most. Make the next one tomorrow."
    zh = "您今天已发起 {cap} 次群收款,已达上限,请明天再试。"


class CollectClosed(DomainError):
    code = "collect_closed"
    en = "This collect is closed: nothing is asked of anybody any more. Nothing was moved."
    zh = "该群收款已结束,无需付款,未发生任何资金变动。"


class CollectFull(DomainError):
    code = "collect_full"
    en = "As many people as were asked have paid already. Nothing was moved."
    zh = "该群收款人数已满,未发生任何资金变动。"


class SharePaid(DomainError):
    code = "collect_share_paid"
    en = "You have paid your part already. Nothing was moved."
    zh = "您已付款,无需重复支付,未发生任何资金变动。"


class ShareDeclined(DomainError):
    code = "collect_share_declined"
    en = "You have declined this. If you want to pay after all, send the organiser a transfer."
    zh = "您已拒绝该笔收款;如仍需付款,请直接向发起人转账。"


class OrganiserCannotReceive(DomainError):
    code = "collect_organiser_cannot_receive"
    en = "The organiser cannot receive money now. Nothing was moved; try again later."
    zh = "发起人暂时无法收款,未发生任何资金变动,请稍后重试。"


class NobodyToRemind(DomainError):
    code = "collect_nobody_to_remind"
    en = "Nobody can be reminded now: each is reminded once a day and {most} times in all."
    zh = "当前没有可提醒的人:每人每天最多提醒一次,总共 {most} 次。"
