"""One bank for the room's tests, and a merchant with a bound card for each test."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.sandbox_bank import BankClient, NoticeBox, SandboxBank, sandbox_bank

__all__ = ["sandbox_bank"]


@dataclass(frozen=True)
class Bound:
    """A merchant, a person and their bound card holding 10,000.00."""

    client: BankClient
    person: dict[str, Any]
    card: str
    agreement_no: str


@pytest.fixture
def client(sandbox_bank: SandboxBank) -> Iterator[BankClient]:
    """A merchant of this test's own; afterwards no rule is left and the bank's books balance."""
    yield sandbox_bank.client()
    sandbox_bank.clear_faults()
    sandbox_bank.assert_books_balance()


@pytest.fixture
def bound(sandbox_bank: SandboxBank, client: BankClient) -> Bound:
    """A bound card."""
    person = sandbox_bank.people(1, balance_fen=10_000_00)[0]
    return Bound(client, person, person["cards"][0]["card_number"], client.bind(person))


@pytest.fixture
def box() -> Iterator[NoticeBox]:
    """A notice endpoint."""
    box = NoticeBox()
    box.start()
    yield box
    box.stop()


@pytest.fixture
def notified(sandbox_bank: SandboxBank, box: NoticeBox) -> Iterator[Bound]:
    """A bound card of a merchant whose notices go to `box`; no notice of an earlier test is left to be sent."""
    while sandbox_bank.flush()["left"]:
        """Each try of a notice nobody takes any more brings it nearer to its last."""
    client = sandbox_bank.client(notify_url=box.url)
    box.key = client.bank_public_key
    person = sandbox_bank.people(1, balance_fen=10_000_00)[0]
    yield Bound(client, person, person["cards"][0]["card_number"], client.bind(person))
    sandbox_bank.clear_faults()
    sandbox_bank.settings(notice_mode="auto")
    sandbox_bank.assert_books_balance()


def magic_person(sandbox_bank: SandboxBank, place: int = 0) -> dict[str, Any]:
    """One of the documented people."""
    person: dict[str, Any] = sandbox_bank.control("GET", "magic")["people"][place]
    return person


def magic_card(sandbox_bank: SandboxBank, note: str) -> str:
    """The documented card with this note."""
    cards = sandbox_bank.control("GET", "magic")["cards"]
    return str(next(card["number"] for card in cards if card["note"] == note))
