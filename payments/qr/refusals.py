"""Why a payment by code says no."""

from core.errors import DomainError


class PayerCodeInvalid(DomainError):
    """Alike for one that never was, is over, was used, or whose phone logged out, so that nobody learns which codes there are."""

    code = "payer_code_invalid"
    en = "This payment code is not valid (any more). Nothing was charged; ask the payer to show a new one and scan it."
    zh = "付款码无效或已失效,未扣款,请让付款方刷新付款码后重新扫码。"


class QrCodeRevoked(DomainError):
    code = "qr_code_revoked"
    en = "This code takes no payments any more. Ask the shop for the one to scan."
    zh = "该收款码已停用,请向商家索取有效的收款码。"


class QrAmountMissing(DomainError):
    code = "qr_amount_missing"
    status = 422
    en = "Type the amount to pay: this code does not carry one."
    zh = "请输入付款金额:该收款码未设定金额。"


class QrAmountFixed(DomainError):
    code = "qr_amount_fixed"
    status = 422
    en = "This code is for {amount} fen. Leave the amount out, or send exactly that."
    zh = "该收款码金额固定为 {amount} 分,请勿修改金额。"


class StaticDayLimit(DomainError):
    """`remaining` in fen."""

    code = "static_qr_day_limit"
    en = "Printed codes take at most {cap} fen a day from you; {remaining} remain. Show your payment code instead, or scan the till's."
    zh = "您当日通过静态收款码付款上限为 {cap} 分,剩余 {remaining} 分。请改用付款码,或扫描收银台生成的动态码。"


class TooManyQrCodes(DomainError):
    code = "too_many_qr_codes"
    en = "A merchant has at most {most} codes in use. Revoke one that is not used any more."
    zh = "单个商户最多可启用 {most} 个收款码,请先停用不再使用的收款码。"
