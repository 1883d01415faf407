"""The sandbox bank as a channel (docs/sandbox-bank.md)."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings

from payments.channels.models import ChannelCredential
from payments.channels.port import (
    JSON_RECEIPT,
    Capability,
    ChannelUnreachable,
    Elements,
    Failed,
    Notice,
    OrderResult,
    Result,
    SignConfirmResult,
    SignStartResult,
    StatementFile,
    Unknown,
    UnsignResult,
)
from payments.channels.sandbox_bank import answers, notices, statements
from payments.channels.sandbox_bank.client import Account, document, exchange
from payments.channels.services import ChannelNotConnected
from payments.channels.transport import Answer, NoAnswer, NotDelivered, Patience

ALREADY_CONFIRMED = "SIGN_ALREADY_CONFIRMED"
ALREADY_SUCCEEDED = "ORDER_ALREADY_SUCCEEDED"
READERS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "sign_start": answers.sign_started,
    "sign_confirm": answers.signed,
    "resend": answers.sign_started,
    "unsign": answers.unsigned,
}
QUERY_PATHS = {"pay": "payments", "payout": "payouts"}


class SandboxBank:
    """The port, opened with one merchant's keys."""

    capabilities = frozenset(Capability)
    receipt = JSON_RECEIPT

    def __init__(self, account: Account) -> None:
        self.account = account

    def post(self, path: str, content: Mapping[str, Any]) -> Callable[[], tuple[Answer, dict[str, Any]]]:
        return lambda: self.documented("POST", path, content)

    def get(self, path: str) -> Callable[[], tuple[Answer, dict[str, Any]]]:
        return lambda: self.documented("GET", path, None)

    def documented(self, method: str, path: str, content: Mapping[str, Any] | None) -> tuple[Answer, dict[str, Any]]:
        answer = exchange(self.account, method, path, content)
        return answer, document(answer)

    def sign_start(self, *, request_no: str, elements: Elements) -> SignStartResult:
        content = {
            "request_no": request_no,
            "name": elements.name,
            "id_number": elements.id_number,
            "card_number": elements.card_number,
            "mobile": elements.mobile,
        }
        return answers.acted(self.post("/v1/agreements/sign-start", content), answers.sign_started)

    def sign_confirm(self, *, request_no: str, sign_ref: str, sms_code: str) -> SignConfirmResult:
        """A signing that an earlier, lost call confirmed already is a success: the bank is asked for its agreement."""
        content = {"request_no": request_no, "sign_id": sign_ref, "code": sms_code}
        result = answers.acted(self.post("/v1/agreements/sign-confirm", content), answers.signed)
        if isinstance(result, Failed) and result.code == ALREADY_CONFIRMED:
            return self.signing(sign_ref, otherwise=result)
        return result

    def signing(self, sign_ref: str, *, otherwise: SignConfirmResult) -> SignConfirmResult:
        """The agreement that came of a signing, `otherwise` while there is none."""
        try:
            answer, found = self.documented("GET", f"/v1/signings/{sign_ref}", None)
            if answer.status != answers.OK or found.get("sign_status") != "CONFIRMED":
                return otherwise
            return answers.asked(self.get(f"/v1/agreements/{answers.text(found, 'agreement_no')}"), answers.signed)
        except (NotDelivered, NoAnswer, answers.Unreadable):
            return Unknown("no_answer")

    def resend(self, *, request_no: str, sign_ref: str) -> SignStartResult:
        content = {"request_no": request_no, "sign_id": sign_ref}
        return answers.acted(self.post("/v1/agreements/resend", content), answers.sign_started)

    def unsign(self, *, request_no: str, token: str) -> UnsignResult:
        content = {"request_no": request_no, "agreement_no": token}
        return answers.acted(self.post("/v1/agreements/unsign", content), answers.unsigned)

    def query_sign(self, *, request_no: str, operation: str, sign_ref: str) -> Result:
        """By the request's number; a confirmation the bank has no record of may still show in its signing."""

        def ask() -> tuple[Answer, dict[str, Any]]:
            answer, found = self.documented("GET", f"/v1/requests/{request_no}", None)
            inner = found.get("result") if answer.status == answers.OK else found
            if not isinstance(inner, dict):
                raise NoAnswer("answer_malformed")
            return answer, inner

        result: Result = answers.asked(ask, READERS[operation])
        if operation == "sign_confirm" and isinstance(result, Unknown) and not result.seen and sign_ref:
            return self.signing(sign_ref, otherwise=result)
        return result

    def pay(self, *, request_no: str, token: str, amount_fen: int, currency: str, subject: str) -> OrderResult:
        content = {"request_no": request_no, "agreement_no": token, "amount_fen": amount_fen, "currency": currency, "subject": subject}
        return answers.acted(self.post("/v1/payments", content), answers.order)

    def query(self, *, request_no: str) -> OrderResult:
        return answers.asked(self.get(f"/v1/payments/{request_no}"), answers.order)

    def close(self, *, request_no: str, operation: str) -> OrderResult:
        """Only an order in the answer tells about the order: a refusal to close says nothing, so the order is asked for."""
        path = f"/v1/{QUERY_PATHS[operation]}/{request_no}"
        result = answers.asked(self.post(f"{path}/close", {}), answers.order)
        if isinstance(result, Unknown) and result.code == ALREADY_SUCCEEDED:
            return answers.asked(self.get(path), answers.order)
        return result

    def refund(self, *, request_no: str, payment_request_no: str, amount_fen: int, currency: str, reason: str) -> OrderResult:
        content = {
            "request_no": request_no,
            "payment_request_no": payment_request_no,
            "amount_fen": amount_fen,
            "currency": currency,
            "reason": reason,
        }
        return answers.acted(self.post("/v1/refunds", content), answers.order)

    def query_refund(self, *, request_no: str, payment_request_no: str) -> OrderResult:
        return answers.asked(self.get(f"/v1/refunds/{request_no}"), answers.order)

    def payout(self, *, request_no: str, token: str, amount_fen: int, currency: str, remark: str) -> OrderResult:
        content = {"request_no": request_no, "agreement_no": token, "amount_fen": amount_fen, "currency": currency, "remark": remark}
        return answers.acted(self.post("/v1/payouts", content), answers.order)

    def query_payout(self, *, request_no: str) -> OrderResult:
        return answers.asked(self.get(f"/v1/payouts/{request_no}"), answers.order)

    def fetch_statement(self, *, day: date, kind: str, format: str) -> StatementFile:
        path = f"/v1/statements?date={day.isoformat()}&kind={kind}&format={format}"
        try:
            answer = exchange(self.account, "GET", path)
        except (NotDelivered, NoAnswer) as problem:
            raise ChannelUnreachable(problem.reason) from problem
        return statements.read(answer, day=day, kind=kind, format=format)

    def parse_notice(self, *, path: str, headers: Mapping[str, str], raw_body: bytes, wall: datetime) -> Notice:
        notices.verify(self.account, path=path, headers=headers, raw_body=raw_body, wall=wall)
        return notices.read(raw_body)

    def read_notice(self, *, raw_body: bytes) -> Notice:
        return notices.read(raw_body)


class SandboxBankMaker:
    """Opens the sandbox bank with the channel's live credential and timeouts."""

    def open(self, *, channel: str) -> SandboxBank:
        """Raises ChannelNotConnected."""
        return SandboxBank(account(channel))


def account(channel: str) -> Account:
    """Raises ChannelNotConnected when there is no live credential, or no address of the bank (production)."""
    live = ChannelCredential.objects.select_related("channel").filter(channel_id=channel, retired_at=None).first()
    if live is None or not settings.SANDBOX_BANK_URL:
        raise ChannelNotConnected()
    patience = Patience(live.channel.connect_timeout_ms / 1000, live.channel.total_timeout_ms / 1000)
    return Account(
        base_url=settings.SANDBOX_BANK_URL,
        merchant=live.merchant,
        private_key_pem=live.private_key_pem,
        bank_public_key_pem=live.bank_public_key_pem,
        patience=patience,
    )
