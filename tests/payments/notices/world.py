"""A merchant's server that records its notices and answers what it is told to, and shops that name it."""

import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson
import pytest
from django.test import Client

from core.clock import queries as clock
from core.ids import new_id
from core.outbox import services as outbox
from core.outbox.registry import Event
from payments.cashier.models import PaymentOrder
from payments.merchants import queries as merchants
from payments.merchants import signing
from payments.merchants.services import apps
from payments.notices import sending, services
from payments.notices.models import MerchantNotice
from tests.payments.cashier.world import Shop, new_order, shop


@dataclass(frozen=True)
class Delivery:
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        return orjson.loads(self.raw)

    @property
    def genuine(self) -> bool:
        """Whether the platform signed exactly these bytes, with a key it publishes."""
        keys = {row["serial_no"]: row["public_key"] for row in Client().get("/v1/payments/merchant/certificates").json()["items"]}
        text = signing.text(self.headers["Banyan-Timestamp"], self.headers["Banyan-Nonce"], body=self.raw)
        return signing.verified(keys[self.headers["Banyan-Serial"]], text, self.headers["Banyan-Signature"])


class Receiver:
    """`statuses`: answers to come, then `then`. `hold_s`: how long it keeps every caller waiting."""

    def __init__(self, *, then: int = 200, hold_s: float = 0.0, answer: bytes = b"ok", location: str = "") -> None:
        self.deliveries: list[Delivery] = []
        self.statuses: list[int] = []
        self.then, self.hold_s, self.answer, self.location = then, hold_s, answer, location
        self.lock = threading.Lock()
        self.let_go = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/banyan"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def types(self) -> list[str]:
        return [delivery.body["type"] for delivery in self.deliveries]

    def take(self, headers: dict[str, str], raw: bytes) -> int:
        with self.lock:
            self.deliveries.append(Delivery(headers, raw))
            return self.statuses.pop(0) if self.statuses else self.then

    def stop(self) -> None:
        self.let_go.set()
        self.server.shutdown()
        self.server.server_close()

    def handler(self) -> type[BaseHTTPRequestHandler]:
        box = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                status = box.take({name.title(): value for name, value in self.headers.items()}, raw)
                box.let_go.wait(box.hold_s)
                self.send_response(status)
                if box.location:
                    self.send_header("Location", box.location)
                self.send_header("Content-Length", str(len(box.answer)))
                self.end_headers()
                with suppress(OSError):
                    self.wfile.write(box.answer)

            def log_message(self, format: str, *args: object) -> None:
                """Nothing to the terminal."""

        return Handler


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    box = Receiver()
    yield box
    box.stop()


def told_shop(url: str) -> Shop:
    """A merchant whose app hears news at `url`."""
    made = shop()
    app = apps.change(owner_id=made.merchant.owner_id, app_id=made.app.id, name="Web shop", notify_url=url, at=clock.now())
    return Shop(made.merchant, merchants.app(app.id))


def an_event(order: PaymentOrder, topic: str = "order.closed", **facts: Any) -> Event:
    """An event of an order as its room would publish it."""
    payload = {"order": order.public_id, "merchant": order.merchant_public_id, "amount_fen": order.amount_fen, "currency": "CNY", **facts}
    return Event(id=new_id(), topic=topic, key=order.public_id, payload=payload, occurred_at=clock.now())


def a_notice(where: Shop, *, at: datetime | None = None, **facts: Any) -> MerchantNotice:
    """One notice of a new order, written by the room's own service."""
    [made] = services.write(event=an_event(new_order(where, 10_000, **facts)), at=at or clock.now())
    return made


def deliver(at: datetime) -> int:
    return sending.deliver_due(now=lambda: at, most_s=30)


def deliver_on_time(notice: MerchantNotice, *, most: int = 40) -> datetime:
    """Send a notice whenever it comes due, until it is over; when the last try was."""
    at = clock.now()
    for _ in range(most):
        row = MerchantNotice.objects.get(pk=notice.pk)
        if row.due_at is None:
            return at
        at = max(row.due_at, at)
        deliver(at)
    raise AssertionError(f"{notice} is still {row.state} after {most} tries")


def news(at: datetime) -> None:
    """Hand every event to its handlers."""
    outbox.run_pending(at=at)


def within(seconds: float, done: Any) -> bool:
    """Whether something comes true in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if done():
            return True
        time.sleep(0.02)
    return False


def number() -> str:
    return uuid.uuid4().hex
