"""What the demo asks of the sandbox bank's control plane: its people, its messages, its pace."""

from dataclasses import dataclass
from typing import Any

import httpx
from django.conf import settings

from config.demo.acts import NotReady

BALANCE_FEN = 5_000_000


class NoBank(RuntimeError):
    """The sandbox bank does not answer; the message says where it was looked for."""


@dataclass(frozen=True)
class Person:
    """An invented person with cards at the sandbox bank. `mobile` has 11 digits."""

    name: str
    id_number: str
    mobile: str
    cards: tuple[str, ...]


class Bank:
    """One connection to the control plane; use as a context manager."""

    def __init__(self) -> None:
        self.client = httpx.Client(base_url=settings.SANDBOX_BANK_URL, timeout=30)

    def __enter__(self) -> "Bank":
        self.call("GET", "/healthz")
        return self

    def __exit__(self, *problem: object) -> None:
        self.client.close()

    def call(self, method: str, path: str, content: dict[str, Any] | None = None) -> dict[str, Any]:
        try:
            answer = self.client.request(method, path, json=content)
        except httpx.TransportError as problem:
            raise NoBank(f"no sandbox bank at {settings.SANDBOX_BANK_URL}: start one (make run does) or set SANDBOX_BANK_URL") from problem
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def people(self, *, count: int, seed: str) -> list[Person]:
        """The same people for the same seed, each with two debit cards."""
        wanted = {"count": count, "seed": seed, "debit_cards": 2, "balance_fen": BALANCE_FEN}
        made = self.call("POST", "/control/people", wanted)["people"]
        return [
            Person(row["name"], row["id_number"], row["mobile"], tuple(card["card_number"] for card in row["cards"]))
            for row in made[:count]
        ]

    def code_for(self, mobile: str) -> str:
        """The code of the latest text to a mobile. Raises NotReady where none came."""
        latest = self.call("GET", f"/control/messages?mobile={mobile}&limit=1")["messages"]
        if not latest:
            raise NotReady("got no text")
        return str(latest[0]["code"])

    def settings(self, **values: Any) -> dict[str, Any]:
        """Set what is named; returns all settings as they were before."""
        before = self.call("GET", "/control/settings")
        self.call("PUT", "/control/settings", values)
        return before
