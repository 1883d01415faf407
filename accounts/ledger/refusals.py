"""Why the ledger says no. Nothing has moved when one of these is raised."""

from core.errors import DomainError


class InsufficientFunds(DomainError):
    code = "insufficient_funds"
    en = "The balance does not cover this: {wanted} is needed, {available} is available (minor units of {asset})."
    zh = "余额不足:需要 {wanted},可用 {available}({asset} 最小单位)。"


class CeilingReached(DomainError):
    code = "balance_ceiling_reached"
    en = "The account may not take this much: {wanted} was offered, {available} fits (minor units of {asset})."
    zh = "账户余额超过上限:拟入账 {wanted},最多可入 {available}({asset} 最小单位)。"


class BalanceOutOfRange(DomainError):
    code = "ledger_balance_out_of_range"
    en = "The account {account} cannot count this high."
    zh = "账户 {account} 的余额超出可记录范围。"


class AccountFrozen(DomainError):
    code = "ledger_account_frozen"
    en = "The account {account} is frozen or closed for this movement. Ask support."
    zh = "账户 {account} 已冻结、止付或销户,无法进行该笔交易,请联系客服。"


class JournalConflict(DomainError):
    code = "journal_conflict"
    en = "The id {journal} already stands for another movement. Use a new id for new content."
    zh = "编号 {journal} 已用于另一笔内容不同的交易,请使用新的编号。"


class HoldConflict(DomainError):
    code = "hold_conflict"
    en = "The id {hold} already stands for another hold. Use a new id for new content."
    zh = "编号 {hold} 已用于另一笔内容不同的冻结,请使用新的编号。"


class DayClosed(DomainError):
    code = "ledger_day_closed"
    en = "The books are closed for {day}. Post with today's effective date and a reference to what it corrects."
    zh = "{day} 的账期已关闭,请以当日为生效日记账,并注明所更正的业务。"


class EffectiveInFuture(DomainError):
    code = "effective_date_in_future"
    en = "The effective date {day} lies after the business day {business_day}."
    zh = "生效日 {day} 晚于当前营业日 {business_day}。"


class LedgerHalted(DomainError):
    code = "ledger_halted"
    status = 503
    en = "Money movements are stopped while the books are being examined. Nothing is lost; try again later."
    zh = "账务核查中,资金交易暂停,您的资金安全不受影响,请稍后再试。"


class AlreadyReversed(DomainError):
    code = "already_reversed"
    en = "The movement {journal} has been reversed already."
    zh = "交易 {journal} 已被冲正。"


class UnknownJournal(DomainError):
    code = "unknown_journal"
    status = 404
    en = "There is no movement {journal}."
    zh = "不存在交易 {journal}。"


class UnknownHold(DomainError):
    code = "unknown_hold"
    status = 404
    en = "There is no hold {hold}."
    zh = "不存在冻结 {hold}。"


class HoldNotOpen(DomainError):
    """The hold has ended: `state` is captured, released or expired."""

    code = "hold_not_open"
    en = "The hold {hold} is {state} already."
    zh = "冻结 {hold} 已处于 {state} 状态。"


class HoldExceeded(DomainError):
    code = "hold_exceeded"
    en = "{wanted} is more than the hold of {available} (minor units)."
    zh = "金额 {wanted} 超过冻结金额 {available}(最小单位)。"


class HoldNotPartial(DomainError):
    code = "hold_not_released_in_part"
    en = "A hold is released as a whole: {available}, not {wanted} (minor units). Capture a part instead."
    zh = "冻结须整笔解冻:{available},而非 {wanted}(最小单位)。"


class AccountNotHoldable(DomainError):
    code = "account_not_holdable"
    en = "The account {account} is buffered or sharded: money on it cannot be held."
    zh = "账户 {account} 为缓冲或分片账户,不支持冻结。"
