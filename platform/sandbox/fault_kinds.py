"""The fault switches by name: their parameters with defaults, and what they do. Published by the pages and the control plane."""

import re
from dataclasses import dataclass, field
from typing import Any

from sandbox.codes import CODES
from sandbox.wire import invalid

Params = dict[str, Any]

OPERATIONS = (
    "verify", "lookup", "sign_start", "sign_confirm", "resend", "unsign", "agreement_query", "payment", "payment_query", "payment_close",
    "refund", "refund_query", "payout", "payout_query", "payout_close", "request_query", "sms", "statement", "bank_cancel",
    "bill_query", "bill_pay",
)  # fmt: skip
USUAL_OPERATIONS = ("sign_start", "sign_confirm", "resend", "unsign", "payment", "refund", "payout")

_LARGEST = 10**12


@dataclass(frozen=True)
class FaultKind:
    """One switch. The type of a parameter's default is the type the parameter must have."""

    name: str
    family: str
    meaning: str
    meaning_zh: str
    defaults: Params = field(default_factory=dict)

    def complete(self, given: Params) -> Params:
        """The parameters with defaults filled in. Raises Refusal INVALID_REQUEST."""
        allowed = self.defaults | {"first_tries": 0}
        for name, value in given.items():
            if name not in allowed:
                raise invalid(f"params.{name}", f"is not a parameter of {self.name}; it takes {', '.join(sorted(allowed))}")
            if type(value) is not type(allowed[name]) or (isinstance(value, int) and not -_LARGEST <= value <= _LARGEST):
                raise invalid(f"params.{name}", f"must be a {type(allowed[name]).__name__}, such as {allowed[name]!r}")
        if "code" in given and (given["code"] not in CODES or CODES[given["code"]].http != 200):
            raise invalid("params.code", "must be a business refusal of the published codes")
        complete = allowed | given
        if self.family == "statement":
            _check_statement(complete)
        return complete


def _check_statement(params: Params) -> None:
    """Raises Refusal INVALID_REQUEST for a statement or field that does not exist."""
    fields = {"payments": ("amount_fen", "fee_fen", "status"), "account": ("amount_fen",)}
    if params["kind"] not in fields:
        raise invalid("params.kind", "must be payments or account")
    if params.get("field", "amount_fen") not in fields[params["kind"]]:
        raise invalid("params.field", f"must be one of {', '.join(fields[params['kind']])}")
    if params.get("by", "time") not in ("time", "amount"):
        raise invalid("params.by", "must be time or amount")
    if params["date"] and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", params["date"]):
        raise invalid("params.date", "must be YYYY-MM-DD, or empty for every day")


def _statement(name: str, meaning: str, meaning_zh: str, **defaults: int | str) -> FaultKind:
    common: Params = {"date": "", "kind": "payments", "keep_summary": False}
    return FaultKind(name, "statement", meaning, meaning_zh, common | defaults)


_TABLE = (
    FaultKind("delay", "request", "the request waits, then runs as usual", "请求延迟后照常处理", {"ms": 3000}),
    FaultKind("timeout_before_effect", "request", "nothing is done; the connection is cut", "未生效即断开连接", {"hold_ms": -1}),
    FaultKind("timeout_after_effect", "request", "everything is done; the connection is cut", "已生效但断开连接", {"hold_ms": -1}),
    FaultKind("http_500_burst", "request", "HTTP 500 for n requests", "连续 n 次 HTTP 500", {"n": 3, "after_effect": False}),
    FaultKind("maintenance", "request", "503 MAINTENANCE, nothing is done", "维护中，未处理", {"retry_after_s": 60}),
    FaultKind("system_busy", "request", "503 SYSTEM_BUSY, nothing is done", "系统繁忙，未处理"),
    FaultKind("decline", "outcome", "a business refusal by its code", "业务拒绝", {"code": "RISK_REFUSED"}),
    FaultKind("processing_then_success", "outcome", "PROCESSING, then SUCCESS (0: by hand)", "处理中，随后成功", {"after_ms": 2000}),
    FaultKind("processing_then_failed", "outcome", "PROCESSING, then FAILED (0: by hand)", "处理中，随后失败",
              {"after_ms": 2000, "code": "RISK_REFUSED"}),
    FaultKind("payout_returned", "outcome", "a successful payout comes back (0: by hand)", "代付成功后退回",
              {"after_ms": 2000, "code": "PAYEE_ACCOUNT_CLOSED"}),
    FaultKind("bank_cancels_agreement", "outcome", "on sign_confirm: the bank cancels the new agreement", "银行侧解约", {"after_ms": 2000}),
    FaultKind("lost_sms", "outcome", "the code is made, the message does not arrive", "短信丢失"),
    FaultKind("forged_response", "request", "the answer's signature does not verify", "应答签名无效"),
    FaultKind("duplicate_notice", "notice", "the same notice comes again", "重复通知", {"copies": 1}),
    FaultKind("late_notice", "notice", "the first delivery waits", "通知晚到", {"delay_ms": 5000}),
    FaultKind("lost_notice", "notice", "never sent", "通知丢失"),
    FaultKind("reordered_notices", "notice", "comes after the merchant's next notice", "通知乱序"),
    FaultKind("forged_notice", "notice", "a copy with a bad signature comes first", "伪造通知", {"only": False}),
    FaultKind("wrong_amount_notice", "notice", "rightly signed, the amount is off", "通知金额错误", {"delta_fen": 1}),
    FaultKind("stale_notice", "notice", "rightly signed with an old timestamp", "通知时间戳过旧", {"age_s": 600, "deliveries": 1}),
    _statement("missing_line", "lines are left out", "账单缺行", count=1),
    _statement("extra_line", "lines of orders that do not exist", "账单多行", count=1, amount_fen=1234),
    _statement("changed_line", "lines differ in one field", "账单行被改", count=1, field="amount_fen", delta_fen=1),
    _statement("duplicate_line", "lines come twice", "账单重复行", count=1),
    _statement("bad_digest", "the Digest header does not match", "摘要不符"),
    _statement("cut_off_shift", "lines move to the file of the next day", "日切错位", count=1, by="time"),
)  # fmt: skip

FAULT_KINDS: dict[str, FaultKind] = {kind.name: kind for kind in _TABLE}


def fault_kind(name: str) -> FaultKind:
    """The switch called `name`. Raises Refusal INVALID_REQUEST."""
    if name not in FAULT_KINDS:
        raise invalid("name", f"{name!r} is not a fault switch; they are {', '.join(FAULT_KINDS)}")
    return FAULT_KINDS[name]
