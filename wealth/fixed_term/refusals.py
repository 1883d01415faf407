"""What fixed terms refuse, and what to do about it."""

from core.errors import DomainError


class LockedTerm(DomainError):
    code = "fixed_term_locked"
    en = "This product cannot be taken early. It is paid on {matures_on}."
    zh = "该产品不支持提前支取,将于 {matures_on} 到期兑付。"


class MaturesBefore(DomainError):
    code = "fixed_term_matures_before"
    en = "What is taken early now would be confirmed on {confirms_on}, and it matures on {matures_on}: wait for that day."
    zh = "提前支取预计于 {confirms_on} 确认,而该笔将于 {matures_on} 到期,请等待到期。"


class LotNotFree(DomainError):
    """Fen."""

    code = "fixed_term_not_free"
    status = 422
    en = "{free_fen} fen of this holding are free. Ask for at most that."
    zh = "该笔定期当前可支取 {free_fen} 分,请减少金额。"


class RestTooSmall(DomainError):
    """Fen. `most_fen`: the largest part that leaves enough behind (0: none does)."""

    code = "fixed_term_rest_too_small"
    status = 422
    en = "At least {minimum_rest_fen} fen must stay. Take {most_fen} fen at most, or all {free_fen} fen."
    zh = "剩余金额不得低于 {minimum_rest_fen} 分。最多可部分支取 {most_fen} 分,或全部支取 {free_fen} 分。"


class LotEnded(DomainError):
    code = "fixed_term_ended"
    en = "This holding is {state}: its day has come, or it is over."
    zh = "该笔定期当前状态为 {state},已到期或已结束。"


class InstructionLate(DomainError):
    code = "fixed_term_instruction_late"
    en = "What happens at the end can be changed until the day before {matures_on}."
    zh = "到期方式最晚可在 {matures_on} 前一日修改。"
