"""The sandbox issuer as a Port."""

from datetime import date
from typing import Any

from django.conf import settings

from payments.channels.transport import NoAnswer, Patience
from payments.channels.transport import NotDelivered as Undelivered
from wealth.issuers.models import IssuerCredential, IssuerRequest
from wealth.issuers.port import ConfirmationFile, FileNotReady, IssuerUnreachable, NotDelivered, Quote, Result, Unknown
from wealth.issuers.refusals import IssuerNotConnected
from wealth.issuers.sandbox_issuer import reading
from wealth.issuers.sandbox_issuer.client import Account, document, exchange
from wealth.issuers.states import Operation

CONFLICT = 409


class SandboxIssuer:
    """One open issuer."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def send(self, *, request: IssuerRequest) -> Result:
        return self.told("POST", f"/v1/orders/{request.operation}", request, content_of(request))

    def query(self, *, request: IssuerRequest) -> Result:
        return self.told("GET", f"/v1/orders/{request.number}", request)

    def told(self, method: str, path: str, request: IssuerRequest, content: dict[str, Any] | None = None) -> Result:
        """A question that did not get through says nothing of the order."""
        try:
            answer = exchange(self.account, method, path, content)
            found = reading.told(answer.status, document(answer), request.number)
        except Undelivered as problem:
            found = NotDelivered(problem.reason)
        except NoAnswer as problem:
            return Unknown(problem.reason)
        return Unknown(found.code) if content is None and isinstance(found, NotDelivered) else found

    def fetch_file(self, *, day: date) -> ConfirmationFile:
        try:
            answer = exchange(self.account, "GET", f"/v1/files/{day.isoformat()}")
            if answer.status == CONFLICT and document(answer).get("code") == "FILE_NOT_READY":
                raise FileNotReady()
        except (Undelivered, NoAnswer) as problem:
            raise IssuerUnreachable(problem.reason) from problem
        if answer.status != reading.OK:
            raise IssuerUnreachable(f"HTTP {answer.status}")
        return reading.file(answer.body, day=day, party=self.account.party, issuer_pem=self.account.issuer_public_key_pem)

    def fetch_quotes(self, *, first: date, last: date) -> list[Quote]:
        try:
            answer = exchange(self.account, "GET", f"/v1/quotes?first={first.isoformat()}&last={last.isoformat()}")
            if answer.status != reading.OK:
                raise IssuerUnreachable(f"HTTP {answer.status}")
            return reading.quotes(document(answer))
        except (Undelivered, NoAnswer) as problem:
            raise IssuerUnreachable(problem.reason) from problem
        except reading.Unreadable as problem:
            raise IssuerUnreachable(f"malformed: {problem}") from problem


def content_of(request: IssuerRequest) -> dict[str, Any]:
    """What an order says; always the same for one request."""
    if request.operation == Operation.CANCEL:
        assert request.original is not None
        return {"number": request.number, "original": request.original.number}
    asked = {name: value for name in ("amount_fen", "units_fen") if (value := getattr(request, name)) is not None}
    return {"number": request.number, "product": request.product_code, "trade_on": request.trade_on.isoformat(), **asked}


class SandboxIssuerMaker:
    """Opens the sandbox issuer with its live credential and timeouts."""

    def open(self, *, issuer: str) -> SandboxIssuer:
        """Raises IssuerNotConnected when there is no live credential, or no address (production)."""
        live = IssuerCredential.objects.select_related("issuer").filter(issuer_id=issuer, retired_at=None).first()
        if live is None or not settings.SANDBOX_ISSUER_URL:
            raise IssuerNotConnected()
        return SandboxIssuer(
            Account(
                base_url=settings.SANDBOX_ISSUER_URL,
                party=live.party,
                private_key_pem=live.private_key_pem,
                issuer_public_key_pem=live.issuer_public_key_pem,
                patience=Patience(live.issuer.connect_timeout_ms / 1000, live.issuer.total_timeout_ms / 1000),
            )
        )
