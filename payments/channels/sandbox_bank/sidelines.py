"""The sandbox bank's other trades: a real-name verifier, an SMS operator, and a clock that follows ours."""

from collections.abc import Mapping
from typing import Any

from accounts.identity.sockets import SmsNotSent
from accounts.verification.sockets import VerifyResult
from payments.channels.sandbox_bank.adapter import account
from payments.channels.sandbox_bank.client import document, exchange
from payments.channels.sandbox_bank.control import control
from payments.channels.seats import seat
from payments.channels.services import ChannelNotConnected
from payments.channels.transport import NoAnswer, NotDelivered

CHANNEL = "sandbox_bank"
VERIFIER, OPERATOR = "sandbox_bank:verifier", "sandbox_bank:sms"
RESULTS = {"match": VerifyResult.MATCH, "mismatch": VerifyResult.MISMATCH, "not_found": VerifyResult.NOT_FOUND}


class BankVerifier:
    """Asks the authority behind the bank."""

    def verify(self, *, name: str, id_number: str, mobile: str, request_no: str) -> VerifyResult:
        content = {"request_no": request_no, "name": name, "id_number": id_number, "mobile": mobile.removeprefix("+86")}
        try:
            with seat(VERIFIER) as seated:
                if not seated:
                    return VerifyResult.UNAVAILABLE
                answer = exchange(account(CHANNEL), "POST", "/v1/identity/verify", content)
            return verdict(answer.status, document(answer))
        except (NotDelivered, ChannelNotConnected):
            return VerifyResult.UNAVAILABLE
        except NoAnswer:
            return VerifyResult.UNKNOWN


def verdict(status: int, found: Mapping[str, Any]) -> VerifyResult:
    """A refusal that is definite means that nobody looked; a number with a wrong check digit belongs to nobody."""
    if status == 200:
        return RESULTS.get(str(found.get("result")), VerifyResult.UNAVAILABLE)
    if found.get("code") == "INVALID_REQUEST" and found.get("field") == "id_number":
        return VerifyResult.NOT_FOUND
    return VerifyResult.UNAVAILABLE if found.get("definite") is True else VerifyResult.UNKNOWN


class BankSms:
    """Sends a text through the operator behind the bank."""

    def send(self, *, mobile: str, text: str, request_no: str) -> None:
        """Raises SmsNotSent when it was certainly not taken."""
        content = {"request_no": request_no, "mobile": mobile, "text": text}
        try:
            with seat(OPERATOR) as seated:
                if not seated:
                    raise SmsNotSent("no_seat")
                answer = exchange(account(CHANNEL), "POST", "/v1/sms", content)
            found = document(answer)
        except (NotDelivered, ChannelNotConnected) as problem:
            raise SmsNotSent(str(problem)) from problem
        except NoAnswer:
            return
        if found.get("status") != "SUCCESS" and (answer.status == 200 or found.get("definite") is True):
            raise SmsNotSent(str(found.get("code")))


class BankClock:
    """Sets the bank's clock to ours, over its control plane (development only)."""

    def follow(self, *, offset_seconds: int) -> None:
        """Raises ControlRefused."""
        control("PUT", "/control/clock", {"offset_seconds": offset_seconds})
