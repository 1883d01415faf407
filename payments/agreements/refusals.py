"""Why an agreement or a deduction says no."""

from core.errors import DomainError


class PlanUnfit(DomainError):
    code = "agreement_period_invalid"
    status = 422
    en = "A period is 7 to 366 days, or a month with its first day on the 1st to the 28th. Choose another."
    zh = "扣款周期须为 7 至 366 天,或按月且首次扣款日为 1 至 28 日,请重新选择。"


class CapsUnfit(DomainError):
    code = "agreement_caps_invalid"
    status = 422
    en = "The cap of all deductions together is at least that of one. Raise it, or leave it out."
    zh = "总扣款上限不得低于单次扣款上限,请调高或不填。"


class AgreementNoUsed(DomainError):
    code = "out_agreement_no_used"
    en = "This out_agreement_no stands for another agreement of your app. Use a new one, or send exactly what you sent first."
    zh = "该 out_agreement_no 已用于内容不同的协议,请使用新的协议号,或提交与首次完全相同的内容。"


class AgreementOver(DomainError):
    code = "agreement_over"
    en = "The time to sign this is over. Ask the merchant to propose it again."
    zh = "该协议已超过签约时限,请联系商户重新发起。"


class AgreementNotInForce(DomainError):
    code = "agreement_not_in_force"
    en = "This agreement is {state}: nothing can be taken under it. Ask its customer, or propose a new one."
    zh = "该协议当前状态为 {state},无法扣款,请联系客户或重新发起签约。"


class DeductionNotDue(DomainError):
    """`opens_on` and `due_on`: the next days on which it may be asked for."""

    code = "deduction_not_due"
    en = "Nothing is due now: ask again from {opens_on} to {due_on}."
    zh = "当前不在扣款期内,请于 {opens_on} 至 {due_on} 期间发起。"


class DeductionOverCap(DomainError):
    code = "deduction_over_cap"
    status = 422
    en = "The customer agreed to {most} fen at most now. Ask for that much or less."
    zh = "客户授权的本次最高扣款金额为 {most} 分,请调低金额。"


class PeriodTaken(DomainError):
    code = "deduction_period_taken"
    en = "This period has its deduction already: {deduction}. Wait for the next one."
    zh = "本周期已有扣款:{deduction},请等待下一周期。"
