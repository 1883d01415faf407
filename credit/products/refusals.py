"""What credit products refuse, and what to do about it."""

from core.errors import DomainError


class CreditCodeTaken(DomainError):
    code = "credit_product_code_taken"
    en = "There is a credit product with this code. Give it another one."
    zh = "该信贷产品代码已被使用,请更换。"


class CreditVersionOpen(DomainError):
    code = "credit_product_version_open"
    en = "There is a version of this product that is not published yet. Change that one."
    zh = "该产品已有未发布的版本,请在该版本上修改。"


class CreditVersionChanged(DomainError):
    code = "credit_product_version_changed"
    en = "This version changed after it was proposed. Look at it again and propose anew."
    zh = "该版本在提交审核后已被修改,请核对后重新提交。"


class PriceAboveCap(DomainError):
    """Percent a year, as twelve times the monthly internal rate of return."""

    code = "credit_price_above_cap"
    status = 422
    en = "{periods} payments would cost {yearly_percent} % a year in all; nobody may be asked more than {most_percent} %. Lower the price."
    zh = "分 {periods} 期的综合年化成本为 {yearly_percent}%,超过上限 {most_percent}%,请降低价格。"


class AmountNotOffered(DomainError):
    """Fen."""

    code = "credit_amount_not_offered"
    status = 422
    en = "This product lends {least_fen} to {most_fen} fen in steps of {step_fen}. Choose an amount within."
    zh = "该产品可借金额为 {least_fen} 至 {most_fen} 分,按 {step_fen} 分递增,请重新选择。"


class PeriodsNotOffered(DomainError):
    code = "credit_periods_not_offered"
    status = 422
    en = "This product is paid back in {offered} payments. Choose one of these numbers."
    zh = "该产品可选期数为 {offered},请重新选择。"


class GradeNotPriced(DomainError):
    code = "credit_grade_not_priced"
    status = 422
    en = "This product has no price for grade {grade}. Its prices are for {priced}."
    zh = "该产品未设置等级 {grade} 的价格,已设置:{priced}。"
