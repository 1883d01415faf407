"""The billers behind the sandbox bank, over its signed HTTP (docs/sandbox-bank.md section 3.9)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from payments.bills.sockets import AccountUnknown, BillerSilent, Owed, Word
from payments.channels.sandbox_bank.adapter import account
from payments.channels.sandbox_bank.client import document, exchange
from payments.channels.services import ChannelNotConnected
from payments.channels.transport import NoAnswer, NotDelivered

NAME = "sandbox"
CHANNEL = "sandbox_bank"
UNKNOWN_ACCOUNT = "BILL_ACCOUNT_UNKNOWN"


class SandboxBillers:
    """Its billers are called water, power, gas and phone."""

    def owed(self, *, biller: str, account_no: str) -> Sequence[Owed]:
        _status, found = asked("POST", "/v1/bills/owed", {"biller": biller, "account_no": account_no})
        if found.get("code") == UNKNOWN_ACCOUNT:
            raise AccountUnknown()
        if "bills" not in found:
            raise BillerSilent()
        return [Owed(row["bill_no"], row["period"], row["amount_fen"], date.fromisoformat(row["due_on"])) for row in found["bills"]]

    def settle(self, *, biller: str, account_no: str, bill_no: str, amount_fen: int, request_no: str) -> Word:
        content = {"request_no": request_no, "biller": biller, "account_no": account_no, "bill_no": bill_no, "amount_fen": amount_fen}
        status, found = asked("POST", "/v1/bills/pay", content | {"currency": "CNY"})
        return word(found, status)

    def became_of(self, *, request_no: str) -> Word:
        status, found = asked("GET", f"/v1/requests/{request_no}", None)
        return Word(False, seen=False) if status == 404 else word(found.get("result", {}), status)


def asked(method: str, path: str, content: Mapping[str, Any] | None) -> tuple[int, dict[str, Any]]:
    """One signed call. Raises BillerSilent."""
    try:
        answer = exchange(account(CHANNEL), method, path, content)
        return answer.status, document(answer)
    except (NotDelivered, NoAnswer, ChannelNotConnected) as problem:
        raise BillerSilent() from problem


def word(found: Mapping[str, Any], status: int) -> Word:
    """Only a decision is a word: any other answer leaves it open."""
    if status == 200 and found.get("status") in ("SUCCESS", "FAILED"):
        return Word(found["status"] == "SUCCESS", str(found.get("code", ""))[:64])
    raise BillerSilent()
