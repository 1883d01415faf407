"""Stripe's API by its own library, over this platform's transport: one exchange a call, never tried again by itself."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import stripe

from payments.channels import transport
from payments.channels.numbers import made_at

stripe.enable_telemetry = False  # it would tell Stripe of this machine
NUMBER = "request_no"
"""Under which name our number stands in an object's metadata."""
SENT_BEFORE, SENT_AFTER = timedelta(minutes=5), timedelta(minutes=15)
"""Around the making of a number, when what was made for it is looked for: clocks differ, and it may leave again for ten minutes."""
PAGE, PAGES = 100, 20
CHARGE = "latest_charge.balance_transaction"
MADE_FOR = "data.source.payment_intent"
Document = dict[str, Any]


class TooMany(transport.NoAnswer):
    """More objects than are looked through: nothing is known."""


@dataclass(frozen=True)
class Account:
    """Who we are at Stripe. Secrets stay out of the repr."""

    base_url: str
    merchant: str
    api_key: str = field(repr=False)
    notice_secret: str = field(repr=False)
    patience: transport.Patience

    @property
    def live(self) -> bool:
        """Whether its key moves real money."""
        return "_live_" in self.api_key


class Exchanges(stripe.HTTPClient):
    """The library's way out. All exchanges since `begin` share one patience."""

    name = "banyan"

    def __init__(self, patience: transport.Patience) -> None:
        super().__init__()
        self.patience = patience
        self.begin()

    def begin(self) -> None:
        self.until = monotonic() + self.patience.total_s

    def request(self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **_: Any) -> Any:
        """Raises NotDelivered, NoAnswer."""
        left = self.until - monotonic()
        if left <= 0:
            raise transport.NotDelivered("Patience")
        body = (post_data or "").encode()
        sent = {**(headers or {}), "Host": urlsplit(url).netloc, "Content-Length": str(len(body))}
        patience = transport.Patience(min(self.patience.connect_s, left), left)
        answer = transport.call(method.upper(), url, headers=sent, body=body, patience=patience)
        return answer.body.decode(errors="replace"), answer.status, answer.headers

    def close(self) -> None:
        """The connections belong to the process."""


class Client:
    """What the adapter asks of Stripe: each call gives plain documents. Raises NotDelivered, NoAnswer and stripe.StripeError."""

    def __init__(self, account: Account) -> None:
        self.exchanges = Exchanges(account.patience)
        client = stripe.StripeClient(
            account.api_key, base_addresses={"api": account.base_url}, http_client=self.exchanges, max_network_retries=0
        )
        self.api = client.v1

    def begin(self) -> None:
        self.exchanges.begin()

    def pay(self, content: Any, *, key: str) -> Document:
        terms: Any = {**content, "expand": [CHARGE]}
        return plain(self.api.payment_intents.create(terms, {"idempotency_key": key}))

    def cancel(self, intent_id: str) -> Document:
        return plain(self.api.payment_intents.cancel(intent_id, {"expand": [CHARGE]}))

    def intent(self, request_no: str) -> Document | None:
        """The payment made for a number; None: there is none."""
        made = made_at(request_no)
        window = within(made - SENT_BEFORE, made + SENT_AFTER)
        terms: dict[str, Any] = {"created": window, "expand": [f"data.{CHARGE}"]}
        return next((one for one in self.pages(self.api.payment_intents, terms) if number(one) == request_no), None)

    def give_back(self, content: Any, *, key: str) -> Document:
        return plain(self.api.refunds.create(content, {"idempotency_key": key}))

    def refund(self, request_no: str, intent_id: str) -> Document | None:
        found = self.api.refunds.list({"payment_intent": intent_id, "limit": PAGE})
        return next((one for one in map(plain, found.data) if number(one) == request_no), None)

    def movements(self, start: datetime, end: datetime) -> list[Document]:
        """Every change of the balance from `start` until before `end`, oldest first."""
        terms = {"created": within(start, end - timedelta(seconds=1)), "expand": [MADE_FOR]}
        return sorted(self.pages(self.api.balance_transactions, terms, pages=None), key=lambda one: (one["created"], one["id"]))

    def since(self, start: datetime, until: datetime) -> tuple[list[Document], dict[str, int]]:
        """Every change of the balance from `start` on, and what it is by currency, pending money too. Raises NoAnswer when it changes
        meanwhile."""
        before = self.balance()
        found = self.movements(start, until + SENT_AFTER)
        if self.balance() != before:
            raise transport.NoAnswer("balance_moved")
        return found, before

    def balance(self) -> dict[str, int]:
        told, found = plain(self.api.balance.retrieve()), Counter[str]()
        for one in [*told["available"], *told["pending"]]:
            found[one["currency"].upper()] += one["amount"]
        return dict(found)

    def pages(self, listed: Any, terms: dict[str, Any], pages: int | None = PAGES) -> list[Document]:
        """All of a list. Raises TooMany beyond so many pages."""
        found: list[Document] = []
        while pages is None or len(found) < pages * PAGE:
            after = {"starting_after": found[-1]["id"]} if found else {}
            page = listed.list({**terms, "limit": PAGE, **after})
            found += map(plain, page.data)
            if not page.has_more or not page.data:
                return found
        raise TooMany("too_many")


def within(start: datetime, end: datetime) -> dict[str, int]:
    return {"gte": int(start.timestamp()), "lte": int(end.timestamp())}


def plain(found: Any) -> Document:
    """One of the library's objects as it came. Raises NoAnswer when it is none."""
    if not isinstance(found, stripe.StripeObject):
        raise transport.NoAnswer("answer_malformed")
    made: Document = found.to_dict()
    return made


def number(found: Document) -> str:
    """Our number on one of Stripe's objects; empty: it is not of our making."""
    return str((found.get("metadata") or {}).get(NUMBER, ""))
