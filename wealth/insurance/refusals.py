"""What insurance refuses, and what to do about it."""

from core.errors import DomainError


class NotInsurance(DomainError):
    code = "product_not_insurance"
    en = "This product is no insurance. Choose one of the kind insurance."
    zh = "该产品不是保险,请选择保险类产品。"


class AgeNotCovered(DomainError):
    code = "insurance_age_not_covered"
    status = 422
    en = "This product insures nobody of this age. Choose another one."
    zh = "该产品不承保此年龄,请选择其他产品。"


class CoverNotOffered(DomainError):
    """Fen."""

    code = "insurance_cover_not_offered"
    status = 422
    en = "Cover goes from {least_fen} to {most_fen} fen in steps of {step_fen}. Choose an amount within."
    zh = "保额范围为 {least_fen} 至 {most_fen} 分,按 {step_fen} 分递增,请重新选择。"


class NotTheQuoted(DomainError):
    code = "insurance_insured_differs"
    status = 422
    en = "The identity number says another day of birth than the quote. Ask for a new quote."
    zh = "身份证号码与报价时的出生日期不一致,请重新询价。"


class DeclinedBefore(DomainError):
    code = "insurance_declined_before"
    en = "This product declined this person lately. Apply again from {again_on} on, or choose another product."
    zh = "该被保险人近期已被该产品拒保,请于 {again_on} 后再申请,或选择其他产品。"


class QuoteOver(DomainError):
    code = "insurance_quote_over"
    en = "This quote is {state}, or its days are over. Ask for a new one."
    zh = "该报价当前状态为 {state} 或已过有效期,请重新询价。"


class ApplicationNotAccepted(DomainError):
    code = "insurance_application_not_accepted"
    en = "This application is {state}: only an accepted one is ordered, once. Wait for the decision, or ask for a new quote."
    zh = "该投保申请当前状态为 {state},仅已承保且未使用的申请可下单,请等待核保结果或重新询价。"


class NotQuotedPremium(DomainError):
    """Fen."""

    code = "insurance_premium_differs"
    status = 422
    en = "The premium of this application is {premium_fen} fen. Order exactly that."
    zh = "该申请的保费为 {premium_fen} 分,请按此金额下单。"


class PremiumNotDue(DomainError):
    code = "insurance_premium_not_due"
    en = "This premium is {state}, or not asked for yet; pay the oldest one that is due."
    zh = "该期保费当前状态为 {state} 或尚未到缴费时间,请先缴纳最早到期的一期。"


class NotReinstatable(DomainError):
    code = "insurance_not_reinstatable"
    en = "This policy is {state}: no premium of it can be paid any more."
    zh = "该保单当前状态为 {state},已无法缴纳保费。"


class PolicyOver(DomainError):
    code = "insurance_policy_over"
    en = "This policy is {state}: it cannot be ended, changed or claimed of any more."
    zh = "该保单当前状态为 {state},无法退保、变更或申请理赔。"


class ClaimOpen(DomainError):
    code = "insurance_claim_open"
    en = "A claim of this policy is not over. Wait for it, or withdraw it first."
    zh = "该保单有未结理赔,请等待处理完成或先撤销理赔。"


class ClaimsPaid(DomainError):
    code = "insurance_claims_paid"
    en = "This policy has paid a claim: no premium of it goes back any more."
    zh = "该保单已发生理赔,不能再退还保费。"


class PremiumUnderWay(DomainError):
    code = "insurance_premium_under_way"
    en = "A premium of this policy is on its way to the insurer. Try again once it is there."
    zh = "有一期保费正在提交保险公司,请待其完成后再试。"


class EndingChanged(DomainError):
    """Fen."""

    code = "insurance_ending_changed"
    en = "What you would get now is {amount_fen} fen, not what you were shown. Look again, then confirm."
    zh = "当前可退金额为 {amount_fen} 分,与您看到的不同,请重新查看后确认。"


class NotCovered(DomainError):
    code = "insurance_not_covered"
    status = 422
    en = "On {day} this policy covered nothing: it covers from {starts_on} up to before {ends_on}, but for days it had lapsed."
    zh = "该保单在 {day} 不提供保障:保障期为 {starts_on} 至 {ends_on}(不含),失效期间除外。"


class PolicyLapsed(DomainError):
    code = "insurance_policy_lapsed"
    en = "This policy lapsed on {lapsed_on}: its premium was not paid, so it covers nothing from that day on. Claim for days before it."
    zh = "该保单因未按时缴费已于 {lapsed_on} 失效,自该日起不提供保障,仅可就失效前发生的事故申请理赔。"


class ClaimTooMuch(DomainError):
    """Fen."""

    code = "insurance_claim_too_much"
    status = 422
    en = "At most {left_fen} fen are left for this. Ask for that much or less."
    zh = "可用金额最多为 {left_fen} 分,请减少金额。"


class ClaimNotOpen(DomainError):
    code = "insurance_claim_not_open"
    en = "This claim is {state}: nothing of it can be changed now."
    zh = "该理赔当前状态为 {state},无法变更。"


class ClaimFileNotTaken(DomainError):
    code = "insurance_file_not_taken"
    status = 422
    en = "This is no PDF, PNG or JPEG file, or it is larger than 2 MB. Send one of those."
    zh = "仅接受不超过 2 MB 的 PDF、PNG 或 JPEG 文件,请重新上传。"


class TooManyClaims(DomainError):
    code = "insurance_too_many_claims"
    en = "{most} claims of this policy wait already. Wait for one of them, or withdraw one."
    zh = "该保单已有 {most} 笔理赔处理中,请等待处理完成或撤销其中一笔。"


class TooManyFiles(DomainError):
    code = "insurance_too_many_files"
    en = "A claim takes {most} files. Put several pages into one PDF."
    zh = "每个理赔最多上传 {most} 个文件,请将多页合并为一个 PDF。"


class SharesNotWhole(DomainError):
    code = "insurance_shares_not_whole"
    status = 422
    en = "The shares come to {sum_bp} basis points. Make them 10000 together."
    zh = "受益份额合计为 {sum_bp} 个基点,须合计为 10000。"


class NotReferred(DomainError):
    code = "insurance_application_not_referred"
    en = "This application is {state}: nobody has to decide it."
    zh = "该申请当前状态为 {state},无需人工核保。"


class NoDocumentYet(DomainError):
    code = "insurance_document_not_ready"
    en = "The document of this policy is being made out. Ask again in a minute."
    zh = "电子保单正在生成,请稍后再试。"


class NotStuck(DomainError):
    code = "insurance_not_stuck"
    en = "This goes on by itself, or is over. Look at its page for what it waits for."
    zh = "该事项可自动继续处理或已结束,请查看页面了解等待事项。"
