"""Who pays whom in the benchmark of payments: merchants, their signed requests, payers with balance or card, orders to be paid."""

import os
import secrets
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection

from accounts.identity.models import Customer, DeviceSession
from accounts.ledger import services as ledger
from bench._processes import answers, bank_command, running, wait
from core.clock import queries as clock
from core.embedded.instance import free_port
from core.ids import new_id, shard_of
from payments.cashier.models import PaymentOrder
from payments.cashier.services import orders
from payments.cashier.services.orders import NewOrder
from payments.channels.sandbox_bank.connect import connect
from payments.merchants import signing
from payments.merchants.models import Merchant, MerchantApp
from payments.qr.services import showing
from payments.wallet import journals
from tests.factories import customer, open_session
from tests.payments.merchants.world import Program, opened, program
from tests.payments.world import bind, payer
from tests.sandbox_bank import SandboxBank

CODE_PAY = "/v1/payments/merchant/codepay"
MONEY = 10_000_000
AMOUNT = 1_800


@dataclass
class Payer:
    """Somebody who pays, and the session their codes are shown in."""

    customer: Customer
    session: DeviceSession


@contextmanager
def sandbox_bank() -> Iterator[SandboxBank]:
    """The sandbox bank in a process of its own, connected to the platform."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder, running(bank_command(port, Path(folder))) as process:
        bank = SandboxBank(Path(folder), port)
        os.environ["SANDBOX_BANK_URL"] = settings.SANDBOX_BANK_URL = bank.base_url
        wait(lambda: answers(f"{bank.base_url}/healthz"), process)
        connect(merchant=f"banyan-{uuid.uuid4().hex[:12]}", notify_url="", at=clock.now())
        yield bank


def with_balance(count: int) -> list[Payer]:
    """Payers with money on their balance, made by the platform's own services."""
    found = []
    for _ in range(count):
        who = customer(verified_class=2)
        legs = journals.top_up(channel="bench", customer_id=who.id, amount_fen=MONEY)
        ledger.post(journal_id=new_id(), event=journals.TOP_UP, legs=legs, at=clock.now())
        found.append(Payer(who, open_session(who).session))
    return found


def with_card(bank: SandboxBank, count: int) -> list[Payer]:
    """Payers with a card and nothing on their balance."""
    found = []
    for _ in range(count):
        who = payer(bank, at=clock.now())
        bind(bank, who, at=clock.now())
        found.append(Payer(who.customer, open_session(who.customer).session))
    return found


def charges(port: int, shop: Program, payers: Sequence[Payer]) -> list[bytes]:
    """A signed request for each payer, who shows a fresh code for it. They are good for a minute."""
    made = []
    for who in payers:
        _, code = showing.show(customer_id=who.customer.id, session_id=who.session.id, at=clock.now())
        body = f'{{"auth_code":"{code}","out_trade_no":"{uuid.uuid4().hex}","amount":{AMOUNT},"subject":"bench"}}'.encode()
        made.append(signed(port, shop, body))
    return made


def signed(port: int, shop: Program, body: bytes) -> bytes:
    header = signing.authorization(
        private_pem=shop.private, method="POST", path=CODE_PAY, timestamp=int(clock.wall().timestamp()), nonce=secrets.token_hex(16),
        body=body, app_id=shop.app.public_id, serial_no=shop.key.serial_no,
    )  # fmt: skip
    head = (
        f"POST {CODE_PAY} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: {header}\r\nContent-Type: application/json\r\n"
        f"Accept: application/json\r\nIdempotency-Key: {uuid.uuid4().hex}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def one_shop() -> Program:
    return program(opened())


def many_shops(count: int) -> list[MerchantApp]:
    """Apps of so many active merchants: rows like those of one that went through its review."""
    first = opened(kind="individual", licence_number="")
    now, pairs = clock.now(), []
    for number in range(count):
        merchant_id = new_id()
        merchant = Merchant.objects.get(pk=first.pk)
        merchant.pk, merchant.shard, merchant.short_name = merchant_id, shard_of(merchant_id), f"Shop {number}"
        pairs.append((merchant, MerchantApp(id=new_id(), merchant_id=merchant_id, name="bench", created_at=now, changed_at=now)))
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        Merchant.objects.bulk_create([merchant for merchant, _ in pairs])
        MerchantApp.objects.bulk_create([app for _, app in pairs])
        cursor.execute("SET session_replication_role = origin")
    return [app for _, app in pairs]


def order_of(app: MerchantApp) -> PaymentOrder:
    wanted = NewOrder(out_trade_no=uuid.uuid4().hex, amount_fen=AMOUNT, subject="bench")
    return orders.create(app=app, wanted=wanted, at=clock.now())
