"""The documented people, cards and amounts: each is always there and always behaves as written.

A magic card belongs to everybody: any known person can bind it with their own name, identity number and mobile.
"""

from dataclasses import dataclass, field
from typing import Any

from sandbox.banks import BY_CODE, Kind
from sandbox.identifiers import id_check_digit, luhn_digit

PLENTY_FEN = 100_000_000_00
OWN_BALANCE_FEN = 100_000_00


@dataclass(frozen=True)
class Rule:
    """A fault that is always on: its name, the operations it hits, its parameters (faults.py)."""

    fault: str
    operations: tuple[str, ...]
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class MagicPerson:
    """A test person; `verify_result` is what the real-name verifier answers to the right data."""

    name: str
    id_number: str
    mobile: str
    verify_result: str
    note: str
    note_zh: str
    debit_card: str
    credit_card: str


@dataclass(frozen=True)
class MagicCard:
    """A test card with its standing behaviour."""

    number: str
    kind: Kind
    note: str
    note_zh: str
    rules: tuple[Rule, ...] = ()


def card_number(bank_code: str, kind: Kind, serial: int) -> str:
    """A Luhn-valid number of a bank: 19 digits for debit, 16 for credit; `serial` sits just before the check digit."""
    bin6 = BY_CODE[bank_code].bin(kind)
    payload = f"{bin6}{serial:0{12 if kind == 'debit' else 9}d}"
    return payload + luhn_digit(payload)


def id_number(born_on: str, serial: int) -> str:
    """An identity number of the province-level region 110000, which is not given to people. `born_on` is YYYYMMDD."""
    first17 = f"110000{born_on}{serial:03d}"
    return first17 + id_check_digit(first17)


def _person(no: int, name: str, born_on: str, serial: int, note: str, note_zh: str, result: str = "match") -> MagicPerson:
    bank = tuple(BY_CODE)[no - 1]
    own = 1000 + no
    return MagicPerson(
        name, id_number(born_on, serial), f"199000000{no:02d}", result, note, note_zh,
        card_number(bank, "debit", own), card_number(bank, "credit", own),
    )  # fmt: skip


PEOPLE = (
    _person(1, "林小满", "19900307", 2, "everything works", "一切正常"),
    _person(2, "王大川", "19851112", 13, "everything works", "一切正常"),
    _person(3, "欧阳明月", "19981224", 24, "two-character surname", "复姓"),
    _person(4, "阿依努尔·买买提", "19930515", 46, "a name with a dot", "姓名带间隔号"),
    _person(5, "赵不符", "19880808", 55, "the verifier says: mismatch", "核验结果：不一致", "mismatch"),
    _person(6, "钱查无", "19790101", 66, "the verifier says: not found", "核验结果：查无此人", "not_found"),
    _person(7, "孙无应", "19910909", 77, "the verifier does not answer", "核验机构无应答", "unavailable"),
    _person(8, "李少年", "20150601", 88, "under age", "未成年人"),
)


def _card(no: int, note: str, note_zh: str, *rules: Rule, kind: Kind = "debit", bank: str = "ICBC") -> MagicCard:
    return MagicCard(card_number(bank, kind, no), kind, note, note_zh, rules)


def _declines(operation: str, code: str) -> Rule:
    return Rule("decline", (operation,), {"code": code})


_MOVES = ("payment", "refund", "payout")
_PAY = ("payment",)
_OUT = ("payout",)

CARDS = (
    _card(1, "debit card, works", "借记卡，正常"),
    _card(2, "credit card, works", "信用卡，正常", kind="credit"),
    _card(11, "binding: name mismatch", "绑卡：姓名不符", _declines("sign_start", "NAME_MISMATCH")),
    _card(12, "binding: mobile mismatch", "绑卡：预留手机号不符", _declines("sign_start", "MOBILE_MISMATCH")),
    _card(13, "binding: card expired", "绑卡：卡已过期", _declines("sign_start", "CARD_EXPIRED")),
    _card(14, "binding: card frozen", "绑卡：卡已冻结", _declines("sign_start", "CARD_FROZEN")),
    _card(15, "binding: bank not supported", "绑卡：银行不支持", bank="FARB"),
    _card(16, "binding: the SMS never arrives", "绑卡：收不到短信", Rule("lost_sms", ("sign_start", "resend"))),
    _card(17, "binding: every code is wrong", "绑卡：验证码总是错误", _declines("sign_confirm", "WRONG_CODE")),
    _card(18, "binding: confirm works, the answer is lost", "绑卡：确认成功但应答丢失",
          Rule("timeout_after_effect", ("sign_confirm",), {"first_tries": 1})),
    _card(19, "the bank cancels the agreement 2 s after binding", "绑卡 2 秒后银行侧解约",
          Rule("bank_cancels_agreement", ("sign_confirm",))),
    _card(21, "payment: insufficient funds", "支付：余额不足", _declines("payment", "INSUFFICIENT_FUNDS")),
    _card(22, "payment: card expired", "支付：卡已过期", _declines("payment", "CARD_EXPIRED")),
    _card(23, "payment and payout: card frozen", "支付与代付：卡已冻结",
          _declines("payment", "CARD_FROZEN"), _declines("payout", "CARD_FROZEN")),
    _card(24, "payment: limit exceeded", "支付：超出限额", _declines("payment", "LIMIT_EXCEEDED")),
    _card(25, "payment: refused by risk control", "支付：风控拒绝", _declines("payment", "RISK_REFUSED")),
    _card(26, "payment: bank busy (503)", "支付：系统繁忙", Rule("system_busy", _PAY)),
    _card(27, "every money move: bank under maintenance (503)", "资金操作：银行维护", Rule("maintenance", _MOVES)),
    _card(28, "payment: agreement cancelled", "支付：协议已解约", _declines("payment", "AGREEMENT_CANCELLED")),
    _card(31, "money moves: processing, then success after 2 s", "处理中，2 秒后成功", Rule("processing_then_success", _MOVES)),
    _card(32, "money moves: processing, then failed after 2 s", "处理中，2 秒后失败", Rule("processing_then_failed", _MOVES)),
    _card(33, "money moves: first try of each number lost before the effect", "首次请求在生效前超时",
          Rule("timeout_before_effect", _MOVES, {"first_tries": 1})),
    _card(34, "money moves: done, but the first answer is lost", "已生效，首次应答丢失",
          Rule("timeout_after_effect", _MOVES, {"first_tries": 1})),
    _card(35, "money moves: HTTP 500 twice for each number, then fine", "每个编号先两次 HTTP 500",
          Rule("http_500_burst", _MOVES, {"first_tries": 2})),
    _card(36, "money moves: 3 s late", "延迟 3 秒应答", Rule("delay", _MOVES)),
    _card(41, "notices come twice", "通知重复", Rule("duplicate_notice", _MOVES)),
    _card(42, "notices come 5 s late", "通知晚到 5 秒", Rule("late_notice", _MOVES)),
    _card(43, "notices never come", "通知丢失", Rule("lost_notice", _MOVES)),
    _card(44, "notices come after the next one", "通知乱序", Rule("reordered_notices", _MOVES)),
    _card(45, "a forged notice comes first", "先到一条伪造通知", Rule("forged_notice", _MOVES)),
    _card(46, "the notice carries a wrong amount", "通知金额错误", Rule("wrong_amount_notice", _MOVES)),
    _card(47, "the notice comes with an old timestamp first", "通知时间戳过旧", Rule("stale_notice", _MOVES)),
    _card(51, "payout: account closed", "代付：收款账户已销户", _declines("payout", "PAYEE_ACCOUNT_CLOSED")),
    _card(52, "payout: success, returned after 2 s", "代付：先成功，2 秒后退回", Rule("payout_returned", _OUT)),
    _card(53, "payout: processing, then success", "代付：处理中后成功", Rule("processing_then_success", _OUT)),
    _card(54, "payout: processing, then failed", "代付：处理中后失败",
          Rule("processing_then_failed", _OUT, {"code": "PAYEE_ACCOUNT_CLOSED"})),
    _card(55, "payout: first try of each number lost before the effect", "代付：首次请求在生效前超时",
          Rule("timeout_before_effect", _OUT, {"first_tries": 1})),
    _card(56, "payout: done, but the first answer is lost", "代付：已生效，首次应答丢失",
          Rule("timeout_after_effect", _OUT, {"first_tries": 1})),
    _card(61, "refund: card account closed", "退款：卡已销户", _declines("refund", "CARD_CLOSED")),
    _card(62, "refund: processing, then success", "退款：处理中后成功", Rule("processing_then_success", ("refund",))),
)  # fmt: skip

AMOUNTS: dict[int, tuple[Rule, str, str]] = {
    666_01: (_declines("payment", "INSUFFICIENT_FUNDS"), "payment: insufficient funds", "支付：余额不足"),
    666_02: (_declines("payment", "LIMIT_EXCEEDED"), "payment: limit exceeded", "支付：超出限额"),
    666_03: (_declines("payment", "RISK_REFUSED"), "payment: refused by risk control", "支付：风控拒绝"),
    666_04: (Rule("system_busy", ("payment", "payout")), "payment, payout: bank busy (503)", "系统繁忙"),
    666_05: (Rule("processing_then_success", _MOVES), "processing, then success after 2 s", "处理中后成功"),
    666_06: (Rule("processing_then_failed", _MOVES), "processing, then failed after 2 s", "处理中后失败"),
    666_07: (Rule("timeout_after_effect", _MOVES, {"first_tries": 1}), "done, the first answer is lost", "已生效，应答丢失"),
    666_08: (Rule("timeout_before_effect", _MOVES, {"first_tries": 1}), "first try lost before the effect", "生效前超时"),
    666_09: (Rule("payout_returned", _OUT), "payout: success, returned after 2 s", "代付成功后退回"),
    666_10: (Rule("lost_notice", _MOVES), "the notice never comes", "通知丢失"),
    666_11: (Rule("duplicate_notice", _MOVES), "the notice comes twice", "通知重复"),
    666_12: (Rule("wrong_amount_notice", _MOVES), "the notice carries a wrong amount", "通知金额错误"),
    666_13: (_declines("refund", "CARD_CLOSED"), "refund: card account closed", "退款：卡已销户"),
    666_14: (Rule("processing_then_success", ("refund",)), "refund: processing, then success after 2 s", "退款：处理中，2 秒后成功"),
}

CARD_RULES: dict[str, tuple[Rule, ...]] = {card.number: card.rules for card in CARDS}
