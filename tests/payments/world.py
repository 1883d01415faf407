"""A platform connected to the real sandbox bank, and people who have cards there."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from accounts.identity.models import Customer
from accounts.verification import services as verification
from accounts.verification.sockets import VERIFIERS
from core.clock.models import SandboxClock
from core.clock.queries import offset
from payments.cards import calls, services
from payments.cards.models import Card, CardBinding
from payments.channels.sandbox_bank.connect import NOTICE_PATH, connect
from tests.factories import RecordingVerifier, customer, plugged
from tests.sandbox_bank import NoticeBox, SandboxBank

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
WORKS = "9901100000000000017"


@dataclass
class Payer:
    """A customer of the platform who is a person known to the bank."""

    customer: Customer
    name: str
    id_number: str
    mobile: str
    cards: list[str] = field(default_factory=list)


def connect_platform(bank: SandboxBank, settings: Any, *, notify_url: str = "") -> str:
    """Register the platform at the bank under a merchant id of its own; the id.

    Other tests of the session may have moved the bank's clock on; it does not go back, so the platform's takes its time.
    """
    settings.SANDBOX_BANK_URL = bank.base_url
    set_clock(int(bank.clock()["offset_seconds"]))
    merchant = f"banyan-{uuid.uuid4().hex[:12]}"
    connect(merchant=merchant, notify_url=notify_url, at=AT)
    return merchant


def set_clock(offset_seconds: int) -> None:
    """The platform's sandbox clock, read anew."""
    SandboxClock.objects.update_or_create(id=1, defaults={"offset_seconds": offset_seconds, "changed_at": AT})
    offset.forget()


def payer(bank: SandboxBank, *, at: datetime = AT, kind: str = "debit_cards") -> Payer:
    """A verified customer with one card of their own at the bank."""
    counts = {"debit_cards": 0, "credit_cards": 0, kind: 1}
    person = bank.people(1, **counts, balance_fen=100_000_00)[0]
    made = customer(phone=f"+86{person['mobile']}", at=at, verified_class=None)
    check = verification.request_check(customer_id=made.id, name=person["name"], id_number=person["id_number"], at=at)
    with plugged(VERIFIERS, RecordingVerifier()):
        verification.ask(check_id=check.id, at=at)
    numbers = [card["card_number"] for card in person["cards"]]
    return Payer(made, person["name"], person["id_number"], person["mobile"], numbers)


def start(who: Payer, number: str = "", *, at: datetime = AT) -> CardBinding:
    """Begin to bind a card (the person's own unless told) and ask the bank."""
    number = number or who.cards[0]
    binding = services.start_binding(customer_id=who.customer.id, card_number=number, mobile=who.mobile, at=at)
    return calls.start(binding=binding, card_number=number, mobile=who.mobile, at=at)


def confirm(who: Payer, binding: CardBinding, code: str, *, at: datetime = AT) -> CardBinding:
    verifying = services.confirm_binding(customer_id=who.customer.id, binding_id=binding.id, at=at)
    return calls.confirm(binding=verifying, sms_code=code, at=at)


def bind(bank: SandboxBank, who: Payer, number: str = "", *, at: datetime = AT) -> Card:
    """Bind a card through and through."""
    binding = confirm(who, start(who, number, at=at), bank.last_code(who.mobile), at=at)
    assert binding.state == "bound", (binding.state, binding.code)
    assert binding.card is not None
    return binding.card


class Postbox(NoticeBox):
    """The bank's notices as they arrive, to be handed to the platform when a test says so (raw bytes and headers)."""

    def __init__(self) -> None:
        super().__init__()
        self.url = self.url.split("/notices/")[0] + NOTICE_PATH
        self.letters: list[tuple[str, dict[str, str], bytes]] = []

    def _take(self, path: str, headers: dict[str, str], raw: bytes) -> int:
        self.letters.append((path, headers, raw))
        return super()._take(path, headers, raw)


def deliver(client: Any, letter: tuple[str, dict[str, str], bytes]) -> int:
    """Post one notice to the platform as the bank did; the HTTP status."""
    path, headers, raw = letter
    kept = {name: value for name, value in headers.items() if name.startswith("Bank-")}
    answer = client.generic("POST", path, raw, content_type="application/json", headers=kept)
    return int(answer.status_code)
